"""Reads what is logged during a measurement: where that tells of a bug or an error, its figures mean nothing."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.testing import capture_logs

#: What tells of trouble in lines that our log or Python itself writes: "[error    ] a bug met …", "Traceback …".
TROUBLE = re.compile(r"\[(?:error|critical)\s*\]|\"level\": ?\"(?:error|critical)\"|^Traceback \(", re.MULTILINE)
#: How a line of our log begins.
STAMP = re.compile(r"^\d{4}-\d\d-\d\d[T ]", re.MULTILINE)
#: Characters of a log that a failure quotes.
QUOTED = 3000


class Failed(Exception):
    """A measurement did not come to its end, or not to the end that it measures."""


def judge(who: str, log: str) -> None:
    """Raises Failed with the first of it where the log tells of trouble."""
    if found := TROUBLE.search(log):
        often = len(TROUBLE.findall(log))
        raise Failed(f"{who}: its log tells of trouble ({often} times), so nothing was measured:\n{_near(log, found)}")


def _near(log: str, found: re.Match[str]) -> str:
    """The line with it and what belongs to that; of something long the beginning and the end, which names the cause."""
    begin = log.rfind("\n", 0, found.start()) + 1
    after = STAMP.search(log, found.end())
    said = log[begin : after.start() if after else len(log)]
    return said if len(said) <= QUOTED else f"{said[: QUOTED // 3]}\n…\n{said[-QUOTED * 2 // 3 :]}"


class _Errors(logging.Handler):
    """Keeps what libraries log."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One of them."""
        self.records.append(record)


@contextmanager
def watched(who: str) -> Iterator[None]:
    """What this process logs in the block is read at its end. Raises Failed where it tells of trouble."""
    handler = _Errors(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        with capture_logs() as lines:
            yield
    finally:
        logging.getLogger().removeHandler(handler)
    said = [record.getMessage() for record in handler.records]
    said += [str(line) for line in lines if line["log_level"] in {"error", "critical"}]
    judge(who, "\n".join(f"[error] {line}" for line in said))
