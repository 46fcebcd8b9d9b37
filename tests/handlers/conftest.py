"""The bench, for every test of a handler."""

from support.bench import bench, mastodon, migrated

__all__ = ["bench", "mastodon", "migrated"]
