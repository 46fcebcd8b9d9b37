"""The team of the stories: everybody in both chats, and what they do so often that it has a name."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from bot.app import App
from bot.telegram.confirming import CONFIRMED
from sandbox.mastodon.person import Visitor
from sandbox.slack.person import SlackPerson, labels
from sandbox.telegram.person import Impossible, TelegramPerson
from support.patience import PATIENCE
from support.world import INBOX, REVIEW, World, eventually

Json = dict[str, Any]
T = TypeVar("T")
#: Seconds that anything in a story may take.
#: Seconds between two looks; each look fetches all that a person sees.
GLANCE = 0.1


class Teammate:
    """One person: in Slack, alone with the bot in Telegram, and in the two topics of the Telegram group."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        self.slack: SlackPerson = world.on_slack(name)
        self.telegram: TelegramPerson = world.on_telegram(name)
        self.review: TelegramPerson = world.in_group(name, REVIEW)
        self.inbox: TelegramPerson = world.in_group(name, INBOX)


class Team:
    """Everybody, and the steps that a story begins with."""

    def __init__(self, world: World, app: App) -> None:
        self.world = world
        self.app = app
        self.ada, self.bruno, self.chiara, self.dario, self.eve = (
            Teammate(world, name) for name in ("Ada", "Bruno", "Chiara", "Dario", "Eve")
        )
        self.nora: Visitor = world.visitor("nora")

    def drafted(self, text: str) -> str:
        """Ada drafts it in Slack; the post's code."""
        self.ada.slack.say("dm", f"post {text}")
        first = text.partition("\n")[0]
        return code_of(self.until(lambda: newest(self.ada.slack, "dm", first, "Draft"), f"the draft of {text!r}"))

    def submitted(self, text: str) -> str:
        """Drafted, and in review in both chats; the post's code."""
        code = self.drafted(text)
        self.ada.slack.press("Submit", message=self.card(code, room="dm"))
        self.until(lambda: self.button(code, "Approve"), f"{code} in review")
        self.until(lambda: button_of(self.tele(code), "Approve"), f"{code} in Telegram's review")
        return code

    def approved(self, text: str) -> str:
        """In review, and approved by Bruno in Slack; the post's code."""
        code = self.submitted(text)
        self.bruno.slack.press("Approve", message=self.card(code))
        self.until(lambda: "· Approved" in read(self.card(code)), f"{code} approved")
        return code

    def published(self, text: str) -> tuple[str, Json]:
        """On the network, on both accounts; the post's code and acme's status."""
        code = self.approved(text)
        self.bruno.slack.press("Publish now", message=self.card(code))
        self.until(lambda: "· Published" in read(self.card(code)), f"{code} published")
        return code, self.on_network(text.partition("\n")[0])[0]

    def commented(self, status: Json, text: str) -> str:
        """Nora answers it, and both chats show her comment; the comment's code."""
        self.nora.reply(status["id"], text)
        found = self.until(lambda: self.comment(text), f"{text!r} in Slack's inbox")
        self.until(lambda: self.tele_comment(text), f"{text!r} in Telegram's inbox")
        return code_of(found)

    # -- waiting -------------------------------------------------------------------------------------------------------

    def until_card(self, code: str, part: str, timeout: float = PATIENCE) -> Json:
        """The card in Slack's review room, once it shows this."""
        self.until(lambda: part in read(self.card(code)), f"{part!r} on {code}", timeout)
        return self.card(code)

    def until_thread(self, code: str, part: str, timeout: float = PATIENCE) -> str:
        """What stands in its thread, once this does."""
        self.until(lambda: part in self.thread(code), f"{part!r} under {code}", timeout)
        return self.thread(code)

    def until_tele(self, code: str, *labels: str) -> Json:
        """The card in Telegram's review topic, once it has these buttons."""
        self.until(lambda: set(labels) <= set(labels_of(self.tele(code))), f"{labels} on {code} in Telegram")
        return self.tele(code)

    def until_told(self, person: Teammate, room: str, *parts: str) -> Json:
        """The newest message that the person sees in that room of Slack, once it shows all of this."""
        return self.until(lambda: newest(person.slack, room, *parts), f"{parts} told to {person.name}")

    # -- what is seen --------------------------------------------------------------------------------------------------

    def until(self, look: Callable[[], T | None], what: str = "it", timeout: float = PATIENCE) -> T:
        """What `look` finds, as soon as it finds something; a TimeoutError tells what the rooms showed."""

        def looked() -> T | None:
            try:
                return look()
            except LookupError:
                return None  # the card is not there yet

        try:
            found: T = eventually(looked, timeout, what, pause=GLANCE)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; seen:\n{self.seen()}") from None
        return found

    def seen(self) -> str:
        """The end of every room, for whoever reads why a story broke."""
        lines = []
        for person in (self.ada, self.bruno, self.chiara, self.dario, self.eve):
            said = [f"{m['name']}: {read(m)[:300]!r}" for m in person.slack.everything()]
            lines += [f"-- Slack, {person.name}", *said[-6:]]
        for place in (self.bruno.review, self.bruno.inbox):
            lines += [f"-- Telegram, {place.topic}", *(f"{m['text'][:300]!r}" for m in place.messages()[-6:])]
        return "\n".join(lines)

    def card(self, code: str, room: str = REVIEW, by: SlackPerson | None = None) -> Json:
        """The card of a post (or of a comment in the inbox) in Slack; LookupError while it is not there."""
        person = by or (self.ada.slack if room == "dm" else self.bruno.slack)
        found = [m for m in flat(person, room) if title_of(m).startswith(f"{code} ·")]
        if not found:
            raise LookupError(f"no card of {code} in {room}: {[title_of(m) for m in flat(person, room)]}")
        return found[-1]

    def button(self, code: str, label: str, room: str = REVIEW) -> bool:
        """Whether the card is there and has the button."""
        person = self.ada.slack if room == "dm" else self.bruno.slack
        return any(title_of(m).startswith(f"{code} ·") and label in labels(m["blocks"]) for m in flat(person, room))

    def thread(self, code: str, room: str = REVIEW) -> str:
        """What stands in the thread of a post's card."""
        return "\n".join(read(reply) for reply in self.card(code, room)["replies"])

    def tele(self, code: str, place: TelegramPerson | None = None) -> Json:
        """The card in Telegram: in the review topic, or in the given place; LookupError while it is not there."""
        where = place or self.bruno.review
        found = [m for m in where.messages() if m["from"]["is_bot"] and m["text"].startswith(f"{code} ·")]
        if not found:
            raise LookupError(f"no card of {code} in Telegram: {[m['text'][:80] for m in where.messages()[-8:]]}")
        return found[-1]

    def tele_thread(self, code: str, place: TelegramPerson | None = None) -> str:
        """What was said as an answer to the card in Telegram."""
        where = place or self.bruno.review
        card = self.tele(code, where)
        return "\n".join(m["text"] for m in where.messages() if m["reply_to"] == card["id"])

    def comment(self, text: str) -> Json | None:
        """The card of the comment in Slack's inbox."""
        found = [m for m in flat(self.chiara.slack, INBOX) if title_of(m).startswith("C") and text in read(m)]
        return found[-1] if found else None

    def tele_comment(self, text: str) -> Json | None:
        """The card of the comment in Telegram's inbox."""
        found = [m for m in self.chiara.inbox.messages() if re.match(r"C\d+ ·", m["text"]) and text in m["text"]]
        return found[-1] if found else None

    def on_network(self, text: str, account: str = "acme") -> list[Json]:
        """The account's statuses with the text, newest first."""
        return [s for s in self.nora.timeline(account) if text in s["text"]]


