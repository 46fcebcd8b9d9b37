"""No query's cost grows with what is stored: nothing is read through but what is under way."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.intake import Intake
from bot.measurer import Measurer
from bot.told import Told
from bot.worker import Worker
from models.inbound import Inbound, InboundState
from models.retention import forget
from platforms.facebook import SPEC as FACEBOOK
from support.inbox_bench import InboxBench
from support.paper_chat import PaperChat, event
from support.patience import PATIENCE
from support.plans import explained, writing
from support.posts import published

#: Tables that grow for as long as the desk works.
GROWING = (
    "approval audience audit card comment conversation delivery inbound measurement message post publication reply "
    "revision"
).split()
#: Indexes over what is under way, which may be read through.
SMALL = (
    "ix_inbound_new",
    "ix_inbound_broken",
    "ix_audience_looked_at",
    "ix_publication_measured",
    "ix_publication_weighed",
    "ix_delivery_waiting",
    "ix_delivery_postponed",
    "ix_delivery_leased",
    "ix_delivery_unsure",
    "ix_delivery_held",
    "ix_delivery_failed",
    "uq_delivery_lane_sending",
)
SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})\b(?!.* ({'|'.join(SMALL)})\b)")
#: A search whose result grows too.
GROWN = re.compile(r"ix_publication_account\b")


def sweep(desk: InboxBench) -> None:
    """What happens every second, though nothing happens."""
    with desk.store.write() as session:
        session.add(Inbound(source="slack", event_id="1", body={}, due_at=desk.now, received_at=desk.now))
    desk.deliverer.due()
    desk.settler.unsure()
    desk.settler.reap()
    with desk.store.write() as session:
        desk.router.tick(session, desk.now)
    Measurer(desk.store, desk.setup, desk.clock, desk.wake).waiting()
    Told(desk.store, desk.setup, {"facebook": FACEBOOK}, desk.clock, desk.wake).read(desk.reader)


def work(desk: InboxBench) -> None:
    """The worker looks for events."""
    with desk.store.write() as session:
        told = event("1", text="1")
        given: dict[str, Any] = {"lane": told.lane, "body": told.body, "due_at": desk.now, "received_at": desk.now}
        session.add(row := Inbound(source="slack", event_id=told.event_id, **given))
        session.flush()
        number = row.id
    intake = Intake(desk.store, desk.clock)
    worker = Worker(desk.store, intake, desk.router, desk.archive, desk.clock, lambda: None)

    def handled() -> bool:
        with desk.store.read() as session:
            return session.exec(select(Inbound.state).where(Inbound.id == number)).one() == InboundState.DONE

    async def run() -> None:
        await worker.start({"slack": PaperChat()})
        end = time.monotonic() + PATIENCE
        while not handled():
            assert time.monotonic() < end, "it was not handled"
            await asyncio.sleep(0.02)
        await worker.stop()

    asyncio.run(run())


def clean(desk: InboxBench) -> None:
    """What is over and old is forgotten."""
    with desk.store.write() as session:
        forget(session, desk.now + timedelta(days=30))


def plan(desk: InboxBench) -> None:
    """Posts with the same words at the same hour, which is warned of."""
    for code in ("P1", "P2"):
        desk.say("Ada", "post We bake at dawn.")
        desk.fill("Ada", desk.form, accounts=("acme",))
        desk.press("Ada", "Submit", code)
        desk.press("Bruno", "Approve", code)
        desk.say("Bruno", f"schedule {code} tomorrow 9:00")
    assert "goes out on acme close to it" in desk.whispered("Bruno")
    assert "has the same words" in desk.shown("P2")


def ask(desk: InboxBench) -> None:
    """What members look at."""
    desk.say("Ada", "post We bake at dawn.")
    for what in ("status", "queue", "inbox", "home", "stop", "log P1"):
        desk.say("Dario", what)


def hear(desk: InboxBench) -> None:
    """The public writes, and a member answers."""
    desk.commented()
    desk.replied()


@pytest.mark.parametrize("happens", [sweep, work, clean, plan, ask, hear])
def test_nothing_that_is_done_often_reads_through_what_is_stored(
    desk: InboxBench, happens: Callable[[InboxBench], None]
) -> None:
    with explained() as steps:
        happens(desk)
    assert steps
    found = {(step, statement[statement.find(" FROM ") :]) for statement, step in steps if grows(statement, step)}
    assert found == set()


def grows(statement: str, step: str) -> bool:
    """Whether it costs more the more is stored. The newest few of all, by their ids, do not."""
    if "LIMIT" in statement and "WHERE" not in statement:
        return False
    if "_newest (chat=? AND room=?)" in step and "LIMIT" not in statement:
        return True
    return bool(SCAN.search(step) or GROWN.search(step))


def test_where_nothing_is_due_no_look_waits_for_a_writer(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    desk.commented()
    with writing() as begun:
        desk.deliverer.due()
        desk.settler.unsure()
        desk.settler.reap()
        Measurer(desk.store, desk.setup, desk.clock, desk.wake).waiting()
        Told(desk.store, desk.setup, {"facebook": FACEBOOK}, desk.clock, desk.wake).read(desk.reader)
    assert begun == []


def test_our_newest_messages_in_a_room_are_found_without_sorting_all_of_them(desk: InboxBench) -> None:
    desk.papers.watch("slack")
    with explained() as steps:
        desk.commented()
    newest = [step for statement, step in steps if "message_id" in statement and "DESC LIMIT" in statement]
    assert any("ix_card_newest" in step for step in newest)
    assert any("ix_message_newest" in step for step in newest)
    assert not any("ORDER BY" in step for step in newest)
