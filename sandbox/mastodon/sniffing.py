"""What an uploaded file really is, judged by its first bytes and, for pictures, by opening it."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

IMAGES = ("image/jpeg", "image/png", "image/gif", "image/heic", "image/heif", "image/webp", "image/avif")
VIDEOS = ("video/webm", "video/mp4", "video/quicktime", "video/ogg")
AUDIO = (
    "audio/wave", "audio/wav", "audio/x-wav", "audio/x-pn-wave", "audio/vnd.wave", "audio/ogg", "audio/vorbis",
    "audio/mpeg", "audio/mp3", "audio/webm", "audio/flac", "audio/aac", "audio/m4a", "audio/x-m4a", "audio/mp4",
    "audio/3gpp", "video/x-ms-asf",
)  # fmt: skip
#: What `configuration.media_attachments.supported_mime_types` lists.
SUPPORTED = IMAGES + VIDEOS + AUDIO

_BRANDS = {b"heic": "image/heic", b"mif1": "image/heif", b"avif": "image/avif", b"qt  ": "video/quicktime"}
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
)


@dataclass(frozen=True)
class Look:
    """What a file is: its true type, the kind of attachment (image, gifv, video, audio) and a picture's pixels."""

    mime: str
    kind: str
    width: int = 0
    height: int = 0


def look(data: bytes) -> Look | None:
    """What the bytes are, or None when Mastodon takes no such files; raises ValueError for a broken picture."""
    mime = _mime(data)
    if mime not in SUPPORTED:
        return None
    if mime not in IMAGES:
        return Look(mime, mime.partition("/")[0])
    if mime in {"image/heic", "image/heif", "image/avif"}:
        return Look(mime, "image")
    width, height, moving = _open(data)
    return Look(mime, "gifv" if moving and mime == "image/gif" else "image", width, height)


def _mime(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "audio/m4a" if data[8:11] == b"M4A" else "video/mp4")
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12], "")
    return next((mime for start, mime in _STARTS if data.startswith(start)), "")


def _open(data: bytes) -> tuple[int, int, bool]:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width, picture.height, getattr(picture, "is_animated", False)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("not a readable picture") from error
