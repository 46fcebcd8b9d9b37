"""The archive: every photo and video once, under the hash of its bytes; looked at before it is kept."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from threading import Lock

from PIL import Image, UnidentifiedImageError
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from handlers.intents import Arrived
from handlers.words import N_
from models.media import Media
from models.store import Store

#: Bytes of the largest file kept; above every network's limit for images, Mastodon's limit for videos (104 MB) fits.
LARGEST = 110 * 1024 * 1024
#: Pixels above which an image is refused unopened: a small file may unpack to gigabytes.
MOST_PIXELS = 100_000_000
#: What is read of images; Pillow's other readers (one of them runs another program) never see a stranger's file.
FORMATS = {"AVIF": "image/avif", "GIF": "image/gif", "JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
#: Brands of the ISO base media format that are films (ISO/IEC 14496-12, section 4.3); the rest are sounds and stills.
FILM_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"3gp",
)
#: Marks of EBML, the container of WebM (which networks take) and Matroska (which they do not).
EBML, WEBM = b"\x1a\x45\xdf\xa3", b"webm"

EMPTY = N_("“{name}” is empty. Send it again.")
LARGE = N_("“{name}” is larger than {most} MB. Make it smaller and send it again.")
TOO_MANY_PIXELS = N_("“{name}” has far too many pixels. Make it smaller and send it again.")
UNUSABLE = N_("“{name}” is neither a photo nor a video that networks take. Send a JPEG, PNG, GIF, WebP or MP4.")
DAMAGED = N_("“{name}” is damaged and cannot be read. Save it anew and send it again.")

# Pillow only warns above this number and refuses above its double; `_image` refuses above it, before anything is read.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Archive:
    """A folder of files and their rows; thread-safe."""

    def __init__(self, folder: Path, store: Store, now: Callable[[], datetime]) -> None:
        """`folder` is created when the first file arrives."""
        self._folder = folder
        self._store = store
        self._now = now
        self._looking = Lock()  # an image unpacks to hundreds of megabytes: one at a time

    def keep(self, file: Path, name: str) -> Arrived:
        """Move the file into the archive; what is no usable photo or video is deleted and named as a problem."""
        try:
            with self._looking:
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
            self._move(file, media.path_in(self._folder))
            return Arrived(name=name, media_id=self._known(media), sha256=digest, mime=mime)
        finally:
            file.unlink(missing_ok=True)

    def _move(self, file: Path, target: Path) -> None:
        """Whole or not at all, also where temporary files lie on another disk."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        arriving = target.with_name(f".{target.name}-{token_hex(4)}")
        try:
            shutil.copyfile(file, arriving)
            arriving.replace(target)
        finally:
            arriving.unlink(missing_ok=True)

    def _known(self, media: Media) -> int:
        """The number of the row with these bytes, which may have arrived before or are arriving beside us."""
        try:
            with self._store.write() as session:
                known = session.exec(select(Media).where(Media.sha256 == media.sha256)).first()
                if known is None:
                    session.add(media)
                    session.flush()
                    known = media
                return known.number
        except IntegrityError:
            with self._store.read() as session:
                return session.exec(select(Media).where(Media.sha256 == media.sha256)).one().number


def _look_at(file: Path) -> tuple[str, int, int] | str:
    """(mime, width, height) by the bytes themselves, or the sentence that says why not."""
    size = file.stat().st_size
    if size == 0:
        return EMPTY
    if size > LARGEST:
        return LARGE
    with file.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(EBML) and WEBM in head:
        return "video/webm", 0, 0
    if head[4:12] == b"ftypqt  ":
        return "video/quicktime", 0, 0
    if head[4:8] == b"ftyp" and head[8:12].startswith(FILM_BRANDS):
        return "video/mp4", 0, 0
    return _image(file)


def _image(file: Path) -> tuple[str, int, int] | str:
    try:
        with Image.open(file, formats=tuple(FORMATS)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                return TOO_MANY_PIXELS
            image.load()  # a broken file shows itself only when it is read to the end
            # A JPEG with more pictures behind the first has a format of its own (MPO); to everybody else it is a JPEG.
            return FORMATS.get(image.format or "", "image/jpeg"), width, height
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_MANY_PIXELS
    except UnidentifiedImageError:
        return UNUSABLE
    except (OSError, SyntaxError, ValueError, EOFError):
        return DAMAGED


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
