"""The app manifest that `bottega init` writes: everything the bot needs of Slack, and nothing more."""

from typing import Any

from bot.slack.api import METHODS
from bot.slack.keeping import SHORTCUT

#: Events that are listened to, with the scope each needs (docs.slack.dev/reference/events).
EVENTS: dict[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


def scopes() -> list[str]:
    """The bot's scopes: of every method it calls, every event it hears, and its slash command."""
    needed = {scope for several in (*METHODS.values(), *EVENTS.values()) for scope in several.split()}
    return sorted({*needed, "commands"})


def manifest(*, name: str = "Bottega", command: str = "/social", url: str = "") -> dict[str, Any]:
    """The manifest (docs.slack.dev/reference/app-manifest). `url`: where Slack calls; "" for Socket Mode."""
    called = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": name[:35],
            "description": "Drafts, approves, schedules and answers from the chat",
            "background_color": "#2b3a42",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name[:80], "always_online": True},
            "shortcuts": [
                {
                    "name": "Draft a post from this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Starts a post with this message's words and pictures",
                }
            ],
            "slash_commands": [
                {
                    "command": command,
                    "description": "Draft, approve, schedule and answer",
                    "usage_hint": "post [text] | queue | inbox | help",
                    "should_escape": True,
                    **({"url": url} if url else {}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS), **called},
            "interactivity": {"is_enabled": True, **called},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
