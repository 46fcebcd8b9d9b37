"""Databases, for the tests of what is remembered."""

from support.bench import migrated
from support.desks import either
from support.postgres import postgres, postgres_server

__all__ = ["either", "migrated", "postgres", "postgres_server"]
