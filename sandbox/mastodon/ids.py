"""Identifiers as the servers make them: Mastodon's snowflakes and GoToSocial's ULIDs, and how they are ordered."""

import secrets
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def order(identifier: str) -> tuple[int, str]:
    """Sort key of an id: both numeric ids of unequal length and ULIDs come out oldest first."""
    return len(identifier), identifier


class Mint:
    """Makes ids that always grow, even when the clock stands still or is set back.

    `ulid` chooses GoToSocial's form (26 characters), otherwise Mastodon's: milliseconds since 1970 shifted by 16 bits.
    """

    def __init__(self) -> None:
        self.ulid = False
        self._last = 0
        self._count = 0

    def make(self, at: datetime) -> str:
        """A new id for something that happened at that time."""
        moment = max(int(at.timestamp() * 1000), self._last)
        self._count = self._count + 1 if moment == self._last else 0
        self._last = moment
        if self.ulid:
            return _base32(moment, 10) + _base32(self._count, 8) + _base32(secrets.randbits(40), 8)
        return str((moment << 16) + self._count)


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_CROCKFORD[rest])
    return "".join(reversed(digits))
