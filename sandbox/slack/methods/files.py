"""files.*: the two-step upload and what is known about a file.

Source: docs.slack.dev/messaging/working-with-files and the pages of the three methods ("Arguments", "Errors").
"""

import asyncio
import mimetypes
import secrets

from sandbox.slack import events
from sandbox.slack.arguments import Json
from sandbox.slack.core import Core
from sandbox.slack.errors import ApiError, invalid_arguments
from sandbox.slack.web_api import Call, Method
from sandbox.slack.workspace import BOT_MEMBER, Channel, File, Message

#: Seconds between the answer of files.completeUploadExternal and the message with the file, as in the real one.
SHARED_AFTER = 0.05


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal: where to send the bytes."""
    name, length = call.args.needed("filename"), call.args.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be more than 0 [json-pointer:/length]")
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = call.core.workspace.add_file(name, mime, BOT_MEMBER, call.core.now())
    file.expected, file.alt, file.ticket = length, call.args.text("alt_txt"), secrets.token_urlsafe(24)
    return {"upload_url": f"{call.core.address}/upload/v1/{file.ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: the files exist; their message follows a moment later."""
    listed = call.args.nested("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed or not all(isinstance(f, dict) and "id" in f for f in listed):
        raise invalid_arguments("missing required field: files")
    files = []
    for one in listed:
        file = call.core.workspace.files.get(one["id"])
        if file is None or file.owner != BOT_MEMBER or not file.content:
            raise ApiError("file_not_found")
        file.title = str(one.get("title") or file.name)
        files.append(file)
    channels = [_channel(call, c) for c in _targets(call)]
    thread = call.args.text("thread_ts") or None
    if thread and any(c.message(thread) is None for c in channels):
        raise ApiError("thread_not_found")
    for file in files:
        file.complete = True
    answered = [f.public(call.core.address) for f in files]
    comment = call.args.text("initial_comment")
    for channel in channels:
        asyncio.get_running_loop().call_later(SHARED_AFTER, _share, call.core, channel, files, comment, thread)
    return {"files": answered}


def _targets(call: Call) -> list[str]:
    several = [c for c in call.args.text("channels").split(",") if c]
    return several or ([call.args.text("channel_id")] if call.args.text("channel_id") else [])


def _channel(call: Call, wanted: str) -> Channel:
    found = call.core.workspace.channels.get(wanted)
    if found is None or (found.private and BOT_MEMBER not in found.members):
        raise ApiError("channel_not_found")
    if BOT_MEMBER not in found.members:
        raise ApiError("not_in_channel")
    return found


def _share(core: Core, channel: Channel, files: list[File], comment: str, thread: str | None) -> None:
    message = Message(core.stamp(), channel.id, BOT_MEMBER, comment, thread_ts=thread, files=files)
    channel.messages.append(message)
    for file in files:
        file.shared_in.append(channel.id)
    events.posted(core, channel, message)
    core.changed()


def info(call: Call) -> Json:
    """files.info: the file and where it was shared."""
    file = call.core.workspace.files.get(call.args.text("file"))
    if file is None or not file.complete:
        raise ApiError("file_not_found")
    shares: Json = {}
    for channel in call.core.workspace.channels.values():
        for message in channel.messages:
            if file in message.files:
                area = shares.setdefault("private" if channel.private else "public", {})
                area.setdefault(channel.id, []).append({"ts": message.ts})
    return {"file": file.public(call.core.address) | {"shares": shares}, "comments": []}


_WRITE = ("files:write",)
_COMPLETE = ("files", "channel_id", "channels", "initial_comment", "thread_ts")
METHODS = [
    Method("files.getUploadURLExternal", get_upload_url, _WRITE, ("filename", "length", "alt_txt"), tier=4),
    Method("files.completeUploadExternal", complete_upload, _WRITE, _COMPLETE, posts_json=True, tier=4),
    Method("files.info", info, ("files:read",), ("file", "count", "page", "limit", "cursor"), tier=4),
]
