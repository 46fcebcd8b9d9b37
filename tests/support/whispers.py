"""What a person was told alone, and presses on it."""

import re

from handlers.cards import Button, Card
from handlers.router import Handled
from support.bench import DeskBench, external
from support.paper import buttons, words

CODE = re.compile(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}")


def whisper(bench: DeskBench, who: str, *, chat: str = "slack") -> Card:
    """The last card that only this person saw."""
    found = [card for actor, card in bench.papers[chat].whispers if actor == external(who, chat)]
    assert found, f"{who} was told nothing"
    return found[-1]


def offered(bench: DeskBench, who: str, label: str, subject: str = "", *, chat: str = "slack") -> Button:
    """The button with that label on the person's last whisper."""
    there = list(buttons(whisper(bench, who, chat=chat)))
    fitting = [b for b in there if b.label == label and b.subject == (subject or b.subject)]
    assert fitting, f"no button “{label}” for {subject}; there are: {[(b.label, b.subject) for b in there]}"
    return fitting[0]


def press(bench: DeskBench, who: str, label: str, subject: str = "", *, chat: str = "slack") -> Handled:
    """The person presses a button of their last whisper."""
    return bench.act(bench.pressed(who, offered(bench, who, label, subject, chat=chat), chat=chat))


def code_in(bench: DeskBench, who: str, *, chat: str = "slack") -> str:
    """The code that the person was last told."""
    told = [words(card) for actor, card in bench.papers[chat].whispers if actor == external(who, chat)]
    found = [code for said in told for code in CODE.findall(said)]
    assert found, told
    return str(found[-1])
