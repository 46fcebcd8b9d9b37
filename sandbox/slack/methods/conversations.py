"""conversations.*. Source: docs.slack.dev/reference/methods/conversations.* ("Arguments", "Errors")."""

import re

from sandbox.slack import events
from sandbox.slack.arguments import Json
from sandbox.slack.errors import ApiError
from sandbox.slack.methods.paging import page
from sandbox.slack.web_api import Call, Method
from sandbox.slack.workspace import BOT_MEMBER, Channel, Message


def open_direct(call: Call) -> Json:
    """conversations.open: the direct conversation with one member."""
    if call.args.has("channel"):
        channel = call.channel()
        if not channel.im:
            raise ApiError("method_not_supported_for_channel_type")
    else:
        people = [p for p in call.args.text("users").split(",") if p]
        if not people:
            raise ApiError("users_list_not_supplied")
        if len(people) > 1:
            raise ApiError("invalid_user_combination")
        if people[0] not in call.core.workspace.members or people[0] == BOT_MEMBER:
            raise ApiError("user_not_found")
        channel = call.core.workspace.direct(people[0])
    shown = channel.public(call.core.now()) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


def info(call: Call) -> Json:
    """conversations.info."""
    channel = call.readable("read")
    found = channel.public(call.core.now())
    if call.args.flag("include_num_members"):
        found["num_members"] = len(channel.members)
    if call.args.flag("include_locale"):
        found["locale"] = "en-US"
    return {"channel": found}


def list_channels(call: Call) -> Json:
    """conversations.list: public channels, and the private ones the bot is in."""
    wanted = [t.strip() for t in call.args.text("types", "public_channel").split(",")]
    needed = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    for kind in wanted:
        if kind not in needed:
            raise ApiError("invalid_types")
        call.need(needed[kind])
    found = [
        c.public(call.core.now())
        for c in call.core.workspace.channels.values()
        if _kind(c) in wanted and (not c.private or BOT_MEMBER in c.members)
    ]
    shown, more = page(call, found, 100)
    return {"channels": shown} | more


def _kind(channel: Channel) -> str:
    return "im" if channel.im else "private_channel" if channel.private else "public_channel"


def members(call: Call) -> Json:
    """conversations.members, paged."""
    shown, more = page(call, call.readable("read").members, 100)
    return {"members": shown} | more


def join(call: Call) -> Json:
    """conversations.join: the bot goes into a public channel."""
    channel = call.channel()
    if channel.private:
        raise ApiError("method_not_supported_for_channel_type")
    if BOT_MEMBER in channel.members:
        return {"channel": channel.public(call.core.now()), "warning": "already_in_channel"}
    channel.members.append(BOT_MEMBER)
    events.moved(call.core, channel, BOT_MEMBER, "joined")
    return {"channel": channel.public(call.core.now())}


def _between(call: Call, found: list[Message]) -> list[Message]:
    """Those between `oldest` and `latest`; the ends count only when `inclusive`."""
    ends: dict[str, float | None] = {}
    for name in ("oldest", "latest"):
        given = call.args.text(name)
        if given and not re.fullmatch(r"\d+(\.\d+)?", given):
            raise ApiError(f"invalid_ts_{name}")
        ends[name] = float(given) if given else None
    oldest, latest, inclusive = ends["oldest"], ends["latest"], call.args.flag("inclusive")

    def within(message: Message) -> bool:
        at = float(message.ts)
        if inclusive and at in (oldest, latest):
            return True
        return (oldest is None or at > oldest) and (latest is None or at < latest)

    return [m for m in found if within(m)]


def history(call: Call) -> Json:
    """conversations.history: what stands in the channel itself, newest first."""
    channel = _inside(call)
    found = [m for m in channel.messages if m.only_for is None and (not m.is_reply or m.broadcast_reply)]
    shown, more = page(call, _between(call, found)[::-1], 100)
    cursor = more["response_metadata"]["next_cursor"]
    with_metadata = call.args.flag("include_all_metadata")
    messages = [events.message_json(call.core, m, with_metadata=with_metadata) for m in shown]
    found_more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": messages, "has_more": bool(cursor), "pin_count": 0} | found_more


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then the thread, oldest first."""
    channel = _inside(call)
    asked = channel.message(call.args.needed("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    root = channel.message(str(asked.thread_ts)) if asked.is_reply else asked
    if root is None:
        raise ApiError("thread_not_found")
    shown, more = page(call, _between(call, channel.replies(root.ts)), 1000)
    cursor = more["response_metadata"]["next_cursor"]
    with_metadata = call.args.flag("include_all_metadata")
    messages = [events.message_json(call.core, m, with_metadata=with_metadata) for m in [root, *shown]]
    found_more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": messages, "has_more": bool(cursor)} | found_more


def _inside(call: Call) -> Channel:
    channel = call.readable()
    if BOT_MEMBER not in channel.members:
        raise ApiError("not_in_channel")
    return channel


_WINDOW = ("channel", "latest", "oldest", "inclusive", "limit", "cursor", "include_all_metadata")
METHODS = [
    Method("conversations.open", open_direct, ("im:write",), ("channel", "users", "return_im"), True, tier=3),
    Method("conversations.info", info, (), ("channel", "include_locale", "include_num_members"), tier=3),
    Method("conversations.list", list_channels, (), ("exclude_archived", "types", "limit", "cursor"), tier=2),
    Method("conversations.members", members, (), ("channel", "limit", "cursor"), tier=4),
    Method("conversations.join", join, ("channels:join",), ("channel",), posts_json=True, tier=3),
    Method("conversations.history", history, (), _WINDOW, tier=3),
    Method("conversations.replies", replies, (), (*_WINDOW, "ts"), tier=3),
]
