"""What the pretend server remembers: people, statuses, media, notifications, and who may see what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.mastodon.ids import Mint, order
from sandbox.mastodon.settings import Settings

#: Order from widest to narrowest.
VISIBILITIES = ("public", "unlisted", "private", "direct")


@dataclass
class Person:
    """An account. `domain` is empty for people of this server; `ours` marks the accounts of the team."""

    id: str
    username: str
    name: str
    at: datetime
    domain: str = ""
    ours: bool = False

    @property
    def acct(self) -> str:
        """The handle without @, as seen from this server."""
        return f"{self.username}@{self.domain}" if self.domain else self.username


@dataclass
class Media:
    """An uploaded file; `ready_at` is when its processing ends, `status` the status it is attached to."""

    id: str
    owner: str
    kind: str
    mime: str
    data: bytes
    at: datetime
    ready_at: datetime
    width: int = 0
    height: int = 0
    description: str | None = None
    focus: tuple[float, float] = (0.0, 0.0)
    failed: bool = False
    status: str | None = None


@dataclass
class Version:
    """How a status read at one time; `media` holds ids and descriptions as they were."""

    text: str
    warning: str
    sensitive: bool
    media: list[tuple[str, str | None]]
    at: datetime


@dataclass
class Status:
    """A status or, when `reblog_of` is set, somebody's reblog of one. Collections of people hold account ids."""

    id: str
    author: str
    text: str
    at: datetime
    warning: str = ""
    sensitive: bool = False
    visibility: str = "public"
    language: str | None = "en"
    reply_to: str | None = None
    reblog_of: str | None = None
    edited_at: datetime | None = None
    application: str | None = None
    media: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    favourites: list[str] = field(default_factory=list)
    bookmarks: set[str] = field(default_factory=set)
    muted_by: set[str] = field(default_factory=set)
    history: list[Version] = field(default_factory=list)


@dataclass
class Draft:
    """What somebody asks to publish. `media_notes` are later descriptions of attached files, by id."""

    text: str = ""
    warning: str = ""
    sensitive: bool = False
    visibility: str = "public"
    language: str | None = None
    reply_to: str | None = None
    media: list[str] = field(default_factory=list)
    media_notes: dict[str, str] = field(default_factory=dict)
    application: str | None = None


@dataclass
class Scheduled:
    """A status that waits for its time; `params` are as the API shows them."""

    id: str
    owner: str
    at: datetime
    draft: Draft
    params: dict[str, object]


@dataclass
class Notice:
    """A notification of `owner` about what `sender` did; `filtered` ones are hidden by the notification policy."""

    id: str
    owner: str
    kind: str
    sender: str
    at: datetime
    status: str | None = None
    filtered: bool = False


@dataclass
class Mute:
    """That somebody is muted: also in the notifications, and until when (None: for good)."""

    notifications: bool
    until: datetime | None


Tell = Callable[[str, str, Any], None]


class World:
    """All of the server's memory. `now` is its clock; `tell(account, event, thing)` reaches the open streams."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.now = now
        self.tell: Tell = lambda _account, _event, _thing: None
        self.mint = Mint()
        self.clear()

    def clear(self) -> None:
        """Forget everything but the settings."""
        self.mint.ulid = self.settings.persona == "gotosocial"
        self.people: dict[str, Person] = {}
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Media] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.notices: dict[str, Notice] = {}
        self.held: list[Notice] = []
        self.follows: set[tuple[str, str]] = set()
        self.blocks: set[tuple[str, str]] = set()
        self.mutes: dict[tuple[str, str], Mute] = {}
        self.reports: list[dict[str, Any]] = []
        self.keys: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._serial = 0

    def new_id(self) -> str:
        """A growing id for a status or a file."""
        return self.mint.make(self.now())

    def serial(self) -> str:
        """A growing id for the rest: on Mastodon small numbers, a space of their own; on GoToSocial ULIDs too."""
        self._serial += 1
        return self.new_id() if self.mint.ulid else str(self._serial)

    def person(self, handle: str) -> Person | None:
        """Who has that handle (case does not matter; @ in front and this server's domain may be there), or None."""
        name, _, domain = handle.lstrip("@").lower().partition("@")
        domain = "" if domain == self.settings.domain else domain
        found = (p for p in self.people.values() if (p.username.lower(), p.domain) == (name, domain))
        return next(found, None)

    def known(self, name: str) -> Person | None:
        """Like `person`, but somebody of another server may be called by the bare name, too (the stage does)."""
        return self.person(name) or next((p for p in self.people.values() if p.username == name.lower()), None)

    def muting(self, who: str, whom: str) -> Mute | None:
        """The mute in force between two accounts, if any."""
        mute = self.mutes.get((who, whom))
        return mute if mute and (mute.until is None or mute.until > self.now()) else None

    def visible(self, status: Status, viewer: str | None) -> bool:
        """Whether that account (None: somebody not signed in) may know of the status."""
        if viewer == status.author:
            return True
        if viewer and (status.author, viewer) in self.blocks:
            return False
        if status.reblog_of:
            original = self.statuses.get(status.reblog_of)
            return original is not None and self.visible(original, viewer)
        if status.visibility in {"public", "unlisted"}:
            return True
        if viewer in status.mentions:
            return True
        return status.visibility == "private" and (viewer, status.author) in self.follows

    def filtered(self, status: Status, viewer: str | None) -> bool:
        """Whether the viewer does not want to read its author: blocked or muted."""
        if viewer is None:
            return False
        return (viewer, status.author) in self.blocks or self.muting(viewer, status.author) is not None

    def replies(self, status_id: str) -> list[Status]:
        """Direct replies, oldest first."""
        return sorted((s for s in self.statuses.values() if s.reply_to == status_id), key=lambda s: order(s.id))

    def reblogs(self, status_id: str) -> list[Status]:
        """Reblogs of a status, oldest first."""
        return sorted((s for s in self.statuses.values() if s.reblog_of == status_id), key=lambda s: order(s.id))

    def ancestors(self, status: Status) -> Iterator[Status]:
        """The statuses above it, nearest first."""
        above = self.statuses.get(status.reply_to or "")
        while above:
            yield above
            above = self.statuses.get(above.reply_to or "")

    def sweep(self) -> None:
        """Forget what has run out: idempotency keys after an hour, unattached files after a day."""
        now = self.now()
        self.keys = {k: (i, at) for k, (i, at) in self.keys.items() if now - at < timedelta(hours=1)}
        stale = [m.id for m in self.media.values() if m.status is None and now - m.at > timedelta(days=1)]
        for media_id in stale:
            del self.media[media_id]
