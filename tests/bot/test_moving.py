"""A desk moves between SQLite and PostgreSQL whole, or not at all."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import NoneType
from typing import Any, get_args
from zipfile import ZipFile

import pytest
from alembic import command
from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table, insert
from sqlalchemy import select as rows_of
from sqlmodel import JSON, Session, SQLModel, select
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.keeping import tables
from bot.keeping.bundle import Manifest, opened, written
from bot.keeping.upgrading import tables_in
from models.audit import chain
from models.member import Member
from models.stop import EVERYTHING, stops
from models.store import Store, alembic_config
from support.kept import database, everything, folder_of, forged, home, kept, refusal, typed

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("logging_as_it_was")
NOW = datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)
#: A value of each type that a field may have; the text is also the name of an account, which others refer to.
SAMPLES: dict[type, Any] = {str: "acme", int: 1, datetime: NOW, dict: {"a": ["ü", None, 1.5]}, list: ["x"], bool: True}


#: Columns that take only some words -> one of them.
ALLOWED = {"ledger.kind": "book"}


def in_every_table(session: Session) -> None:
    """A row in every table that has none; what others refer to comes first."""
    classes = {mapper.local_table: mapper.class_ for mapper in SQLModel._sa_registry.mappers}
    for table in SQLModel.metadata.sorted_tables:
        model = classes[table]
        if session.exec(select(model).limit(1)).first() is None:
            given = {
                name: ALLOWED.get(f"{table.name}.{name}") or _sample(field.annotation)
                for name, field in model.model_fields.items()
                if field.is_required()
            }
            session.add(model(**given))
            session.flush()


def _sample(annotation: Any) -> Any:
    kind = (
        next((arg for arg in get_args(annotation) if arg is not NoneType), annotation)
        if get_args(annotation)
        else annotation
    )
    kind = getattr(annotation, "__origin__", kind)
    return SAMPLES[kind]


def dumped(store: Store, file: Path, metadata: MetaData = SQLModel.metadata) -> dict[str, bytes]:
    """The parts that the tables become."""
    with written(file) as writer, store.read() as session:
        tables.dump(session, metadata, writer)
        counts = tables.counts(session, metadata)
        writer.finish(Manifest(kind="tables", version="1", revision="1", made_at=NOW, counts=counts))
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("tables/")}


def loaded(store: Store, file: Path, metadata: MetaData = SQLModel.metadata) -> None:
    """The tables, from their parts."""
    with opened(file) as bundle, store.write() as session:
        tables.load(session, metadata, bundle)


def test_rows_of_every_table_are_the_same_after_a_journey_to_postgresql_and_back(
    home: Path, postgres: str, tmp_path: Path
) -> None:
    with closing(database(home)) as here, closing(Store(postgres)) as there:
        with here.write() as session:
            in_every_table(session)
        first = dumped(here, tmp_path / "1.zip")
        assert first.keys() == {f"tables/{name}.jsonl" for name in SQLModel.metadata.tables}
        assert all(first.values()), [name for name, part in first.items() if not part]
        there.migrate()
        loaded(there, tmp_path / "1.zip")
        assert dumped(there, tmp_path / "2.zip") == first
    with closing(Store(f"sqlite:///{tmp_path / 'back.db'}")) as back:
        back.migrate()
        loaded(back, tmp_path / "2.zip")
        assert dumped(back, tmp_path / "3.zip") == first
        with back.read() as session:
            assert chain(session).broken_at is None


@pytest.fixture
def odd() -> MetaData:
    """Tables as they may come: keys of bytes, numbers, times, and what refers to what."""
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True), Column("secret", LargeBinary))
    Table(
        "child",
        metadata,
        Column("name", String, primary_key=True),
        Column("part", Integer, primary_key=True, autoincrement=False),
        Column("parent_id", ForeignKey("parent.id")),
        Column("at", UTCDateTime),
        Column("ratio", Float),
        Column("big", Boolean),
        Column("json", JSON),
    )
    return metadata


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_table_that_is_new_moves_by_itself_with_bytes_times_and_null(
    odd: MetaData, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    urls = [f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}"]
    if kind == "postgresql":
        urls[1] = request.getfixturevalue("postgres")
    parent, child = odd.sorted_tables
    rome = NOW.astimezone(timezone(timedelta(hours=1)))
    with closing(Store(urls[0])) as one, closing(Store(urls[1])) as other:
        for store in (one, other):
            odd.create_all(store._engine)
        with one.write() as session:
            session.execute(insert(parent), [{"id": n, "secret": bytes(range(n % 256))} for n in range(1, 1200)])
            session.execute(insert(parent), [{"id": 5000, "secret": None}])
            full = {"parent_id": 7, "at": rome, "ratio": 0.1, "big": True, "json": {"ü": [1, None]}}
            empty = dict.fromkeys(full)
            session.execute(insert(child), [{"name": "a\n\u2028", "part": 2, **full}, {"name": "", "part": 1, **empty}])
        dumped(one, tmp_path / "odd.zip", odd)
        loaded(other, tmp_path / "odd.zip", odd)
        with one.read() as mine, other.read() as theirs:
            for table in odd.sorted_tables:
                query = rows_of(table).order_by(*table.primary_key.columns)
                assert mine.execute(query).all() == theirs.execute(query).all()
        with other.write() as session:
            next_one = insert(parent).values(secret=b"").returning(parent.c.id)
            assert session.execute(next_one).scalar_one() == 5001


def test_a_value_that_has_no_form_is_refused_and_not_guessed(tmp_path: Path) -> None:
    metadata = MetaData()
    from sqlalchemy import Date

    Table("day", metadata, Column("at", Date, primary_key=True))
    with closing(Store(f"sqlite:///{tmp_path / 'a.db'}")) as store:
        metadata.create_all(store._engine)
        with store.write() as session:
            session.execute(insert(metadata.tables["day"]), [{"at": date(2026, 11, 24)}])
        with pytest.raises(TypeError):
            dumped(store, tmp_path / "day.zip", metadata)


# -- the commands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def exported(home: Path) -> Path:
    """The desk, ready to move."""
    file = home / "moving.zip"
    assert "Do not start this desk again" in typed(home, "export", "desk", file)
    return file


def test_a_desk_moves_to_postgresql_and_comes_up_stopped(exported: Path, postgres: str, tmp_path: Path) -> None:
    new = folder_of(tmp_path / "new", postgres)
    said = typed(new, "import", exported)
    assert "2 posts, 1 comments, 5 members, 1 photos and videos" in said
    with closing(Store(postgres)) as store, store.write() as session:
        assert EVERYTHING in stops(session)
        assert chain(session).broken_at is None
        session.add(Member(name="New", roles=["author"], created_at=NOW))
    assert len(list((new / "data" / "media").rglob("*"))) == 2
    before = typed(new, "members")
    assert "There is a desk in that database" in refusal(new, "import", exported)
    assert typed(new, "members") == before
    # On PostgreSQL a backup is that same file.
    typed(new, "backup", tmp_path / "of_postgresql.zip")
    back = folder_of(tmp_path / "back")
    typed(back, "restore", tmp_path / "of_postgresql.zip")
    assert "New" in typed(back, "members")
    assert "There is a desk in that database" in refusal(back, "restore", "--replace", tmp_path / "of_postgresql.zip")


def _truncated(parts: dict[str, bytes]) -> None:
    parts["tables/post.jsonl"] = parts["tables/post.jsonl"][:100]


def _older(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), "revision": "0001"}).encode()


def _newer(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), "revision": "9999"}).encode()


def _fewer(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["counts"]["reply"] += 1
    parts["manifest.json"] = json.dumps(manifest).encode()


def _without(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    del parts["tables/reply.jsonl"], manifest["entries"]["tables/reply.jsonl"]
    parts["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_truncated, "tables/post.jsonl is not what was written"),
        (_older, "tables/account.jsonl has other columns than the table"),
        (_newer, "written by a newer Bottega"),
        (_fewer, "tables/reply.jsonl has 1 rows and not what its manifest says"),
        (_without, "tables/reply.jsonl is missing"),
    ],
)
def test_what_is_not_whole_leaves_no_row_behind(
    exported: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    new = folder_of(tmp_path / "new")
    typed(new, "migrate")
    assert said in refusal(new, "import", forged(exported, tmp_path / "forged.zip", change))
    with closing(database(new)) as store, store.read() as session:
        assert tables.is_empty(session, SQLModel.metadata)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("revision", ["0004", "0012", "0018"])
def test_what_an_older_version_exported_is_brought_up_to_date(
    home: Path, tmp_path: Path, request: pytest.FixtureRequest, kind: str, revision: str
) -> None:
    with closing(database(home)) as store:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            command.downgrade(alembic_config(connection), revision)
            connection.commit()
        older = tables_in(store)
        with written(tmp_path / "older.zip") as writer, store.read() as session:
            tables.dump(session, older, writer)
            counts = tables.counts(session, older)
            writer.finish(Manifest(kind="tables", version="0.0.9", revision=revision, made_at=NOW, counts=counts))
    url = request.getfixturevalue("postgres") if kind == "postgresql" else ""
    new = folder_of(tmp_path / "new", url)
    assert "2 posts, 1 comments, 5 members" in typed(new, "import", tmp_path / "older.zip")
    assert "Héllo 🧁" in typed(new, "export", "posts")
    with closing(Store(url) if url else database(new)) as store, store.write() as session:
        assert store.schema() == "current"
        assert EVERYTHING in stops(session)
        assert chain(session).broken_at is None
        session.add(Member(name="New", roles=["author"], created_at=NOW))
    assert [p.name for p in (new / "data").iterdir() if p.name.startswith(".upgrading")] == [], "nothing is left aside"


def test_each_command_takes_its_own_file_and_says_so(home: Path, exported: Path, tmp_path: Path, postgres: str) -> None:
    copy = kept(home)
    assert "“bottega restore” takes it" in refusal(folder_of(tmp_path / "new"), "import", copy)
    moved = folder_of(tmp_path / "moved", postgres)
    assert "Restore it with SQLite first" in refusal(moved, "restore", copy)
    assert "Name the file" in refusal(home, "export", "desk")
    assert "standard output" in refusal(home, "export", "posts", tmp_path / "posts.jsonl")
    assert everything(tmp_path / "new") == {"config.toml": (tmp_path / "new" / "config.toml").read_bytes()}
