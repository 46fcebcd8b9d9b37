"""What Instagram and Threads see in a file that they fetched: a picture's format and size, a film or neither."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

#: What is opened at all, by Pillow's names (of its many formats one runs another program). MPO is opened as JPEG.
OPENED = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")


@dataclass(frozen=True)
class Seen:
    """A picture: its format by Pillow's name (JPEG, PNG, MPO…), width and height in pixels."""

    format: str
    width: int
    height: int

    @property
    def ratio(self) -> float:
        """Width by height."""
        return self.width / self.height


def look(data: bytes) -> Seen | None:
    """The picture that these bytes are; None where they are none that can be read."""
    try:
        with Image.open(io.BytesIO(data), formats=OPENED) as picture:
            picture.load()
            return Seen(picture.format or "", picture.width, picture.height)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def is_film(data: bytes) -> bool:
    """Whether these bytes begin as MP4 and MOV do (ISO 14496-12, 4.3: the file type box)."""
    return data[4:8] == b"ftyp"
