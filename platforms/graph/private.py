"""Private replies: what Meta's networks let a comment be answered with where only its author reads it.

Sources: Messenger Platform, "Private replies"; Instagram Platform, "Private replies".
"""

from collections.abc import Iterator
from datetime import timedelta

from platforms.contract import Problem

#: A comment can be answered so for this long; of a live film only while it is live, which nobody tells.
WINDOW = timedelta(days=7)


def late(age: timedelta, network: str) -> Iterator[Problem]:
    """A problem where the comment is too old."""
    if age > WINDOW:
        yield Problem(
            "{network} lets a comment be answered privately for {days} days, and they are over. Answer it in public.",
            {"network": network, "days": WINDOW.days},
        )
