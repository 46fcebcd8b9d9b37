"""The desk that is measured: fifty accounts on one network, a team in a chat, and that chat's voice."""

import itertools
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handlers.cards import Card
from handlers.couriers import Courier, Office
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from handlers.delivery.voice import Lost, Sent, Standing, Voice
from handlers.intents import Origin, Place
from handlers.registry import load
from handlers.setup import OurAccount, Setup
from models.approval import Policy
from models.store import Store
from platforms.contract import Progress, RateLimited
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys

ACCOUNTS = tuple(f"a{n}" for n in range(50))
#: The one chat, and the room in which the team drafts and reviews.
CHAT, ROOM = "slack", "C1"
#: Seconds between two messages in a room that Slack allows (docs.slack.dev/apis/web-api/rate-limits).
SLACKS_PACE = 1.0


class QuietVoice:
    """A chat that takes every message at once, and keeps the newest card of each title; `pace`: no faster than that."""

    settled_after = timedelta(seconds=1)

    def __init__(self, pace: float = 0.0, name: str = "m", first: int = 1) -> None:
        """`pace`: seconds between two messages in a room; one that comes sooner is told to wait, as Slack does.

        `name`, `first`: how the ids of its messages begin; no two messages of a database may have the same.
        """
        self._name = name
        self.cards: dict[str, Card] = {}
        self._pace = pace
        self._free: dict[str, float] = {}
        self._numbers = itertools.count(first)

    def rest(self, card: Card) -> tuple[Card, ...]:
        """It shows every card whole."""
        return ()

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        """A message."""
        self._wait(place.room)
        if not reply_to:
            self._keep(card)
        return Sent(self._next())

    def edit(self, place: Place, standing: Standing, card: Card, *, progress: Progress) -> Sent:
        """The message shows the card from now on."""
        self._wait(place.room)
        self._keep(card)
        return Sent(standing.message_id)

    def find(self, place: Place, card: Card, *, key: str, reply_to: str, lost: Lost) -> Sent | None:
        """Nothing is lost here."""
        raise AssertionError("every message was answered")

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> Sent | None:
        """Seen by one person."""
        return None

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        """Seen by one person, in private."""
        return Sent(self._next())

    def home(self, origin: Origin, card: Card) -> None:
        """A person's own page."""

    def _next(self) -> str:
        return f"{self._name}{next(self._numbers)}"

    def _keep(self, card: Card) -> None:
        self.cards[card.title.split(" ")[0]] = card

    def _wait(self, room: str) -> None:
        now = time.monotonic()
        if now < (free := self._free.get(room, 0.0)):
            raise RateLimited("one message a second", timedelta(seconds=free - now))
        self._free[room] = now + self._pace


def setup(network: str, folder: Path) -> Setup:
    """Every account on the network, each with a policy of its own; one approval is needed, and posts may be close."""
    accounts = {
        name: OurAccount(
            name=name,
            title=name,
            platform=Mastodon(base_url=network, keys=Keys(f"token-{name}"), options={}),
            policy=Policy(spacing_seconds=0),
        )
        for name in ACCOUNTS
    }
    here = (Place(chat=CHAT, room=ROOM),)
    given = {"review": here, "inbox": here, "chats": (CHAT,)}
    return Setup(name="Bottega", zone="UTC", language="en", media_folder=folder, accounts=accounts, **given)  # type: ignore[arg-type]


def couriers(voice: Voice) -> Mapping[str, Courier]:
    """All kinds of deliveries, as the running process has them."""
    registry, voices = load(), {CHAT: voice}
    return {
        **registry.couriers,
        "card": CardCourier(voices, registry),
        "message": MessageCourier(voices),
        "direct": DirectCourier(voices),
        "whisper": WhisperCourier(voices),
        "home": HomeCourier(voices, registry),
    }


def office(store: Store, network: str, folder: Path, voice: Voice | None = None) -> Office:
    """The post office of the desk; its chat keeps Slack's pace unless another voice is given."""
    spoken = voice or QuietVoice(SLACKS_PACE, f"process{os.getpid()}-")
    return Office(store, setup(network, folder), couriers(spoken), lambda: datetime.now(UTC))
