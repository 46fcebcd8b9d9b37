"""The one thing that all parts of this Slack share: its state, its clock and its way to the app."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Limits
from sandbox.slack.modals import Modals
from sandbox.slack.outbox import Outbox
from sandbox.slack.settings import Settings
from sandbox.slack.workspace import Channel, File, Member, Message, Workspace

Json = dict[str, Any]
#: How long and how often a response_url may be used (docs.slack.dev/interactivity/handling-user-interaction).
ANSWER_LIFE = timedelta(minutes=30)
MOST_ANSWERS = 5


@dataclass
class Trigger:
    """A short-lived right to open a view for a member."""

    member: str
    until: datetime
    used: bool = False


@dataclass
class AnswerUrl:
    """A response_url: where and to whom its answers go."""

    channel: str
    member: str
    until: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    left: int = MOST_ANSWERS


class Core:
    """State of the sandbox; `now` and `changed` come from the service that holds it."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self.settings = settings
        self.now = now
        self.changed = changed
        self.address = ""
        self.outbox = Outbox(settings)
        self.begin()

    def begin(self) -> None:
        """An empty workspace; connections of the app stay."""
        self.outbox.forget()
        self.workspace = Workspace()
        self.modals = Modals()
        self.limits = Limits()
        self.triggers: dict[str, Trigger] = {}
        self.answers: dict[str, AnswerUrl] = {}
        self.toasts: dict[str, list[Json]] = {}
        #: What members chose in the selects of messages: (member, channel, ts) -> values.
        self.chosen: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = {}

    def stamp(self) -> str:
        """A fresh message ts."""
        return self.workspace.stamp(self.now())

    def has_file(self, known: str) -> bool:
        """Whether a finished file has this id or address."""
        return any(
            f.complete and known in (f.id, *(f.public(self.address)[k] for k in ("url_private", "permalink")))
            for f in self.workspace.files.values()
        )

    def grant_trigger(self, member: Member) -> str:
        """A trigger_id, valid for `trigger_seconds`."""
        made = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[made] = Trigger(member.id, self.now() + timedelta(seconds=self.settings.trigger_seconds))
        return made

    def use_trigger(self, trigger_id: str) -> str:
        """The member it was granted for.

        Raises `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id` (views.open, "Errors").
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.now() > trigger.until:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.member

    def grant_answer(self, channel: Channel, member: Member, message: Message | None = None) -> str:
        """A response_url for an interaction with a message, or for a command."""
        key = secrets.token_urlsafe(18)
        thread = message.thread_ts if message else None
        until = self.now() + ANSWER_LIFE
        self.answers[key] = AnswerUrl(channel.id, member.id, until, message.ts if message else None, thread)
        return f"{self.address}/actions/T0SANDBOX1/{key}"

    def toast(self, member: Member, sentence: str) -> None:
        """A note that only this member sees for a moment, from Slack itself."""
        shown = self.toasts.setdefault(member.id, [])
        shown.append({"text": sentence, "at": self.now().isoformat()})
        del shown[:-20]

    def upload(self, owner: str, described: Json) -> File:
        """A finished file from `{name, mime, base64}`."""
        content = base64.b64decode(described.get("base64", ""))
        mime = described.get("mime", "application/octet-stream")
        file = self.workspace.add_file(described["name"], mime, owner, self.now(), content)
        file.complete = True
        file.alt = described.get("alt", "")
        return file
