"""Files on their way out, whole or in pieces, never held in memory."""

from dataclasses import dataclass
from typing import BinaryIO


class Slice:
    """Some bytes of a file from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.len = size  #: bytes still to come; what a multipart form asks for

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none after the slice's end."""
        piece = self._file.read(self.len if size < 0 else min(size, self.len))
        self.len -= len(piece)
        return piece


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is streamed out, with the name and kind the network is told."""

    file: BinaryIO | Slice
    name: str
    mime: str
    field: str = "file"  #: of the form
