"""What a person's chat brings is answered in a sentence, however it was made by hand: by no bug, and not by silence."""

from typing import Any

import pytest
from sqlmodel import select

from handlers.cards import parse_code
from handlers.intents import Command, Filled, Intent
from handlers.registry import load
from models.errors import Unfit
from models.member import Member, Role
from support.inbox_bench import InboxBench
from support.rules import RULES, Rule

#: What a hand may write where a value, a subject or a revision belongs.
VALUES = ("", "a", "0", "-1", "9", "9" * 20, "１２", "²", "1.", "0.9", "1:", "acme/", "é\u202e", "x" * 50)
SUBJECTS = ("P1", "C1", "B1", "D1", "G1", "X1", "P", "P0", "P-1", "P" + "9" * 20, "P１２", "²", "")
REVISIONS = (0, 1, 999_999_999)
#: What a person may type behind a command.
TYPED = (
    *SUBJECTS,
    "acme",
    "x" * 100_000,
    "P1 " + "y" * 100_000,
    "\u202e 🍞",
    "P1 P1 P1",
    "a\nb",
    ", , ,",
    "+ -",
    "%s {0}",
)
#: What a modal may bring for a field.
ANSWERS: tuple[Any, ...] = ("", "a", "９", "9" * 5000, ["a"], [], None, 7)


def tried(desk: InboxBench, intents: list[Intent]) -> None:
    """Each is answered, by no bug; what it changed is taken back."""
    with desk.store.write() as session:
        for intent in intents:
            with session.begin_nested() as one:
                handled = desk.router.handle(session, intent, desk.now)
                one.rollback()
            assert not handled.bug, intent.model_dump_json()[:500]
            assert all(form.fields for form in handled.forms), intent.model_dump_json()[:500]
            session.expire_all()


def proper(desk: InboxBench, rule: Rule) -> Intent:
    """What arrives when the person does it in Telegram, where every form is asked; whoever it is has every role."""
    subject = rule.scene(desk)
    with desk.store.write() as session:
        for member in session.exec(select(Member)).all():
            member.roles = [role.value for role in Role]
    return rule.intent(desk, rule.by, subject).model_copy(update={"origin": desk.origin(rule.by, "telegram")})


def of(kind: str) -> list[Rule]:
    """One rule for each verb."""
    return list({rule.verb: rule for rule in RULES if rule.kind == kind}.values())


@pytest.mark.parametrize("rule", of("button"), ids=str)
def test_no_code_of_a_button_meets_a_bug(desk: InboxBench, rule: Rule) -> None:
    press = proper(desk, rule)
    changes: list[dict[str, Any]] = [{"value": value} for value in VALUES]
    changes += [{"subject": subject} for subject in SUBJECTS]
    changes += [{"revision": revision} for revision in REVISIONS]
    tried(desk, [press.model_copy(update=change) for change in changes])


@pytest.mark.parametrize("rule", of("form"), ids=str)
def test_no_filled_form_meets_a_bug(desk: InboxBench, rule: Rule) -> None:
    filled = proper(desk, rule)
    assert isinstance(filled, Filled)
    given = filled.values
    changes: list[dict[str, Any]] = [{"value": value} for value in VALUES[:8]]
    changes += [{"subject": subject} for subject in SUBJECTS]
    changes += [{"values": {**given, name: answer}} for name in (*given, "more") for answer in ANSWERS]
    changes += [{"values": {k: v for k, v in given.items() if k != name}} for name in given]
    tried(desk, [filled.model_copy(update=change) for change in [*changes, {"values": {}}]])


def test_no_command_meets_a_bug(desk: InboxBench) -> None:
    with desk.store.write() as session:
        for member in session.exec(select(Member)).all():
            member.roles = [role.value for role in Role]
    origin = desk.origin("Dario", "telegram")
    for verb in sorted(load().commands):
        tried(desk, [Command(origin=origin, verb=verb, text=text) for text in TYPED])
    tried(desk, [Command(origin=origin, verb=text, text="") for text in TYPED])


@pytest.mark.parametrize(
    "code",
    ["", "v1", "v1:", "v1:é:P1", "v2:edit:P1:1", "v1:edit:P1:１２", "v1:edit:P1:-1", "v1:edit:P1:1e3", "v1:a b:P1"],
)
def test_what_no_button_of_ours_could_have_sent_is_no_code(code: str) -> None:
    for made in (code, f"v1:edit:P1:{'9' * 30}", "v1:edit:P1:1:" + "x" * 64, "v1:e\x00t:P1"):
        assert_no_code(made)


def assert_no_code(code: str) -> None:
    with pytest.raises(Unfit, match="not one of mine"):
        parse_code(code)
