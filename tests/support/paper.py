"""A chat on paper: remembers what it was told to show. It speaks to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.cards import Button, Card
from handlers.delivery.voice import Lost, Sent, Standing
from handlers.intents import Origin, Place
from handlers.seen import Rest
from platforms.contract import Gone, Progress


@dataclass
class Sheet:
    """A message that stands in the chat; `versions` are the cards it showed, the newest last."""

    message_id: str
    place: Place
    reply_to: str
    key: str
    versions: list[Card]

    @property
    def card(self) -> Card:
        """What it shows now."""
        return self.versions[-1]


def whole(_card: Card) -> tuple[Card, ...]:
    """Paper is as long as a card."""
    return ()


@dataclass
class PaperVoice:
    """Implements handlers.delivery.speaking.Voice. `troubles`: errors that the next calls raise, one each."""

    sheets: list[Sheet] = field(default_factory=list)
    whispers: list[tuple[str, Card]] = field(default_factory=list)  #: (chat's id of the person, what they saw)
    rooms: list[str] = field(default_factory=list)  #: where each whisper was shown
    directs: list[tuple[str, Card]] = field(default_factory=list)
    homes: list[tuple[str, Card]] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)  #: the pressed messages whose place a whisper took
    whispers_stand: bool = False  #: whether a whisper becomes a message of the room, as in Telegram
    troubles: list[Exception] = field(default_factory=list)
    known: tuple[str, ...] = ()  #: what it was told of its own messages when it last looked for one
    stood: tuple[str, ...] = ()  #: those of them that stood there when that one left
    settled_after: timedelta = timedelta(seconds=1)
    rest: Rest = whole  #: a chat's renderer, where it matters what that leaves out
    hides: frozenset[int] = frozenset()  #: media ids of files that this chat does not show

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        self._trouble()
        sheet = Sheet(f"m{len(self.sheets) + 1}", place, reply_to, key, [card])
        self.sheets.append(sheet)
        return Sent(sheet.message_id, hidden=self._hidden(card))

    def edit(self, place: Place, standing: Standing, card: Card, *, progress: Progress) -> Sent:
        self._trouble()
        for sheet in self.sheets:
            if sheet.message_id == standing.message_id and sheet.place.room == place.room:
                sheet.versions.append(card)
                return Sent(standing.message_id, hidden=self._hidden(card))
        raise Gone("message_not_found")

    def find(self, place: Place, card: Card, *, key: str, reply_to: str, lost: Lost) -> Sent | None:
        self._trouble()
        self.known, self.stood = lost.known_ids, lost.before
        found = [sheet for sheet in self.sheets if sheet.key == key]
        return Sent(found[0].message_id) if found else None

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> Sent | None:
        self._trouble()
        self.replaced += [origin.message_id] if instead else []
        self.whispers.append((origin.actor, card))
        self.rooms.append(origin.room)
        return Sent(f"w{len(self.whispers)}") if self.whispers_stand else None

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        self._trouble()
        self.directs.append((external_id, card))
        return Sent(f"d{len(self.directs)}")

    def home(self, origin: Origin, card: Card) -> None:
        self._trouble()
        self.homes.append((origin.actor, card))

    def _hidden(self, card: Card) -> tuple[int, ...]:
        return tuple(picture.media_id for picture in card.pictures if picture.media_id in self.hides)

    def _trouble(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


def words(card: Card) -> str:
    """Everything a card says, a line each; buttons as [Label]."""
    lines = [card.title]
    lines += ["".join(span.text for span in p.spans) for p in card.body]
    lines += [f"{fact.label}: {fact.value}" for fact in card.facts]
    for row in card.rows:
        lines.append(" ".join(["".join(s.text for s in row.spans), *(f"[{b.label}]" for b in row.buttons)]))
    lines.append(" ".join(f"[{b.label}]" for b in card.buttons))
    lines.append(card.footer)
    return "\n".join(line for line in lines if line)


def buttons(card: Card) -> Iterator[Button]:
    """Every button of the card, those of its rows too."""
    yield from card.buttons
    for row in card.rows:
        yield from row.buttons
