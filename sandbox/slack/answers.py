"""What the app answers to an interaction: posts to a response_url, and the text of an acknowledged command.

Source: docs.slack.dev/interactivity/handling-user-interaction ("Message responses").
"""

import json
from typing import Any

from aiohttp import web

from sandbox.slack import blocks, events
from sandbox.slack.core import AnswerUrl, Core
from sandbox.slack.errors import ApiError
from sandbox.slack.workspace import BOT_MEMBER, Channel, Message

Json = dict[str, Any]


class Answers:
    """The addresses under /actions/ and what is posted to them."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def handle(self, request: web.Request) -> web.Response:
        """`POST /actions/{team}/{key}`: at most five times in thirty minutes, then 404 `used_url` or `expired_url`."""
        answer = self.core.answers.get(request.match_info["key"])
        try:
            if answer is None or answer.left <= 0:
                raise ApiError("used_url", status=404)
            if self.core.now() > answer.until:
                raise ApiError("expired_url", status=404)
            answer.left -= 1
            self.apply(answer, await self._body(request))
        except ApiError as refusal:
            return web.json_response(refusal.body(), status=refusal.status if refusal.status != 200 else 400)
        self.core.changed()
        return web.Response(text="ok")

    async def _body(self, request: web.Request) -> Json:
        raw = await request.text()
        if request.content_type == "application/x-www-form-urlencoded":
            raw = str((await request.post()).get("payload", ""))
        try:
            body = json.loads(raw)
        except ValueError:
            raise ApiError("invalid_payload") from None
        if not isinstance(body, dict):
            raise ApiError("invalid_payload")
        return body

    def apply(self, answer: AnswerUrl, body: Json) -> None:
        """Delete, replace, or say something new: to the one member unless `response_type` is `in_channel`."""
        channel = self.core.workspace.channels[answer.channel]
        if body.get("delete_original") or body.get("replace_original"):
            self._original(channel, answer, body)
            return
        text, shown = self._content(body)
        everybody = body.get("response_type") == "in_channel"
        message = Message(self.core.stamp(), channel.id, BOT_MEMBER, text, shown)
        message.thread_ts = body.get("thread_ts") or answer.thread_ts
        message.only_for = None if everybody else answer.member
        channel.messages.append(message)
        if everybody:
            events.posted(self.core, channel, message)

    def _content(self, body: Json) -> tuple[str, list[Json]]:
        text, shown = str(body.get("text") or ""), body.get("blocks") or []
        if shown:
            blocks.check_message(shown, self.core.has_file)
        if not text.strip() and not shown:
            raise ApiError("no_text")
        return text, blocks.completed(shown)

    def _original(self, channel: Channel, answer: AnswerUrl, body: Json) -> None:
        message = next((m for m in channel.messages if m.ts == answer.message_ts and not m.tombstone), None)
        if message is None or message.member != BOT_MEMBER:
            raise ApiError("message_not_found", status=404)
        before = events.message_json(self.core, message)
        if body.get("delete_original"):
            channel.messages.remove(message)
            if message.only_for is None:
                events.deleted(self.core, channel, message.ts, before)
            return
        message.text, message.blocks = self._content(body)
        if message.only_for is None:
            message.edited = {"user": BOT_MEMBER, "ts": self.core.stamp()}
            events.changed(self.core, channel, message, before)
