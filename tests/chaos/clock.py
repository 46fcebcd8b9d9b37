"""The clock of the processes: a file says how far theirs is from the real one, and may be written at any time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Shifted:
    """The time as a process sees it."""

    def __init__(self, file: Path) -> None:
        """`file` holds seconds; where it is missing, the clock is right."""
        self._file = file

    def __call__(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    @property
    def seconds(self) -> float:
        """How far it is ahead."""
        try:
            return float(self._file.read_text() or 0)
        except FileNotFoundError:
            return 0.0

    def set(self, seconds: float) -> None:
        """From now on it is so far ahead."""
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._file)
