"""chat.*: posting, changing, deleting. Source: docs.slack.dev/reference/methods/chat.* ("Arguments", "Errors")."""

import json
import re

from sandbox.slack import blocks, events
from sandbox.slack.arguments import Json
from sandbox.slack.errors import ApiError
from sandbox.slack.web_api import Call, Method
from sandbox.slack.workspace import BOT_MEMBER, Channel, Message

#: Characters of `text`: chat.postMessage cuts after 40,000; chat.update and chat.postEphemeral refuse above 4,000.
MOST_POSTED = 40_000
MOST_CHANGED = 4_000
MOST_METADATA = 16_000
MOST_ATTACHMENTS = 100


def _content(call: Call) -> tuple[str, list[Json], list[Json]]:
    """Text, blocks and attachments, checked; refuses `no_text` when there is nothing to show."""
    text = call.args.text("text")
    shown = call.args.nested("blocks", "invalid_blocks_format")
    attached = call.args.nested("attachments", "invalid_attachments") or []
    markdown = call.args.text("markdown_text")
    if markdown:
        if text or shown:
            raise ApiError("markdown_text_conflict")
        shown = [{"type": "markdown", "text": markdown}]
        text = markdown
    if shown:
        blocks.check_message(shown, call.core.has_file)
    if len(attached) > MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    if not text.strip() and not shown and not attached:
        raise ApiError("no_text")
    return text, blocks.completed(shown or []), attached


def _metadata(call: Call) -> Json | None:
    given = call.args.nested("metadata", "invalid_metadata_format")
    if given is None:
        return None
    known = isinstance(given, dict) and isinstance(given.get("event_type"), str) and given["event_type"]
    if not known or not isinstance(given.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(given)) > MOST_METADATA:
        raise ApiError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def _target(call: Call) -> Channel:
    """Where to post: a channel by id or name, or a member's direct conversation."""
    wanted = call.args.needed("channel")
    if wanted in call.core.workspace.members and wanted != BOT_MEMBER:
        return call.core.workspace.direct(wanted)
    found = call.core.workspace.channel(wanted)
    if found is None or (found.private and BOT_MEMBER not in found.members):
        raise ApiError("channel_not_found")
    if BOT_MEMBER not in found.members and "chat:write.public" not in call.core.settings.scopes:
        raise ApiError("not_in_channel")
    return found


