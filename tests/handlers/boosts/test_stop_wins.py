"""Whatever the desk turns by itself, a member's stop and pause stand: also what meets them in the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from models.boost_state import BoostState
from models.errors import WrongMoment
from models.store import Store
from support.bench import DeskBench
from support.boost_bench import BoostBench
from support.stage import Stage
from support.world import eventually

S = BoostState
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def bench(migrated_postgres: str, mastodon: Stage, tmp_path: Path) -> Iterator[DeskBench]:
    """On PostgreSQL, where two processes write at the same time."""
    store = Store(migrated_postgres)
    yield DeskBench(store, mastodon, tmp_path)
    store.close()


def asked_for(store: Store, words: str) -> bool:
    """Whether a statement with these words waits for a row that another transaction holds."""
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE :words")
    with store.read() as session:
        return bool(session.connection().execute(waits, {"words": f"%{words}%"}).scalar())


def test_a_stop_in_another_process_is_not_turned_round_by_a_resume_of_its_account(boosts: BoostBench) -> None:
    desk = boosts.desk
    boosts.ordered()
    desk.say("Dario", "stop bakery")
    boosts.passes(MINUTE)
    assert (boosts.row().state, boosts.row().is_held) == (S.PAUSED, True)
    desk.say("Dario", "resume bakery")
    pressed, handled = desk.pressed("Ada", desk.button("Stop", "B1")), Event()

    def stop() -> None:
        with desk.store.write() as session:
            desk.router.handle(session, pressed, desk.now)
            handled.set()
            eventually(lambda: asked_for(desk.store, "FROM boost%FOR UPDATE"), 20, "the tick at the row")

    with ThreadPoolExecutor(1) as other:
        stopped = other.submit(stop)
        assert handled.wait(20)
        boosts.passes(MINUTE)
        stopped.result()
    boosts.passes(MINUTE)
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


@pytest.mark.parametrize("turn", ["let_run", "let_rest"])
def test_what_shall_have_stopped_is_not_turned_any_more(boosts: BoostBench, turn: str) -> None:
    boosts.ordered()
    row = boosts.row()
    row.stop("enough", boosts.desk.now)
    with pytest.raises(WrongMoment):
        getattr(row, turn)()


def test_what_is_paused_there_after_a_hold_that_was_refused_stays_paused(boosts: BoostBench) -> None:
    boosts.ordered()
    campaign = boosts.row().made["campaign"]
    body = '{"error": {"message": "no", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(f"POST /facebook/v26.0/{campaign}", "status", status=400, body=body)
    boosts.desk.say("Dario", "stop bakery")
    boosts.passes(MINUTE)
    boosts.desk.say("Dario", "resume bakery")
    assert boosts.row().state == S.RUNNING
    boosts.by_hand(campaign, status="PAUSED")
    for _ in range(3):
        boosts.passes(HOUR)
    assert boosts.row().state == S.PAUSED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_a_resume_that_waits_for_its_account_can_be_taken_back(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Pause")
    boosts.desk.say("Dario", "stop bakery")
    boosts.passes(MINUTE)
    resume = boosts.desk.button("Resume", "B1")
    boosts.press("Bruno", "Resume")
    assert boosts.labels() == ["Pause", "Extend", "Stop"]
    boosts.desk.act(boosts.desk.pressed("Bruno", resume))
    assert boosts.desk.whispered("Bruno") == "B1 is being resumed already."
    boosts.press("Ada", "Pause")
    boosts.desk.say("Dario", "resume bakery")
    boosts.passes(MINUTE)
    assert boosts.row().state == S.PAUSED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert boosts.labels() == ["Resume", "Extend", "Stop"]
