"""What the conformance suite of the platforms says often."""

import socket
from datetime import UTC, datetime
from typing import Any

from platforms.contract import (
    Platform,
)


def begun() -> datetime:
    """When an attempt begins, as the outbox notes it."""
    return datetime.now(UTC)


def able(account: Platform, flag: str) -> Any:
    """The account, which can: promises for those alone that can are marked `needs`."""
    assert getattr(account.can, flag), f"{account.name} has not the ability {flag}"
    return account


def unheard() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
