"""`python -m models.migrations "What it does"`: writes the next migration from the difference between tables and head."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlmodel import create_engine

from models.store import Store, alembic_config

VERSIONS = Path(__file__).parent / "versions"


def main(name: str) -> None:
    """Compare the tables with a database migrated to head, and write what differs; the author reads it over."""
    if not name.strip():
        raise SystemExit('Say what it does: make migration NAME="Comments have a language"')
    number = 1 + max((int(path.name[:4]) for path in VERSIONS.glob("[0-9]*.py")), default=0)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/head.db")
        if number > 1:
            store.migrate()
        with create_engine(store.url).connect() as connection:
            command.revision(alembic_config(connection), message=name, autogenerate=True, rev_id=f"{number:04}")
        store.close()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
