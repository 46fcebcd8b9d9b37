"""Which payloads are worth keeping, under which unique id, and in which lane they are handled one after the other."""

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs

from bot.chat import Event
from bot.codes import without_codes
from bot.slack.forms import CALLBACK
from bot.slack.render import OPENS
from platforms.contract import NotJson, read_json, storable

Json = dict[str, Any]

#: The message shortcut of the app manifest.
SHORTCUT = "draft_from_message"
#: The verb of the button that offers a form again.
OPEN_FORM = "open_form"
#: Fields of a payload that are objects, where they are there and not null.
OBJECTS = ("event", "user", "team", "enterprise", "channel", "container", "view", "message")
#: Fields of a form; Slack's commands have about a dozen.
MOST_FIELDS = 100
#: Subtypes of what people themselves write; edits, joins and the like are none.
WRITTEN = frozenset({"", "thread_broadcast", "file_share"})


def refuse_unreadable(raw: bytes, kind: str) -> None:
    """Raise ValueError for a signed request that makes no sense, before Bolt reads it: that fails in more ways."""
    text = raw.decode()
    if "json" in kind or text.lstrip().startswith(("{", "[")):
        found = [read_json(text)]
    else:
        given = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        found = [read_json(payload) for payload in given.get("payload", ())]
    for payload in found:
        readable(payload)


def readable(payload: Any) -> Json:
    """The payload without characters that no database takes. Raises NotJson for what Bolt or we stumble over."""
    if not isinstance(payload, dict) or not _is_shaped(payload):
        raise NotJson("no payload of Slack's")
    made: Json = storable(payload)
    return made


def _is_shaped(payload: Json) -> bool:
    """Whether what Bolt looks into is what it takes for granted."""
    objects = all(isinstance(payload.get(name) or {}, dict) for name in OBJECTS)
    lists = [payload.get(name) or [] for name in ("actions", "authorizations")]
    return objects and all(isinstance(found, list) and all(isinstance(i, dict) for i in found) for found in lists)


def event_of(body: Json, bot: str, team: str, at: float) -> Event | None:
    """The payload as an event to keep, None for what nobody here needs. Total.

    `bot`: our own member id, `team`: the workspace, `at`: when it came, unix time; all are kept with it, because
    reading must not ask anybody.
    """
    kind, event_id, lane = _sorted(body, bot)
    if not kind:
        return None
    kept = {name: value for name, value in body.items() if name not in {"token", "authorizations", "event_context"}}
    heard = {"kind": kind, "bot": bot, "team": team, "at": at, "body": without_codes(kept)}
    return Event(event_id=event_id, lane=lane, body=heard)


def _sorted(body: Json, bot: str) -> tuple[str, str, str]:
    """(kind, event id, lane); kind "" for nothing."""
    match body.get("type"):
        case "event_callback":
            event = _dict(body.get("event"))
            kind, lane = _happened(event, bot)
            return kind, str(body.get("event_id") or _digest(event)), lane
        case "block_actions":
            return _pressed(body)
        case "view_submission":
            view = _dict(body.get("view"))
            known = view.get("callback_id") == CALLBACK
            # The hash of a view stays the same after a refused field: it does not tell a second try from a redelivery.
            event_id = f"{view.get('id')}:{_once(body, view)}"
            return "form" if known else "", event_id, f"form:{view.get('id')}"
        case "message_action":
            known = body.get("callback_id") == SHORTCUT
            return "shortcut" if known else "", _stamp(body, body.get("action_ts")), f"by:{_person(body)}"
        case None if body.get("command"):
            return "command", _stamp(body, None), f"by:{body.get('user_id')}"
        case _:
            return "", "", ""


def _happened(event: Json, bot: str) -> tuple[str, str]:
    """(kind, lane) of an Events API event."""
    by_person = not event.get("bot_id") and _word(event, "user") not in {"", bot}
    written = _word(event, "subtype") in WRITTEN and by_person
    room = str(event.get("channel") or "")
    lane = f"{room}:{event.get('thread_ts') or ''}"
    match event.get("type"):
        case "app_mention" if written:
            return "mention", lane
        case "message" if written and _is_private(event, room):
            return "direct", room
        case "message" if written and event.get("thread_ts") and not _names_first(event, bot):
            # Chatter below what somebody else began is none of ours.
            return ("said" if _word(event, "parent_user_id") in {"", bot} else ""), lane
        case "app_home_opened" if event.get("tab") == "home":
            return "home", f"home:{event.get('user')}"
        case _:
            return "", ""


def _is_private(event: Json, room: str) -> bool:
    """Whether it was said to us alone; the ids of private conversations begin with D."""
    kind = _word(event, "channel_type")
    return kind == "im" or (not kind and room.startswith("D"))


def _names_first(event: Json, bot: str) -> bool:
    """Whether it begins with our name: the same message comes as an app_mention too."""
    return str(event.get("text") or "").lstrip().startswith((f"<@{bot}>", f"<@{bot}|"))


def _pressed(body: Json) -> tuple[str, str, str]:
    action = action_of(body)
    if action.get("type") != "button" or not action.get("value") or str(action.get("action_id")).startswith(OPENS):
        return "", "", ""
    container = _dict(body.get("container"))
    thread = container.get("thread_ts") or container.get("message_ts") or ""
    room = _dict(body.get("channel")).get("id") or container.get("channel_id") or f"home:{_person(body)}"
    return "press", _stamp(body, action.get("action_ts")), f"{room}:{thread}"


def action_of(body: Json) -> Json:
    """The one action of a block_actions payload."""
    actions = body.get("actions")
    return _dict(actions[0]) if isinstance(actions, list) and actions else {}


def _stamp(body: Json, action_ts: Any) -> str:
    """A press has its own trigger and time; either may be missing."""
    return f"{_person(body)}:{action_ts or ''}:{_once(body, body)}"


def _once(body: Json, content: Json) -> str:
    """What no other payload has: of its trigger, which opens forms and is in no log or table, else of its content."""
    trigger = body.get("trigger_id")
    return _digest({"trigger_id": trigger} if trigger else content)


def _person(body: Json) -> str:
    return str(_dict(body.get("user")).get("id") or body.get("user_id") or "")


def _dict(found: Any) -> Json:
    return found if isinstance(found, dict) else {}


def _word(found: Json, name: str) -> str:
    return str(found.get(name) or "")


def _digest(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:32]
