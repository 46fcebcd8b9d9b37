"""Databases, for the tests of what is remembered."""

from support.desks import either, migrated
from support.postgres import migrated_postgres, postgres, postgres_server, postgres_template
from support.sealed_log import elsewhere, store

__all__ = [
    "either",
    "elsewhere",
    "migrated",
    "migrated_postgres",
    "postgres",
    "postgres_server",
    "postgres_template",
    "store",
]
