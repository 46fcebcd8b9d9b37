"""One person of the pretend Telegram, driven from tests and stories over HTTP, with bounded waits."""

import base64
import mimetypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from sandbox.patience import PATIENCE

Message = dict[str, Any]
#: Seconds between two looks.
GLANCE = 0.05
#: Seconds to wait for the bot's answer to a press, likewise.
PRESS = 30.0


class Impossible(Exception):
    """The app would not let this person do that; the sentence says why."""


class TelegramPerson:
    """Somebody in a chat: "private" (with the bot), a title or an id; `topic` is a name or an id."""

    def __init__(self, address: str, name: str, chat: str | int = "private", topic: str | int | None = None) -> None:
        self.address = address
        self.name = name
        self.chat = chat
        self.topic = topic
        self.session = requests.Session()

    def at(self, chat: str | int, topic: str | int | None = None) -> "TelegramPerson":
        """The same person, looking at another chat and topic."""
        return TelegramPerson(self.address, self.name, chat, topic)

    def act(self, deed: str, **wish: Any) -> dict[str, Any]:
        """POST /_/<deed> as this person; raises Impossible with the sandbox's sentence."""
        body = {"as": self.name, "chat": self.chat} | wish
        response = self.session.post(f"{self.address}/_/{deed}", json=body, timeout=PATIENCE)
        found: dict[str, Any] = response.json()
        if response.status_code == requests.codes.conflict:
            raise Impossible(found["error"])
        response.raise_for_status()
        return found

    # -- doing -----------------------------------------------------------------------------------------------------

    def start(self, payload: str = "") -> int:
        """Press START in the private chat; the id of the /start message."""
        return int(self.act("start", payload=payload)["message_id"])

    def say(
        self, text: str, *, reply_to: Message | int | None = None, files: list[dict[str, Any]] | None = None
    ) -> int:
        """Write into the chat and topic; the id of the (first) message."""
        wish: dict[str, Any] = {"text": text, "files": files or []}
        if self.topic is not None:
            wish["topic"] = self.topic
        if reply_to is not None:
            wish["reply_to"] = message_id(reply_to)
        return int(self.act("say", **wish)["message_id"])

    def command(self, name: str, rest: str = "") -> int:
        """Send /name, with the rest of the line."""
        return self.say(f"/{name.removeprefix('/')} {rest}".strip())

    def reply(self, message: Message | int, text: str) -> int:
        """Answer a message, in its topic."""
        return int(self.act("say", text=text, reply_to=message_id(message))["message_id"])

    def photo(self, data: bytes | Path, caption: str = "", *, reply_to: Message | int | None = None) -> int:
        """Send one picture."""
        return self.say(caption, files=[file(data, "photo.jpg")], reply_to=reply_to)

    def album(self, pictures: list[bytes | Path], caption: str = "", *, reply_to: Message | int | None = None) -> int:
        """Send several pictures as one album, the caption on the first; the id of the first message."""
        return self.say(caption, files=[file(data, "photo.jpg") for data in pictures], reply_to=reply_to)

    def document(self, data: bytes | Path, name: str, caption: str = "") -> int:
        """Send a file as it is."""
        return self.say(caption, files=[file(data, name) | {"as_file": True}])

    def edit(self, message: Message | int, text: str) -> None:
        """Change one's own message."""
        self.act("edit", message_id=message_id(message), text=text)

    def delete(self, message: Message | int) -> None:
        """Delete a message."""
        self.act("delete", message_id=message_id(message))

    def react(self, message: Message | int, emoji: str) -> None:
        """React to a message; "" takes the reaction back."""
        self.act("react", message_id=message_id(message), emoji=emoji)

    def press(self, button: str, message: Message | int | None = None, wait: float = PRESS) -> dict[str, Any] | None:
        """Press a button, named by its label or the beginning of label or data; the bot's `{text, show_alert}`.

        Without `message` it is the latest one here that has such a button. Where that is drawn anew while this person's
        finger is on the way, it is pressed as it is then. None when the bot did not answer in time.
        """
        missed: dict[str, Any] = {}
        while True:
            target = self._target(button, message)
            try:
                reaction: dict[str, Any] | None = self.act("press", wait=wait, **target).get("answer")
            except Impossible:
                if target == missed:
                    raise
                missed = target
            else:
                return reaction

    def _target(self, button: str, message: Message | int | None) -> dict[str, Any]:
        """Where the button is at this moment, as /_/press takes it."""
        shown = self.messages() if message is None else [self.message(message)]
        for candidate in reversed(shown):
            if found := find_button(candidate, button):
                named = {"data": found["data"]} if "data" in found else {"label": found["label"]}
                return {"message_id": candidate["id"], **named}
        labels = [b["label"] for m in shown for row in m["keyboard"] for b in row]
        raise Impossible(f"{self.name} sees no button {button!r}; there are {labels}.")

    def forge(self, data: str, message: Message | int, wait: float = PRESS) -> dict[str, Any] | None:
        """Send handmade button data for a message, as a changed app could."""
        answer: dict[str, Any] | None
        answer = self.act("press", message_id=message_id(message), data=data, forged=True, wait=wait)["answer"]
        return answer

    # -- seeing ----------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything this person sees (see view.py)."""
        response = self.session.get(f"{self.address}/_/state", params={"as": self.name}, timeout=PATIENCE)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def room(self) -> dict[str, Any]:
        """The chat this person looks at; raises Impossible when they cannot see it."""
        for chat in self.state()["chats"]:
            private = chat["kind"] == "private" and self.chat == "private"
            if private or str(self.chat) in {str(chat["id"]), chat["title"] if chat["kind"] != "private" else ""}:
                return dict(chat)
        raise Impossible(f"{self.name} is not in {self.chat!r}.")

    def messages(self) -> list[Message]:
        """The messages of the chat (of the topic, if one is chosen), oldest first."""
        room = self.room()
        topics = {t["id"] for t in room["topics"] if str(self.topic) in {t["name"], str(t["id"])}}
        return [m for m in room["messages"] if self.topic is None or m["topic"] in topics]

    def message(self, which: Message | int) -> Message:
        """A message as it is now; raises Impossible when it is gone."""
        for message in self.room()["messages"]:
            if message["id"] == message_id(which):
                return dict(message)
        raise Impossible(f"Message {message_id(which)} is no longer there.")

    def last(self) -> Message:
        """The newest message of the bot here; raises Impossible when it wrote none."""
        said = [m for m in self.messages() if m["from"]["is_bot"] and m["kind"] != "service"]
        if not said:
            raise Impossible(f"The bot wrote nothing that {self.name} sees here.")
        return said[-1]

    def wait_for(self, predicate: Callable[[Message], bool], timeout: float = PATIENCE) -> Message:
        """The newest message here that fits, waiting for it; raises TimeoutError naming what is there."""
        end = time.monotonic() + timeout
        while True:
            shown = self.messages()
            if fitting := [m for m in shown if predicate(m)]:
                return fitting[-1]
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{self.name} waited {timeout} s and saw only {[m['text'][:80] for m in shown[-8:]]}"
                )
            time.sleep(GLANCE)

    def wait_text(self, part: str, timeout: float = PATIENCE) -> Message:
        """The newest message of the bot here that contains this text."""
        return self.wait_for(lambda m: m["from"]["is_bot"] and part in m["text"], timeout)

    def wait_state(self, predicate: Callable[[dict[str, Any]], bool], timeout: float = PATIENCE) -> dict[str, Any]:
        """The state once it fits; raises TimeoutError."""
        end = time.monotonic() + timeout
        while not predicate(found := self.state()):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} waited {timeout} s for another state")
            time.sleep(GLANCE)
        return found


def message_id(message: Message | int) -> int:
    """The id of a message of the state, or the id itself."""
    return message if isinstance(message, int) else int(message["id"])


def find_button(message: Message, wanted: str) -> dict[str, Any] | None:
    """The button with this label, else the first whose label or data begins so."""
    every = [button for row in message["keyboard"] for button in row]
    exact = [b for b in every if b["label"] == wanted]
    begun = [b for b in every if b["label"].startswith(wanted) or b.get("data", "").startswith(wanted)]
    return next(iter(exact + begun), None)


def file(data: bytes | Path, name: str) -> dict[str, Any]:
    """A file as POST /_/say takes it; a path gives its own name."""
    if isinstance(data, Path):
        name, data = data.name, data.read_bytes()
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "mime": mime, "base64": base64.b64encode(data).decode()}
