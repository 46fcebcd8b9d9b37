"""What `GET /_/state?as=<member>` shows: the workspace through one member's eyes.

service, now, version            "slack", ISO time of the sandbox, number that grows with every change
me                               the member's id, null without `as` (then all channels, no ephemerals, no modals)
team, bot                        {id, name}
connection                       {mode: "socket" | "http", connections, waiting, given_up}
members                          [{id, name, tz, locale, is_bot}]
channels                         [{id, name, private, im, with, members, bot, messages, lost}]; `with`: the other
                                 member of a direct conversation; `bot`: whether the bot is in;
                                 `lost`: ts of replies to threads that are not there
messages, replies                [{ts, thread_ts, channel, member, name, bot, text, blocks, attachments, metadata,
                                 files, reactions, edited, ephemeral, deleted, broadcast, entities, values,
                                 replies}], oldest first; replies stand only under their parent
  text, blocks                   raw, with Slack's `&lt;` and `<@U…>`; images of slack_file get an `image_url`
  files                          [{id, name, title, mimetype, size, alt, url}]; `url` needs no token
  reactions                      {emoji: [member ids]}
  entities                       [{kind: member | channel | special | link, target, label}] that the text and the
                                 blocks really contain, so that an injected one is seen
  broadcast                      true when <!channel>, <!here>, <!everyone> or a group would be rung
  values                         what `me` chose in the message's menus, {block_id: {action_id: state}}
modals                           [view], the lowest first; the last one is what the member sees
home                             view or null
  view                           the view object of the Web API, and {values, errors: {block_id: sentence}}
toasts                           [{text, at}], newest last: what Slack itself told the member
"""

import copy
import re
from typing import Any

from sandbox.slack.core import Core
from sandbox.slack.modals import View
from sandbox.slack.socket import Connections
from sandbox.slack.typed import SPECIAL
from sandbox.slack.workspace import BOT_MEMBER, TEAM, Channel, File, Member, Message

Json = dict[str, Any]

_ENTITY = re.compile(r"<([@#!]?)([^<>|\s]+)(?:\|([^<>]*))?>")
_KINDS = {"@": "member", "#": "channel", "!": "special", "": "link"}


def picture(core: Core, connections: Connections, wanted: str) -> Json:
    """The state for the member with this id or name; empty for nobody in particular."""
    me = core.workspace.member(wanted) if wanted else None
    shown = [c for c in core.workspace.channels.values() if me is None or me.id in c.members]
    home = core.modals.homes.get(me.id) if me else None
    return {
        "service": "slack",
        "now": core.now().isoformat(),
        "me": me.id if me else None,
        "team": {"id": TEAM, "name": "Sandbox"},
        "bot": {"id": BOT_MEMBER, "name": core.workspace.members[BOT_MEMBER].name},
        "connection": {
            "mode": "http" if core.settings.request_url else "socket",
            "connections": len(connections.open),
            "waiting": len(core.outbox.waiting),
            "given_up": len(core.outbox.given_up),
        },
        "members": [
            {"id": m.id, "name": m.name, "tz": m.tz, "locale": m.locale, "is_bot": m.is_bot}
            for m in core.workspace.members.values()
        ],
        "channels": [_channel(core, channel, me) for channel in shown],
        "modals": [_view(core, view) for view in core.modals.stacks.get(me.id, [])] if me else [],
        "home": _view(core, home) if home else None,
        "toasts": core.toasts.get(me.id, []) if me else [],
    }


def _channel(core: Core, channel: Channel, me: Member | None) -> Json:
    seen = [m for m in channel.messages if m.only_for is None or (me and m.only_for == me.id)]
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.private,
        "im": channel.im,
        "with": next((m for m in channel.members if m != BOT_MEMBER), None) if channel.im else None,
        "members": list(channel.members),
        "bot": BOT_MEMBER in channel.members,
        "messages": [_message(core, m, me, seen) for m in seen if not m.is_reply],
        "lost": [m.ts for m in seen if m.is_reply and channel.message(str(m.thread_ts)) is None],
    }


def _message(core: Core, message: Message, me: Member | None, seen: list[Message]) -> Json:
    texts = [message.text, *_marked(message.blocks)]
    found = [e for text in dict.fromkeys(texts) for e in entities(text)]
    author = core.workspace.members[message.member]
    replies = [] if message.is_reply else [m for m in seen if m.is_reply and m.thread_ts == message.ts]
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "channel": message.channel,
        "member": message.member,
        "name": message.username or author.name,
        "bot": author.is_bot,
        "text": "This message was deleted." if message.tombstone else message.text,
        "blocks": [] if message.tombstone else shown_blocks(core, message.blocks),
        "attachments": message.attachments,
        "metadata": message.metadata,
        "files": [_file(core, f) for f in message.files],
        "reactions": message.reactions,
        "edited": message.edited is not None,
        "ephemeral": message.only_for is not None,
        "deleted": message.tombstone,
        "broadcast": any(e["kind"] == "special" and _rings(e["target"]) for e in found),
        "entities": found,
        "values": core.chosen.get((me.id, message.channel, message.ts), {}) if me else {},
        "replies": [_message(core, m, me, seen) for m in replies],
    }


def _rings(target: str) -> bool:
    return target.partition("^")[0] in (*SPECIAL, "group", "subteam")


def entities(text: str) -> list[Json]:
    """What Slack would turn into a mention, a channel or a link in this text."""
    return [
        {"kind": _KINDS[found.group(1)], "target": found.group(2), "label": found.group(3)}
        for found in _ENTITY.finditer(text)
    ]


def _marked(nested: Any) -> list[str]:
    """Every text inside blocks in which Slack looks for mentions and links."""
    if isinstance(nested, list):
        return [text for item in nested for text in _marked(item)]
    if not isinstance(nested, dict):
        return []
    if nested.get("type") in ("mrkdwn", "markdown"):
        return [str(nested.get("text", ""))]
    return [text for item in nested.values() for text in _marked(item)]


def _file(core: Core, file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "alt": file.alt,
        "url": f"{core.address}/_/files/{file.id}",
    }


def shown_blocks(core: Core, blocks: list[Json]) -> list[Json]:
    """A copy in which images of Slack files carry an address that the page can show."""
    made = copy.deepcopy(blocks)
    for block in made:
        for image in [block, block.get("accessory"), *block.get("elements", [])]:
            if isinstance(image, dict) and image.get("type") == "image" and "slack_file" in image:
                known = str(image["slack_file"].get("id") or image["slack_file"].get("url"))
                for file in core.workspace.files.values():
                    if file.id in known:
                        image["image_url"] = f"{core.address}/_/files/{file.id}"
    return made


def _view(core: Core, view: View) -> Json:
    return view.public() | {
        "blocks": shown_blocks(core, view.blocks),
        "values": view.values,
        "errors": view.errors,
    }
