"""The keys of the audit log: what seals its entries, and where each key began.

Where a key began is kept with it, out of reach of those who can only write the database: what was written before is
pinned by that, and an entry after it counts only with a seal.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Field, SQLModel

#: What a key's id is the HMAC of, and how many of its hexadecimal digits it has.
NAMED, DIGITS = b"bottega audit key", 16


class Because(StrEnum):
    """Why a key began; each is the action of the entry that it began with."""

    FIRST = "log sealed"  #: the log had none
    LOST = "log key lost"  #: the one it had is not here
    RESTORED = "log restored"  #: the desk is a copy of an earlier one
    ACCEPTED = "log accepted"  #: the person who runs the desk takes the log as it stands


@dataclass(frozen=True)
class Key:
    """One key, and where it began."""

    secret: bytes = field(repr=False)  #: 32 random bytes
    number: int  #: of the first entry that it sealed
    previous: str  #: the hash which that entry is chained to
    because: Because
    made_at: datetime

    @property
    def id(self) -> str:
        """How entries name it; nobody can give another key the same."""
        return self._hmac(NAMED)[:DIGITS]

    def seal(self, digest: str) -> str:
        """What stands beside an entry's hash."""
        return self._hmac(digest.encode())

    def _hmac(self, data: bytes) -> str:
        return hmac.digest(self.secret, data, "sha256").hex()

    @property
    def text(self) -> str:
        """All of it in one line, to be kept where the database's writers cannot reach it."""
        words = (self.secret.hex(), str(self.number), self.previous, self.because.name, self.made_at.isoformat())
        return " ".join(words)


def key_of(text: str) -> Key:
    """What `Key.text` made. Raises ValueError."""
    secret, number, previous, because, made_at = text.split(" ")
    if len(secret) != 2 * sha256().digest_size or len(previous) != len(secret) or because not in Because.__members__:
        raise ValueError("that is no key of an audit log")
    return Key(bytes.fromhex(secret), int(number), previous, Because[because], datetime.fromisoformat(made_at))


class Ring:
    """The keys that a process has, oldest first; another process's new key is added while this one works."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        """`keys` in any order."""
        self.take(keys)

    def take(self, keys: Iterable[Key]) -> None:
        """These are all there are now."""
        self._keys = {key.id: key for key in sorted(keys, key=lambda key: (key.made_at, key.number))}

    def add(self, key: Key) -> None:
        """One more, which seals from now on."""
        self._keys = {**self._keys, key.id: key}

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them, the newest last."""
        return tuple(self._keys.values())

    @property
    def newest(self) -> Key | None:
        """The one that seals."""
        return next(reversed(self._keys.values()), None)

    def get(self, name: str) -> Key | None:
        """The one of that id."""
        return self._keys.get(name)


#: Of a store that was given none.
NO_KEYS = Ring()


class AuditKey(SQLModel, table=True):
    """A key, sealed with the desk's `secret_key`, for every machine that has that. Nobody deletes its rows.

    There is one, and one more for each key that was lost and for each copy that was restored.
    """

    __tablename__ = "audit_key"

    id: str = Field(primary_key=True)
    sealed: str
    made_at: datetime
