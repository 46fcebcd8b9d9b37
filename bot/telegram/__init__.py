"""The only door to python-telegram-bot: a Telegram bot as one of the desk's chats."""

from bot.telegram.connect import connect

__all__ = ["connect"]
