"""Keeps a desk safe: copies of it, and its move to another database."""
