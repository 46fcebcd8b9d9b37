"""What the app is told about the workspace: messages as JSON and the Events API around them."""

import copy
import secrets
from typing import Any, Literal

from sandbox.slack.core import Core
from sandbox.slack.workspace import APP, BOT, BOT_MEMBER, TEAM, Channel, Member, Message

Json = dict[str, Any]


def message_json(core: Core, message: Message, *, with_metadata: bool = False, with_thread: bool = True) -> Json:
    """A message as history and events show it."""
    if message.tombstone:
        text = "This message was deleted."
        gone: Json = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": text, "hidden": True}
        return gone | {"ts": message.ts} | (_thread(core, message) if with_thread else {})
    made: Json = {"type": "message", "user": message.member, "text": message.text, "ts": message.ts, "team": TEAM}
    if message.member == BOT_MEMBER:
        profile = {
            "id": BOT,
            "app_id": APP,
            "user_id": BOT_MEMBER,
            "name": "Bottega",
            "deleted": False,
            "team_id": TEAM,
        }
        made |= {"bot_id": BOT, "app_id": APP, "bot_profile": profile}
    if message.blocks:
        made["blocks"] = copy.deepcopy(message.blocks)
    if message.attachments:
        made["attachments"] = copy.deepcopy(message.attachments)
    if message.files:
        made["files"] = [f.public(core.address) for f in message.files]
        made["upload"] = False
    if message.edited:
        made["edited"] = dict(message.edited)
    if message.reactions:
        made["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
    if with_metadata and message.metadata is not None:
        made["metadata"] = copy.deepcopy(message.metadata)
    if message.broadcast_reply:
        made["subtype"] = "thread_broadcast"
    return made | (_thread(core, message) if with_thread else {})


def _thread(core: Core, message: Message) -> Json:
    channel = core.workspace.channels[message.channel]
    if message.is_reply:
        parent = channel.message(str(message.thread_ts))
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.member if parent else ""}
    replies = channel.replies(message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(r.member for r in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": False,
    }


def send(core: Core, event: Json) -> None:
    """Wrap an event and send it to the app."""
    settings = core.settings
    core.outbox.tell(
        {
            "token": settings.verification_token,
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev0{secrets.token_hex(4).upper()}",
            "event_time": int(core.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_MEMBER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(12)}",
        }
    )


def _heard(core: Core, channel: Channel) -> bool:
    """Whether the app is told of messages here: subscribed, allowed to, and its bot is in."""
    area = {"im": "im", "group": "groups", "channel": "channels"}[channel.kind]
    allowed = f"{area}:history" in core.settings.scopes and f"message.{area}" in core.settings.events
    return allowed and BOT_MEMBER in channel.members


def posted(core: Core, channel: Channel, message: Message) -> None:
    """A new message: `message` (with its subtype), and `app_mention` when the bot is named in it."""
    if BOT_MEMBER not in channel.members:
        return
    event = message_json(core, message) | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    if message.files:
        event |= {"subtype": "file_share", "display_as_bot": False}
    if _heard(core, channel):
        send(core, event)
    mentioned = f"<@{BOT_MEMBER}" in message.text and message.member != BOT_MEMBER and not channel.im
    if mentioned and "app_mention" in core.settings.events and "app_mentions:read" in core.settings.scopes:
        dropped = {"subtype", "channel_type", "upload", "display_as_bot"}
        send(core, {k: v for k, v in event.items() if k not in dropped} | {"type": "app_mention"})


def changed(core: Core, channel: Channel, message: Message, before: Json) -> None:
    """`message_changed`, hidden, with the message before and after."""
    if _heard(core, channel):
        after = message_json(core, message, with_metadata=message.member == BOT_MEMBER)
        send(core, _about(core, channel, "message_changed") | {"message": after, "previous_message": before})


def deleted(core: Core, channel: Channel, ts: str, before: Json) -> None:
    """`message_deleted`, hidden, with the message as it was."""
    if _heard(core, channel):
        send(core, _about(core, channel, "message_deleted") | {"deleted_ts": ts, "previous_message": before})


def _about(core: Core, channel: Channel, subtype: str) -> Json:
    ts = core.stamp()
    about = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts}
    return about | {"event_ts": ts, "channel_type": channel.kind}


def reacted(core: Core, channel: Channel, message: Message, member: str, name: str) -> None:
    """`reaction_added`."""
    if "reaction_added" in core.settings.events and BOT_MEMBER in channel.members:
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        event = {"type": "reaction_added", "user": member, "reaction": name, "item": item}
        send(core, event | {"item_user": message.member, "event_ts": core.stamp()})


def moved(core: Core, channel: Channel, member: str, what: Literal["joined", "left"]) -> None:
    """`member_joined_channel` or `member_left_channel`; the bot is told of its own moves too."""
    kind = f"member_{what}_channel"
    if kind in core.settings.events and BOT_MEMBER in (*channel.members, member):
        event = {"type": kind, "user": member, "channel": channel.id, "team": TEAM}
        send(core, event | {"channel_type": "G" if channel.private else "C", "event_ts": core.stamp()})


def home_opened(core: Core, member: Member, tab: str) -> None:
    """`app_home_opened`, with the view shown so far."""
    if "app_home_opened" in core.settings.events:
        view = core.modals.homes.get(member.id)
        event: Json = {"type": "app_home_opened", "user": member.id, "tab": tab, "event_ts": core.stamp()}
        event["channel"] = core.workspace.direct(member.id).id
        send(core, event | ({"view": view.public()} if view and tab == "home" else {}))
