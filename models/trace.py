"""The trace: one short id for all that follows from one message, press or tick, in the log and in the rows."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars, get_contextvars


def new_trace() -> str:
    """A fresh id: 12 hexadecimal digits."""
    return secrets.token_hex(6)


def current() -> str:
    """The id of what is being done in this thread or task; "" where nothing has begun one."""
    return str(get_contextvars().get("trace", ""))


@contextmanager
def traced(trace: str = "", **more: object) -> Iterator[str]:
    """What is logged and stored in the block bears the id, a new one where none is given, and what else is named."""
    with bound_contextvars(trace=trace or new_trace(), **more):
        yield current()
