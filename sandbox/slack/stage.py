"""The stage, part one: people talk. `POST /_/say`, `/_/command`, `/_/edit`, `/_/delete`, `/_/react`, `/_/join` …"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.service import Refusal
from sandbox.slack import blocks, events, interactions
from sandbox.slack.answers import Answers
from sandbox.slack.core import AnswerUrl, Core
from sandbox.slack.errors import ApiError
from sandbox.slack.typed import rich_text, typed
from sandbox.slack.workspace import BOT_MEMBER, Channel, Member, Message

Json = dict[str, Any]
Act = Callable[[Json], Awaitable[Json]]


def route(path: str, act: Act, changed: Callable[[], None]) -> web.RouteDef:
    """A stage route: JSON in, JSON out, a Refusal as 409 with its sentence."""

    async def handle(request: web.Request) -> web.Response:
        try:
            done = await act(await request.json())
        except Refusal as refusal:
            return refusal.response()
        finally:
            changed()
        return web.json_response(done)

    return web.post(path, handle)


def person(core: Core, body: Json) -> Member:
    """Who acts (`as`: id or first name); refuses strangers to the workspace and the bot itself."""
    member = core.workspace.member(str(body.get("as", "")))
    if member is None or member.is_bot:
        raise Refusal(f"Nobody here is called {body.get('as')!r}.")
    return member


def room(core: Core, member: Member, body: Json) -> Channel:
    """Where (`channel`: id, name, or `dm` for the conversation with the bot); refuses where the person is not in."""
    wanted = str(body.get("channel", ""))
    if wanted.lower() in ("dm", "@bottega"):
        return core.workspace.direct(member.id)
    channel = core.workspace.channel(wanted)
    if channel is None or member.id not in channel.members:
        raise Refusal(f"{member.name} is not in {wanted!r}.")
    return channel


def seen(channel: Channel, member: Member, ts: str) -> Message:
    """A message that the member can see, ephemeral ones for them included; refuses otherwise."""
    for message in channel.messages:
        if message.ts == ts and message.only_for in (None, member.id) and not message.tombstone:
            return message
    raise Refusal("This message is not there (any more).")


class Talk:
    """What people write."""

    def __init__(self, core: Core, answers: Answers) -> None:
        self.core = core
        self.answers = answers

    def routes(self) -> list[web.RouteDef]:
        """All of it."""
        acts: dict[str, Act] = {
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "join": self.join,
            "leave": self.leave,
            "channel": self.channel,
            "command": self.command,
        }
        return [route(f"/_/{name}", act, self.core.changed) for name, act in acts.items()]

    async def say(self, body: Json) -> Json:
        """`{as, channel, text, thread_ts?, broadcast?, files?: [{name, mime, base64}]}` -> `{ts, channel}`."""
        member = person(self.core, body)
        channel = room(self.core, member, body)
        said = str(body.get("text", ""))
        if said.startswith("/") and not body.get("files"):
            name, _, rest = said.partition(" ")
            return await self.command(body | {"command": name, "text": rest})
        if not said.strip() and not body.get("files"):
            raise Refusal("There is nothing to send.")
        thread = body.get("thread_ts")
        if thread and seen(channel, member, thread).only_for:
            raise Refusal("A message that only you can see has no thread.")
        root = seen(channel, member, thread).thread_ts or thread if thread else None
        text = typed(self.core.workspace, said)
        shown = blocks.completed(rich_text(text)) if said else []
        message = Message(self.core.stamp(), channel.id, member.id, text, shown, thread_ts=root)
        message.broadcast_reply = bool(root and body.get("broadcast"))
        for described in body.get("files") or []:
            file = self.core.upload(member.id, described)
            file.shared_in.append(channel.id)
            message.files.append(file)
        channel.messages.append(message)
        events.posted(self.core, channel, message)
        return {"ts": message.ts, "channel": channel.id}

    def _own(self, body: Json) -> tuple[Channel, Message]:
        member = person(self.core, body)
        channel = room(self.core, member, body)
        message = seen(channel, member, str(body.get("ts")))
        if message.member != member.id:
            raise Refusal("Only who wrote a message can change it.")
        return channel, message

    async def edit(self, body: Json) -> Json:
        """`{as, channel, ts, text}`: change one's own message."""
        channel, message = self._own(body)
        before = events.message_json(self.core, message)
        message.text = typed(self.core.workspace, str(body["text"]))
        message.blocks = blocks.completed(rich_text(message.text))
        message.edited = {"user": message.member, "ts": self.core.stamp()}
        events.changed(self.core, channel, message, before)
        return {"ts": message.ts}

    async def delete(self, body: Json) -> Json:
        """`{as, channel, ts}`: take one's own message away."""
        channel, message = self._own(body)
        before = events.message_json(self.core, message)
        if channel.replies(message.ts):
            message.tombstone = True
        else:
            channel.messages.remove(message)
        events.deleted(self.core, channel, message.ts, before)
        return {"ts": message.ts}

    async def react(self, body: Json) -> Json:
        """`{as, channel, ts, name}`: an emoji on a message."""
        member = person(self.core, body)
        channel = room(self.core, member, body)
        message = seen(channel, member, str(body.get("ts")))
        people = message.reactions.setdefault(str(body["name"]), [])
        if member.id not in people:
            people.append(member.id)
            events.reacted(self.core, channel, message, member.id, str(body["name"]))
        return {"ts": message.ts}

    async def join(self, body: Json) -> Json:
        """`{as, channel, bot?}`: the person goes into a channel, or takes the bot in with `bot: true`."""
        member = person(self.core, body)
        channel = self.core.workspace.channel(str(body.get("channel")))
        if channel is None or (channel.private and member.id not in channel.members):
            raise Refusal(f"There is no channel {body.get('channel')!r}.")
        joining = BOT_MEMBER if body.get("bot") else member.id
        if joining not in channel.members:
            channel.members.append(joining)
            events.moved(self.core, channel, joining, "joined")
        return {"channel": channel.id}

    async def leave(self, body: Json) -> Json:
        """`{as, channel, bot?}`: the person goes out of a channel, or takes the bot out with `bot: true`."""
        member = person(self.core, body)
        channel = room(self.core, member, body)
        leaving = BOT_MEMBER if body.get("bot") else member.id
        if leaving in channel.members and not channel.im:
            channel.members.remove(leaving)
            events.moved(self.core, channel, leaving, "left")
        return {"channel": channel.id}

    async def channel(self, body: Json) -> Json:
        """`{name, private?, members: [...]}` (names or ids; `Bottega` is the bot): make a channel -> `{channel}`."""
        found = [self.core.workspace.member(str(m)) for m in body.get("members", [])]
        number = len(self.core.workspace.channels) + 1
        made = Channel(f"C0MADE{number:04d}", str(body["name"]), [m.id for m in found if m], bool(body.get("private")))
        self.core.workspace.channels[made.id] = made
        return {"channel": made.id}

    async def command(self, body: Json) -> Json:
        """`{as, channel, command, text}` -> `{acked, ack, error?}`; in a thread Slack refuses every command."""
        member = person(self.core, body)
        channel = room(self.core, member, body)
        name = "/" + str(body["command"]).removeprefix("/")
        if body.get("thread_ts"):
            raise Refusal(f"{name} is not supported in threads. Sorry!")
        known = self.core.settings.commands
        if known is not None and name not in known:
            raise Refusal(f"{name} is not a valid command.")
        if "commands" not in self.core.settings.scopes:
            raise Refusal(f"{name} is not a valid command.")
        text = typed(self.core.workspace, str(body.get("text", "")), named=True)
        payload = interactions.command(self.core, member, channel, name, text)
        answer = await self.core.outbox.ask("slash_commands", payload)
        if not answer.acked:
            error = "dispatch_failed" if answer.reason != "timeout" else "operation_timeout"
            self.core.toast(member, f'{name} failed with the error "{error}"')
            return {"acked": False, "ack": None, "error": error}
        self._show(member, channel, answer.payload)
        return {"acked": True, "ack": answer.payload}

    def _show(self, member: Member, channel: Channel, said: Any) -> None:
        if not isinstance(said, dict) or not (said.get("text") or said.get("blocks")):
            return
        try:
            self.answers.apply(AnswerUrl(channel.id, member.id, self.core.now()), said)
        except ApiError as refusal:
            self.core.toast(member, f"The command's answer could not be shown: {refusal.error}")
