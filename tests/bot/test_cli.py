"""The command line: what it shows, and that every fault is a sentence with exit status 1."""

import fcntl
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.cli import cli, main
from models.account import Access, Account
from models.audit import AuditEntry, append, chain
from models.member import Identity, Member
from models.store import Store
from support.patience import PATIENCE
from support.world import World, eventually, world_in

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COMMANDS = ["run", "doctor", "migrate", "members", "accounts", "export posts"]
#: A configuration with a chat and an account, whose addresses lead nowhere.
CONFIG = """
[telegram]
token = "12345:secret-of-the-bot"
api_url = "http://127.0.0.1:9"
[accounts.acme]
platform = "mastodon"
base_url = "http://127.0.0.1:9"
token = "toot"
"""
#: The command in a process of its own.
BOTTEGA = [sys.executable, "-c", "from bot.cli import main; main()"]
pytestmark = pytest.mark.usefixtures("logging_as_it_was")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration; nothing has run there yet."""
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def store(folder: Path, migrated: Path) -> Iterator[Store]:
    """The database of that folder, up to date and empty."""
    (folder / "data").mkdir()
    shutil.copy(migrated, folder / "data" / "bottega.db")
    store = Store(f"sqlite:///{folder / 'data' / 'bottega.db'}", durable=False)
    yield store
    store.close()


def typed(folder: Path, line: str, **env: str) -> Result:
    """What a command answers."""
    return CliRunner().invoke(cli, [*line.split(), "-c", str(folder / "config.toml")], env=env)


def refusal(folder: Path, line: str, **env: str) -> str:
    """The sentence with which it ends."""
    result = typed(folder, line, **env)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.stderr


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "doctor"])
def test_without_a_configuration_the_cure_is_named(tmp_path: Path, command: str) -> None:
    assert "“bottega init” writes one" in refusal(tmp_path, command)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "doctor"])
def test_a_fault_of_the_configuration_is_named_with_its_line(folder: Path, command: str) -> None:
    (folder / "config.toml").write_text('[desk]\nzone = "Rome"\n')
    assert "config.toml, line 2: “desk.zone”" in refusal(folder, command)


def test_run_without_a_chat_says_what_is_missing(folder: Path) -> None:
    (folder / "config.toml").write_text("")
    assert "No chat is configured" in refusal(folder, "run")


@pytest.mark.parametrize("command", ["members", "accounts", "export audit"])
def test_without_a_database_nothing_is_created_only_to_be_read(folder: Path, command: str) -> None:
    assert "There is no database" in refusal(folder, command)
    assert not (folder / "data").exists()


def test_an_empty_database_is_as_good_as_none(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "bottega.db").touch()
    assert "There is no database" in refusal(folder, "members")


@pytest.mark.parametrize("command", ["run", "migrate", "members", "accounts", "export audit"])
def test_a_database_of_a_newer_version_is_left_alone(folder: Path, store: Store, command: str) -> None:
    with closing(sqlite3.connect(folder / "data" / "bottega.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from the future'")
    assert "written by a newer Bottega" in refusal(folder, command).replace("\n", " ")


@pytest.mark.parametrize("command", ["run", "migrate", "members", "accounts", "export audit"])
def test_a_file_that_is_no_database_is_said(folder: Path, command: str) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "bottega.db").write_text("no database at all " * 100)
    assert "The database cannot be used (file is not a database)" in refusal(folder, command)


@pytest.mark.parametrize("command", ["run", "migrate", "members"])
def test_a_database_server_out_of_reach_is_said_without_its_password(folder: Path, command: str) -> None:
    said = refusal(folder, command, BOTTEGA_DESK__DATABASE="postgresql://desk:hunter2@127.0.0.1:9/desk")
    assert "The database cannot be used (connection" in said
    assert "hunter2" not in said


def test_a_data_folder_that_is_a_file_is_said(folder: Path) -> None:
    (folder / "data").write_text("")
    assert f"{folder / 'data'}: File exists" in refusal(folder, "migrate")


def test_a_second_bot_on_the_same_database_is_refused(folder: Path, store: Store) -> None:
    with (folder / "data" / "bottega.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another bottega runs on" in refusal(folder, "run")


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        said = refusal(folder, "run", BOTTEGA_WEB__ENABLED="1", BOTTEGA_WEB__PORT=port)
    assert f"127.0.0.1 port {port}: Address already in use; see [web] host and port" in said


def test_a_bug_is_in_the_log_with_an_id_and_without_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    def program() -> None:
        token = "xoxb-1234-abcd"
        raise LookupError(f"bad {token}")

    with pytest.raises(SystemExit) as ended:
        main(program)
    assert ended.value.code == 1
    said = capsys.readouterr().err
    bug = said.rpartition("the id ")[2].split()[0]
    assert f"bug={bug}" in said
    assert "LookupError" in said
    assert "1234-abcd" not in said


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_the_version_is_shown() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert (result.exit_code, result.output) == (0, f"bottega {version('bottega')}\n")


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(cli, ["--help"]).output
    for command in (
        "run",
        "demo",
        "init",
        "doctor",
        "accounts",
        "members",
        "migrate",
        "export",
        "import",
        "backup",
        "restore",
    ):
        assert f" {command} " in said


def test_members_are_listed_with_roles_and_chats(folder: Path, store: Store) -> None:
    with store.write() as session:
        for name, active in (("Ada", True), ("[red]Bo", False)):
            member = Member(name=name, roles=["admin"], active=active, created_at=NOW)
            session.add(member)
            session.flush()
            ids = {"slack": f"U{name[-1].upper()}"} if active else {}
            for chat, external_id in ids.items():
                session.add(Identity(member_id=member.number, chat=chat, external_id=external_id, linked_at=NOW))
    result = typed(folder, "members")
    assert result.exit_code == 0
    ada = next(line for line in result.output.splitlines() if "Ada" in line)
    assert [cell.strip() for cell in ada.strip("│").split("│")] == ["Ada", "admin", "UA", "–", "yes"]
    assert "[red]Bo" in result.output, "a name is never taken for markup"


def test_accounts_are_listed_as_last_seen(folder: Path, store: Store) -> None:
    with store.write() as session:
        session.add(Account(name="old", platform="mastodon", handle="old@social.example", access=Access.LOST.value))
    result = typed(folder, "accounts")
    assert result.exit_code == 0
    said = " ".join(result.output.split())
    for part in ("acme", "not asked yet", "old", "not in config.toml"):
        assert part in said
    with store.write() as session:
        session.add(Account(name="acme", platform="mastodon", handle="acme@s.example", access=Access.GOOD.value))
    assert "good" in typed(folder, "accounts").output


def test_migrate_creates_the_database_and_may_be_repeated(folder: Path) -> None:
    for _ in range(2):
        assert typed(folder, "migrate").output == "The database is up to date.\n"
    assert typed(folder, "members").exit_code == 0


@pytest.mark.parametrize("what", ["posts", "comments", "audit"])
def test_an_empty_export_is_empty(folder: Path, store: Store, what: str) -> None:
    result = typed(folder, f"export {what}")
    assert (result.exit_code, result.output) == (0, "")


def test_an_exported_audit_log_ends_with_the_hash_worth_keeping_or_with_a_fault(folder: Path, store: Store) -> None:
    with store.write() as session:
        append(session, AuditEntry(at=NOW, actor="Ada", action="one", subject="P1", previous="", hash=""))
    with store.read() as session:
        head = chain(session).head
    result = typed(folder, "export audit")
    assert json.loads(result.stdout)["hash"] == head
    assert result.stderr == f"audit log: 1 entries, as they were written; its head is 1:{head}\n"
    with store.write() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET actor = 'Bruno'"))
    assert "it was altered: entry 1" in refusal(folder, "export audit")


def test_the_doctor_names_every_fault_of_the_configuration(folder: Path) -> None:
    (folder / "config.toml").write_text('[desk]\nzone = "Rome"\n[web]\nport = -1\n')
    result = typed(folder, "doctor")
    assert result.exit_code == 1
    assert [line[:9] for line in result.output.splitlines()] == ["✗ config:", "✗ config:"]


# -- the process -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_in(tmp_path_factory.mktemp("world")) as world:
        world.telegram.act("settings", privacy=False)
        yield world


def test_the_doctor_ends_well_where_all_is_well(world: World) -> None:
    result = CliRunner().invoke(cli, ["doctor", "-c", str(world.config())])
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert "✓ account acme: is acme@" in result.output


def test_run_answers_until_it_is_told_to_stop_and_ends_well(world: World, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen([*BOTTEGA, "run", "-c", str(world.config())], stderr=file, stdout=file)
        try:
            eventually(lambda: "the desk is open" in log.read_text(), what="the start")
            ada = world.on_slack("Ada")
            ada.say("dm", "help")
            eventually(lambda: "/social post" in json.dumps(ada.messages("dm")), what="the answer")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()
    said = log.read_text()
    assert "the desk is closed" in said
    assert "Traceback" not in said


def test_export_ends_quietly_when_nobody_reads_on(folder: Path, store: Store) -> None:
    with store.write() as session:
        for number in range(3000):
            name = f"a{number}"
            session.add(Account(name=name, platform="mastodon"))
    command = [*BOTTEGA, "export", "audit", "-c", str(folder / "config.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read().decode()
    assert "Traceback" not in said
    assert said == ""
