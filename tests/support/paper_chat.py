"""A chat on paper: says what it was told an event means, and hands out files; for tests of the process around chats."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.chat import Download, Event, FileUnfit, Intake, Later, Reading
from handlers.forms import Form
from handlers.intents import Arrived, Command, Filled, Intent, Origin, Said
from support.paper import PaperVoice


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def event(event_id: str, lane: str = "ada", **body: Any) -> Event:
    """What `PaperChat.read` understands: `verb` and `text` of a command, `files`, `pieces`, `wait`, `form` …"""
    return Event(event_id=event_id, lane=lane, body={"verb": "note", **body})


class PaperChat:
    """Reads events as commands; every file has the bytes in `files`, and `faults` go wrong in order."""

    name = "slack"
    routes = ()
    duties = ()

    def __init__(self) -> None:
        self.voice = PaperVoice()
        self.files: dict[str, bytes] = {}
        self.faults: list[Exception] = []
        self.downloads: asyncio.Event | None = None  #: none of them begins before it is set
        self.asked: list[Form] = []
        self.refuses_forms = False

    async def start(self, intake: Intake) -> None:
        """Nothing to hear."""

    async def stop(self) -> None:
        """Nothing to close."""

    def read(self, bodies: Sequence[dict[str, Any]]) -> Reading | Later:
        """`wait`: seconds, once until more pieces come; `pieces`: together; `nothing`; `said`: no command."""
        body = bodies[0]
        if len(bodies) < body.get("pieces", 1):
            return Later(0.05)
        if body.get("unreadable"):
            raise ValueError("unreadable")
        if body.get("nothing"):
            return Reading(None)
        origin = Origin(chat="slack", actor=body.get("actor", "U1"), name="Ada", room="C1")
        files = tuple(Arrived(name=ref, ref=ref) for ref in body.get("files", ()))
        if body.get("form"):
            intent: Intent = Filled(origin=origin, verb=body["form"], values={})
        elif body.get("said"):
            intent = Said(origin=origin, text=body["said"], files=files)
        else:
            intent = Command(origin=origin, verb=body["verb"], text=body.get("text", ""), files=files)
        return Reading(intent, taken=body.get("pieces", 1))

    async def enrich(self, intent: Intent) -> Intent:
        """Unchanged."""
        return intent

    async def download(self, ref: str) -> Download:
        """The bytes, after the faults."""
        if self.downloads is not None:
            await self.downloads.wait()
        if self.faults:
            raise self.faults.pop(0)
        if ref not in self.files:
            raise FileUnfit("“{name}” is gone.", name=ref)
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(self.files[ref])
        return Download(path=Path(file.name), name=ref)

    async def ask(self, origin: Origin, form: Form) -> None:
        """Open the form, unless forms are refused."""
        if self.refuses_forms:
            raise TimeoutError("three seconds are over")
        self.asked.append(form)

    async def check(self) -> list[str]:
        """All is well."""
        return []

    def state(self) -> str:
        """Connected."""
        return "connected"
