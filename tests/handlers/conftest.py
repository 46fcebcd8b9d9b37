"""The benches, for every test of a handler."""

from support.bench import bench, mastodon, migrated
from support.inbox_bench import desk
from support.meta_bench import bakery, meta
from support.postgres import postgres, postgres_server

__all__ = ["bakery", "bench", "desk", "mastodon", "meta", "migrated", "postgres", "postgres_server"]
