"""The store: transactions that lose nothing, on both databases."""

import gc
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models.account import Access, Account
from models.delivery import Delivery
from models.lane import Lane
from models.media import Media
from models.member import Member
from models.post import Content, Post
from models.publication import Publication, current, of_post
from models.store import Newer, Store, lock_audit
from support.desks import copied
from support.patience import PATIENCE

NOW = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        made = copied(request.getfixturevalue("migrated"), tmp_path)
    else:
        made = Store(request.getfixturevalue("migrated_postgres"))
    yield made
    made.close()


def test_a_time_comes_back_as_the_same_instant(store: Store) -> None:
    rome = NOW.astimezone(ZoneInfo("Europe/Rome"))
    with store.write() as session:
        session.add(Lane(name="a", not_before=rome))
    with store.read() as session:
        lane = session.get(Lane, "a")
        assert lane
        assert lane.not_before == NOW
        assert lane.not_before.utcoffset() == timedelta()


def test_what_a_transaction_has_read_it_need_not_read_again(store: Store) -> None:
    with store.write() as session:
        session.add(Lane(name="a", not_before=NOW))
    asked = list[str]()
    with store.write() as session:
        event.listen(session, "do_orm_execute", lambda executing: asked.append(str(executing.statement)))
        assert session.exec(select(Lane)).one().name == "a"  # nobody holds the row any more
        gc.collect()
        assert session.get(Lane, "a")
        assert len(asked) == 1
        assert session.get(Lane, "a", with_for_update=True)
        assert len(asked) == 2


def test_what_raises_leaves_nothing_behind(store: Store) -> None:
    def half() -> None:
        with store.write() as session:
            session.add(Lane(name="a", not_before=NOW))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with store.read() as session:
        assert session.get(Lane, "a") is None


def test_two_writers_at_once_lose_no_update(store: Store) -> None:
    with store.write() as session:
        session.add(Member(id=1, name="0", created_at=NOW))

    def count() -> None:
        for _ in range(10):
            with store.write() as session:
                member = session.get(Member, 1, with_for_update=True)
                assert member
                member.name = str(int(member.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with store.read() as session:
        member = session.get(Member, 1)
        assert member
        assert member.name == "40"


def test_a_row_that_is_locked_after_it_was_read_is_read_anew(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    with store.write() as session:
        session.add(Lane(name="a", not_before=NOW))
    with store.write() as session:
        lane = session.get(Lane, "a")
        assert lane
        with store.write() as other:
            theirs = other.get(Lane, "a", with_for_update=True)
            assert theirs
            theirs.not_before = NOW + timedelta(days=1)
        session.get(Lane, "a", with_for_update=True)
        assert lane.not_before == NOW + timedelta(days=1)
    store.close()


def test_several_processes_may_start_on_one_database(postgres: str) -> None:
    first, second = Store(postgres), Store(postgres)
    for store in (first, second, first):
        migrating = threading.Thread(target=store.migrate, daemon=True)
        migrating.start()
        migrating.join(PATIENCE)
        assert not migrating.is_alive(), "it waits for a lock that nobody lets go of"
    first.close()
    second.close()


def test_a_commit_on_sqlite_outlasts_a_power_failure(migrated: Path) -> None:
    store = Store(f"sqlite:///{migrated}")
    with store.write() as session:
        assert session.connection().execute(text("PRAGMA synchronous")).scalar() == 2, "FULL"
    store.close()


def test_a_lane_sends_one_at_a_time_whoever_claims(store: Store) -> None:
    def sending() -> Delivery:
        return Delivery(kind="card", lane="slack:C1", state="sending", due_at=NOW, created_at=NOW)

    with store.write() as session:
        session.add(sending())
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(sending())


@pytest.mark.parametrize("statement", ["state = 'elsewhere'", "lane = NULL"])
def test_the_database_itself_refuses_what_no_delivery_can_be(store: Store, statement: str) -> None:
    with store.write() as session:
        session.add(Delivery(kind="card", lane="slack:C1", due_at=NOW, created_at=NOW))
    with pytest.raises(IntegrityError), store.write() as session:
        session.execute(text(f"UPDATE delivery SET {statement}"))


@pytest.mark.parametrize("fault", [{"state": "elsewhere"}, {"lane": None}, {"member_id": 99}, {"key": "twice"}])
def test_what_fails_to_be_stored_is_not_quoted_in_the_log(store: Store, fault: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "kind": "whisper",
        "lane": "slack:C1",
        "payload": {"url": "https://x/response-key"},
        "due_at": NOW,
    }
    with store.write() as session:
        session.add(Delivery(kind="card", lane="slack:C1", key="twice", due_at=NOW, created_at=NOW))
    with pytest.raises(IntegrityError) as raised, store.write() as session:
        session.add(Delivery(**{**given, "created_at": NOW, **fault}))
    logged = "".join(traceback.format_exception(raised.value))
    assert "INSERT INTO delivery" in logged
    for value in ("response-key", "twice", "elsewhere"):
        assert value not in logged


def test_a_row_that_points_nowhere_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(Post.draft(Content(text="Hi"), author_id=99, now=NOW))


def test_the_last_publication_that_was_not_cancelled_is_the_current_one(store: Store) -> None:
    with store.write() as session:
        session.add(Member(id=1, name="Ada", created_at=NOW))
        session.add(Account(name="acme", platform="mastodon"))
        session.flush()
        session.add(Post(id=1, digest="d", content_json={}, author_id=1, created_at=NOW, updated_at=NOW))
        session.flush()
        for number, state in enumerate(("done", "cancelled"), start=1):
            session.add(Delivery(id=number, kind="publication", lane="a", state=state, due_at=NOW, created_at=NOW))
            session.flush()
            session.add(
                Publication(id=number, post_id=1, account="acme", revision=number, digest="d", delivery_id=number)
            )
    with store.write() as session:
        lock_audit(session)
        assert [p.code for p, _ in of_post(session, 1)] == ["U1", "U2"]
        publication, delivery = current(session, 1)["acme"]
        publication.stands("9", "https://x.example/9", ["9"], NOW)
        publication.remove(NOW)
        assert (publication.number, delivery.state, publication.removed_at) == (1, "done", NOW)


def test_lost_access_is_news_once() -> None:
    account = Account(name="acme", platform="mastodon")
    assert account.lose_access("revoked", NOW)
    assert not account.lose_access("revoked", NOW)
    account.met(remote_id="1", handle="acme@x.example", title="Acme", url="https://x.example/@acme", now=NOW)
    assert (account.access, account.access_reason, account.handle) == (Access.GOOD, "", "acme@x.example")


def test_a_file_lies_where_its_bytes_say() -> None:
    media = Media(id=3, sha256="abcdef", mime="image/png", size=1, created_at=NOW)
    assert media.path_in(Path("media")) == Path("media/ab/abcdef")
    assert media.number == 3


def test_a_database_of_a_newer_program_is_left_alone(store: Store) -> None:
    assert store.schema() == "current"
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert store.schema() == "newer"
    with pytest.raises(Newer):
        store.migrate()


def test_nobody_else_on_the_machine_reads_the_file_of_a_new_desk(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new' / 'desk.db'}")
    store.migrate()
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new").iterdir()} == {0}
    store.close()
