"""The only door to Slack: what people do there becomes intents, what handlers decide becomes blocks."""

from bot.slack.connect import connect

__all__ = ["connect"]
