"""The real App on a configuration, whose chats hear what Slack and Telegram send and speak on paper."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from bot import config
from bot.app import App
from bot.archive import Archive
from bot.slack.keeping import event_of
from bot.telegram import listen
from bot.telegram.wire import parse
from handlers.cards import Button, Card
from handlers.couriers import Courier, Office
from handlers.delivery.delivering import Deliverer
from handlers.delivery.settling import Settler
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from handlers.delivery.voice import Sent, Voice
from handlers.forms import Form, Kind
from handlers.intents import Arrived, Filled, Happened, Intent, Origin, Place
from handlers.router import Handled
from models.trace import traced
from platforms.contract import Platform, Progress
from platforms.registry import addresses, specs
from platforms.spec import Connect, Spec
from support.paper import PaperVoice, buttons, words
from support.patience import CALLS
from support.world import TEAM

BOT, WORKSPACE = "U0BOTTEGA1", "T0ACME0001"
#: Members of the team, and who is invited: their ids in Slack and Telegram.
PEOPLE = {**{name: (slack, telegram) for name, (slack, telegram, _) in TEAM.items()}, "Elena": ("U0ELENA001", 1005)}
ME = listen.Me(110201543, "acme_bottega_bot")


@dataclass
class NumberedPaper(PaperVoice):
    """A chat on paper whose messages are numbered as the chat's own are."""

    chat: str = ""
    first: int = 100  #: the number before the first

    def number(self, offset: int = 0) -> str:
        """The id of the next message."""
        self.first += 1
        return f"2080000000.{self.first:06d}" if self.chat == "slack" else str(self.first + offset)

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        super().send(place, card, key=key, reply_to=reply_to, progress=progress)
        self.sheets[-1].message_id = self.number()
        return Sent(self.sheets[-1].message_id)

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> Sent | None:
        super().whisper(origin, card, instead=instead)
        return Sent(self.number()) if self.whispers_stand else None

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        super().direct(external_id, room, card, key=key)
        return Sent(self.number())


class PaperApp(App):
    """Speaks into `papers`; is never started, so that a test decides what happens when."""

    def __init__(self, papers: Mapping[str, NumberedPaper], *given: Any, **more: Any) -> None:
        self.papers = papers
        super().__init__(*given, **more)

    def _couriers(self) -> Mapping[str, Courier]:
        voices: dict[str, Voice] = dict(self.papers)
        return {
            **self.registry.couriers,
            "card": CardCourier(voices, self.registry),
            "message": MessageCourier(voices),
            "direct": DirectCourier(voices),
            "whisper": WhisperCourier(voices),
            "home": HomeCourier(voices, self.registry),
        }


@dataclass(frozen=True)
class Where:
    """Where a button is: as Slack and Telegram tell of a press."""

    chat: str
    room: str
    message_id: str = ""
    thread: str = ""
    private: bool = False
    aside: bool = False  #: Slack: seen by one person alone


