"""What Graph's refusals mean: by code and subcode, never by the HTTP status, and how long to wait.

Sources: Graph API, "Handling errors" and "Rate limits"; Instagram Platform, "Error codes"; Pages API, "Error codes".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from platforms.answers import Answer, InTrouble, believable, retry_after
from platforms.contract import (
    AccessLost,
    AccountLocked,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotJson,
    NotPermitted,
    OutcomeUnknown,
    Permanent,
    QuotaSpent,
    RateLimited,
    TryLater,
    Unreachable,
    Unsupported,
    read_json,
)
from platforms.shapes import id_of, part_of, words_of

#: Unknown or temporary: it may have happened.
TROUBLE = frozenset({1, 2, -1, -2})
#: Too many calls; certainly not executed. 80000 to 80014 are those of the business use cases.
THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
#: 190 with these: the person must act on the network's own pages (checkpoint, unconfirmed).
CHECKPOINTS = frozenset({459, 464})
#: The same text twice in a row; a photo that was posted already: an earlier attempt may be what stands there.
DUPLICATES = frozenset({506, 1366051})
#: The posts of the day are used up, or come too fast.
QUOTAS = frozenset({2207042, 1390008})
#: Subcodes of a block for policy (368) that are about this very content (community standards, abusive).
FOR_CONTENT = frozenset({1404102, 1346003})
#: How long to leave the network alone where it does not say: going on lengthens the block.
QUIET = timedelta(minutes=5)
#: An ad set's budget changes four times an hour (Marketing API, "Rate limiting"): with that subcode the ad set alone
#: waits, and nothing else is kept from the ad account.
BUDGET_CHANGES = 1487632
BUDGET_WAIT = timedelta(minutes=15)
#: A publishing quota counts a rolling day: some of it is free again within the hour.
QUOTA_WAIT = timedelta(hours=1)
#: Containers are to be looked at once a minute (Instagram Platform, "Content publishing").
LOOK_AGAIN = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fault:
    """The error envelope of an answer."""

    code: int
    subcode: int
    message: str
    is_transient: bool = False
    trace: str = ""
    blamed: tuple[str, ...] = ()  #: fields that `error_data` blames


class Duplicate(OutcomeUnknown):
    """The network says that the same stands there already: our lost attempt, or another post."""


#: What a number, be it code or subcode, means wherever it stands; subcodes win over codes.
MEANINGS: dict[int, type[Permanent]] = {
    # Instagram and Threads
    2207004: ContentRefused,  # image too large
    2207005: ContentRefused,  # image format
    2207006: Gone,  # media not found
    2207009: ContentRefused,  # aspect ratio
    2207010: ContentRefused,  # caption too long
    2207020: Gone,  # media expired
    2207023: ContentRefused,  # unknown media type
    2207026: ContentRefused,  # video format
    2207028: ContentRefused,  # number of children
    2207035: ContentRefused,
    2207036: ContentRefused,
    2207037: ContentRefused,
    2207040: ContentRefused,  # tags
    2207050: AccountLocked,  # restricted or inactive
    2207051: AccountLocked,  # action blocked as suspected spam
    2207052: ContentRefused,  # the media's address cannot be fetched
    2207057: ContentRefused,  # thumbnail beyond the end
    2207073: Unsupported,  # cannot be deleted here
    2207081: Unsupported,  # trial reels
    4279013: AccountLocked,  # restricted on Threads
    # Facebook
    1349125: ContentRefused,  # format
    1363040: ContentRefused,  # reel: aspect ratio
    1363127: ContentRefused,  # reel: resolution
    1363128: ContentRefused,  # reel: duration
    1363129: ContentRefused,  # reel: frame rate
    1366046: ContentRefused,  # photo: size or type
    1404078: NotPermitted,  # Page publishing authorization missing
    1609005: ContentRefused,  # the link cannot be read
    1609008: ContentRefused,  # links to Facebook itself
    2069019: ContentRefused,  # file
    2853006: NotPermitted,
    4854002: AccountLocked,  # identity to be confirmed
}
#: The same for codes without a subcode that is listed above.
CODES: dict[int, type[Permanent]] = {
    3: NotPermitted,
    10: NotPermitted,
    12: Unsupported,  # deprecated
    100: ContentRefused,  # a parameter
    102: AccessLost,
    190: AccessLost,
    551: NotPermitted,  # the person cannot be messaged
    803: Gone,
    1705: NotPermitted,  # not as a person, but as the Page
    2500: Unsupported,
    10900: NotPermitted,  # a comment that was answered privately before
    10903: NotPermitted,  # a comment that is too old to be answered privately
    2635: Unsupported,  # version
    **dict.fromkeys(range(200, 300), NotPermitted),
}
#: Certainly did not happen, and may work later.
LATER = frozenset({1609010, 1363030, 1363047, 2207082})


def fault(body: object) -> Fault | None:
    """The error envelope; None where the body has none."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    title, said = words_of(error, "error_user_title"), words_of(error, "error_user_msg")
    words = ": ".join(part for part in (title, said) if part) or words_of(error, "message")
    return Fault(
        _whole(error.get("code")),
        _whole(error.get("error_subcode")),
        words or "refused without a word",
        error.get("is_transient") is True,
        id_of(error, "fbtrace_id"),
        tuple(_blamed(error.get("error_data"))),
    )


