"""A member of the sandbox's workspace for tests and stories: reads the screen, types, presses, fills in."""

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import requests

from sandbox.patience import PATIENCE

Json = dict[str, Any]
T = TypeVar("T")
#: Seconds between two looks at the screen.
POLL = 0.05


class Refused(Exception):
    """Slack told the person no; the text is Slack's sentence."""


class SlackPerson:
    """One member at the keyboard. Every wait is bounded and ends in a TimeoutError that tells what was seen."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        self.name = name
        self._session = requests.Session()

    # -- the screen ----------------------------------------------------------------------------------------------------

    def screen(self) -> Json:
        """Everything the person sees (see `picture.py`)."""
        answer = self._session.get(f"{self.address}/_/state", params={"as": self.name}, timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json())

    def channel(self, name: str) -> Json:
        """One channel by name or id, or `dm`; raises KeyError where the person is not in."""
        for channel in self.screen()["channels"]:
            if name.removeprefix("#") in (channel["id"], channel["name"]) or (name == "dm" and channel["im"]):
                return dict(channel)
        raise KeyError(name)

    def messages(self, channel: str) -> list[Json]:
        """What stands in a channel, oldest first, thread replies only inside `replies`."""
        return [] if channel == "dm" and not self._has_dm() else list(self.channel(channel)["messages"])

    def _has_dm(self) -> bool:
        return any(c["im"] for c in self.screen()["channels"])

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The replies under a message, oldest first."""
        return [r for m in self.messages(channel) if m["ts"] == ts for r in m["replies"]]

    def everything(self) -> Iterator[Json]:
        """Every message and reply that the person sees."""
        for channel in self.screen()["channels"]:
            for message in channel["messages"]:
                yield message
                yield from message["replies"]

    def modal(self) -> Json | None:
        """The modal in front, or None."""
        stack = self.screen()["modals"]
        return dict(stack[-1]) if stack else None

    def home(self) -> Json | None:
        """The app's Home tab as published, or None."""
        found = self.screen()["home"]
        return dict(found) if found else None

    def toasts(self) -> list[str]:
        """What Slack itself told the person."""
        return [t["text"] for t in self.screen()["toasts"]]

    # -- waiting -------------------------------------------------------------------------------------------------------

    def wait_for(self, look: Callable[[], T | None], timeout: float = PATIENCE, what: str = "it") -> T:
        """The first thing that `look` returns; raises TimeoutError when it keeps returning nothing."""
        end = time.monotonic() + timeout
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > end:
                shown = "\n".join(f"{m['name']}: {all_text(m)}" for m in list(self.everything())[-10:])
                raise TimeoutError(f"{self.name} waited {timeout} s for {what} and saw:\n{shown}\n{self.toasts()}")
            time.sleep(POLL)

    def wait_message(self, channel: str, text: str, timeout: float = PATIENCE, *, thread_ts: str | None = None) -> Json:
        """The newest message (in a thread: reply) whose text or blocks contain `text`."""

        def look() -> Json | None:
            shown = self.thread(channel, thread_ts) if thread_ts else self.messages(channel)
            return next((m for m in reversed(shown) if text in all_text(m)), None)

        return self.wait_for(look, timeout, f"{text!r} in {channel}")

    def wait_button(self, label: str, timeout: float = PATIENCE, *, message: Json | None = None) -> Json:
        """The newest message that carries the button (or this one, as soon as it does)."""

        def look() -> Json | None:
            for shown in reversed(list(self.everything())):
                if message is not None and shown["ts"] != message["ts"]:
                    continue
                if find_element(shown["blocks"], label) is not None:
                    return shown
            return None

        return self.wait_for(look, timeout, f"a button {label!r}")

    def wait_modal(self, title: str = "", timeout: float = PATIENCE) -> Json:
        """The modal in front, once its title contains `title`."""

        def look() -> Json | None:
            modal = self.modal()
            return modal if modal is not None and title in modal["title"]["text"] else None

        return self.wait_for(look, timeout, f"a form {title!r}")

    # -- talking -------------------------------------------------------------------------------------------------------

    def act(self, path: str, /, **body: Any) -> Json:
        """One stage call as this person; raises Refused with Slack's sentence."""
        given = {key: value for key, value in body.items() if value is not None} | {"as": self.name}
        answer = self._session.post(f"{self.address}/_/{path}", json=given, timeout=PATIENCE)
        if answer.status_code == 409:
            raise Refused(answer.json()["error"])
        answer.raise_for_status()
        return dict(answer.json())

    def say(self, channel: str, text: str, *, thread_ts: str | None = None, files: list[Json] | None = None) -> str:
        """Write a message; `@Bottega` and `@Ada` become mentions. Returns its ts (none for a command)."""
        return str(self.act("say", channel=channel, text=text, thread_ts=thread_ts, files=files).get("ts", ""))

    def mention(self, channel: str, text: str, *, thread_ts: str | None = None) -> str:
        """Write to the bot by name."""
        return self.say(channel, f"@Bottega {text}", thread_ts=thread_ts)

    def command(self, channel: str, command: str, text: str = "", *, thread_ts: str | None = None) -> Json:
        """Type a slash command; returns `{acked, ack}`."""
        return self.act("command", channel=channel, command=command, text=text, thread_ts=thread_ts)

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Change one's own message."""
        self.act("edit", channel=channel, ts=ts, text=text)

    def delete(self, channel: str, ts: str) -> None:
        """Delete one's own message."""
        self.act("delete", channel=channel, ts=ts)

    def react(self, channel: str, ts: str, name: str) -> None:
        """Put an emoji on a message."""
        self.act("react", channel=channel, ts=ts, name=name)

    # -- pressing ------------------------------------------------------------------------------------------------------

    def press(self, label: str, *, message: Json | None = None, selected: Any = None) -> Json:
        """Press a button by its label or the beginning of its action_id; `selected` chooses in a menu.

        Without `message`: in the modal in front, else in the newest message that has it. With one: in that message.
        Raises Refused when it is not there.
        """
        in_form = message is None and self.modal() is not None
        return self._pressed(lambda: self._in_form(label) if in_form else self._in_message(label, message), selected)

    def press_home(self, label: str, *, selected: Any = None) -> Json:
        """Press in the Home tab; raises Refused when there is no such button."""
        return self._pressed(lambda: self._in_view(self.home(), label, "on the Home tab"), selected)

    def _pressed(self, look: Callable[[], Json], selected: Any) -> Json:
        """Press what `look` finds, as it is then: also where it is drawn anew while the finger is on the way."""
        missed: Json = {}
        while True:
            target = look()
            try:
                return self.act("press", selected=selected, **target)
            except Refused:
                if target == missed:
                    raise
                missed = target

    def _in_form(self, label: str) -> Json:
        return self._in_view(self.modal(), label, "in this form")

    def _in_view(self, view: Json | None, label: str, where: str) -> Json:
        """Where the button is in a view at this moment, as /_/press takes it."""
        element = find_element(view["blocks"], label) if view else None
        if view is None or element is None:
            raise Refused(f"There is no button {label!r} {where}.")
        return {"view_id": view["id"], **element}

    def _in_message(self, label: str, message: Json | None) -> Json:
        """Where the button is in a message at this moment, as /_/press takes it."""
        for shown in reversed(list(self.everything())):
            if message is not None and shown["ts"] != message["ts"]:
                continue
            element = find_element(shown["blocks"], label)
            if element is not None:
                return {"channel": shown["channel"], "ts": shown["ts"], **element}
        raise Refused(f"There is no button {label!r} here.")

    def shortcut(self, callback_id: str, *, message: Json | None = None) -> Json:
        """Choose a shortcut from a message's menu, or the global one."""
        where = {"channel": message["channel"], "ts": message["ts"]} if message else {}
        return self.act("shortcut", callback_id=callback_id, **where)

    def open_home(self, tab: str = "home") -> None:
        """Open the app's Home tab (or its `messages`)."""
        self.act("home", tab=tab)

    # -- forms ---------------------------------------------------------------------------------------------------------

    def fill(self, values: Json, *, submit: bool = True) -> Json:
        """Fill the modal in front, by label, block_id or action_id, and submit it.

        A value is text, an option's label or value, a list of them, a date, unix time, or a list of `file(...)`.
        Returns what `/_/submit` answers: `closed`, `updated`, `pushed`, `errors` or `trouble`. With `submit=False`
        returns the values by block_id only.
        """
        modal = self.wait_modal()
        named = {block_of(modal, key): value for key, value in values.items()}
        return self.act("submit", view_id=modal["id"], values=named) if submit else named

    def submit(self) -> Json:
        """Submit the modal in front as it is."""
        return self.fill({})

    def close(self, *, everything: bool = False) -> None:
        """Close the modal in front, or all of them."""
        self.act("close", all=everything)


