"""An empty, migrated store for whoever plants into one."""

from support.bench import migrated

__all__ = ["migrated"]
