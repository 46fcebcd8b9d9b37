"""The audit log's key: made once, kept where the database's writers cannot reach it, and never in clear elsewhere."""

import json
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlmodel import select

from bot import log as redaction
from bot.audit_keys import AuditKeys
from bot.vault import new_key
from models.audit import AuditEntry, append, chain
from models.audit_key import AuditKey
from models.store import Store
from support.audit_writers import entry, settings, work
from support.racers import ended, started

pytestmark = pytest.mark.usefixtures("logging_as_it_was")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Desk:
    """The log of a desk in a folder, as a process with these settings has it."""

    made: ClassVar[list["Desk"]] = []

    def __init__(self, folder: Path, secret_key: str = "", database: str = "") -> None:
        self.settings = settings(folder, database, secret_key)
        self.keys = AuditKeys(self.settings)
        self.store = Store(self.settings.database_url, ring=self.keys.ring)
        self.store.migrate()
        self.made.append(self)

    def start(self, after: timedelta = timedelta()) -> "Desk":
        self.lost = self.keys.ready(self.store, NOW + after)
        return self

    def write(self, *actions: str) -> "Desk":
        for action in actions:
            with self.store.write() as session:
                append(session, entry(action))
        return self

    def rows(self) -> list[AuditEntry]:
        with self.store.read() as session:
            return list(session.exec(select(AuditEntry).order_by(AuditEntry.id)).all())  # type: ignore[arg-type]

    def sealed(self) -> list[str]:
        with self.store.read() as session:
            return [row.sealed for row in session.exec(select(AuditKey)).all()]

    def fault(self) -> tuple[int | None, object]:
        with self.store.read() as session:
            found = chain(session)
            return found.broken_at, found.fault

    @property
    def key(self) -> str:
        assert self.keys.ring.newest
        return self.keys.ring.newest.id

    @property
    def secrets(self) -> list[str]:
        return [key.secret.hex() for key in self.keys.ring.keys]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while Desk.made:
        Desk.made.pop().store.close()


def everywhere(folder: Path, *, but: str) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != but)


def test_without_a_secret_key_it_lies_in_a_file_for_the_owner_and_nowhere_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path).start().write("one")
    path = tmp_path / "audit.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.secrets[0] in path.read_text()
    assert desk.secrets[0].encode() not in everywhere(tmp_path, but="audit.key")
    assert (desk.sealed(), desk.fault()) == ([], (None, None))
    assert [row.action for row in desk.rows()] == ["log sealed", "one"]
    again = Desk(tmp_path).start().write("two")
    assert (again.key, again.lost, again.fault()) == (desk.key, None, (None, None))


def test_with_a_secret_key_it_lies_sealed_in_the_database_and_in_clear_nowhere(tmp_path: Path) -> None:
    secret = new_key()
    desk = Desk(tmp_path, secret).start().write("one")
    assert len(desk.sealed()) == 1
    assert desk.secrets[0].encode() not in everywhere(tmp_path, but="")
    assert Desk(tmp_path, secret).start().key == desk.key


def test_it_is_taken_out_of_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import structlog

    redaction.setup("info", "json", [])
    desk = Desk(tmp_path).start()
    structlog.get_logger().info("see", key=desk.secrets[0])
    assert desk.secrets[0] not in capsys.readouterr().err


def test_the_first_sealed_entry_is_chained_to_the_old_head_and_says_what_it_was(tmp_path: Path) -> None:
    old = Store(settings(tmp_path).database_url)
    old.migrate()
    with old.write() as session:
        append(session, entry("from before"))
    old.close()
    desk = Desk(tmp_path).start()
    before, first = desk.rows()
    assert (first.previous, first.before) == (before.hash, {"key": "", "number": 1, "hash": before.hash})
    assert (first.action, first.key) == ("log sealed", desk.key)
    assert (desk.lost, desk.fault()) == (None, (None, None))


def test_where_the_folder_is_not_shared_a_second_machine_opens_what_the_database_has(tmp_path: Path) -> None:
    secret = new_key()
    desk = Desk(tmp_path, secret).start().write("one")
    other = AuditKeys(settings(tmp_path / "other", desk.settings.database_url, secret))
    store = Store(desk.settings.database_url, ring=other.ring)
    assert other.ready(store, NOW) is None
    assert other.ring.keys == desk.keys.ring.keys
    store.close()


def test_a_secret_key_that_is_added_later_seals_the_key_that_was_in_the_file(tmp_path: Path) -> None:
    desk, secret = Desk(tmp_path).start().write("one"), new_key()
    later = Desk(tmp_path, secret).start().write("two")
    assert (later.key, later.lost, later.fault()) == (desk.key, None, (None, None))
    assert later.secrets[0].encode() not in everywhere(tmp_path, but="")
    assert len(later.sealed()) == 1


