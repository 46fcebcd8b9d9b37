"""Remembers: the tables, the rules of each row, the store and its migrations. Plain synchronous Python."""

import models.base  # noqa: F401  # names constraints, whichever table comes first
