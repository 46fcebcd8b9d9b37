"""Events are kept before they are acknowledged, once each, and whoever waits for an answer gets it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.intake import MOST_WAITING, Intake
from handlers.router import Handled
from models.inbound import Inbound, InboundState
from models.store import Store
from support.desks import Stores
from support.paper_chat import event, now
from support.patience import PATIENCE

Run = Callable[[Callable[[Intake], Awaitable[Any]]], Any]


@pytest.fixture
def store(stores: Stores, tmp_path: Path) -> Iterator[Store]:
    with stores.lent(tmp_path / "desk.db") as lent:
        yield lent


@pytest.fixture
def run(store: Store) -> Run:
    """Runs something with an intake on a loop."""

    def run(work: Callable[[Intake], Awaitable[Any]]) -> Any:
        async def inside() -> Any:
            intake = Intake(store, now)
            try:
                return await asyncio.wait_for(work(intake), PATIENCE)
            finally:
                intake.close()

        return asyncio.run(inside())

    return run


def rows(store: Store) -> list[Inbound]:
    with store.read() as session:
        return list(session.exec(select(Inbound).order_by(Inbound.id)).all())  # type: ignore[arg-type]


def test_an_event_is_kept_once_however_often_it_comes(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> list[bool]:
        return [await intake.store("slack", event("e1")) for _ in range(3)]

    assert run(work) == [True, False, False]
    [row] = rows(store)
    assert (row.source, row.event_id, row.lane, row.state) == ("slack", "e1", "ada", InboundState.NEW)


def test_the_same_event_many_times_at_once_is_kept_once(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> list[bool]:
        return await asyncio.gather(*(intake.store("slack", event("e1")) for _ in range(12)))

    assert sorted(run(work)) == [False] * 11 + [True]
    assert len(rows(store)) == 1


def test_what_comes_together_is_kept_in_its_order(run: Run, store: Store) -> None:
    ids = [f"e{n}" for n in range(250)]

    async def work(intake: Intake) -> list[bool]:
        return await asyncio.gather(*(intake.store("slack", event(event_id)) for event_id in ids))

    assert run(work) == [True] * 250
    assert [row.event_id for row in rows(store)] == ids


def test_what_comes_faster_than_it_can_be_kept_is_refused_so_that_it_comes_again(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> list[object]:
        many = (intake.store("slack", event(f"e{n}")) for n in range(MOST_WAITING + 5))
        return await asyncio.gather(*many, return_exceptions=True)

    kept = [outcome for outcome in run(work) if outcome is True]
    assert len(kept) == MOST_WAITING
    assert len(rows(store)) == MOST_WAITING


def test_two_sources_may_use_the_same_id(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> list[bool]:
        return [await intake.store(source, event("1")) for source in ("slack", "telegram")]

    assert run(work) == [True, True]


def test_many_events_and_how_far_was_read_are_kept_together(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> list[str]:
        found = [await intake.cursor("telegram")]
        for events, cursor in (([event("1"), event("2"), event("2")], "3"), ([event("2"), event("3")], "4")):
            new = await intake.store_all("telegram", events, cursor)
            found += ["new: " + " ".join(e.event_id for e in new), await intake.cursor("telegram")]
        return found

    assert run(work) == ["", "new: 1 2", "3", "new: 3", "4"]
    assert [row.event_id for row in rows(store)] == ["1", "2", "3"]


def test_what_cannot_be_kept_raises_so_that_it_is_not_acknowledged(run: Run, store: Store) -> None:
    with store.write() as session:
        session.connection().execute(text("DROP TABLE inbound"))

    async def keep(intake: Intake) -> None:
        await intake.store("slack", event("e1"))

    async def keep_all(intake: Intake) -> None:
        await intake.store_all("telegram", [event("1")], "2")

    for work in (keep, keep_all):
        with pytest.raises(OperationalError):
            run(work)

    async def cursor(intake: Intake) -> str:
        return await intake.cursor("telegram")

    assert run(cursor) == "", "the cursor did not move either"


def test_news_are_told_to_whoever_handles_them(run: Run) -> None:
    async def work(intake: Intake) -> None:
        assert not intake.news.is_set()
        await intake.store("slack", event("e1"))
        assert intake.news.is_set()

    run(work)


# -- waiting for the answer --------------------------------------------------------------------------------------------


def test_whoever_waits_gets_the_answer(run: Run) -> None:
    async def work(intake: Intake) -> Handled | None:
        waiting = asyncio.create_task(intake.handle_now("slack", event("e1"), 5))
        await intake.news.wait()
        assert intake.is_awaited("slack", "e1")
        assert intake.answer("slack", "e1", Handled(refusal="No."))
        assert not intake.answer("slack", "e1", Handled(refusal="Again."))
        return await waiting

    assert run(work) == Handled(refusal="No.")


def test_whoever_waited_too_long_gets_nothing_and_the_event_goes_on(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> Handled | None:
        found = await intake.handle_now("slack", event("e1"), 0.05)
        assert not intake.is_awaited("slack", "e1")
        assert not intake.answer("slack", "e1", Handled(refusal="No."))
        return found

    assert run(work) is None
    assert len(rows(store)) == 1


def test_whichever_delivery_is_read_gets_the_answer(run: Run) -> None:
    async def work(intake: Intake) -> tuple[Handled | None, Handled | None]:
        waiting = asyncio.create_task(intake.handle_now("slack", event("e1"), 5))
        await intake.news.wait()
        again = asyncio.create_task(intake.handle_now("slack", event("e1"), 5))
        hasty = await intake.handle_now("slack", event("e1"), 0.01)
        intake.answer("slack", "e1", Handled(refusal="No."))
        assert hasty is None, "one that waits no longer takes the answer from nobody"
        return await waiting, await again

    assert run(work) == (Handled(refusal="No."), Handled(refusal="No."))


def test_a_redelivery_after_the_answer_changes_nothing(run: Run, store: Store) -> None:
    async def work(intake: Intake) -> Handled | None:
        await intake.store("slack", event("e1"))
        return await intake.handle_now("slack", event("e1"), 5)

    assert run(work) == Handled()
    assert len(rows(store)) == 1


def test_nobody_waits_for_what_could_not_be_kept(run: Run, store: Store) -> None:
    with store.write() as session:
        session.connection().execute(text("DROP TABLE inbound"))

    async def work(intake: Intake) -> bool:
        with pytest.raises(OperationalError):
            await intake.handle_now("slack", event("e1"), 5)
        return intake.is_awaited("slack", "e1")

    assert run(work) is False
