"""What a network answered, and how long it asks to wait; for those that judge refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.contract import OutcomeUnknown, Unreachable
from platforms.server_clock import date_of

#: No network's rate window is longer than a day; a header that says so is not believed.
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network answered. `body` is parsed JSON, None where `is_json` is false; `text` is for a person."""

    status: int
    headers: Mapping[str, str]
    body: Any
    is_json: bool
    text: str = ""


class InTrouble(Unreachable):
    """The network failed at it and says so: after a write nobody knows whether it happened."""


def certain(failure: Exception, *, repeatable: bool) -> Exception:
    """The failure as it is to be raised: one that leaves open what happened is OutcomeUnknown for a write."""
    return OutcomeUnknown(failure.reason) if isinstance(failure, InTrouble) and not repeatable else failure


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long `Retry-After` asks to wait, in seconds or as a date (RFC 9110, section 10.2.3); None where unsaid."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return believable(float(value[:9]))
    end = date_of(value)
    return believable((end - datetime.now(UTC)).total_seconds()) if end else None


def believable(seconds: float) -> timedelta:
    """The span, but at least a second and never longer than LONGEST_WAIT."""
    return timedelta(seconds=min(max(seconds, 1.0), LONGEST_WAIT.total_seconds()))
