"""Faults that whoever runs the bot can mend."""


class Fault(Exception):
    """The text is the whole sentence they see: what is wrong, and what to do about it."""
