"""What the tests of both shelves stand on."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    """A time that stands still until a test moves it."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now
