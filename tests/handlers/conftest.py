"""The benches, for every test of a handler."""

from support.bakery_inbox import bakery_inbox
from support.bench import bench, mastodon, migrated
from support.boost_bench import boosts
from support.inbox_bench import desk
from support.meta_bench import bakery
from support.meta_desk import meta, page
from support.postgres import postgres, postgres_server

__all__ = [
    "bakery",
    "bakery_inbox",
    "bench",
    "boosts",
    "desk",
    "mastodon",
    "meta",
    "migrated",
    "page",
    "postgres",
    "postgres_server",
]
