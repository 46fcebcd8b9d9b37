"""The archive's index: every photo and video once, by what it contains."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Field

from models.base import Numbered


class Media(Numbered, table=True):
    """One file of the archive; the bytes lie in the media folder under `path_in`."""

    sha256: str = Field(unique=True, max_length=64)
    mime: str
    size: int  #: bytes
    width: int = 0  #: pixels; 0 where unknown
    height: int = 0
    name: str = ""  #: as it was called where it came from
    created_at: datetime

    def path_in(self, folder: Path) -> Path:
        """Where the bytes lie."""
        return path_of(folder, self.sha256)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the bytes of that hash lie."""
    return folder / sha256[:2] / sha256