def refused(answer: Answer) -> Exception:
    """The exception for an answer that is no success."""
    found = fault(answer.body)
    if found is None:
        return _wordless(answer)
    log.info("graph.refused", code=found.code, subcode=found.subcode, trace=found.trace, status=answer.status)
    return meaning(found, answer.headers)


def meaning(found: Fault, headers: Mapping[str, str]) -> Exception:
    """The exception for an error envelope; the headers say how long to wait."""
    code, subcode, said = found.code, found.subcode, found.message
    numbers = (subcode, code)
    if DUPLICATES & set(numbers):
        return Duplicate(said)
    if code == 9 or QUOTAS & set(numbers):
        return QuotaSpent(said, wait(headers) or QUOTA_WAIT)
    if kind := MEANINGS.get(subcode) or MEANINGS.get(code):
        return kind(said)
    if any(number in LATER for number in numbers):
        return Unreachable(said)
    if subcode == BUDGET_CHANGES:
        return TryLater(said, BUDGET_WAIT)
    match code:
        case 24 | 9007:
            return MediaNotReady(said, LOOK_AGAIN)
        case 100 if subcode == 33:
            return Gone(said)
        case 190 if subcode in CHECKPOINTS:
            return AccountLocked(said)
        case 368:
            return ContentRefused(said) if subcode in FOR_CONTENT else AccountLocked(said)
    if code in THROTTLED:
        return RateLimited(said, wait(headers) or QUIET)
    # Without a number nothing says that it was refused, rather than that the network stumbled over it.
    if code in TROUBLE or found.is_transient or not any(numbers):
        return InTrouble(said, wait(headers))
    return CODES.get(code, Permanent)(said)


def wait(headers: Mapping[str, str]) -> timedelta | None:
    """How long the usage headers ask to wait; None where they do not ask.

    `X-Business-Use-Case-Usage` tells minutes, `X-Ad-Account-Usage` seconds (Graph API, "Rate limits").
    """
    if told := retry_after(headers):
        return told
    cases = _parsed(headers.get("X-Business-Use-Case-Usage"))
    spans = [
        _number(case.get("estimated_time_to_regain_access")) * 60
        for listed in cases.values()
        for case in (listed if isinstance(listed, list) else [])
        if isinstance(case, Mapping)
    ]
    account = _parsed(headers.get("X-Ad-Account-Usage"))
    if _number(account.get("acc_id_util_pct")) >= 100:
        spans.append(_number(account.get("reset_time_duration")))
    return believable(max(spans)) if any(spans) else None


def _wordless(answer: Answer) -> Exception:
    """Graph itself always explains: this came from something before it, or from Graph in trouble."""
    said = f"Meta's answer (HTTP {answer.status}) says nothing."
    if answer.status == 429:
        return RateLimited(said, wait(answer.headers) or QUIET)
    return InTrouble(said, retry_after(answer.headers))


def _blamed(data: Any) -> Iterator[str]:
    """Field names in `error_data`, which is an object or a string of JSON."""
    if isinstance(data, str):
        data = _parsed(data)
    if not isinstance(data, Mapping):
        return
    specs = data.get("blame_field_specs") or part_of(data, "blame_field").get("blame_field_specs") or []
    for spec in specs if isinstance(specs, list) else []:
        yield from (str(name) for name in spec) if isinstance(spec, list) else (str(spec),)


def _parsed(text: str | None) -> Mapping[str, Any]:
    try:
        found = read_json(text or "{}")
    except NotJson:
        return {}
    return found if isinstance(found, Mapping) else {}


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
