"""Copies of a desk, as whoever hosts it makes and restores them; every fault is a sentence and changes nothing."""

import fcntl
import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlmodel import select

from models.audit import chain
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound
from models.post import Post
from models.stop import EVERYTHING, stops
from models.store import Store
from support.kept import database, everything, folder_of, forged, home, kept, refusal, typed

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("logging_as_it_was")


# -- backup ------------------------------------------------------------------------------------------------------------


def test_a_copy_comes_back_with_everything_and_the_desk_is_stopped(home: Path, tmp_path: Path) -> None:
    file = kept(home)
    new = folder_of(tmp_path / "new")
    said = typed(new, "restore", file)
    assert "2 posts, 1 comments, 5 members, 1 photos and videos" in said
    assert "as they were written" in said
    assert "It comes up stopped" in said
    media = {name: data for name, data in everything(home / "data").items() if name.startswith("media/")}
    assert media.items() <= everything(new / "data").items()
    with closing(database(new)) as store, store.read() as session:
        assert EVERYTHING in stops(session)
        assert chain(session).broken_at is None
        assert session.exec(select(Post)).first().content.text == "Héllo 🧁"  # type: ignore[union-attr]
    assert "There is a desk" in refusal(new, "restore", file)


def test_a_copy_is_for_the_owner_alone_and_holds_no_secret_of_the_configuration(home: Path) -> None:
    file = kept(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with ZipFile(file) as archive:
        assert not any(b"secret" in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("how", [["backup"], ["export", "desk"]])
def test_a_copy_answers_nobody_and_keeps_what_was_said(home: Path, tmp_path: Path, how: list[str]) -> None:
    body = {
        "text": "the response_url stays",
        "response_url": "https://hooks.example/way-back",
        "trigger_id": "way-back",
        "view": {"private_metadata": '{"verb": "post", "origin": {"response_url": "way-back", "room": "C1"}}'},
    }
    with closing(database(home)) as store:
        with store.write() as session:
            now = session.exec(select(Post)).first().created_at  # type: ignore[union-attr]
            given: dict[str, Any] = {"source": "slack", "body": body, "due_at": now, "received_at": now}
            session.add(Inbound(event_id="1", **given))
            session.add(gone := Inbound(event_id="2", **given))
            reach = {"response_url": "way-back", "at": "1.0"}
            told: dict[str, Any] = {"kind": "whisper", "lane": "whisper:slack:U1", "due_at": now, "created_at": now}
            session.add(Delivery(payload={"origin": {"reach": reach}}, **told))
        with store.write() as session:
            session.delete(gone)
            before = chain(session)
    file = tmp_path / "copy.zip"
    typed(home, *how, file)
    with ZipFile(file) as archive:
        assert not any(b"way-back" in archive.read(name) for name in archive.namelist())
    new = folder_of(tmp_path / "new")
    typed(new, "restore" if how == ["backup"] else "import", file)
    with closing(database(new)) as store, store.read() as session:
        (row,) = session.exec(select(Inbound).where(Inbound.source == "slack")).all()
        carried = '{"verb": "post", "origin": {"room": "C1"}}'
        assert row.body == {"text": "the response_url stays", "view": {"private_metadata": carried}}
        assert (before.broken_at, chain(session).broken_at) == (None, None)


def test_in_a_folder_copies_are_named_by_their_time(home: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    typed(home, "backup", tmp_path / "copies")
    [made] = (tmp_path / "copies").iterdir()
    assert made.name.startswith("bottega-20")
    assert made.suffix == ".zip"


def test_a_desk_at_work_is_copied_and_goes_on(home: Path, tmp_path: Path) -> None:
    with (home / "data" / "bottega.db.lock").open("w") as lock, closing(database(home)) as store:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with store.write() as session:  # what is not committed is not in the copy
            session.exec(select(Post)).first().warned_at = session.exec(select(Post)).first().created_at  # type: ignore[union-attr]
            session.flush()
            file = kept(home)
        assert "another bottega runs" in refusal(home, "restore", "--replace", file)
        assert "another bottega runs" in refusal(home, "export", "desk", tmp_path / "moved.zip")
    typed(folder_of(tmp_path / "new"), "restore", file)
    with closing(database(tmp_path / "new")) as store, store.read() as session:
        assert session.exec(select(Post)).first().warned_at is None  # type: ignore[union-attr]


def test_a_missing_or_damaged_picture_is_named_and_the_rest_is_kept(home: Path, tmp_path: Path) -> None:
    [picture] = (p for p in (home / "data" / "media").rglob("*") if p.is_file())
    picture.write_bytes(b"rot")
    assert picture.name in typed(home, "backup", tmp_path / "a.zip")
    picture.unlink()
    assert picture.name in typed(home, "backup", tmp_path / "b.zip")
    typed(folder_of(tmp_path / "new"), "restore", tmp_path / "b.zip")


@pytest.mark.parametrize("what", ["posts", "audit"], ids=["little", "much"])
def test_a_disk_that_is_full_is_said_with_its_cure(home: Path, what: str) -> None:
    words = ["export", what, "-c", str(home / "config.toml")]
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", "from bot.cli import main; main()", *words]
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (1, "The disk is full: make room and try again.\n")


def test_where_a_copy_cannot_be_written_nothing_is_left_of_it(home: Path, tmp_path: Path) -> None:
    file = kept(home)
    assert "is there already" in refusal(home, "backup", file)
    assert "is no folder" in refusal(home, "backup", tmp_path / "nowhere")
    assert "No such file or directory" in refusal(home, "backup", tmp_path / "nowhere" / "copy.zip")
    (tmp_path / "full").mkdir()
    words = ["backup", str(tmp_path / "full"), "-c", str(home / "config.toml")]
    for most in (1000, 200_000):  # bytes: the database's copy does not fit, then what comes after
        full = subprocess.run(
            [sys.executable, "-c", "from bot.cli import main; main()", *words],
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert full.returncode == 1
        assert "Traceback" not in full.stderr
        assert full.stderr.count("\n") == 1
        assert list((tmp_path / "full").iterdir()) == []


def test_a_damaged_database_is_not_taken_for_a_good_copy(home: Path, tmp_path: Path) -> None:
    path = home / "data" / "bottega.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(8192))
    said = refusal(home, "backup", tmp_path / "copy.zip")
    assert "database" in said
    assert not (tmp_path / "copy.zip").exists()


# -- restore -----------------------------------------------------------------------------------------------------------


def test_a_desk_that_is_there_is_kept_aside(home: Path) -> None:
    file = kept(home)
    with closing(database(home)) as store, store.write() as session:
        session.exec(select(Post)).first().wall = "changed since"  # type: ignore[union-attr]
    said = typed(home, "restore", "--replace", file)
    [aside] = (home / "data").glob("bottega.db.before-*")
    assert str(aside) in said
    with closing(Store(f"sqlite:///{aside}")) as store, store.read() as session:
        assert session.exec(select(Post)).first().wall == "changed since"  # type: ignore[union-attr]
    with closing(database(home)) as store, store.read() as session:
        assert session.exec(select(Post)).first().wall == ""  # type: ignore[union-attr]


def test_a_file_that_is_no_database_is_kept_aside_too(home: Path, tmp_path: Path) -> None:
    file = kept(home)
    new = folder_of(tmp_path / "new")
    (new / "data").mkdir()
    (new / "data" / "bottega.db").write_text("something of somebody's")
    assert "There is a desk" in refusal(new, "restore", file)
    typed(new, "restore", "--replace", file)
    assert [p.read_text() for p in (new / "data").glob("*.before-*")] == ["something of somebody's"]


def test_an_empty_desk_makes_room(home: Path, tmp_path: Path) -> None:
    new = folder_of(tmp_path / "new")
    typed(new, "migrate")
    typed(new, "restore", kept(home))
    assert "Ada" in typed(new, "members")


def _newer(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), "revision": "9999"}).encode()


def _altered(parts: dict[str, bytes]) -> None:
    parts["bottega.db"] = parts["bottega.db"][:-4] + b"evil"


def _escaping(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    name = "media/../../../evil"
    parts[name], manifest["entries"][name] = b"evil", {"size": 4, "sha256": "0" * 64}
    parts["manifest.json"] = json.dumps(manifest).encode()


def _more(parts: dict[str, bytes]) -> None:
    parts["../../evil"] = b"evil"


def _less(parts: dict[str, bytes]) -> None:
    del parts["bottega.db"]


def _anonymous(parts: dict[str, bytes]) -> None:
    del parts["manifest.json"]


def _bomb(parts: dict[str, bytes]) -> None:
    parts["bottega.db"] += bytes(50_000_000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_newer, "written by a newer Bottega"),
        (_altered, "bottega.db is not what was written"),
        (_escaping, "nothing is called 'media/../../../evil'"),
        (_more, "does not name what is in it"),
        (_less, "does not name what is in it"),
        (_anonymous, "was not written by"),
        (_bomb, "bottega.db is not what was written"),
    ],
)
def test_what_somebody_changed_is_refused_and_nothing_is_touched(
    home: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    file = forged(kept(home), tmp_path / "forged.zip", change)
    before = everything(tmp_path)
    assert said in refusal(home, "restore", "--replace", file)
    assert everything(tmp_path) == before


def test_what_is_no_copy_is_refused(home: Path, tmp_path: Path) -> None:
    file = kept(home)
    before = everything(home / "data")
    whole = file.read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "rotten.zip").write_bytes(whole[:5000] + bytes(100) + whole[5100:])
    (tmp_path / "words.txt").write_text("words")
    for name, said in (
        ("half.zip", "only the beginning of one"),
        ("rotten.zip", "is damaged"),
        ("words.txt", "is no copy of a desk"),
        ("home", "is a folder"),
        ("nothing", "No such file or directory"),
    ):
        assert said in refusal(home, "restore", "--replace", tmp_path / name)
    assert everything(home / "data") == before


def test_a_copy_of_an_older_desk_is_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    from alembic import command

    from models.store import alembic_config

    with closing(database(home)) as store, store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        command.downgrade(alembic_config(connection), "0004")
        connection.commit()
    new = folder_of(tmp_path / "new")
    typed(new, "restore", kept(home))
    with closing(database(new)) as store:
        assert store.schema() == "current"
        with store.read() as session:
            assert stops(session)[EVERYTHING].member_id is None


def test_what_was_planned_is_looked_up_before_anything_else(home: Path, tmp_path: Path) -> None:
    from models.delivery import Delivery

    new = folder_of(tmp_path / "new")
    typed(new, "restore", kept(home))
    with closing(database(new)) as store, store.read() as session:
        states = [d.state for d in session.exec(select(Delivery)).all() if d.subject == "P2" and d.is_to_account]
        told = [d.payload for d in session.exec(select(Delivery)).all() if d.lane == "telegram:-1001"]
    assert states == [DeliveryState.UNSURE]
    assert "I was restored from a copy" in json.dumps(told[-1])
