"""An empty store, for every test of the process."""

from support.bench import migrated

__all__ = ["migrated"]