def flat(person: SlackPerson, room: str) -> list[Json]:
    """Every message of a room with the replies behind it."""
    return [m for root in person.messages(room) for m in (root, *root["replies"])]


def newest(person: SlackPerson, room: str, *parts: str) -> Json | None:
    """The newest message that shows all of this."""
    return next((m for m in reversed(flat(person, room)) if all(part in read(m) for part in parts)), None)


def read(message: Json) -> str:
    """What a person reads of a Slack message, block by block; without blocks, its text."""
    if not message.get("blocks"):
        return str(message.get("text") or "")
    return "\n".join(_words(block) for block in message["blocks"])


def _words(block: Any) -> str:
    if isinstance(block, list):
        return "".join(_words(item) for item in block)
    if not isinstance(block, dict):
        return ""
    if block.get("type") == "button":
        return ""
    if block.get("type") in {"rich_text", "context"}:
        return "\n".join(_words(item) for item in block["elements"])
    if isinstance(block.get("text"), str):
        return str(block["text"])
    parts = ("text", "title", "elements", "fields", "label", "hint")
    return "".join(_words(block[key]) for key in parts if key in block)


def title_of(message: Json) -> str:
    """The header of a card."""
    return next((_words(b) for b in message.get("blocks") or [] if b["type"] == "header"), "")


def code_of(message: Json) -> str:
    """The code with which a card's title begins."""
    return title_of(message).split(" ")[0]


def button_of(message: Json, label: str) -> Json | None:
    """The button of a Telegram message whose label is this, or whose label or data begins so."""
    every = [b for row in message["keyboard"] for b in row]
    named = [b for b in every if b["label"] == label] + [b for b in every if b["label"].startswith(label)]
    return next(iter(named + [b for b in every if b.get("data", "").startswith(label)]), None)


def labels_of(message: Json) -> list[str]:
    """The labels of a Telegram message's buttons."""
    return [b["label"] for row in message["keyboard"] for b in row]


def press_told(person: TelegramPerson, label: str, message: Json) -> str:
    """Press, and read the sentence that comes of it: over the button, or where it came late for that, in a message."""
    before = {m["id"] for m in person.messages()}
    answer = person.press(label, message)
    if answer and answer["text"]:
        return str(answer["text"])
    own = f"{person.name}: "
    late = person.wait_for(lambda m: m["id"] not in before and m["from"]["is_bot"] and m["text"].startswith(own))
    return str(late["text"])


def press_sure(person: TelegramPerson, label: str, message: Json) -> Json | None:
    """Press a button that asks first in Telegram, and say yes (in whatever language it is asked)."""
    before = {m["id"] for m in person.messages()}
    person.press(label, message, wait=0)
    sure = person.wait_for(lambda m: m["id"] not in before and button_of(m, CONFIRMED) is not None)
    return person.press(CONFIRMED, sure, wait=5)


def refused(act: Callable[[], Any]) -> str:
    """The sentence with which Telegram itself refuses what a person tries."""
    try:
        act()
    except Impossible as impossible:
        return str(impossible)
    return ""
