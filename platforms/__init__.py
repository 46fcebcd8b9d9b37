"""Talks to the networks: one folder each, the same file names in each. Plain synchronous Python."""
