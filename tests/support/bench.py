"""A desk on a bench: the real store, router, deliverer and Mastodon adapter, a running sandbox, and chats on paper."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image
from sqlmodel import Session, SQLModel, select

from bot.archive import Archive
from bot.engine.crew import IN_A_ROW
from bot.slack import render as slack_render
from bot.telegram import render as telegram_render
from bot.vault import fingerprint
from handlers.cards import Button, Card
from handlers.couriers import Courier, Office
from handlers.delivery.delivering import Deliverer
from handlers.delivery.settling import Settler
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from handlers.desk import Desk
from handlers.forms import Form, Kind
from handlers.intents import Arrived, Command, Filled, Intent, Origin, Place, Pressed, Quoted, Said
from handlers.registry import load
from handlers.router import Handled, Router
from handlers.setup import OurAccount, Setup
from models.account import Account
from models.approval import Policy
from models.audit import AuditEntry
from models.delivery import Delivery
from models.member import Identity, Member, Role
from models.post import Post
from models.store import Store
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys
from sandbox.mastodon.server import MastodonSandbox
from support.desks import Stores
from support.paper import PaperVoice, Sheet, buttons, words
from support.papers import Papers, chat_of
from support.patience import CALLS
from support.platform_running import running
from support.stage import Stage

Row = TypeVar("Row", bound=SQLModel)

#: A Monday. The desk's clock stands still unless a test lets time pass; the sandbox's runs on from here.
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ZONE = "Europe/Rome"
TOKENS = {"acme": "sandbox-mastodon-token", "acme_it": "sandbox-mastodon-token-it"}
TEAM = {
    "Ada": (Role.AUTHOR,),
    "Bruno": (Role.APPROVER, Role.PUBLISHER),
    "Chiara": (Role.APPROVER, Role.MODERATOR),
    "Dario": (Role.ADMIN,),
}
REVIEW = (Place(chat="slack", room="CREVIEW"), Place(chat="telegram", room="-1001"))
INBOX = (Place(chat="slack", room="CINBOX"), Place(chat="telegram", room="-1002"))
ROOMS = {"slack": "CTEAM", "telegram": "-1000"}


@pytest.fixture(scope="session")
def mastodon() -> Iterator[Stage]:
    """The stage of one running Mastodon sandbox; `bench` gives each test a fresh one."""
    with running(MastodonSandbox()) as address:
        yield Stage(address)


@pytest.fixture
def bench(mastodon: Stage, stores: Stores, tmp_path: Path) -> Iterator["DeskBench"]:
    """A desk with two accounts and four members, and nothing done yet."""
    with stores.lent(tmp_path / "desk.db") as store:
        yield DeskBench(store, mastodon, tmp_path / "media")


def external(who: str, chat: str) -> str:
    """A person's id in a chat: U… in Slack, a number in Telegram. Works for strangers too."""
    return f"U{who.upper()}" if chat == "slack" else str(10_000 + sum(who.encode()))


