"""What every chat promises to the process, and what the process promises to every chat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from starlette.routing import BaseRoute

from bot.leading import Duty
from handlers.delivery.voice import Voice
from handlers.forms import Form
from handlers.intents import Intent, Origin
from handlers.router import Handled
from models.errors import Refused
from platforms.contract import clean, storable

#: Characters of the longest event id and lane; those of the services have less than a hundred.
LONGEST_NAME = 200
#: Told each answer of a chat: the HTTP status, 0 where none came, and the seconds that it took.
Watch = Callable[[int, float], None]


def unwatched(_status: int, _seconds: float) -> None:
    """Nobody counts."""


def _short(name: str) -> str:
    """The name; its hash where an index would not take it."""
    return clean(name) if len(name) <= LONGEST_NAME else sha256(name.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Download:
    """A file fetched from a chat into a temporary file, which the intake takes over."""

    path: Path
    name: str
    mime: str = ""  #: as the chat claims; the archive looks for itself


class FileUnfit(Refused):
    """A file cannot be fetched and never will: too big for the chat, deleted, not shared with the bot."""


@dataclass(frozen=True)
class Later:
    """The event cannot be an intent yet (an album is still arriving): look again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Reading:
    """What events mean: an intent, or None for nothing; `taken` of the lane's events were used up for it."""

    intent: Intent | None
    taken: int = 1


@dataclass(frozen=True)
class Event:
    """An authenticated event as it came."""

    event_id: str  #: unique in its source
    lane: str  #: events of one lane are handled one at a time, in order
    body: dict[str, Any]

    def __post_init__(self) -> None:
        """As any database takes it. Raises NotJson where the body is nested too deep."""
        object.__setattr__(self, "event_id", _short(self.event_id))
        object.__setattr__(self, "lane", _short(self.lane))
        object.__setattr__(self, "body", storable(self.body))


class Intake(Protocol):
    """Takes events in: durable before it returns."""

    async def store(self, source: str, event: Event) -> bool:
        """Keep the event; False when it was kept before. Raises when it could not be kept: do not acknowledge then."""

    async def store_all(self, source: str, events: Sequence[Event], cursor: str) -> Sequence[Event]:
        """Keep the events and how far the source was read, in one transaction; returns those not kept before."""

    async def cursor(self, source: str) -> str:
        """How far the source was read, "" for not at all."""

    async def handle_now(self, source: str, event: Event, seconds: float) -> Handled | None:
        """Keep the event and handle it; None when it takes longer than `seconds` and goes on by itself."""


class Chat(Protocol):
    """A chat, connected."""

    name: str

    @property
    def voice(self) -> Voice:
        """How it is spoken to."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What it wants to hear over HTTP; empty where it calls out itself."""

    @property
    def duties(self) -> Sequence[Duty]:
        """What of its listening only one process may do at a time; empty where several may listen to everything."""

    async def start(self, intake: Intake) -> None:
        """Begin to listen; returns at once and keeps trying where the chat cannot be reached."""

    async def stop(self) -> None:
        """Stop listening; what was acknowledged is stored."""

    def read(self, bodies: Sequence[dict[str, Any]]) -> Reading | Later:
        """What the first of a lane's waiting events means. Pure and total. Files are named by `ref` only.

        The others are there for what arrives in pieces: an album is several events, read as one with `taken` = pieces.
        """

    async def enrich(self, intent: Intent) -> Intent:
        """Add what the chat profile tells (name, language, zone). Never raises: unchanged where it cannot tell."""

    async def download(self, ref: str) -> Download:
        """Fetch a file. Raises FileUnfit for good, anything else for another try later."""

    async def ask(self, origin: Origin, form: Form) -> None:
        """Open a form for the person; only called for chats with modals."""

    async def check(self) -> list[str]:
        """What is wrong, a sentence with its cure each; empty when all is well."""

    def state(self) -> str:
        """One or two words for `status`: "connected", "connecting" …"""
