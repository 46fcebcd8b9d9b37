"""What Mastodon's refusals mean, and when its rate windows end."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from platforms.answers import Answer, believable, retry_after
from platforms.contract import (
    AccessLost,
    AccountLocked,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotPermitted,
    Permanent,
    Unreachable,
    Unsupported,
)
from platforms.server_clock import server_time
from platforms.shapes import time_of

#: Words of a 403 that mean the whole account is locked, not this act (Mastodon source, config/locales/en.yml).
LOCKED = ("login is currently disabled", "missing a confirmed e-mail", "pending review", "suspended")
#: Words of Pleroma's 403 for a token that it does not know (Pleroma source, EnsureAuthenticatedPlug).
UNKNOWN = ("invalid credentials",)
#: Words of a 403 for a token that lacks a scope (Doorkeeper, `invalid_token.insufficient_scope`).
SCOPE = "outside the authorized scopes"
#: A number beyond this is a time since 1970, not a span in seconds.
EPOCH = 1_000_000_000
#: A server asks for one file's patience in minutes, not more.
MEDIA_WAIT = timedelta(seconds=10)


class WebPage(Unreachable):
    """A page for people: something stands before the server, or the server has no such address."""


def words(answer: Answer) -> str:
    """The server's own words: `error`, with its description; the text of a page where it sent one."""
    if isinstance(answer.body, dict):
        said = [str(answer.body[key]) for key in ("error", "error_description", "detail") if answer.body.get(key)]
        if said:
            return ": ".join(said)[:300]
    return answer.text or f"HTTP {answer.status}"


def refused(answer: Answer) -> Exception:
    """The exception for an answer of 400 or more (Mastodon documentation, "Getting started with the API", errors)."""
    said = words(answer)
    match answer.status:
        case 401 | 403 if "html" in answer.headers.get("Content-Type", "").lower():
            return WebPage(said)
        case 401:
            return AccessLost(said)
        case 403 if any(sign in said.lower() for sign in LOCKED):
            return AccountLocked(said)
        case 403 if any(sign in said.lower() for sign in UNKNOWN):
            return AccessLost(said)
        case 403:
            return NotPermitted(said)
        case 404 | 410 if answer.is_json:
            return Gone(said)
        case 422 if "not finished processing" in said.lower():
            return MediaNotReady(said, after=MEDIA_WAIT)
        case 400 | 413 | 414 | 415 | 422:
            return ContentRefused(said)
        case 404 | 410:
            return WebPage(said)
        case 409 | 421 | 423 | 425:
            return Unreachable(said)
        case 405 | 406:
            return Unsupported(said)
    return Permanent(said)


#: What says that a server has no such address: in its own words, or with a page as for any address it does not know.
NOT_THERE = (Gone, Unsupported, WebPage)


def reset(headers: Mapping[str, str]) -> timedelta | None:
    """How long until `X-RateLimit-Reset` (ISO 8601; documentation, "Rate limits"), by the server's own clock if told.

    Dialects send an epoch or a span in seconds instead; `Retry-After` wins where it is there. None where unsaid.
    """
    told = retry_after(headers)
    value = headers.get("X-RateLimit-Reset", "").strip()
    if told is not None or not value:
        return told
    now = server_time(headers) or datetime.now(UTC)
    if value.isascii() and value.replace(".", "", 1).isdigit():
        number = float(value[:20])
        return believable(number - now.timestamp() if number > EPOCH else number)
    end = time_of(value)
    return believable((end - now).total_seconds()) if end else None
