"""Permission is the person: everything registered, done by who may not, by strangers, and on what has changed since."""

import pytest
import sqlalchemy
from sqlmodel import SQLModel, select

from handlers.intents import Intent
from handlers.registry import load
from handlers.router import Handled
from models.member import Member, Role
from support.inbox_bench import InboxBench
from support.rules import RULES, STRANGERS, Rule

#: Whoever is admin has the other roles too, but these.
NOT_AN_ADMINS = {Role.APPROVER, Role.BUYER}
EVERYTHING = {table.name: sqlalchemy.select(table) for table in SQLModel.metadata.sorted_tables}
STALE = (
    "has changed since that card was drawn",
    "belongs to an earlier try",
    "was edited by its author meanwhile",
    "is another one since that card was drawn",
)


def test_every_command_button_and_form_has_its_rule() -> None:
    found = load()
    kinds = {"command": found.commands, "button": found.buttons, "form": found.forms}
    assert {(rule.kind, rule.verb) for rule in RULES} == {(kind, verb) for kind in kinds for verb in kinds[kind]}
    opened = {verb for entries in kinds.values() for verb, entry in entries.items() if entry.strangers}
    assert opened == STRANGERS


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_only_who_may_does_it_and_only_to_what_they_saw(desk: InboxBench, rule: Rule) -> None:
    """Everything else changes nothing and is told in a sentence; at the end the same is done by who may."""
    subject = rule.scene(desk)
    if rule.verb not in STRANGERS or rule.kind != "command":
        assert "You are not a member of this team yet" in refused(desk, rule.intent(desk, "Stranger", subject))
        become(desk, rule.by, *Role, active=False)
        assert "You are not a member of this team yet" in refused(desk, rule.intent(desk, rule.by, subject))
    if rule.needs:
        become(desk, rule.by, *others(rule))
        assert "needs the role" in refused(desk, rule.intent(desk, rule.by, subject))
    become(desk, rule.by, *rule.needs[:1])
    if rule.dated:
        told = refused(desk, rule.intent(desk, rule.by, subject, age=1))
        assert any(sentence in told for sentence in STALE), told
    done = handled(desk, rule.intent(desk, rule.by, subject))
    assert (done.refusal, done.bug) == ("", "")


def others(rule: Rule) -> set[Role]:
    """Every role that does not help."""
    wanted = set(rule.needs)
    return set(Role) - wanted - (set() if wanted <= NOT_AN_ADMINS else {Role.ADMIN})


def become(desk: InboxBench, who: str, *roles: Role, active: bool = True) -> None:
    with desk.store.write() as session:
        member = session.exec(select(Member).where(Member.name == who)).one()
        member.roles, member.active = [role.value for role in roles], active


def refused(desk: InboxBench, intent: Intent) -> str:
    """The sentence with which the intent is refused; everything that is remembered is as it was."""
    before = remembered(desk)
    told = handled(desk, intent)
    assert remembered(desk) == before
    assert not told.forms
    assert not told.bug
    assert told.refusal, "it was not refused"
    return told.refusal


def handled(desk: InboxBench, intent: Intent) -> Handled:
    """What came of it; nothing is delivered, which would cost more than the question."""
    with desk.store.write() as session:
        return desk.router.handle(session, intent, desk.now)


def remembered(desk: InboxBench) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the sentences on their way to one person."""
    with desk.store.read() as session:
        rows = {name: session.execute(query).all() for name, query in EVERYTHING.items()}
    rows["delivery"] = [row for row in rows["delivery"] if row.kind != "whisper"]
    return {name: [tuple(row) for row in found] for name, found in rows.items()}
