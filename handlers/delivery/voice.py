"""The voice of a chat: what every chat promises to whoever has something to say there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handlers.cards import Card
from handlers.intents import Origin, Place
from platforms.contract import Progress

#: Progress: media ids of a card's files that the chat does not show, as JSON, noted before the card leaves.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Sent:
    """A message stands in the chat. `extra_ids`: messages that belong to it (an album before the card)."""

    message_id: str
    extra_ids: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()  #: media ids of the card's files that the chat does not show


@dataclass(frozen=True)
class Standing:
    """A card as it stands in the chat."""

    message_id: str
    extra_ids: tuple[str, ...]
    pictures: tuple[int, ...]  #: media ids that were drawn with it
    hidden: tuple[int, ...] = ()  #: those of them that the chat does not show


@dataclass(frozen=True)
class Lost:
    """What a voice may use to look for a message whose sending had no known end."""

    since: datetime
    known_ids: tuple[str, ...]  #: our newest messages in that room, newest first
    before: tuple[str, ...] = ()  #: those that stood there when it left


class Voice(Protocol):
    """A chat that can be spoken to. Errors are those of platforms.contract: TryLater, OutcomeUnknown, Permanent."""

    #: How long after an attempt a look-up proves absence.
    settled_after: timedelta

    def rest(self, card: Card) -> tuple[Card, ...]:
        """What the chat leaves out of the card, in cards of their own, without titles; empty where it shows all."""

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        """Post a message; `reply_to` is the message whose thread it belongs to, or ""."""

    def edit(self, place: Place, standing: Standing, card: Card, *, progress: Progress) -> Sent:
        """Draw a message anew, its pictures too where they differ. Raises Gone when it was deleted.

        Nothing to change is success.
        """

    def find(self, place: Place, card: Card, *, key: str, reply_to: str, lost: Lost) -> Sent | None:
        """Look for a message sent with this key; None: certainly absent. Raises CannotTell."""

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> Sent | None:
        """Show it only to the person, where the chat can; `instead`: in place of the message that was pressed.

        Returns the message where it became a new one of the room.
        """

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        """Write to a person in private. `room` as last known, or ""."""

    def home(self, origin: Origin, card: Card) -> None:
        """Draw the person's home, where the chat has one; else nothing."""
