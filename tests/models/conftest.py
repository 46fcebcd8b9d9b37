"""Databases, for the tests of what is remembered."""

from support.desks import either, migrated
from support.postgres import migrated_postgres, postgres, postgres_server, postgres_template

__all__ = ["either", "migrated", "migrated_postgres", "postgres", "postgres_server", "postgres_template"]
