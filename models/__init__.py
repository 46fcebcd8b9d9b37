"""Remembers: the tables, the rules of each row, the store and its migrations. Plain synchronous Python."""
