"""How long a network asks to wait, and what a failure leaves open."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from platforms.answers import InTrouble, certain, retry_after
from platforms.contract import OutcomeUnknown, RateLimited, Unreachable


def test_retry_after_understands_dates_and_ignores_nonsense() -> None:
    soon = retry_after({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)})
    assert soon is not None
    assert 100 < soon.total_seconds() <= 120
    assert retry_after({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}) == timedelta(seconds=1)
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({"Retry-After": "²"}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize("repeatable", [False, True])
def test_trouble_leaves_only_what_must_not_be_repeated_open(repeatable: bool) -> None:
    trouble, certainly_not = InTrouble("midway"), RateLimited("slow")
    assert certain(certainly_not, repeatable=repeatable) is certainly_not
    assert isinstance(certain(trouble, repeatable=repeatable), Unreachable if repeatable else OutcomeUnknown)
