"""The archive: every photo and video once, under the hash of its bytes; looked at before it is kept."""

import hashlib
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlmodel import select

from handlers.intents import Arrived
from models.media import Media
from models.store import Store

#: Bytes of the largest file kept; above every network's limit for images, Mastodon's limit for videos (104 MB) fits.
LARGEST = 110 * 1024 * 1024
#: Pixels above which an image is refused unopened: a small file may unpack to gigabytes.
MOST_PIXELS = 100_000_000
#: First bytes of the films that networks take (ISO base media, WebM/Matroska).
FILMS = {b"ftyp": "video/mp4", b"\x1a\x45\xdf\xa3": "video/webm"}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Archive:
    """A folder of files and their rows; thread-safe."""

    def __init__(self, folder: Path, store: Store, now: Callable[[], datetime]) -> None:
        """`folder` is created when the first file arrives."""
        self._folder = folder
        self._store = store
        self._now = now

    def keep(self, file: Path, name: str) -> Arrived:
        """Move the file into the archive; what is no usable photo or video is deleted and named as a problem."""
        try:
            found = _look_at(file)
            if isinstance(found, str):
                return Arrived(name=name, problem=found, params={"name": name, "most": LARGEST // 1024 // 1024})
            mime, width, height = found
            digest = _hash(file)
            media = Media(
                sha256=digest,
                mime=mime,
                size=file.stat().st_size,
                width=width,
                height=height,
                name=name,
                created_at=self._now(),
            )
            target = media.path_in(self._folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            with self._store.write() as session:
                known = session.exec(select(Media).where(Media.sha256 == digest)).first()
                if known is None:
                    session.add(media)
                    session.flush()
                    known = media
                return Arrived(name=name, media_id=known.number, sha256=digest, mime=mime)
        finally:
            file.unlink(missing_ok=True)


def _look_at(file: Path) -> tuple[str, int, int] | str:
    """(mime, width, height) by the bytes themselves, or the sentence that says why not."""
    size = file.stat().st_size
    if size == 0:
        return "“{name}” is empty. Send it again."
    if size > LARGEST:
        return "“{name}” is larger than {most} MB. Make it smaller and send it again."
    with file.open("rb") as stream:
        head = stream.read(12)
    for mark, mime in FILMS.items():
        if head.startswith(mark) or head[4:8] == mark:
            return ("video/quicktime" if head[8:10] == b"qt" else mime), 0, 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                mime, (width, height) = image.get_format_mimetype() or "", image.size
                image.load()  # a broken file shows itself only when it is read to the end
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return "“{name}” has far too many pixels. Make it smaller and send it again."
    except UnidentifiedImageError:
        return "“{name}” is neither a photo nor a video that networks take. Send a JPEG, PNG, GIF, WebP or MP4."
    except (OSError, SyntaxError, ValueError, EOFError):
        return "“{name}” is damaged and cannot be read. Save it anew and send it again."
    if not mime.startswith("image/"):
        return "“{name}” is neither a photo nor a video that networks take. Send a JPEG, PNG, GIF, WebP or MP4."
    return mime, width, height


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
