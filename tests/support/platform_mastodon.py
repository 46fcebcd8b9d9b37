"""What the tests of the Mastodon adapter share."""

import json
from datetime import UTC, datetime, timedelta

from support.platform_bench import MastodonBench


class Clock:
    """A clock that tests move, and a pause that moves it."""

    def __init__(self) -> None:
        self.moved = timedelta()
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


def answers(bench: MastodonBench, match: str, body: object, status: int = 200, times: int = 1) -> None:
    """The next matching requests get this answer, and nothing happens."""
    text = body if isinstance(body, str) else json.dumps(body)
    bench.disturb("status", match=match, status=status, body=text, times=times)
