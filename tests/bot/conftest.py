"""An empty store, desks that listen, and logging as it was, for every test of the process."""

from support.bench import mastodon
from support.desks import migrated, stores
from support.inbox_bench import desk
from support.logs import logging_as_it_was
from support.meta_desk import meta, page
from support.postgres import migrated_postgres, postgres, postgres_server, postgres_template
from support.s3 import s3, s3_running

__all__ = [
    "desk",
    "logging_as_it_was",
    "mastodon",
    "meta",
    "migrated",
    "migrated_postgres",
    "page",
    "postgres",
    "postgres_server",
    "postgres_template",
    "s3",
    "s3_running",
    "stores",
]
