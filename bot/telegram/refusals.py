"""Telegram's errors in the house's words: what is certain, and who can act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from platforms.contract import (
    AccessLost,
    ContentRefused,
    Gone,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    TryLater,
    Unreachable,
)

#: Failures before the first byte of the request left; every other failure on the way leaves the outcome open.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
NOT_MODIFIED = "message is not modified"
TOO_OLD = "query is too old"
#: Parts of Telegram's texts (tdlib/telegram-bot-api, Client.cpp) when a message to edit is not there, or not ours.
GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
#: ... when the bot may not write there; what a person can do about it.
FORBIDDEN = {
    "message thread not found": "The topic does not exist any more. Put another into config.toml (chat id/topic id).",
    "topic_deleted": "The topic does not exist any more. Put another into config.toml (chat id/topic id).",
    "topic_closed": "The topic is closed. Reopen it, or let the bot manage topics.",
    "chat not found": "The bot is not in that chat, or its id is wrong. Add the bot to the group and check the id.",
    "not enough rights": "The bot may not write there. Allow it to send messages and media in the group's permissions.",
    "have no rights": "The bot may not write there. Allow it to send messages and media in the group's permissions.",
    "chat_write_forbidden": "The bot may not write there. Allow it to send messages in the group's permissions.",
    "need administrator rights": "The bot needs to be an administrator there.",
    "group chat was deactivated": "The group was closed. Put another chat id into config.toml.",
    "bot was blocked": "The person has blocked the bot. They can unblock it in their chat with it.",
    "can't initiate conversation": "The person has not started the bot yet. They open a chat with it and press Start.",
    "user is deactivated": "The person's account was deleted.",
    "bot was kicked": "The bot was removed from the group. Add it again.",
    "not a member": "The bot is not in that chat. Add it to the group.",
}


@contextmanager
def house_words() -> Iterator[None]:
    """Telegram's errors within leave as those of platforms.contract."""
    try:
        yield
    except TelegramError as error:
        raise in_house_words(error) from error


def in_house_words(error: TelegramError) -> Exception:
    """The error of platforms.contract that a failed request means."""
    # BadRequest is a NetworkError to the library, so the order of these cases matters.
    match error:
        case RetryAfter():
            return RateLimited(error.message, _span(error.retry_after))
        case ChatMigrated():
            cure = "The group became a supergroup. Put its new id into config.toml: {id}."
            return NotPermitted(cure.format(id=error.new_chat_id))
        case InvalidToken():
            return AccessLost(f"Telegram does not accept the bot's token: {error.message}")
        case Forbidden():
            return NotPermitted(_cure(error.message))
        case BadRequest():
            return _bad_request(error.message)
        case Conflict():
            return TryLater(error.message)
        case NetworkError():
            return _on_the_way(error)
        case _:
            return OutcomeUnknown(error.message)


def says(error: TelegramError, *parts: str) -> bool:
    """Whether Telegram's text contains one of the parts."""
    return any(part in error.message.lower() for part in parts)


def brief(error: TelegramError) -> str:
    """The error without the page that some proxy sent instead of an answer."""
    return error.message.partition(". Parsing the server response")[0]


def _bad_request(message: str) -> Exception:
    lower = message.lower()
    if any(part in lower for part in GONE):
        return Gone(message)
    if any(part in lower for part in FORBIDDEN):
        return NotPermitted(_cure(message))
    return ContentRefused(message)


def _on_the_way(error: NetworkError) -> Exception:
    cause = error.__cause__
    if isinstance(cause, NOT_SENT):
        return Unreachable(f"Telegram cannot be reached: {type(cause).__name__}")
    if says(error, "request entity too large"):
        return ContentRefused(error.message)
    if says(error, "too many requests"):
        return RateLimited(error.message)
    return OutcomeUnknown(type(cause).__name__ if cause else error.message)


def _cure(message: str) -> str:
    """Telegram's own words, and what to do about them."""
    lower = message.lower()
    return next((f"{cure} ({message})" for part, cure in FORBIDDEN.items() if part in lower), message)


def _span(seconds: int | timedelta) -> timedelta:
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
