"""Stores for tests that need no whole bench."""

import shutil
from pathlib import Path

from models.store import Store


def copied(migrated: Path, folder: Path) -> Store:
    """A store of its own on a copy of a migrated file; the test closes it."""
    shutil.copy(migrated, folder / "copy.db")
    return Store(f"sqlite:///{folder / 'copy.db'}")
