"""An empty store, desks that listen, and logging as it was, for every test of the process."""

from support.bench import mastodon, migrated
from support.inbox_bench import desk
from support.logs import logging_as_it_was
from support.meta_desk import meta, page
from support.postgres import postgres, postgres_server
from support.s3 import s3, s3_running

__all__ = [
    "desk",
    "logging_as_it_was",
    "mastodon",
    "meta",
    "migrated",
    "page",
    "postgres",
    "postgres_server",
    "s3",
    "s3_running",
]
