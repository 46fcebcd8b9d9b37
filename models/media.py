"""The archive's index: every photo and video once, by what it contains."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Field, SQLModel


class Media(SQLModel, table=True):
    """One file of the archive; the bytes lie in the media folder under `path_in`."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True, max_length=64)
    mime: str
    size: int  #: bytes
    width: int = 0  #: pixels; 0 where unknown
    height: int = 0
    name: str = ""  #: as it was called where it came from
    created_at: datetime

    @property
    def number(self) -> int:
        """The id of a stored file."""
        assert self.id is not None
        return self.id

    def path_in(self, folder: Path) -> Path:
        """Where the bytes lie."""
        return folder / self.sha256[:2] / self.sha256
