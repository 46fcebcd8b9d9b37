"""What was kept of Slack's payloads, as intents. Pure and total: whatever comes is an intent or nothing."""

import re
from collections.abc import Callable, Collection
from typing import Any

from bot.slack import forms, keeping
from bot.slack.plain import from_message, from_mrkdwn
from handlers.cards import parse_code
from handlers.intents import Arrived, Command, Filled, Happened, Intent, Origin, Pressed, Quoted, Said
from models.errors import Unfit

Json = dict[str, Any]

CHAT = "slack"
#: A verb that no handler has: its press is answered with the sentence for buttons that are none of ours.
UNKNOWN = "unknown_button"


class Listener:
    """Reads kept events; `commands` tells the words that a private message may begin with."""

    def __init__(self, commands: Callable[[], Collection[str]], slash: str) -> None:
        self._commands = commands
        self._slash = slash

    def intent(self, kept: Json) -> Intent | None:
        """What the event means; None for nothing."""
        body, kind = _dict(kept.get("body")), kept.get("kind")
        event = _dict(body.get("event"))
        match kind:
            case "command":
                return _command(_of_command(kept, body), from_mrkdwn(_text(body.get("text"))))
            case "mention":
                return self._mention(kept, event)
            case "direct":
                return self._direct(kept, event)
            case "said":
                return _said(_of_event(kept, event), event)
            case "home":
                return Happened(origin=_of_event(kept, event), name="home_opened")
            case "press":
                return _press(kept, body)
            case "shortcut":
                return _shortcut(kept, body)
            case "form":
                return _filled(kept, body)
            case _:
                return None

    def _mention(self, kept: Json, event: Json) -> Intent | None:
        words = self._addressed(kept, from_message(event))
        if words is None:
            return None  # named in passing
        return _command(_of_event(kept, event), words, _files(event))

    def _direct(self, kept: Json, event: Json) -> Intent:
        origin = _of_event(kept, event, private=True)
        said = from_message(event).strip()
        addressed = self._addressed(kept, said)
        if addressed is not None:
            return _command(origin, addressed, _files(event))
        first = said.split(maxsplit=1)[0].lower().rstrip(":") if said else ""
        if first == self._slash:
            return _command(origin, said[len(first) :], _files(event))
        if first in self._commands():
            return _command(origin, said, _files(event))
        return _said(origin, event)

    def _addressed(self, kept: Json, said: str) -> str | None:
        """What follows our name at the beginning; None where it does not stand there."""
        found = re.match(rf"\s*@{re.escape(str(kept.get('bot')))}\b[\s,:]*", said)
        return said[found.end() :] if found else None


def _command(origin: Origin, words: str, files: tuple[Arrived, ...] = ()) -> Command:
    parts = words.strip().split(maxsplit=1)
    verb = parts[0].lower().rstrip(":") if parts else "home"
    return Command(origin=origin, verb=verb, text=parts[1] if len(parts) > 1 else "", files=files)


def _said(origin: Origin, event: Json) -> Said:
    return Said(origin=origin, text=from_message(event), files=_files(event), answers=origin.thread)


def _press(kept: Json, body: Json) -> Pressed:
    action, container = keeping.action_of(body), _dict(body.get("container"))
    message = _dict(body.get("message"))
    channel = _dict(body.get("channel"))
    alone = channel.get("name") == "directmessage" and not container.get("is_ephemeral")
    origin = _origin(
        _actor(kept, _dict(body.get("user"))),
        room=_text(channel.get("id") or container.get("channel_id")),
        thread=_thread_of(container, message),
        message_id=_text(container.get("message_ts")),
        private=alone,
        aside=bool(container.get("is_ephemeral")),
        reach=_reach(kept, body),
    )
    try:
        code = parse_code(_text(action.get("value")))
    except Unfit:
        return Pressed(origin=origin, verb=UNKNOWN)
    return Pressed(origin=origin, verb=code.verb, subject=code.subject, revision=code.revision, value=code.value)


def _thread_of(container: Json, message: Json) -> str:
    """The thread the message answers in. What begins one carries its own ts there, and stands in the room:
    an ephemeral answer in its thread would be seen by nobody who has not opened it.
    """
    thread = _text(container.get("thread_ts") or message.get("thread_ts"))
    return "" if thread == _text(container.get("message_ts")) else thread


