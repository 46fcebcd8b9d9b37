"""What Graph's refusals mean, by their codes; what the HTTP status says does not count."""

import json
from datetime import timedelta
from typing import Any

import pytest

from platforms.answers import Answer, InTrouble
from platforms.contract import (
    AccessLost,
    AccountLocked,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotPermitted,
    Permanent,
    QuotaSpent,
    RateLimited,
    TryLater,
    Unreachable,
    Unsupported,
)
from platforms.graph.refusals import QUIET, QUOTA_WAIT, Duplicate, fault, refused, wait


def answer(
    code: int = 0, subcode: int = 0, *, status: int = 400, headers: dict[str, str] | None = None, **more: Any
) -> Answer:
    error = {"message": f"(#{code}) no", "code": code, "error_subcode": subcode, "fbtrace_id": "A1", **more}
    return Answer(status, headers or {}, {"error": error}, is_json=True)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, 0, InTrouble),
        (2, 0, InTrouble),
        (-1, 2207001, InTrouble),
        (-2, 2207003, InTrouble),
        (1, 1357046, InTrouble),
        (1, 2207057, ContentRefused),
        (1, 2853006, NotPermitted),
        (-2, 2207020, Gone),
        (4, 0, RateLimited),
        (17, 2446079, RateLimited),
        (32, 0, RateLimited),
        (341, 0, RateLimited),
        (613, 1487742, RateLimited),
        (613, 1487632, TryLater),
        (80001, 0, RateLimited),
        (80014, 0, RateLimited),
        (4, 2207051, AccountLocked),
        (9, 2207042, QuotaSpent),
        (24, 2207008, MediaNotReady),
        (24, 2207006, Gone),
        (9007, 2207027, MediaNotReady),
        (25, 2207050, AccountLocked),
        (102, 0, AccessLost),
        (190, 463, AccessLost),
        (190, 2069032, AccessLost),
        (190, 459, AccountLocked),
        (3, 0, NotPermitted),
        (10, 2534022, NotPermitted),
        (200, 0, NotPermitted),
        (294, 0, NotPermitted),
        (551, 0, NotPermitted),
        (100, 0, ContentRefused),
        (100, 33, Gone),
        (100, 1609008, ContentRefused),
        (803, 0, Gone),
        (368, 0, AccountLocked),
        (368, 1390008, QuotaSpent),
        (368, 1404102, ContentRefused),
        (506, 0, Duplicate),
        (100, 1366051, Duplicate),
        (1609010, 0, Unreachable),
        (1363030, 0, Unreachable),
        (36003, 2207009, ContentRefused),
        (352, 2207026, ContentRefused),
        (9004, 2207052, ContentRefused),
        (2635, 0, Unsupported),
        (4711, 0, Permanent),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_codes_say_what_is_certain_and_who_can_act(code: int, subcode: int, kind: type[Exception], status: int) -> None:
    assert type(refused(answer(code, subcode, status=status))) is kind


def test_certain_failures_are_none_that_leave_it_open() -> None:
    assert not isinstance(refused(answer(1609010)), InTrouble)
    assert isinstance(refused(answer(4711, is_transient=True)), InTrouble)


def test_words_for_people_win_over_those_for_developers() -> None:
    told = refused(answer(100, error_user_title="Too long", error_user_msg="Please shorten it."))
    assert str(told) == "Too long: Please shorten it."
    assert str(refused(answer(100))) == "(#100) no"


def test_answer_without_an_error_is_not_from_the_network_itself() -> None:
    assert isinstance(refused(Answer(502, {}, {}, is_json=True)), InTrouble)
    limited = refused(Answer(429, {"Retry-After": "30"}, {}, is_json=True))
    assert isinstance(limited, RateLimited)
    assert limited.after == timedelta(seconds=30)


def test_throttled_waits_as_long_as_the_usage_says() -> None:
    usage = {"1001": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}], "7": []}
    limited = refused(answer(80001, headers={"X-Business-Use-Case-Usage": json.dumps(usage)}))
    assert isinstance(limited, RateLimited)
    assert limited.after == timedelta(minutes=19)
    unsaid, quota = refused(answer(4)), refused(answer(9, 2207042))
    assert isinstance(unsaid, RateLimited)
    assert isinstance(quota, RateLimited)
    assert (unsaid.after, quota.after) == (QUIET, QUOTA_WAIT)


def test_ad_accounts_tell_seconds_and_only_a_full_one_waits() -> None:
    full = {"acc_id_util_pct": 100, "reset_time_duration": 100}
    assert wait({"X-Ad-Account-Usage": json.dumps(full)}) == timedelta(seconds=100)
    assert wait({"X-Ad-Account-Usage": json.dumps({**full, "acc_id_util_pct": 9.67})}) is None


@pytest.mark.parametrize("nonsense", ["", "[]", "{", '{"1": 5}', '{"1": [{"estimated_time_to_regain_access": "x"}]}'])
def test_usage_that_makes_no_sense_asks_for_nothing(nonsense: str) -> None:
    assert wait({"X-Business-Use-Case-Usage": nonsense, "X-Ad-Account-Usage": nonsense}) is None


@pytest.mark.parametrize("packed", [False, True])
def test_blamed_fields_are_read_from_an_object_and_from_text(packed: bool) -> None:
    data: Any = {"blame_field_specs": [["dsa_payor"]]}
    found = fault({"error": {"code": 100, "error_data": json.dumps(data) if packed else data}})
    assert found is not None
    assert found.blamed == ("dsa_payor",)