def _thread(call: Call, channel: Channel) -> str | None:
    """The thread to post to. As the real one, a ts without a message is accepted and what is posted there is seen by
    nobody (slackapi/node-slack-sdk#780, slackapi/python-slack-sdk#840); the stage shows it under `lost`.
    """
    wanted = call.args.text("thread_ts")
    if not wanted:
        return None
    if not re.fullmatch(r"\d+\.\d+", wanted):
        messages = [f"[ERROR] {wanted} is not a valid thread_ts"]
        raise ApiError("invalid_thread_ts", response_metadata={"messages": messages})
    parent = channel.message(wanted)
    if parent is not None and parent.is_reply:
        raise ApiError("cannot_reply_to_message")
    return wanted


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = _target(call)
    text, shown, attached = _content(call)
    thread = _thread(call, channel)
    metadata = _metadata(call)
    call.core.limits.spend_post(channel.id, call.core.now())
    message = Message(call.core.stamp(), channel.id, BOT_MEMBER, text[:MOST_POSTED], shown, attached, metadata, thread)
    message.broadcast_reply = thread is not None and call.args.flag("reply_broadcast")
    if "chat:write.customize" in call.core.settings.scopes:
        message.username = call.args.text("username") or None
    channel.messages.append(message)
    events.posted(call.core, channel, message)
    made = events.message_json(call.core, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": made}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: seen by one member of the channel, kept nowhere."""
    channel = _target(call)
    member = call.args.needed("user")
    if member not in call.core.workspace.members:
        raise ApiError("user_not_found")
    if member not in channel.members:
        raise ApiError("user_not_in_channel")
    text, shown, attached = _content(call)
    if len(text) > MOST_CHANGED and not shown:
        raise ApiError("msg_too_long")
    thread = _thread(call, channel)
    call.core.limits.spend_post(channel.id, call.core.now())
    stamp = call.core.stamp()
    channel.messages.append(
        Message(stamp, channel.id, BOT_MEMBER, text, shown, attached, thread_ts=thread, only_for=member)
    )
    return {"message_ts": stamp}


def _own(call: Call, ts_name: str, error: str) -> tuple[Channel, Message]:
    """A message of the bot's in a channel it sees; `error` when somebody else wrote it."""
    call.args.needed("channel")
    channel = call.channel()
    message = channel.message(call.args.needed(ts_name))
    if message is None or message.tombstone:
        raise ApiError("message_not_found")
    if message.member != BOT_MEMBER:
        raise ApiError(error)
    return channel, message


def update(call: Call) -> Json:
    """chat.update: text without blocks takes the blocks away; metadata stays unless given."""
    channel, message = _own(call, "ts", "cant_update_message")
    text, shown, attached = _content(call)
    if len(text) > MOST_CHANGED:
        raise ApiError("msg_too_long")
    metadata = _metadata(call)
    before = events.message_json(call.core, message)
    message.text, message.blocks, message.attachments = text, shown, attached
    message.metadata = metadata if metadata is not None else message.metadata
    if call.args.has("file_ids"):
        wanted = call.args.text("file_ids").strip("[]").replace('"', "").split(",")
        message.files = [f for f in message.files if f.id in wanted]
    message.edited = {"user": BOT_MEMBER, "ts": call.core.stamp()}
    events.changed(call.core, channel, message, before)
    made = events.message_json(call.core, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": made}


def delete(call: Call) -> Json:
    """chat.delete: a message with replies leaves a tombstone."""
    channel, message = _own(call, "ts", "cant_delete_message")
    remove(call, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(call: Call, channel: Channel, message: Message) -> None:
    """Take a message away and tell the app."""
    before = events.message_json(call.core, message)
    if channel.replies(message.ts):
        message.tombstone = True
    else:
        channel.messages.remove(message)
    events.deleted(call.core, channel, message.ts, before)


def get_permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.channel()
    message = channel.message(call.args.needed("message_ts"))
    if message is None:
        raise ApiError("message_not_found")
    link = f"{call.core.address}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(call: Call) -> Json:
    """reactions.add."""
    name = call.args.needed("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise ApiError("invalid_name")
    if not call.args.has("timestamp"):
        raise ApiError("no_item_specified")
    channel = call.channel()
    message = channel.message(call.args.text("timestamp"))
    if message is None:
        raise ApiError("message_not_found")
    if BOT_MEMBER in message.reactions.get(name, []):
        raise ApiError("already_reacted")
    message.reactions.setdefault(name, []).append(BOT_MEMBER)
    events.reacted(call.core, channel, message, BOT_MEMBER, name)
    return {}


_SHOWN = ("channel", "text", "blocks", "attachments", "markdown_text", "link_names", "parse", "as_user")
_LOOK = ("username", "icon_emoji", "icon_url", "thread_ts")
_WRITE = ("chat:write",)
_POST = (*_SHOWN, *_LOOK, "metadata", "reply_broadcast", "unfurl_links", "unfurl_media", "mrkdwn")
METHODS = [
    Method("chat.postMessage", post_message, _WRITE, _POST, posts_json=True),
    Method("chat.postEphemeral", post_ephemeral, _WRITE, (*_SHOWN, *_LOOK, "user"), posts_json=True),
    Method("chat.update", update, _WRITE, (*_SHOWN, "ts", "metadata", "file_ids"), posts_json=True, tier=3),
    Method("chat.delete", delete, _WRITE, ("channel", "ts", "as_user"), posts_json=True, tier=3),
    Method("chat.getPermalink", get_permalink, (), ("channel", "message_ts"), tier=4),
    Method("reactions.add", add_reaction, ("reactions:write",), ("channel", "name", "timestamp"), True, tier=3),
]
