"""Leases: one holder at a time, spread over those who live, free once they are given back or their holder is gone."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models import lease
from models.lease import Lease, Share
from models.store import Store
from support.desks import copied
from support.patience import PATIENCE

DUTIES = ["time", "telegram", "comments:acme", "comments:acme_it"]
OVER = timedelta(seconds=-1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        made = copied(migrated, tmp_path)
    else:
        made = Store(request.getfixturevalue("migrated_postgres"))
    yield made
    made.close()


def share(
    store: Store, holder: str, stray: tuple[str, ...] = (), term: timedelta = lease.TERM, duties: list[str] = DUTIES
) -> Share:
    with store.write() as session:
        return lease.share(session, holder, duties, stray, term)


def holders(store: Store) -> dict[str, str]:
    with store.read() as session:
        return {row.name: row.holder for row in session.exec(select(Lease)).all() if row.name in DUTIES}


def test_one_alone_has_everything_and_keeps_it(store: Store) -> None:
    for _ in range(2):
        assert share(store, "a") == Share(frozenset(DUTIES), frozenset())
    with store.read() as session:
        assert lease.alive(session) == {"a"}
        assert lease.free(session, DUTIES) == frozenset()


def test_what_is_held_nobody_else_gets_and_a_newcomer_is_given_its_share(store: Store) -> None:
    share(store, "a")
    assert share(store, "b").ours == frozenset(), "all of it is held"
    given = share(store, "a").surplus
    assert given == {"comments:acme", "comments:acme_it"}, "half of it is the other's"
    with store.write() as session:
        lease.give_back(session, "a", given)
    assert share(store, "b") == Share(given, frozenset())
    assert share(store, "a") == Share(frozenset(["time", "telegram"]), frozenset())
    with store.write() as session:
        lease.give_back(session, "a", given)
    assert holders(store)["comments:acme"] == "b", "only the holder gives back"


def test_what_the_dead_held_goes_to_those_who_live(store: Store) -> None:
    share(store, "dead", term=OVER)
    with store.read() as session:
        assert lease.alive(session) == frozenset()
        assert lease.free(session, DUTIES) == set(DUTIES)
    assert share(store, "b").ours == set(DUTIES)
    assert share(store, "dead") == Share(frozenset(), frozenset()), "it comes back and has nothing"


def test_whoever_leaves_does_not_count(store: Store) -> None:
    share(store, "a")
    share(store, "b")
    with store.write() as session:
        lease.leave(session, "b")
    assert share(store, "a").surplus == frozenset()


def test_what_nobody_else_wants_is_taken_beyond_the_share_and_kept(store: Store) -> None:
    share(store, "older", duties=["time"])
    assert len(share(store, "b").ours) == 2, "half of what it knows"
    left = tuple(name for name, holder in holders(store).items() if holder == "")
    assert share(store, "b", stray=left).ours == {name for name in DUTIES if name != "time"}
    assert share(store, "b", stray=left).surplus == frozenset()


def test_a_lease_that_is_confirmed_stays_until_the_transaction_ends(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    share(store, "a", term=timedelta(seconds=3))  # is confirmed before that, and then runs out
    with store.write() as session:
        assert not lease.holds(session, "b", "time")
        assert lease.holds(session, "a", "time")
        other = share(store, "b", stray=tuple(DUTIES), term=timedelta(seconds=30))
        assert "time" not in other.ours
        until = datetime.now(UTC) + timedelta(seconds=PATIENCE)
        while other.ours != set(DUTIES) - {"time"}:
            assert datetime.now(UTC) < until, "the others are free once they have run out"
            other = share(store, "b", stray=tuple(DUTIES), term=timedelta(seconds=30))
    assert "time" in share(store, "b", stray=tuple(DUTIES)).ours
    store.close()


def test_many_who_start_at_once_each_get_different_ones(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    names, lock = [f"comments:{n}" for n in range(20)], threading.Lock()
    got: list[str] = []

    def take(holder: str) -> None:
        for _ in range(5):
            with store.write() as session:
                ours = lease.share(session, holder, names).ours
        with lock:
            got.extend(ours)

    in_threads([lambda holder=f"p{n}": take(holder) for n in range(6)])  # type: ignore[misc]
    assert sorted(got) == sorted(names)
    store.close()


def in_threads(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_the_only_process_there_can_be_finds_everything_free(store: Store) -> None:
    share(store, "before")
    with store.write() as session:
        lease.clear(session)
    assert share(store, "a").ours == set(DUTIES)


def test_the_clock_is_the_databases(store: Store) -> None:
    def seen(session: Session) -> timedelta:
        return abs(lease.clock(session) - datetime.now(UTC))

    with store.read() as session:
        assert seen(session) < timedelta(seconds=PATIENCE), "one machine here"
