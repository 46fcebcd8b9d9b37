"""What people do about boosts while the desk is disturbed: Ada wishes, Bruno and Dario agree, brake and mend. Like
everybody here they remember nothing but what they have seen.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chaos.page import BAKERY, FIRST_LIMIT
from chaos.plan import Wish
from chaos.questions import on_network
from sandbox.slack.person import Refused, SlackPerson, all_text, find_element
from support.team import title_of
from support.world import REVIEW

if TYPE_CHECKING:
    from chaos.people import Item, Team

Seen = dict[str, Any]
Rooms = dict[str, list[Seen]]
#: Seconds after which somebody says, presses, or fills in the same again; and after which nobody waits for the cap.
SAY_AGAIN, PRESS_AGAIN, PATIENCE = 12.0, 4.0, 45.0
OFFER = "Open the form"
#: What the title of a card begins with, and its state.
TITLE = re.compile(r"(B\d+) · (.+)")
#: What of the cap a month's line on a card says to be left.
LEFT = re.compile(r"€([\d.]+) of €[\d.]+")
OVER = frozenset({"Ended", "Stopped", "Refused by the network", "Withdrawn"})
#: Units that an extension adds.
MORE = 10
#: A form's answers; nobody in Switzerland has to be told who pays.
COUNTRY = {"countries": "CH"}


@dataclass
class Money:
    """One wish, from its words to its last cent."""

    post: "Item"
    wish: Wish
    code: str = ""  #: once it is there
    state: str = ""  #: as its card said last
    rested: bool = False  #: whether it was seen paused
    extended: bool = False  #: whether the card showed more money
    touched: bool = False  #: whether somebody switched it in the network's own ads manager
    given_up: bool = False  #: whether somebody refused the extension, for want of money

    @property
    def ending(self) -> str:
        """How it came to its end."""
        how = "extended" if self.extended else "rested" if self.rested else "by hand" if self.touched else ""
        return ", ".join(word for word in (how, self.state.lower()) if word)


class Buyers:
    """Ada in Slack; Bruno in Slack; Dario in Telegram's group."""

    def __init__(self, team: "Team") -> None:
        self._team = team
        self.boosts = [Money(post, wish) for post, wish in zip(team.posts, team.plan.boosts, strict=False)]
        self.spends = False  #: whether all else is done, and days go by
        self._busy: set[str] = set()  #: names of those with a form before them
        self._hurried = 0.0  #: since when everybody wants to come to an end

    def look(self, timeline: list[Seen], ada: Rooms, bruno: Rooms, group: list[Seen]) -> None:
        """Everybody looks once and does what is to be done about money."""
        if self._team.hurries and not self._hurried:
            self._hurried = time.monotonic()
        self._fill()
        for message in bruno.get(REVIEW, []):
            self._press(self._team.bruno, "Look again", message)  # for a part that nobody knows of
        if self._hurried and self._have_rested and any(self.undone()):
            self._say("resume", BAKERY)  # nobody stops it any more
        for money in self.boosts:
            if not money.post.code or not on_network(timeline, money.post.text, BAKERY):
                continue
            about = f"{money.post.code} on {BAKERY}"
            cards = [m for m in bruno.get(REVIEW, []) if TITLE.match(title_of(m)) and about in all_text(m)]
            if cards:
                self._follow(money, cards[-1], group)
            else:
                self._wish(money, ada)

    def undone(self) -> Iterator[str]:
        """What somebody wanted and has not come about."""
        for money in self.boosts:
            ran = {
                "runs": True,
                "pause": money.rested,
                "hold": money.rested,
                "extend": money.extended or money.given_up,
                "paused by hand": money.touched,
            }
            if money.state not in OVER and not (money.state == "Running" and ran.get(money.wish.then)):
                yield f"the boost of {money.post.text!r} is {money.state or 'nowhere'}, and was to {money.wish.then}"

    @property
    def are_over(self) -> bool:
        """Whether every boost is."""
        return all(money.state in OVER for money in self.boosts)

    # -- wishing -------------------------------------------------------------------------------------------------------

    def _wish(self, money: Money, ada: Rooms) -> None:
        title = f"Boost {money.post.code}"
        offers = [m for m in ada.get("dm", []) if f"{title}”" in all_text(m) and _button(m, OFFER)]
        if offers:
            self._open(self._team.ada, OFFER, offers[-1])
        if self._team.may("say", "boost", title, every=SAY_AGAIN):
            self._team.ada.say("dm", f"boost {money.post.code}")

    def _fill(self) -> None:
        """Whoever has a form before them sends it, or closes it where it is not wanted any more."""
        forms: dict[str, dict[str, str]] = {}
        for money in self.boosts:
            days = {"days": str(money.wish.days)}
            if not money.code:
                forms[f"Boost {money.post.code}"] = {"amount": str(money.wish.amount), **days, **COUNTRY}
            elif money.given_up:
                forms[f"Refuse {money.code}"] = {"note": "There is no money left."}
            elif money.wish.then == "extend" and not money.extended:
                forms[f"Extend {money.code}"] = {"amount": str(money.wish.amount + MORE), **days}
        self._busy = set()
        for person in (self._team.ada, self._team.bruno):
            modal = person.modal()
            if modal is None:
                continue
            self._busy.add(person.name)
            title = modal["title"]["text"]
            try:
                if title not in forms:
                    person.close(everything=True)
                elif self._team.may("fill", title, every=PRESS_AGAIN):
                    person.act("submit", view_id=modal["id"], values=forms[title])
            except Refused:
                continue  # it was closed meanwhile

    def _open(self, person: SlackPerson, label: str, message: Seen) -> None:
        """Press what opens a form; one at a time."""
        if person.name not in self._busy:
            self._busy.add(person.name)
            self._press(person, label, message)

    # -- what a card asks for ------------------------------------------------------------------------------------------

    def _follow(self, money: Money, card: Seen, group: list[Seen]) -> None:
        found, said = TITLE.match(title_of(card)), all_text(card)
        assert found, "it was found by its title"
        money.code, money.state = found[1], found[2]
        match money.state:
            case "In review" if "did not tell its price" in said:
                self._press(self._team.bruno, "Ask the price again", card)
            case "In review":
                self._agree(money, money.wish.amount, card, group)
                if self._is_late and any(Decimal(left) < money.wish.amount for left in LEFT.findall(said)):
                    self._press(self._team.bruno, "Withdraw", card)
            case "Not ordered":
                self._press(self._team.bruno, "Retry", card)
            case "Being ordered" if money.wish.then == "stop at once":
                self._ask_first("boost_stop", money, group)
            case "Running":
                self._steer(money, said, card, group)
            case "Paused":
                money.rested = True
                if f"{BAKERY} is stopped" in said:
                    self._say("resume", BAKERY)
                elif "being resumed" not in said:
                    self._press(self._team.bruno, "Resume", card)
            case "Stopped" if money.wish.then == "revived by hand" and self.spends and not money.touched:
                money.touched = self._team.page.by_hand(money.code, "ACTIVE")
            case "Being stopped":
                self._press(self._team.bruno, "Stop", card, every=SAY_AGAIN)

    def _steer(self, money: Money, said: str, card: Seen, group: list[Seen]) -> None:
        amount = money.wish.amount + MORE
        match money.wish.then:
            case "stop" | "revived by hand":
                self._press(self._team.bruno, "Stop", card)
            case "stop at once":
                self._ask_first("boost_stop", money, group)
            case "pause" if not money.rested and "being paused" not in said:
                self._press(self._team.bruno, "Pause", card)
            case "paused by hand" if not money.touched:
                money.touched = self._team.page.by_hand(money.code, "PAUSED")
            case "hold" if not money.rested and "being paused" not in said:
                self._say("stop", BAKERY)
            case "extend" if f"€{amount}.00 in all" in said and "to extend it" not in said:
                money.extended = "being extended" not in said
            case "extend" if "to extend it" in said:
                self._agree(money, amount, card, group)
                if self._is_late:
                    self._open(self._team.bruno, "Refuse", card)
                    money.given_up = True
            case "extend" if not money.given_up:
                self._open(self._team.ada, "Extend", card)

    def _agree(self, money: Money, amount: int, card: Seen, group: list[Seen]) -> None:
        """Two buyers where the amount wants it, each in a chat of their own; else whichever comes."""
        two = amount > FIRST_LIMIT
        if two or int(money.code[1:]) % 2:
            self._press(self._team.bruno, "Approve", card)
        if two or not int(money.code[1:]) % 2:
            self._ask_first("boost_approve", money, group)

    @property
    def _is_late(self) -> bool:
        return bool(self._hurried) and time.monotonic() - self._hurried > PATIENCE

    @property
    def _have_rested(self) -> bool:
        """Whether everything that was to be held by a stop of the account was."""
        held = [money for money in self.boosts if money.wish.then == "hold"]
        return bool(held) and all(money.rested or money.state in OVER for money in held)

    # -- hands ---------------------------------------------------------------------------------------------------------

    def _say(self, *words: str) -> None:
        if self._team.may("say", *words, every=SAY_AGAIN):
            self._team.bruno.say("dm", " ".join(words))

    def _press(self, person: SlackPerson, label: str, message: Seen, every: float = PRESS_AGAIN) -> None:
        if not _button(message, label) or not self._team.may("press", label, message["ts"], every=every):
            return
        try:
            person.press(label, message=message)
        except Refused:
            return  # it was taken away meanwhile; what is there now is seen in the next look

    def _ask_first(self, verb: str, money: Money, group: list[Seen]) -> None:
        """Dario presses in Telegram, which asks whether he is sure; he is, when he sees that."""
        codes = {
            str(button.get("data", "")): message for message in group for row in message["keyboard"] for button in row
        }
        for code, message in codes.items():
            if code.startswith(f"?v1:{verb}:{money.code}:"):
                sure = f"!{code[1:]}"
                self._team.touch(self._team.in_review, sure if sure in codes else code, codes.get(sure, message))


def _button(message: Seen, label: str) -> bool:
    return find_element(message.get("blocks") or [], label) is not None
