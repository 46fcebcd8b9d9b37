"""People who draft, submit, approve and schedule posts: through the router and on the cards that the chat shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from benchmarks.desk import CHAT, ROOM, QuietVoice, office
from benchmarks.logs import Failed
from handlers.cards import Button, Card
from handlers.delivery.delivering import Deliverer
from handlers.desk import Desk
from handlers.forms import Form, Kind
from handlers.intents import Command, Filled, Intent, Origin, Pressed
from handlers.registry import load
from handlers.router import Router
from handlers.team.members import enroll
from models.account import Account
from models.delivery import Delivery, DeliveryState
from models.member import Role
from models.store import Store

#: The team: who approves is not who drafts.
TEAM = {"Ada": (Role.AUTHOR,), "Bruno": (Role.APPROVER, Role.PUBLISHER)}
#: The hour that is typed; a burst moves it to its own.
WHEN = "tomorrow 10:00"


class People:
    """A team at work on a desk that nothing runs yet: every act is handled, then what it says to the chat is shown."""

    def __init__(self, store: Store, folder: Path, first: int = 1) -> None:
        """Nothing leaves for a network here. `first`: the number of the chat's next message."""
        self.store = store
        self.voice = QuietVoice(first=first)
        self._office = office(store, "http://127.0.0.1:9", folder, self.voice)
        self._router = Router(self._office.setup, load())
        self._deliverer = Deliverer(self._office)

    def join(self) -> None:
        """The accounts and members are there, as the start of a process puts them there."""
        now, setup = datetime.now(UTC), self._office.setup
        with self.store.write() as session:
            session.add_all(Account(name=name, platform="mastodon") for name in setup.accounts)
            session.flush()
            desk = Desk(session=session, now=now, setup=setup, language=setup.language)
            for name, roles in TEAM.items():
                enroll(desk, name, roles, {CHAT: _id(name)})

    def schedule(self, text: str, account: str) -> str:
        """A post from its draft to its hour; returns its code."""
        draft = self._act(Command(origin=_origin("Ada"), verb="post", text=text))
        self._fill("Ada", draft, accounts=(account,))
        code = max(self.voice.cards, key=lambda title: int(title[1:]) if title[1:].isdigit() else 0)
        self._press("Ada", code, "submit")
        self._press("Bruno", code, "approve")
        self._fill("Bruno", self._press("Bruno", code, "schedule"), when=WHEN)
        return code

    def _press(self, who: str, code: str, verb: str) -> list[Form]:
        card = self.voice.cards[code]
        button = next((b for b in _buttons(card) if b.verb == verb), None)
        if button is None:
            raise Failed(f"the card of {code} has no button “{verb}”")
        pressed: dict[str, Any] = {name: getattr(button, name) for name in ("verb", "subject", "revision", "value")}
        return self._act(Pressed(origin=_origin(who), **pressed))

    def _fill(self, who: str, forms: list[Form], **values: Any) -> None:
        if not forms:
            raise Failed(f"no form opened for {who}")
        form = forms[-1]
        standing = {field.name: field.value for field in form.fields if field.kind != Kind.FILES}
        named: dict[str, Any] = {name: getattr(form, name) for name in ("verb", "subject", "revision", "value")}
        self._act(Filled(origin=_origin(who), values={**standing, **values}, **named))

    def _act(self, intent: Intent) -> list[Form]:
        """Raises Failed where the desk refuses: then a benchmark's people do what nobody can do."""
        with self.store.write() as session:
            handled = self._router.handle(session, intent, datetime.now(UTC))
        if handled.refusal or handled.bug:
            raise Failed(f"{intent}: {handled.refusal}")
        self._show()
        return list(handled.forms)

    def _show(self) -> None:
        """The chat shows what was said to it."""
        while due := [found for found in self._deliverer.due() if not found.lane.startswith("account:")]:
            for found in due:
                self._deliverer.attempt(found.id, "people")
        to_chat, done = ~col(Delivery.lane).startswith("account:"), col(Delivery.state) == DeliveryState.DONE
        with self.store.read() as session:
            if wrong := session.exec(select(Delivery).where(to_chat, ~done)).first():
                raise Failed(f"the chat did not show {wrong.kind} of {wrong.subject}: {wrong.state} {wrong.reason}")


def _id(name: str) -> str:
    return f"U{name.upper()}"


def _origin(name: str) -> Origin:
    return Origin(chat=CHAT, actor=_id(name), name=name, room=ROOM)


def _buttons(card: Card) -> Iterator[Button]:
    yield from card.buttons
    for row in card.rows:
        yield from row.buttons