def _shortcut(kept: Json, body: Json) -> Command:
    message = _dict(body.get("message"))
    message_id = _text(body.get("message_ts") or message.get("ts"))
    origin = _origin(
        _actor(kept, _dict(body.get("user"))),
        room=_text(_dict(body.get("channel")).get("id")),
        thread=_text(message.get("thread_ts")),
        message_id=message_id,
        reach=_reach(kept, body),
    )
    quoted = Quoted(text=from_message(message), message_id=message_id, files=_files(message))
    return Command(origin=origin, verb="post", quoted=quoted)


def _filled(kept: Json, body: Json) -> Filled:
    view = _dict(body.get("view"))
    metadata, values, files = forms.filled(view)
    asked = _dict(metadata.get("origin"))
    reach = _reach(kept, body) | {"view_id": _text(view.get("id")), "hash": _text(view.get("hash"))}
    if asked.get("response_url"):
        reach |= {"response_url": _text(asked.get("response_url")), "at": _text(asked.get("at"))}
    origin = _origin(
        _actor(kept, _dict(body.get("user"))),
        room=_text(asked.get("room")),
        thread=_text(asked.get("thread")),
        message_id=_text(asked.get("message_id")),
        private=asked.get("private") is True,
        reach=reach,
    )
    revision = metadata.get("revision")
    return Filled(
        origin=origin,
        verb=_text(metadata.get("verb")) or UNKNOWN,
        subject=_text(metadata.get("subject")),
        revision=revision if isinstance(revision, int) else 0,
        value=_text(metadata.get("value")),
        values=values,
        files=files,
    )


def carried(origin: Origin) -> Json:
    """What a form must carry so that its submission has the place it was asked for in."""
    place: Json = {"room": origin.room, "thread": origin.thread, "message_id": origin.message_id}
    answer = {name: origin.reach[name] for name in ("response_url", "at") if origin.reach.get(name)}
    return place | answer | ({"private": True} if origin.private else {})


# -- where from --------------------------------------------------------------------------------------------------------


def _of_command(kept: Json, body: Json) -> Origin:
    actor = _actor(kept, {"id": body.get("user_id"), "team_id": body.get("team_id")})
    return _origin(actor, room=_text(body.get("channel_id")), reach=_reach(kept, body))


def _of_event(kept: Json, event: Json, *, private: bool = False) -> Origin:
    team = event.get("user_team") or event.get("source_team") or event.get("team")
    at_home = kept.get("kind") == "home"
    return _origin(
        _actor(kept, {"id": event.get("user"), "team_id": team}),
        room="" if at_home else _text(event.get("channel")),
        thread="" if at_home else _text(event.get("thread_ts")),
        message_id="" if at_home else _text(event.get("ts")),
        private=private,
    )


def _origin(actor: str, *, reach: dict[str, str] | None = None, **place: Any) -> Origin:
    return Origin(chat=CHAT, actor=actor, reach=reach or {}, **place)


def _actor(kept: Json, person: Json) -> str:
    """The person's id; of another workspace (Slack Connect) with its id before it, so that it is nobody's here."""
    own, team = _text(kept.get("team")), _text(person.get("team_id"))
    return _text(person.get("id")) if not team or team == own else f"{team}:{_text(person.get('id'))}"


def member_id(actor: str) -> str:
    """The id that Slack knows the person by."""
    return actor.rpartition(":")[2]


def _reach(kept: Json, body: Json) -> dict[str, str]:
    found = {name: _text(body.get(name)) for name in ("trigger_id", "response_url")}
    return {name: value for name, value in found.items() if value} | {"at": _text(kept.get("at"))}


def _files(message: Json) -> tuple[Arrived, ...]:
    files = message.get("files")
    listed = files if isinstance(files, list) else []
    return tuple(forms.arrived(f) for f in listed if isinstance(f, dict) and f.get("id"))


def _dict(found: Any) -> Json:
    return found if isinstance(found, dict) else {}


def _text(found: Any) -> str:
    return str(found) if isinstance(found, str | int | float) else ""