def all_text(message: Json) -> str:
    """Text and the texts of all blocks, as far as people can read them."""
    return "\n".join([message["text"], *_texts(message["blocks"])])


def _texts(nested: Any) -> Iterator[str]:
    if isinstance(nested, list):
        for item in nested:
            yield from _texts(item)
    elif isinstance(nested, dict):
        for key, item in nested.items():
            if key == "text" and isinstance(item, str):
                yield item
            else:
                yield from _texts(item)


def labels(blocks: list[Json]) -> list[str]:
    """The labels of all buttons in these blocks."""
    return [e["text"]["text"] for b in blocks for e in _elements(b) if e["type"] == "button"]


def find_element(blocks: list[Json], label: str) -> Json | None:
    """`{action_id, block_id, value?}` of the element with this label, or whose action_id begins so."""
    found = [(block, element) for block in blocks for element in _elements(block)]
    by_label = [p for p in found if p[1].get("text", {}).get("text") == label or _holder(p[1], label)]
    by_id = [p for p in found if str(p[1].get("action_id", "")).startswith(label)]
    for block, element in by_label or by_id:
        named = {"action_id": element["action_id"], "block_id": block["block_id"]}
        return named | ({"value": element["value"]} if element["type"] == "button" and "value" in element else {})
    return None


def _holder(element: Json, label: str) -> bool:
    return bool(element.get("placeholder", {}).get("text") == label)


def _elements(block: Json) -> list[Json]:
    inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    return [e for e in inside if isinstance(e, dict) and "action_id" in e]


def block_of(modal: Json, key: str) -> str:
    """The block_id of the input with this label, block_id or action_id; raises Refused when there is none."""
    for block in modal["blocks"]:
        label = block.get("label", block.get("text", {})).get("text", "")
        if key in (label, block["block_id"], *(e["action_id"] for e in _elements(block))):
            return str(block["block_id"])
    raise Refused(f"There is no input {key!r} in the form {modal['title']['text']!r}.")


def file(path: Path, mime: str, alt: str = "") -> Json:
    """A file from the disk, as `say(files=[...])` and `fill` take it."""
    return content(path.name, mime, path.read_bytes(), alt)


def content(name: str, mime: str, raw: bytes, alt: str = "") -> Json:
    """A file made of bytes, as `say(files=[...])` and `fill` take it."""
    return {"name": name, "mime": mime, "base64": base64.b64encode(raw).decode(), "alt": alt}
