"""Brings a file of rows of an older version up to date, aside: the database that takes them sees only the result."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from bot.keeping import tables
from bot.keeping.bundle import Bundle, opened, written
from models.store import Store, head


@contextmanager
def upgraded(bundle: Bundle, folder: Path) -> Iterator[Bundle]:
    """The file itself where its tables are this version's; else another with its rows, without photos and videos.

    In an SQLite file of its own, below `folder`, the tables of its revision are made, loaded and upgraded. Raises
    Damaged, OSError.
    """
    revision = bundle.manifest.revision
    if revision == head():
        yield bundle
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".upgrading-", dir=folder) as aside:  # for the owner alone
        target = Path(aside) / "rows.zip"
        with closing(Store(f"sqlite:///{Path(aside) / 'rows.db'}")) as store:
            store.migrate(revision)
            with store.write() as session:
                tables.load(session, tables_in(store), bundle)
            store.migrate()
            with written(target) as writer, store.read() as session:
                tables.dump(session, SQLModel.metadata, writer)
                counts = tables.counts(session, SQLModel.metadata)
                writer.finish(bundle.manifest.model_copy(update={"revision": head(), "counts": counts}))
        with opened(target) as found:
            yield found


def tables_in(store: Store) -> MetaData:
    """The tables as the database has them, which may be of another revision than the code's."""
    found = MetaData()
    with store.read() as session:
        found.reflect(session.connection(), only=lambda name, _: name != "alembic_version")
    return found
