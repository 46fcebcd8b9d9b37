"""The payloads of what people do with buttons, modals, shortcuts and commands.

Source: docs.slack.dev/reference/interaction-payloads (one page per type) and docs.slack.dev/interactivity/
implementing-slash-commands ("Preparing your app to receive commands").
"""

from typing import Any

from sandbox.slack import events
from sandbox.slack.core import Core
from sandbox.slack.modals import View
from sandbox.slack.workspace import APP, TEAM, Channel, Member, Message

Json = dict[str, Any]
DOMAIN = "sandbox"


def _common(core: Core, kind: str, member: Member) -> Json:
    return {
        "type": kind,
        "user": {"id": member.id, "username": member.name.lower(), "name": member.name.lower(), "team_id": TEAM},
        "api_app_id": APP,
        "token": core.settings.verification_token,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """How payloads name a channel: private ones are not named."""
    return "directmessage" if channel.im else "privategroup" if channel.private else channel.name


def on_message(core: Core, member: Member, channel: Channel, message: Message, action: Json) -> Json:
    """block_actions from a message; an ephemeral one is not repeated in it."""
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container["is_ephemeral"] = message.only_for is not None
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _common(core, "block_actions", member) | {
        "container": container,
        "trigger_id": core.grant_trigger(member),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": core.chosen.get((member.id, channel.id, message.ts), {})},
        "response_url": core.grant_answer(channel, member, message),
        "actions": [action | {"action_ts": core.stamp()}],
    }
    if message.only_for is None:
        payload["message"] = events.message_json(core, message, with_metadata=True)
    return payload


def on_view(core: Core, member: Member, view: View, action: Json) -> Json:
    """block_actions from a modal or the Home tab."""
    return _common(core, "block_actions", member) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.grant_trigger(member),
        "view": view.public(),
        "actions": [action | {"action_ts": core.stamp()}],
    }


def submission(core: Core, member: Member, view: View) -> Json:
    """view_submission."""
    more: Json = {"trigger_id": core.grant_trigger(member), "view": view.public(), "response_urls": []}
    return _common(core, "view_submission", member) | more


def closed(core: Core, member: Member, view: View, cleared: bool) -> Json:
    """view_closed."""
    return _common(core, "view_closed", member) | {"view": view.public(), "is_cleared": cleared}


def message_shortcut(core: Core, member: Member, callback_id: str, channel: Channel, message: Message) -> Json:
    """message_action: a shortcut from the menu of a message."""
    return _common(core, "message_action", member) | {
        "callback_id": callback_id,
        "action_ts": core.stamp(),
        "trigger_id": core.grant_trigger(member),
        "response_url": core.grant_answer(channel, member, message),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": events.message_json(core, message),
    }


def global_shortcut(core: Core, member: Member, callback_id: str) -> Json:
    """shortcut: from the lightning menu."""
    more = {"callback_id": callback_id, "action_ts": core.stamp(), "trigger_id": core.grant_trigger(member)}
    return _common(core, "shortcut", member) | more


def command(core: Core, member: Member, channel: Channel, name: str, text: str) -> Json:
    """A slash command, as the fields of its form."""
    return {
        "token": core.settings.verification_token,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": member.id,
        "user_name": member.name.lower(),
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": core.grant_answer(channel, member),
        "trigger_id": core.grant_trigger(member),
    }
