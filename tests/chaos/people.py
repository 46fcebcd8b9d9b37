"""What the team and the public do while the desk is disturbed: look at their screens, do what is to be done, again if
nothing came of it. Nobody remembers what was pressed; only what is seen counts, as with people.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chaos.buyers import Buyers
from chaos.page import ACCOUNTS, Page
from chaos.plan import SPAN, Plan
from chaos.questions import Questions, answer_to, buttons, on_network
from sandbox.mastodon.person import Visitor
from sandbox.slack.person import Refused, SlackPerson, all_text, find_element
from sandbox.telegram.person import Impossible, TelegramPerson
from support.team import button_of, title_of
from support.world import INBOX, REVIEW, World

Seen = dict[str, Any]
#: Seconds after which somebody says, or presses, the same again.
SAY_AGAIN, PRESS_AGAIN = 12.0, 4.0
#: The button below a preview, whatever the reader's language calls it.
SEND = "v1:send_reply"
#: On a card that Chiara alone reads, in her language.
DRAFT, SUBMIT = "Bozza", "Manda in revisione"
#: A code at the beginning of a card.
CODE = re.compile(r"([PC]\d+) · ")
#: What a publication says whose hour was missed.
OVERDUE = "its hour is over"


@dataclass
class Item:
    """One post, from its words to the networks."""

    text: str
    by: str  #: the chat in which it is written: "slack" or "telegram"
    hour: bool  #: goes out at an hour, not at once
    code: str = ""  #: once it is there


@dataclass
class Team:
    """Ada writes in Slack, Chiara in Telegram; Bruno and Dario approve and publish; Nora is the public."""

    world: World
    page: Page
    plan: Plan
    posts: list[Item] = field(default_factory=list)
    comments: dict[str, bool] = field(default_factory=dict)  #: text -> whether it shall be answered

    def __post_init__(self) -> None:
        seed = self.plan.seed
        for number in range(1, self.plan.posts + 1):
            chat = "telegram" if number % 3 == 0 else "slack"
            self.posts.append(Item(f"Words {number:02} of {seed}.", chat, hour=number % 2 == 0))
        self.ada, self.bruno, self.dario = (self.world.on_slack(name) for name in ("Ada", "Bruno", "Dario"))
        self.chiara: TelegramPerson = self.world.on_telegram("Chiara")
        self.chiara.start()
        self.in_review = self.world.in_group("Dario", REVIEW)
        self.in_inbox = self.world.in_group("Dario", INBOX)
        self.nora: Visitor = self.world.visitor("nora")
        self._last: dict[tuple[Any, ...], float] = {}
        self._commented = 0.0
        self._begun = time.monotonic()  #: posts are begun one after the other, so that no fault meets an idle desk
        self.questions = Questions(self)
        self.buyers = Buyers(self)
        self.hurries = False  #: whether nobody gives a post an hour any more

    # -- one look ------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Everybody looks once and does what is to be done."""
        timeline = self.timeline()
        self._comment(timeline)
        ada, bruno, dario = (rooms(person) for person in (self.ada, self.bruno, self.dario))
        chiara, group = self.chiara.messages(), self.in_review.messages()
        begun = (time.monotonic() - self._begun) / SPAN * len(self.posts) + 1
        for number, post in enumerate(self.posts[: int(begun)]):
            mine = ada.get("dm", []) if post.by == "slack" else chiara
            self._write(post, mine)
            if not post.code:
                continue
            self._submit(post, mine)
            card = next((m for m in reversed(bruno.get(REVIEW, [])) if title_of(m).startswith(f"{post.code} ·")), None)
            tele = next((m for m in reversed(group) if m["text"].startswith(f"{post.code} ·")), None)
            self._approve(number, post, card, tele)
            self._send_out(post, card)
        self._answer(timeline, dario)
        self.questions.look(timeline, bruno)
        self.buyers.look(timeline, ada, bruno, group)

    def undone(self) -> list[str]:
        """What somebody wanted and has not come about, a sentence each; empty when all is done."""
        shown, timeline = self.shown(), self.timeline()
        left = [
            f"{post.text!r} does not stand on {account}"
            for post in self.posts
            for account in ACCOUNTS
            if not on_network(timeline, post.text, account)
        ]
        for text, answered in self.comments.items():
            if answered and not on_network(timeline, answer_to(text)):
                left.append(f"{text!r} is not answered")
            left += [f"{text!r} is not shown in {chat}" for chat, words in shown.items() if text not in words]
        if len(self.comments) < self.plan.comments:
            left.append(f"only {len(self.comments)} of {self.plan.comments} comments were written")
        return [*left, *self.buyers.undone()]

    def timeline(self) -> list[Seen]:
        """All that stands on the networks."""
        return [*self.nora.timeline(), *self.page.posts()]

    def shown(self) -> dict[str, str]:
        """All that stands in the inbox of each chat."""
        slack = "\n".join(all_text(message) for message in rooms(self.dario).get(INBOX, []))
        return {"slack": slack, "telegram": "\n".join(m["text"] or "" for m in self.in_inbox.messages())}

    # -- posts ---------------------------------------------------------------------------------------------------------

    def _write(self, post: Item, mine: list[Seen]) -> None:
        if post.code:
            return
        for message in mine:
            words = all_text(message) if post.by == "slack" else message["text"] or ""
            found = CODE.match(title_of(message) if post.by == "slack" else words)
            if found and post.text in words:
                post.code = found[1]
                return
        if self.may("say", post.text, every=SAY_AGAIN):
            if post.by == "slack":
                self.ada.say("dm", f"post {post.text}")
            else:
                self.chiara.command("post", post.text)

    def _submit(self, post: Item, mine: list[Seen]) -> None:
        if post.by == "telegram":
            for message in reversed(mine):
                if (message["text"] or "").startswith(f"{post.code} · {DRAFT}") and button_of(message, SUBMIT):
                    self.touch(self.chiara, SUBMIT, message)
                    return
        else:
            card = next((m for m in reversed(mine) if title_of(m).startswith(f"{post.code} · Draft")), None)
            if card:
                self._press(self.ada, "Submit", card)

    def _approve(self, number: int, post: Item, card: Seen | None, tele: Seen | None) -> None:
        if number % 2 and tele and button_of(tele, "Approve"):
            self.touch(self.in_review, "Approve", tele)
        elif not number % 2 and card:
            self._press(self.bruno, "Approve", card)

    def _send_out(self, post: Item, card: Seen | None) -> None:
        """At its hour, or at once; what failed is tried again, and what is overdue still goes out."""
        if card is None:
            return
        said = all_text(card)
        if "· Approved" in title_of(card) and post.hour and not self.hurries:
            if self.may("schedule", post.code, every=SAY_AGAIN):
                self.bruno.say("dm", f"schedule {post.code} in 1 minute")
        elif "· Approved" in title_of(card) or OVERDUE in said:
            self._press(self.bruno, "Publish now", card)
        for label in _labels(card):
            if label.startswith("Retry"):
                self._press(self.bruno, label, card)

    # -- comments ------------------------------------------------------------------------------------------------------

    def _comment(self, timeline: list[Seen]) -> None:
        """One more, below one of our posts, at most one a second."""
        if len(self.comments) >= self.plan.comments or time.monotonic() - self._commented < 1:
            return
        for number, post in enumerate(self.posts):
            text = f"comment {number + 1:02} of {self.plan.seed}."
            there = on_network(timeline, post.text)
            if there and text not in self.comments:
                self._commented = time.monotonic()
                self.comments[text] = len(self.comments) % 2 == 0
                self.nora.reply(there[0]["id"], f"@acme {text}")
                return

    def _answer(self, timeline: list[Seen], dario: dict[str, list[Seen]]) -> None:
        inbox = dario.get(INBOX, [])
        for text, answered in self.comments.items():
            card = next((m for m in inbox if text in all_text(m) and CODE.match(title_of(m))), None)
            if card is None or not answered or on_network(timeline, answer_to(text)):
                continue
            code = title_of(card).partition(" ")[0]
            for message in inbox:
                if code in all_text(message):
                    for label in _labels(message):
                        if label.startswith("Retry"):
                            self._press(self.dario, label, message)
            if answer_to(text) in all_text(card):
                continue  # it is on its way
            previews = [m for m in dario.get("dm", []) if answer_to(text) in all_text(m) and _has(m, SEND)]
            if previews:
                self._press(self.dario, SEND, previews[-1])
            elif self.may("reply", text, every=SAY_AGAIN):
                self.dario.say("dm", f"reply {code} {answer_to(text)}")

    # -- hands ---------------------------------------------------------------------------------------------------------

    def may(self, *what: Any, every: float) -> bool:
        """Whether it was not done a moment ago; then it is being done now."""
        now = time.monotonic()
        if now - self._last.get(what, -every) < every:
            return False
        self._last[what] = now
        return True

    def _press(self, person: SlackPerson, label: str, message: Seen) -> None:
        if not _has(message, label) or not self.may("press", label, message["ts"], every=PRESS_AGAIN):
            return
        try:
            person.press(label, message=message)
        except Refused:
            return  # it was taken away meanwhile; what is there now is seen in the next look

    def touch(self, person: TelegramPerson, label: str, message: Seen) -> None:
        if not self.may("touch", label, message["id"], every=PRESS_AGAIN):
            return
        try:
            person.press(label, message, wait=0)
        except Impossible:
            return  # as above


def rooms(person: SlackPerson) -> dict[str, list[Seen]]:
    """What a person sees, by room ("dm" for the private one), replies behind the message they answer."""
    found = {}
    for channel in person.screen()["channels"]:
        name = "dm" if channel["im"] else channel["name"]
        found[name] = [m for root in channel["messages"] for m in (root, *(root.get("replies") or []))]
    return found


def _has(message: Seen, label: str) -> bool:
    return find_element(message.get("blocks") or [], label) is not None


def _labels(message: Seen) -> Iterator[str]:
    return (button["text"]["text"] for _, button in buttons(message))
