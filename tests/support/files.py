"""Files that people attach: small pictures, a film, and what is neither."""

from io import BytesIO
from os import urandom

from PIL import Image

#: The beginning of a film that every sandbox takes for one.
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
#: No picture at all.
DOCUMENT = b"%PDF-1.7\nno picture\n"


def picture(color: str, kind: str = "JPEG") -> bytes:
    """A small picture in one color (each color is another file)."""
    made = BytesIO()
    Image.new("RGB", (64, 48), color).save(made, kind)
    return made.getvalue()


def torn() -> bytes:
    """A photo that ends in the middle."""
    whole = picture("red")
    return whole[: len(whole) - len(whole) // 8]


def noise(bytes_at_least: int) -> bytes:
    """A photo that is larger than that."""
    side = int((bytes_at_least / 3) ** 0.5) + 40
    made = BytesIO()
    Image.frombytes("RGB", (side, side), urandom(side * side * 3)).save(made, "PNG", compress_level=0)
    return made.getvalue()
