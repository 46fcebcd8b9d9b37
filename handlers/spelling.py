"""How commands, chats and languages are written for people: "/social post …" in Slack, "/post …" in Telegram."""

from babel import Locale

from handlers.desk import Desk
from handlers.setup import Setup


def typed(setup: Setup, chat: str, words: str) -> str:
    """The command as a person types it in that chat."""
    return f"{setup.command} {words}" if chat == "slack" else f"/{words}"


def typed_here(desk: Desk, words: str) -> str:
    """The command as the acting person types it where they are."""
    return typed(desk.setup, desk.origin.chat if desk.origin else "", words)


def chat_title(chat: str) -> str:
    """The chat's name: "Slack"."""
    return chat.title()


def language_name(language: str, reader: str) -> str:
    """The name of a language in the reader's: "Italian", "italiano"."""
    return Locale.parse(language).get_display_name(reader) or language
