"""What Slack's errors mean: who can act, and what is certain after them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from platforms.contract import (
    AccessLost,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unreachable,
)

#: The token is no good (docs.slack.dev/reference/methods/auth.test, "Errors").
ACCESS = frozenset(
    "not_authed invalid_auth account_inactive token_revoked token_expired org_login_required ekm_access_denied "
    "two_factor_setup_required team_access_not_granted".split()
)
#: The bot cannot write into the room (chat.postMessage, "Errors").
ROOM = frozenset(
    "channel_not_found not_in_channel is_archived is_inactive user_not_in_channel restricted_action "
    "restricted_action_read_only_channel restricted_action_thread_only_channel "
    "restricted_action_non_threadable_channel method_not_supported_for_channel_type".split()
)
#: The message is not there to be changed, or is not ours (chat.update, "Errors").
GONE = frozenset("message_not_found cant_update_message edit_window_closed thread_not_found".split())
#: Slack may have acted before it failed (any method, "Errors": fatal_error, internal_error).
UNSURE = frozenset("fatal_error internal_error".split())
#: Slack certainly did not act.
BUSY = frozenset("service_unavailable request_timeout team_added_to_org accesslimited".split())
#: The press was too long ago, or was used up (views.open, "Errors").
LATE = frozenset("expired_trigger_id exchanged_trigger_id invalid_trigger_id trigger_expired trigger_exchanged".split())
SLOW_DOWN = frozenset("ratelimited rate_limited message_limit_exceeded".split())
CONTENT = frozenset(
    "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text too_many_attachments "
    "invalid_attachments metadata_too_large view_too_large".split()
)

#: No window of Slack's is longer than this.
LONGEST_WAIT = 3600.0


class TooLate(NotPermitted):
    """The trigger of a press is used up or older than three seconds."""


def meaning(status: int, headers: Mapping[str, str], body: Any) -> Exception:
    """The exception for an answer that is no success; OutcomeUnknown where Slack may have acted."""
    said = body if isinstance(body, dict) else {}
    error = str(said.get("error") or "")
    if status == 429 or error in SLOW_DOWN:
        return RateLimited("Slack asks to wait.", _wait(headers))
    if error in BUSY:
        return Unreachable(f"Slack is in trouble ({error}).")
    if 400 <= status < 500 and not error:
        return Unreachable(f"Slack cannot be reached there (HTTP {status}).")
    if status >= 500 or not error or error in UNSURE:
        return OutcomeUnknown(f"Slack gave no sure answer (HTTP {status} {error}).".replace(" )", ")"))
    return _certain(error, said)


def _certain(error: str, said: Mapping[str, Any]) -> Exception:
    reasons = _reasons(said)
    if error in ACCESS:
        return AccessLost(f"Slack does not accept the bot token any more ({error}): install the app again.")
    if error == "missing_scope":
        needed = said.get("needed") or "?"
        return NotPermitted(f"The Slack app lacks the scope {needed}: add it to the app and install it again.")
    if error in LATE:
        return TooLate(f"The press was too long ago ({error}).")
    if error in ROOM:
        return NotPermitted(f"I cannot write in that room ({error}): invite me there with /invite, or choose another.")
    if error in GONE:
        return Gone(f"That message is not there any more ({error}).")
    if error == "invalid_blocks" and "slack file" in reasons:
        return MediaNotReady("Slack is still looking at the picture.", timedelta(seconds=2))
    if error in CONTENT:
        return ContentRefused(f"Slack refused the message: {error}. {reasons}".strip())
    return NotPermitted(f"Slack refused that: {error}. {reasons}".strip())


def _reasons(said: Mapping[str, Any]) -> str:
    metadata = said.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    found = messages if isinstance(messages, list) else said.get("errors")
    return "; ".join(str(one) for one in found[:5])[:500] if isinstance(found, list) else ""


def _wait(headers: Mapping[str, str]) -> timedelta:
    """Seconds of Retry-After (docs.slack.dev/apis/web-api/rate-limits); 30 s where it says nothing usable."""
    value = headers.get("Retry-After", "").strip()
    seconds = float(value[:9]) if value.isascii() and value.isdigit() else 30.0
    return timedelta(seconds=min(max(seconds, 1.0), LONGEST_WAIT))