@dataclass
class AppBench:
    """One desk: what members do arrives as the chats send it, and what is due is delivered after each act.

    `stages`: the networks' sandboxes, whose clocks move along.
    """

    path: Path  #: of config.toml
    now: datetime
    stages: tuple[Any, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.papers = {
            name: NumberedPaper(chat=name, whispers_stand=name == "telegram") for name in ("slack", "telegram")
        }
        settings = config.load(self.path, addresses(), dict(self.environ))
        self.app = PaperApp(self.papers, settings, self.clock, networks=self._networks())
        office = Office(self.app.store, self.app.setup, self.app._couriers(), self.clock)
        self.deliverer, self.settler = Deliverer(office), Settler(office)
        self.archive = Archive(settings.media_folder, self.app.store, self.clock)
        self.handled = Handled()
        self._serial = 0

    def _networks(self) -> dict[str, Spec]:
        given: dict[str, dict[str, Any]] = {"mastodon": {"pause": lambda _seconds: None}}
        return {spec.name: replace(spec, connect=self._timed(spec, **given.get(spec.name, {}))) for spec in specs()}

    def _timed(self, spec: Spec, **given: Any) -> Connect:
        """What builds its adapters, with the desk's own time."""
        adapter: Callable[..., Platform] = spec.connect
        return partial(adapter, now=self.clock, timeout=CALLS, **given)

    def clock(self) -> datetime:
        """The desk's time."""
        return self.now

    def start(self) -> None:
        """What the process does before it opens: the database, the members, the tokens, the networks."""
        self.app._prepare()
        self.app._look_at_tokens()
        for account in self.app.setup.accounts.values():
            self.app.meeting.meet(account)
        self.deliver()

    def close(self) -> None:
        """The process is over."""
        self.app.leading._store.close()
        self.app.store.close()

    # -- what members do -----------------------------------------------------------------------------------------------

    def serial(self) -> int:
        """A number that was not used before."""
        self._serial += 1
        return self._serial

    def person(self, who: str, chat: str) -> str:
        """A member's id in the chat."""
        slack, telegram = PEOPLE[who]
        return slack if chat == "slack" else str(telegram)

    def said(self, who: str, text: str, *, chat: str = "slack", room: str = "") -> Handled:
        """A slash command in Slack; in Telegram any message, in private unless `room` says otherwise."""
        if chat == "slack":
            return self.hear_slack(
                {
                    "command": "/social",
                    "text": text,
                    "user_id": self.person(who, chat),
                    "user_name": who.lower(),
                    "channel_id": room or "C0TEAM0001",
                    "team_id": WORKSPACE,
                    "trigger_id": f"t{self.serial()}",
                    "response_url": "https://hooks.slack.example/commands/1",
                }
            )
        return self.hear_telegram(message=self.message(who, room, text=text, message_id=90_000 + self.serial()))

    def asked(self, who: str, text: str) -> Handled:
        """The same in a room of Slack where nothing stands yet, so that a card is drawn there."""
        return self.said(who, text, room=f"C0ROOM{self.serial():04}")

    def message(self, who: str, room: str, **more: Any) -> dict[str, Any]:
        """A message of Telegram's, by the person."""
        actor = int(self.person(who, "telegram"))
        name, _, topic = room.partition("/")
        kind = "supergroup" if room.startswith("-") else "private"
        found = {"date": 0, "from": self.sender(who), "chat": {"id": int(name or actor), "type": kind}, **more}
        return found | ({"message_thread_id": int(topic), "is_topic_message": True} if topic else {})

    def sender(self, who: str) -> dict[str, Any]:
        """A person as Telegram tells of them."""
        return {"id": int(self.person(who, "telegram")), "is_bot": False, "first_name": who, "language_code": "en"}

    def press(self, who: str, code: str, where: Where) -> Handled:
        """A button with that code is pressed."""
        return self.act(self.pressed(who, code, where))

    def pressed(self, who: str, code: str, where: Where) -> Intent:
        """What the chat makes of a press."""
        intent = (
            self.pressed_in_slack(who, code, where) if where.chat == "slack" else self.in_telegram(who, code, where)
        )
        assert intent is not None, f"a press on {code} means nothing"
        return intent

    def pressed_in_slack(self, who: str, code: str, where: Where) -> Intent | None:
        """The payload of Slack's block_actions, read."""
        number = self.serial()
        body: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": self.person(who, "slack"), "team_id": WORKSPACE},
            "team": {"id": WORKSPACE},
            "trigger_id": f"t{number}",
            "actions": [{"type": "button", "action_id": f"{code}~1", "value": code, "action_ts": f"{number}.0"}],
            "container": {"type": "view"},
        }
        if where.room:
            body["response_url"] = "https://hooks.slack.example/actions/1"
            body["channel"] = {"id": where.room, "name": "directmessage" if where.private else "review"}
            message = {"ts": where.message_id} | ({"thread_ts": where.thread} if where.thread else {})
            body["message"] = message
            body["container"] = {
                "type": "message",
                "message_ts": where.message_id,
                "channel_id": where.room,
                "is_ephemeral": where.aside,
                **({"thread_ts": where.thread} if where.thread else {}),
            }
        return self.read_slack(body)

    def in_telegram(self, who: str, data: str, where: Where) -> Intent | None:
        """Telegram's callback query, read."""
        room = where.room + (f"/{where.thread}" if where.thread else "")
        message = {**self.message(who, room, message_id=int(where.message_id)), "from": {"id": ME.id, "is_bot": True}}
        query = {"id": str(self.serial()), "from": self.sender(who), "data": data, "message": message}
        return self.read_telegram(callback_query=query)

    def read_slack(self, body: dict[str, Any]) -> Intent | None:
        """What Slack's payload means."""
        event = event_of(body, BOT, WORKSPACE, self.now.timestamp())
        assert event is not None, f"the payload is not kept: {body}"
        reading = self.app.chats["slack"].read([event.body])
        return reading.intent  # type: ignore[union-attr]  # Slack asks for no patience

    def read_telegram(self, **update: Any) -> Intent | None:
        """What Telegram's update means."""
        found = parse({"update_id": self.serial(), **update})
        assert found is not None
        return listen.intent([found], ME)

    def hear_slack(self, body: dict[str, Any]) -> Handled:
        """Slack's payload is handled."""
        intent = self.read_slack(body)
        assert intent is not None
        return self.act(intent)

    def hear_telegram(self, **update: Any) -> Handled:
        """Telegram's update is handled."""
        intent = self.read_telegram(**update)
        assert intent is not None
        return self.act(intent)

    def fill(self, who: str, *, files: tuple[Arrived, ...] = (), **values: Any) -> Handled:
        """The form that opened last is sent from Slack, with these answers changed."""
        form = self.form
        standing = {f.name: f.value for f in form.fields if f.kind != Kind.FILES}
        named = {f.name: files for f in form.fields if f.kind == Kind.FILES}
        origin = Origin(chat="slack", actor=self.person(who, "slack"), name=who, room="C0TEAM0001")
        given = {"verb": form.verb, "subject": form.subject, "revision": form.revision, "value": form.value}
        return self.act(Filled(origin=origin, values={**standing, **values}, files=named, **given))

    def happened(self, origin: Origin, name: str = "home_opened") -> Handled:
        """Something that nobody asked for."""
        return self.act(Happened(origin=origin, name=name))

    @property
    def form(self) -> Form:
        """The form that the last act opened."""
        assert self.handled.forms, f"no form opened; {self.handled.refusal}"
        return self.handled.forms[-1]

    def act(self, intent: Intent) -> Handled:
        """Handle the intent as the worker does, then deliver what is due. A bug fails the test."""
        with traced(), self.app.store.write() as session:
            self.handled = self.app.router.handle(session, intent, self.now)
        assert not self.handled.bug, "a bug met an intent; see the log above"
        self.deliver()
        return self.handled

    def picture(self, folder: Path, colour: str) -> Arrived:
        """A small picture in the archive, as if it had arrived with a message."""
        path = folder / f"{colour}.png"
        Image.new("RGB", (32, 24), colour).save(path, "PNG")
        return self.archive.keep(path, f"{colour}.png")

    # -- time and deliveries -------------------------------------------------------------------------------------------

    def deliver(self, most: int = 300) -> None:
        """Attempt what is due and look up what is unsure, until nothing is due now."""
        for _ in range(most):
            due, unsure = self.deliverer.due(), self.settler.unsure()
            for found in due:
                self.deliverer.attempt(found.id, "bench")
            for delivery_id, _lane in unsure:
                self.settler.settle(delivery_id)
            if not due and not unsure:
                return
        raise AssertionError("deliveries do not come to an end")

    def wait(self, span: timedelta, steps: int = 1) -> None:
        """Let time pass at the desk and at the networks, in so many steps."""
        for _ in range(steps):
            self.now += span
            for stage in self.stages:
                stage.act("clock", advance=span.total_seconds())
            with traced(), self.app.store.write() as session:
                self.app.router.tick(session, self.now)
            self.deliver()

    # -- what is seen --------------------------------------------------------------------------------------------------

    def shown(self, subject: str, chat: str = "slack") -> str:
        """What the newest message about the subject says."""
        cards = [sheet.card for sheet in self.papers[chat].sheets]
        found = [card for card in cards if card.title.split(" ")[0] == subject]
        found = found or [card for card in cards if any(button.subject == subject for button in buttons(card))]
        return words(found[-1]) if found else ""

    def whispered(self, who: str, chat: str = "slack") -> str:
        """The words of the last whisper to the person."""
        found = [card for actor, card in self.papers[chat].whispers if actor == self.person(who, chat)]
        return words(found[-1]) if found else ""

    def told(self, chat: str = "slack") -> list[str]:
        """What the chat's messages in threads say, oldest first."""
        return [words(sheet.card) for sheet in self.papers[chat].sheets if sheet.reply_to]

    def drawn(self, chat: str) -> Iterator[tuple[Where, Button]]:
        """Every button on a message of the chat's rooms, the newest message first."""
        for sheet in reversed(self.papers[chat].sheets):
            where = Where(chat, sheet.place.room, sheet.message_id, sheet.place.thread)
            yield from ((where, button) for button in buttons(sheet.card) if not button.url)

    def click(self, who: str, label: str, subject: str, chat: str = "slack") -> Handled:
        """Press the button with that label on the newest message about the subject."""
        for where, button in self.drawn(chat):
            if (button.label, button.subject) == (label, subject):
                prefix = "!" if chat == "telegram" and button.confirm else ""
                return self.press(who, prefix + button.code, where)
        labels = [(b.label, b.subject) for _, b in self.drawn(chat)]
        raise AssertionError(f"no button {label!r} for {subject}; there is {labels}")

    def aside(self, who: str, label: str, chat: str = "slack") -> Handled:
        """Press the button with that label on what was whispered to the person last."""
        card = next(card for actor, card in reversed(self.papers[chat].whispers) if actor == self.person(who, chat))
        found = [button for button in buttons(card) if button.label == label]
        assert found, [button.label for button in buttons(card)]
        where = Where("slack", "C0TEAM0001", "2080000000.000001", aside=True)
        if chat == "telegram":
            where = Where("telegram", self.person(who, chat), "1", private=True)
        return self.press(who, found[-1].code, where)
