"""An empty, migrated store for whoever plants into one."""

from support.desks import migrated

__all__ = ["migrated"]
