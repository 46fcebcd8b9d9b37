"""The whole way with the real intake and worker: a press in Slack, a handler, an answer in Slack."""

from typing import Any

import pytest
from sqlmodel import select

from handlers.desk import Desk
from handlers.effects import Ask, Effect
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled, Intent
from handlers.registry import Registry
from models.errors import Unfit
from models.inbound import Inbound, InboundState
from models.member import Identity, Member, Role
from models.store import Store
from support.slack_chat import ADA, SlackBench, now

FORM = Form(
    verb="draft",
    title="New post",
    submit="Save",
    fields=(
        Field(name="text", kind=Kind.TEXT, label="Text", required=True),
        Field(name="when", kind=Kind.WHEN, label="When"),
    ),
)


@pytest.fixture
def registry() -> Registry:
    made = Registry()

    @made.command("post", "drafts")
    def post(desk: Desk, command: Command) -> list[Effect]:
        return [Ask(form=FORM)]

    @made.form("draft")
    def draft(desk: Desk, filled: Filled) -> list[Effect]:
        if filled.line("when") == "yesterday":
            raise FieldRefused("when", Unfit("That time is over."))
        return []

    return made


@pytest.fixture
def ada(store: Store) -> None:
    with store.write() as session:
        member = Member(name="Ada", roles=[Role.AUTHOR.value], created_at=now())
        session.add(member)
        session.flush()
        session.add(Identity(member_id=member.number, chat="slack", external_id=ADA, linked_at=now()))


def events(store: Store) -> list[Inbound]:
    with store.read() as session:
        return list(session.exec(select(Inbound)).all())


@pytest.mark.usefixtures("ada")
def test_a_command_opens_a_form_whose_refused_field_is_mended(
    bench: SlackBench, store: Store, registry: Registry
) -> None:
    seen: list[Intent]
    _, seen = bench.working(registry, store)
    person = bench.person()
    person.command("review", "/social", "post")
    person.wait_modal("New post")
    assert person.fill({"Text": "Hello", "When": "yesterday"}) == {"errors": {"when": "That time is over."}}
    assert person.fill({"When": "tomorrow"}) == {"closed": True}
    last: Any = seen[-1]
    assert (last.values, last.origin.name, last.origin.zone) == (
        {"text": "Hello", "when": "tomorrow"},
        "Ada",
        "Europe/London",
    )
    bench.until(lambda: all(e.state == InboundState.DONE for e in events(store)), "the end")
    assert len(events(store)) == 3


def test_a_stranger_is_refused_in_the_form_or_by_whisper(bench: SlackBench, store: Store, registry: Registry) -> None:
    bench.working(registry, store)
    assert bench.person("Eve").command("review", "/social", "post")["acked"]
    bench.until(lambda: [e for e in events(store) if e.state == InboundState.DONE], "the end")
    assert bench.person("Eve").modal() is None
