"""The head of the audit log stands where the database's writers cannot reach it, and admins learn when it is gone."""

import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner, Result

from bot.audit_keys import AuditKeys
from bot.audit_watch import AuditWatch
from bot.cli import cli
from handlers import outbox
from handlers.desk import Desk
from models.audit import AuditEntry, chain
from models.audit_head import AuditHead
from models.card import CardRow
from models.member import Identity, Member
from models.store import Store
from support.audit_writers import settings
from support.bench import DeskBench, external
from support.kept import CONFIG
from support.paper import Sheet, words
from support.posts import draft
from support.stage import Stage

pytestmark = pytest.mark.usefixtures("logging_as_it_was")
DAY = timedelta(days=1)


class Watched:
    """A desk with its keys, its watch and its folder."""

    def __init__(self, mastodon: Stage, migrated: Path, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        (folder / "config.toml").write_text(CONFIG)
        shutil.copy(migrated, self.data / "bottega.db")
        self.keys = AuditKeys(settings(self.data))
        self.store = Store(f"sqlite:///{self.data / 'bottega.db'}", ring=self.keys.ring)
        self.desk = DeskBench(self.store, mastodon, folder / "media")
        self.watch = self.restarted()

    def restarted(self) -> AuditWatch:
        made = AuditWatch(self.store, self.keys, self.data, self.desk.clock, self.keep)
        made.start()
        self.desk.deliver()
        return made

    def keep(self, decide: Any) -> None:
        with self.store.write() as session:
            desk = Desk(session=session, now=self.desk.now, setup=self.desk.setup, language="en")
            outbox.keep(desk, decide(desk))

    def look(self, after: timedelta = timedelta()) -> None:
        self.desk.now += after
        self.watch.look()
        self.desk.deliver()

    def heads(self, who: str, chat: str = "slack") -> list[Sheet]:
        """The messages with the head that a person has."""
        room = external(who, chat)
        found = [sheet for sheet in self.desk.papers[chat].sheets if sheet.place.room == room]
        return [sheet for sheet in found if sheet.card.title == "Head of the audit log"]

    def head(self) -> str:
        with self.store.read() as session:
            row = session.exec(select(AuditEntry).order_by(text("id DESC")).limit(1)).one()
            return f"{row.id}:{row.hash}"

    def tampered(self, *statements: str) -> None:
        with self.store.write() as session:
            for deed in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{deed}"))
            for statement in statements:
                session.execute(text(statement))

    def typed(self, *line: str) -> Result:
        return CliRunner().invoke(cli, [*line, "-c", str(self.folder / "config.toml")])


@pytest.fixture
def watched(mastodon: Stage, migrated: Path, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(mastodon, migrated, tmp_path)
    draft(made.desk)
    yield made
    made.store.close()


def test_each_admin_gets_one_message_that_is_edited_once_a_day(watched: Watched) -> None:
    watched.look()
    assert watched.heads("Dario") == []  # the desk's first day
    watched.look(DAY)
    [sheet] = watched.heads("Dario")
    assert watched.head() in words(sheet.card)
    assert f"bottega doctor --audit-head {watched.head()}" in words(sheet.card)
    assert (watched.heads("Ada"), watched.heads("Dario", "telegram"), watched.desk.direct("Dario")) == ([], [], [])
    before = watched.head()
    draft(watched.desk, "Another")
    watched.look(timedelta(hours=2))
    assert before in words(sheet.card)
    watched.watch = watched.restarted()
    assert before in words(sheet.card)
    watched.look(DAY)
    assert (watched.heads("Dario"), len(sheet.versions)) == ([sheet], 2)
    assert watched.head() in words(sheet.card)
    watched.look(DAY)
    assert len(sheet.versions) == 2  # nothing was done since


def test_a_message_that_was_deleted_is_sent_again_once(watched: Watched) -> None:
    watched.look(DAY)
    papers = watched.desk.papers["slack"]
    for _ in range(2):
        papers.sheets.remove(watched.heads("Dario")[0])
        watched.look(timedelta(hours=1))
        assert watched.heads("Dario") == []
        draft(watched.desk, "More")
        watched.look(DAY)
        assert len(watched.heads("Dario")) == 1


def test_who_is_no_admin_any_more_keeps_an_old_head_and_a_new_admin_gets_one(watched: Watched) -> None:
    watched.look(DAY)
    watched.desk.say("Dario", "team role Ada +admin")
    with watched.store.write() as session:
        dario = session.exec(select(Member).where(Member.name == "Dario")).one()
        dario.roles = ["author"]
    watched.look(DAY)
    [old], [new] = watched.heads("Dario"), watched.heads("Ada")
    assert len(old.versions) == 1
    assert watched.head() in words(new.card)
    with watched.store.read() as session:
        assert {row.subject for row in session.exec(select(CardRow)).all() if row.subject.startswith("L")} == {"L1"}


def test_an_admin_whom_no_chat_reaches_is_left_out(watched: Watched) -> None:
    with watched.store.write() as session:
        dario = session.exec(select(Member).where(Member.name == "Dario")).one()
        for identity in session.exec(select(Identity).where(Identity.member_id == dario.id)).all():
            identity.private_room = ""  # Slack's bots begin a conversation, Telegram's cannot
            if identity.chat == "slack":
                session.delete(identity)
    watched.look(DAY)
    assert watched.heads("Dario") == watched.heads("Dario", "telegram") == []


def test_the_head_is_said_in_the_log_at_the_start_and_daily_and_kept_beside_the_key(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot import log

    log.setup("info", "json", [])
    watched.watch = watched.restarted()
    assert f'"head": "{watched.head()}"' in capsys.readouterr().err
    watched.look(timedelta(hours=3))
    assert "head of the audit log" not in capsys.readouterr().err
    watched.look(DAY)
    assert "head of the audit log" in capsys.readouterr().err
    file = watched.data / "audit.head"
    assert file.read_text().startswith(watched.head())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("DELETE FROM audit WHERE id > 1", "it ends before that entry"),
        ("DELETE FROM audit", "it is empty"),
        ("UPDATE audit SET hash = 'x' WHERE id = (SELECT max(id) FROM audit)", "another entry stands there"),
        ("UPDATE audit SET id = id + 100 WHERE id = (SELECT max(id) FROM audit)", "that entry stands in another place"),
    ],
)
def test_admins_are_told_once_when_the_log_no_longer_contains_its_head(
    watched: Watched, tampering: str, said: str
) -> None:
    watched.look(DAY)
    kept = watched.head()
    [sheet] = watched.heads("Dario")
    watched.tampered(tampering)
    for _ in range(2):
        watched.watch = watched.restarted()
        watched.look(DAY)
    [told] = watched.desk.direct("Dario")
    assert said in told
    assert f"bottega doctor --audit-head {kept}" in told
    assert watched.desk.direct("Ada") == []
    assert (len(sheet.versions), kept in words(sheet.card)) == (1, True)  # the message keeps what it showed
    assert kept in (watched.data / "audit.head").read_text()


def test_a_head_that_only_the_messages_have_is_missed_too(watched: Watched) -> None:
    watched.look(DAY)
    watched.tampered("DELETE FROM audit WHERE id > 1")
    (watched.data / "audit.head").unlink()
    watched.look()
    assert "it ends before that entry" in watched.desk.direct("Dario")[0]


def test_a_lost_key_is_told_to_admins(watched: Watched) -> None:
    (watched.data / "audit.key").unlink()
    watched.watch = watched.restarted()
    watched.watch = watched.restarted()
    [told] = watched.desk.direct("Dario")
    assert "a new one began" in told


# -- the doctor --------------------------------------------------------------------------------------------------------


def test_the_doctor_compares_a_head_as_it_was_pasted(watched: Watched) -> None:
    kept = watched.head()
    draft(watched.desk, "Another")
    said = watched.typed("doctor", "--audit-head", kept)
    assert (said.exit_code, "goes on from it to entry" in said.output) == (0, True)
    watched.tampered("UPDATE audit SET actor = 'Eve' WHERE id = 1")
    said = watched.typed("doctor", "--audit-head", kept)
    assert (said.exit_code, "but it was altered: entry 1" in said.output) == (1, True)
    watched.tampered("DELETE FROM audit WHERE id > 1")
    said = watched.typed("doctor", "--audit-head", kept)
    assert (said.exit_code, "it was cut: it ends with entry 1 and had an entry" in said.output) == (1, True)
    watched.tampered("DELETE FROM audit")
    assert "it was emptied" in watched.typed("doctor", "--audit-head", kept).output
    said = watched.typed("doctor", "--audit-head", "")
    assert said.exit_code == 1, "the variable of a script that is not set proves nothing"
    assert "“” is no head" in said.output
    said = watched.typed("doctor", "--audit-head", kept, "--audit-accept")
    assert said.exit_code == 1
    assert "Give --audit-head or --audit-accept" in said.output
    said = watched.typed("doctor", "--audit-head", "7")
    assert (said.exit_code, "is no head" in said.output) == (1, True)


def test_where_all_is_well_there_is_nothing_to_accept(watched: Watched) -> None:
    before = watched.head()
    said = watched.typed("doctor", "--audit-accept")
    assert "there was nothing to accept" in said.output
    assert (said.exit_code, watched.head()) == (0, before)


def test_what_is_accepted_is_said_in_the_log_and_all_goes_on_from_there(watched: Watched) -> None:
    watched.look(DAY)
    watched.tampered("DELETE FROM audit WHERE id > 1")
    watched.look()
    said = watched.typed("doctor", "--audit-accept")
    assert said.exit_code == 0, said.output
    assert "taken as it is from entry 2 on" in said.output
    watched.watch = watched.restarted()
    draft(watched.desk, "On it goes")
    watched.look(DAY)
    assert len(watched.desk.direct("Dario")) == 1
    [sheet] = watched.heads("Dario")
    assert watched.head() in words(sheet.card)
    with watched.store.read() as session:
        entry = session.get_one(AuditEntry, 2)
        assert (entry.action, session.get_one(AuditHead, 1).missing) == ("log accepted", "")
        assert chain(session).fault is None


def test_a_command_without_the_key_writes_nothing_and_says_what_to_do(watched: Watched) -> None:
    (watched.data / "audit.key").rename(watched.data / "away")
    said = watched.typed("export", "audit")
    assert (said.exit_code, "names a key that is not here" in said.output) == (1, True)
    assert not (watched.data / "audit.key").exists()


# -- copies ------------------------------------------------------------------------------------------------------------


def test_a_backup_names_the_head_and_what_is_restored_says_so(watched: Watched) -> None:
    import json
    from zipfile import ZipFile

    copied = watched.head()
    assert watched.typed("backup", str(watched.folder / "copy.zip")).exit_code == 0
    with ZipFile(watched.folder / "copy.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        parts = b"".join(archive.read(name) for name in archive.namelist())
    assert f"{manifest['head']['number']}:{manifest['head']['hash']}" == copied
    [key] = watched.keys.ring.keys
    assert manifest["head"]["key"] == key.id
    assert key.secret.hex().encode() not in parts
    draft(watched.desk, "After the copy")
    draft(watched.desk, "And more")
    watched.look(DAY)
    later = watched.head()
    watched.store.close()
    said = watched.typed("restore", "--replace", str(watched.folder / "copy.zip"))
    assert said.exit_code == 0, said.output
    assert "as they were written" in said.output
    first = int(copied.split(":", maxsplit=1)[0]) + 1
    with watched.store.read() as session:
        assert session.get_one(AuditEntry, first).action == "log restored"
        assert session.get_one(AuditEntry, first + 1).action == "restored"
    watched.desk.now += DAY
    watched.watch = watched.restarted()
    assert watched.desk.direct("Dario") == []  # it is known
    assert watched.typed("doctor", "--audit-head", copied).exit_code == 0
    told = watched.typed("doctor", "--audit-head", later)
    assert (told.exit_code, f"entry {first} says that the desk was restored" in told.output) == (1, True)
    with watched.store.read() as session:
        assert chain(session).fault is None


def test_a_copy_that_is_restored_where_the_key_is_not_goes_on_under_a_new_one(watched: Watched) -> None:
    watched.typed("backup", str(watched.folder / "copy.zip"))
    other = watched.folder / "other"
    other.mkdir()
    (other / "config.toml").write_text(CONFIG)
    run = partial(CliRunner().invoke, cli)
    assert run(["restore", str(watched.folder / "copy.zip"), "-c", str(other / "config.toml")]).exit_code == 0
    there = AuditKeys(settings(other / "data"))
    store = Store(f"sqlite:///{other / 'data' / 'bottega.db'}", ring=there.ring)
    with store.read() as session:
        there.load(session)
        seen = chain(session)
        assert (seen.fault, seen.unknown, len(there.ring.keys)) == (None, seen.entries - 2 - seen.plain, 1)
    store.close()


def test_a_desk_that_moves_to_postgresql_takes_its_log_along(watched: Watched, postgres: str) -> None:
    watched.typed("export", "desk", str(watched.folder / "desk.zip"))
    there = watched.folder / "there"
    there.mkdir()
    (there / "config.toml").write_text(f'[desk]\ndatabase = "{postgres}"\n{CONFIG}')
    said = CliRunner().invoke(cli, ["import", str(watched.folder / "desk.zip"), "-c", str(there / "config.toml")])
    assert said.exit_code == 0, said.output
    checked = CliRunner().invoke(cli, ["export", "audit", "-c", str(there / "config.toml")])
    assert (checked.exit_code, "as they were written" in checked.output) == (0, True), checked.output
