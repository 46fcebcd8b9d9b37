"""Intents: what a person wants or what happened, in the words of no chat."""

from typing import Any

from handlers.cards import Part


class Place(Part):
    """Where in a chat: a room, and a thread or topic in it."""

    chat: str
    room: str
    thread: str = ""

    @property
    def lane(self) -> str:
        """Deliveries to one room leave one at a time, in order."""
        return f"{self.chat}:{self.room}"


class Origin(Part):
    """Who, and from where; `reach` is what the chat needs to answer only this person, and nobody else reads."""

    chat: str
    actor: str  #: the chat's id of the person
    name: str = ""  #: as the chat profile tells
    language: str = ""
    zone: str = ""
    room: str = ""
    thread: str = ""
    message_id: str = ""  #: the message it came from or was pressed on
    private: bool = False  #: whether only this person and the bot are in the room
    aside: bool = False  #: pressed on a message in a room that only this person sees, and that is never drawn anew
    reach: dict[str, str] = {}

    @property
    def place(self) -> Place:
        """Where it came from."""
        return Place(chat=self.chat, room=self.room, thread=self.thread)


class Arrived(Part):
    """A file that came along: in the archive (`media_id`), or not, and then `problem` says why.

    A chat's `listen` only fills `name` and `ref`; the intake fetches the file before any handler sees the intent.
    """

    name: str
    ref: str = ""  #: the chat's own id of the file
    media_id: int = 0
    sha256: str = ""
    mime: str = ""
    problem: str = ""  #: English catalogue key
    params: dict[str, Any] = {}


class Quoted(Part):
    """The message that a command answers or that a shortcut was used on."""

    text: str = ""
    message_id: str = ""
    files: tuple[Arrived, ...] = ()


class Intent(Part):
    """Base of all intents."""

    origin: Origin


class Command(Intent):
    """A typed command: `/social post some text`, `/post some text`, `@bot post some text`."""

    verb: str
    text: str = ""
    files: tuple[Arrived, ...] = ()
    quoted: Quoted | None = None

    def parted(self) -> tuple[str, str]:
        """The first word after the verb, and the rest as it was typed, its lines included."""
        first, *rest = self.text.split(maxsplit=1) or [""]
        return first, "".join(rest).rstrip()


class Pressed(Intent):
    """A button was pressed."""

    verb: str
    subject: str = ""
    revision: int = 0
    value: str = ""


class Said(Intent):
    """A message in a thread of ours, a reply to a message of ours, or a private message. Never public."""

    text: str = ""
    files: tuple[Arrived, ...] = ()
    answers: str = ""  #: id of the message of ours that it answers, "" where it merely stands in the place
    forwarded: bool = False  #: whether somebody else wrote it


class Filled(Intent):
    """A form was filled in. `files` by field name."""

    verb: str
    subject: str = ""
    revision: int = 0
    value: str = ""
    values: dict[str, Any] = {}
    files: dict[str, tuple[Arrived, ...]] = {}

    def line(self, field: str) -> str:
        """The answer as stripped text, "" where there is none."""
        return str(self.values.get(field) or "").strip()

    def picks(self, field: str) -> tuple[str, ...]:
        """The chosen options."""
        value = self.values.get(field) or ()
        if isinstance(value, str):
            return (value,)
        return tuple(str(picked) for picked in value) if isinstance(value, list | tuple) else ()


class Happened(Intent):
    """Something that nobody asked for: "home_opened", "bot_removed"."""

    name: str
    data: dict[str, Any] = {}