class DeskBench:
    """Members act through `say`, `press` and `fill`; what is due is delivered after each act."""

    def __init__(self, store: Store, mastodon: Stage, media_folder: Path) -> None:
        self.store, self.mastodon = store, mastodon
        self.now = START
        mastodon.act("reset")
        mastodon.act("clock", advance=(START - datetime.now(UTC)).total_seconds())
        self.archive = Archive(media_folder, store, self.clock)
        voices = {"slack": PaperVoice(rest=slack_render.rest), "telegram": PaperVoice(rest=telegram_render.rest)}
        self.papers = Papers(voices, self._catch_up)
        self.setup = Setup(
            name="Bottega",
            zone=ZONE,
            language="en",
            media_folder=media_folder,
            accounts={name: self.account(name) for name in TOKENS},
            review=REVIEW,
            inbox=INBOX,
            chats=("slack", "telegram"),
            rest={name: voice.rest for name, voice in voices.items()},
        )
        registry = load()
        self.couriers: dict[str, Courier] = {
            **registry.couriers,
            "card": CardCourier(voices, registry),
            "message": MessageCourier(voices),
            "direct": DirectCourier(voices),
            "whisper": WhisperCourier(voices),
            "home": HomeCourier(voices, registry),
        }
        self.steps: Callable[[str], None] = lambda _name: None
        self.router = Router(self.setup, load())
        self.deliverer = self.new_deliverer()
        self.handled = Handled()  #: what came of the last act
        self._messages = 0
        self._populate()

    # -- the desk ------------------------------------------------------------------------------------------------------

    def clock(self) -> datetime:
        """The desk's time."""
        return self.now

    def account(self, name: str, policy: Policy | None = None) -> OurAccount:
        """One of our accounts on the sandbox, with the real adapter."""
        platform = Mastodon(
            base_url=self.mastodon.address,
            keys=Keys(TOKENS[name]),
            options={},
            now=self.clock,
            pause=lambda _seconds: None,
            timeout=CALLS,
        )
        marked = partial(fingerprint, "", [TOKENS[name]])
        return OurAccount(
            name=name,
            title=name,
            platform=platform,
            policy=policy or Policy(),
            fingerprint=marked,
            server="social.example",
        )

    def set_policy(self, **policy: Any) -> None:
        """Another policy for every account: `set_policy(approvals=2)`."""
        self.reshape(accounts={name: self.account(name, Policy(**policy)) for name in self.setup.accounts})

    def reshape(self, **changes: Any) -> None:
        """The desk is started anew with another Setup."""
        for name, value in changes.items():
            object.__setattr__(self.setup, name, value)

    def new_deliverer(self) -> Deliverer:
        """Another process on the same database."""
        office = Office(self.store, self.setup, self.couriers, self.clock, self._step)
        self.settler = Settler(office)
        return Deliverer(office)

    def _step(self, name: str) -> None:
        self.steps(name)

    def _populate(self) -> None:
        with self.store.write() as session:
            for name in TOKENS:
                session.add(
                    Account(
                        name=name,
                        platform="mastodon",
                        handle=f"{name}@social.example",
                        token_mark=self.setup.accounts[name].mark(),  # as last seen
                    )
                )
            for name, roles in TEAM.items():
                member = Member(name=name, roles=[role.value for role in roles], created_at=START)
                session.add(member)
                session.flush()
                for chat in self.papers:
                    session.add(self._identity(member, chat))

    def _identity(self, member: Member, chat: str) -> Identity:
        actor = external(member.name, chat)
        return Identity(member_id=member.number, chat=chat, external_id=actor, private_room=actor, linked_at=START)

    # -- what members do -----------------------------------------------------------------------------------------------

    def origin(self, who: str, chat: str = "slack", **more: Any) -> Origin:
        """Where an act of a member comes from; `room`, `thread`, `private`, `language` … as wanted."""
        self._messages += 1
        given = {"room": ROOMS[chat], "message_id": f"i{self._messages}", **more}
        return Origin(chat=chat, actor=external(who, chat), name=who, **given)

    def say(  # `say("Ada", "post Hello")` is the command `/social post Hello`
        self,
        who: str,
        text: str,
        *,
        chat: str = "slack",
        files: tuple[Arrived, ...] = (),
        quoted: Quoted | None = None,
        **where: Any,
    ) -> Handled:
        """A member types a command."""
        verb, _, rest = text.partition(" ")
        if chat == "slack" and not where:
            where = {"message_id": ""}  # a slash command is no message
        origin = self.origin(who, chat, **where)
        return self.act(Command(origin=origin, verb=verb, text=rest, files=files, quoted=quoted))

    def answer(
        self, who: str, text: str = "", *, chat: str = "telegram", files: tuple[Arrived, ...] = (), answers: str = "?"
    ) -> Handled:
        """A member answers a question of a form that is asked step by step."""
        return self.act(Said(origin=self.origin(who, chat), text=text, files=files, answers=answers))

    def press(self, who: str, label: str, subject: str, *, chat: str = "slack") -> Handled:
        """A member presses the button with that label on the newest card or message about the subject in a chat."""
        return self.act(self.pressed(who, self.button(label, subject, chat=chat), chat=chat))

    def pressed(self, who: str, button: Button, *, chat: str = "slack", **where: Any) -> Pressed:
        """The intent of a press."""
        return Pressed(
            origin=self.origin(who, chat, **where),
            verb=button.verb,
            subject=button.subject,
            revision=button.revision,
            value=button.value,
        )

    def fill(
        self, who: str, form: Form, *, chat: str = "slack", files: tuple[Arrived, ...] = (), **values: Any
    ) -> Handled:
        """A member sends the form: what stands there already, with these values changed, and these files."""
        standing = {f.name: f.value for f in form.fields if f.kind != Kind.FILES}
        named = {f.name: files for f in form.fields if f.kind == Kind.FILES}
        return self.act(
            Filled(
                origin=self.origin(who, chat),
                verb=form.verb,
                subject=form.subject,
                revision=form.revision,
                value=form.value,
                values={**standing, **values},
                files=named,
            )
        )

    def act(self, intent: Intent) -> Handled:
        """Handle the intent as the worker does, then deliver what is due. A bug fails the test."""
        self.papers.watch(intent.origin.chat)
        with self.store.write() as session:
            self.handled = self.router.handle(session, intent, self.now)
        assert not self.handled.bug, "a bug met an intent; see the log above"
        self.deliver()
        return self.handled

    @property
    def form(self) -> Form:
        """The form that the last act opened."""
        assert self.handled.forms, f"no form opened; {self.handled.refusal}"
        return self.handled.forms[-1]

    def picture(self, name: str = "cat.png", colour: str = "red", size: tuple[int, int] = (32, 24)) -> Arrived:
        """A real picture in the archive, as if it had arrived with a message."""
        with tempfile.NamedTemporaryFile(suffix=".png", delete=False) as file:
            Image.new("RGB", size, colour).save(file, "PNG")
        return self.archive.keep(Path(file.name), name)

    # -- time and deliveries -------------------------------------------------------------------------------------------

    def deliver(self) -> None:
        """Attempt what is due and look up what is unsure, until nothing is due now.

        What is for a chat where nobody acts or looks waits until somebody does: see support/papers.py.
        """
        self._work(self.papers.is_watched)

    def _catch_up(self, chat: str) -> None:
        self._work(lambda lane: chat_of(lane) == chat)

    def _work(self, wanted: Callable[[str], bool], most: int = 300) -> None:
        for _ in range(most):
            due = [found for found in self.deliverer.due() if wanted(found.lane)]
            unsure = [number for number, lane in self.settler.unsure() if wanted(lane)]
            for found in due:
                more = iter(range(1, IN_A_ROW))
                self.deliverer.attempt(found.id, "bench", lambda more=more: next(more, None) is not None)  # type: ignore[misc]
            for number in unsure:
                self.settler.settle(number)
            if not due and not unsure:
                return
        raise AssertionError("deliveries do not come to an end")

    def wait(self, span: timedelta) -> None:
        """Let time pass at the desk and at the network; then the clock ticks and what is due is delivered."""
        self.now += span
        self.mastodon.act("clock", advance=span.total_seconds())
        with self.store.write() as session:
            self.router.tick(session, self.now)
        self.deliver()

    # -- what is seen --------------------------------------------------------------------------------------------------

    def sheet(self, subject: str, *, chat: str = "slack") -> Sheet:
        """The subject's newest card in the chat, or else the newest message with a button about it."""
        sheets = self.papers[chat].sheets
        about = [s for s in sheets if s.card.title.split(" ")[0] == subject]
        about = about or [s for s in sheets if any(b.subject == subject for b in buttons(s.card))]
        assert about, f"nothing about {subject} in {chat}"
        return about[-1]

    def card(self, subject: str, *, chat: str = "slack") -> Card:
        """What the newest message about the subject shows now."""
        return self.sheet(subject, chat=chat).card

    def button(self, label: str, subject: str, *, chat: str = "slack") -> Button:
        """The button with that label on the newest message about the subject."""
        for sheet in reversed(self.papers[chat].sheets):
            for button in buttons(sheet.card):
                if button.label == label and button.subject == subject:
                    return button
        raise AssertionError(f"no button “{label}” for {subject}; there is: {words(self.card(subject, chat=chat))}")

    def shown(self, subject: str, *, chat: str = "slack") -> str:
        """The words of the card of the subject."""
        return words(self.card(subject, chat=chat))

    def told(self, *, chat: str = "slack") -> list[str]:
        """The words of the messages in threads, oldest first."""
        return [words(s.card) for s in self.papers[chat].sheets if s.reply_to]

    def whispered(self, who: str, *, chat: str = "slack") -> str:
        """The words of the last whisper to the person; "" for none."""
        found = [card for actor, card in self.papers[chat].whispers if actor == external(who, chat)]
        return words(found[-1]) if found else ""

    def direct(self, who: str, *, chat: str = "slack") -> list[str]:
        """The words of the private messages to the person, oldest first."""
        return [words(card) for actor, card in self.papers[chat].directs if actor == external(who, chat)]

    def rows(self, table: type[Row], *where: Any) -> list[Row]:
        """Rows as they stand."""
        with self.store.read() as session:
            return list(session.exec(select(table).where(*where)).all())

    def post(self, code: str = "P1") -> Post:
        """A post as it stands."""
        return self.rows(Post, Post.id == int(code[1:]))[0]

    def posts(self) -> list[Post]:
        """Every post."""
        return self.rows(Post)

    def actions(self, subject: str = "P1") -> list[str]:
        """What the audit log says was done to the subject, oldest first."""
        return [
            entry.action
            for entry in sorted(self.rows(AuditEntry, AuditEntry.subject == subject), key=lambda e: e.id or 0)
        ]

    def deliveries(self, kind: str = "publication") -> list[Delivery]:
        """The deliveries of a kind, oldest first."""
        return self.rows(Delivery, Delivery.kind == kind)

    def desk(self, session: Session, who: str) -> Desk:
        """A desk for calling a handler directly."""
        member = session.exec(select(Member).where(Member.name == who)).one()
        return Desk(session=session, now=self.now, setup=self.setup, member_or_none=member, origin=self.origin(who))

    def public(self, account: str = "acme") -> list[dict[str, Any]]:
        """What stands on the network under the account, newest first; see sandbox/mastodon/view.py."""
        timeline: list[dict[str, Any]] = self.mastodon.state()["timeline"]
        return [s for s in timeline if s["author"]["acct"] == account]