def test_another_secret_key_seals_it_and_the_old_one_may_go(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    desk = Desk(tmp_path, old).start().write("one")
    both = Desk(tmp_path, f"{new} {old}")
    both.keys.tidy(both.store)
    alone = Desk(tmp_path, new).start().write("two")
    assert (alone.key, alone.lost, alone.fault()) == (desk.key, None, (None, None))


@pytest.mark.parametrize("secret", ["", "lost"])
def test_a_lost_key_is_said_in_the_log_and_what_was_there_stays_pinned(tmp_path: Path, secret: str) -> None:
    desk = Desk(tmp_path, new_key() if secret else "").start().write("one", "two")
    if not secret:
        (tmp_path / "audit.key").unlink()
    later = Desk(tmp_path, new_key() if secret else "").start(timedelta(days=1)).write("three")
    assert later.lost
    assert later.key != desk.key
    first = later.rows()[3]
    assert (first.action, first.key, first.before["key"]) == ("log key lost", later.key, desk.key)
    with later.store.read() as session:
        seen = chain(session)
        assert (seen.fault, seen.unknown) == (None, 3)
    assert Desk(tmp_path, later.settings.desk.secret_key.get_secret_value()).start().key == later.key


def test_a_secret_key_that_comes_back_opens_the_old_entries_too(tmp_path: Path) -> None:
    first, second = new_key(), new_key()
    Desk(tmp_path, first).start().write("one")
    Desk(tmp_path, second).start(timedelta(days=1)).write("two")
    both = Desk(tmp_path, f"{second} {first}").start(timedelta(days=2)).write("three")
    with both.store.read() as session:
        seen = chain(session)
        assert (seen.fault, seen.unknown, both.lost) == (None, 0, None)


def test_a_database_whose_keys_were_deleted_costs_no_key(tmp_path: Path) -> None:
    from sqlalchemy import text

    secret = new_key()
    desk = Desk(tmp_path, secret).start().write("one")
    with desk.store.write() as session:
        session.execute(text("DELETE FROM audit_key"))
    again = Desk(tmp_path, secret).start().write("two")
    assert (again.key, again.lost, again.fault(), len(again.sealed())) == (desk.key, None, (None, None), 1)


def test_a_key_whose_transaction_came_to_nothing_is_none(tmp_path: Path) -> None:
    from models.audit_key import Because
    from models.store import lock_audit

    desk = Desk(tmp_path).start().write("one")
    with desk.store.write() as session:
        lock_audit(session)
        desk.keys.begin(session, NOW + timedelta(days=1), Because.LOST)
        session.rollback()
    again = Desk(tmp_path).start().write("two")
    assert (again.key, again.fault()) == (Desk(tmp_path).start().key, (None, None))
    assert len(again.keys.ring.keys) == 1


def test_a_key_is_kept_when_the_process_dies_right_after_its_transaction(tmp_path: Path) -> None:
    from models.audit_key import Because

    desk = Desk(tmp_path)
    with desk.store.write() as session:
        desk.keys.begin(session, NOW, Because.FIRST)  # and `settle` never runs
    again = Desk(tmp_path).start().write("one")
    assert (again.key, again.lost, again.fault()) == (desk.key, None, (None, None))
    assert sorted(path.name for path in tmp_path.glob("audit.key*")) == ["audit.key"]


def test_a_damaged_line_is_kept_and_harms_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path).start().write("one")
    path = tmp_path / "audit.key"
    path.write_text("key 12 34\nsomething else\n" + path.read_text())
    assert Desk(tmp_path).start().key == desk.key


@pytest.mark.parametrize("with_secret", [True, False])
def test_processes_that_start_and_write_at_once_make_one_key_and_one_chain(
    postgres: str, tmp_path: Path, with_secret: bool
) -> None:
    secret = new_key() if with_secret else ""
    Desk(tmp_path, secret, postgres)
    processes = [started(work, str(tmp_path), postgres, secret, f"p{number}", 15) for number in range(2)]
    ended(*processes)
    keys = AuditKeys(settings(tmp_path, postgres, secret))
    with closing(Store(postgres, ring=keys.ring)) as store, store.read() as session:
        keys.load(session)
        seen = chain(session)
        assert (seen.fault, seen.entries, seen.number, len(keys.ring.keys)) == (None, 31, 31, 1)
        actions = [row.action for row in session.exec(select(AuditEntry)).all()]
    assert len(set(actions)) == 31
    assert json.dumps(actions).count("log sealed") == 1
