"""The benches, for every test of a handler."""

from support.bakery_inbox import bakery_inbox
from support.bench import bench, mastodon
from support.boost_bench import boosts
from support.desks import either, migrated, stores
from support.inbox_bench import desk
from support.meta_bench import bakery
from support.meta_desk import meta, page
from support.postgres import migrated_postgres, postgres, postgres_server, postgres_template

__all__ = [
    "bakery",
    "bakery_inbox",
    "bench",
    "boosts",
    "desk",
    "either",
    "mastodon",
    "meta",
    "migrated",
    "migrated_postgres",
    "page",
    "postgres",
    "postgres_server",
    "postgres_template",
    "stores",
]
