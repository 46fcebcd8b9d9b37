"""What every platform promises, in types; `tests/contracts/` holds every platform to it.

A platform adapter is plain synchronous code bound to one account. It never retries a write, never sleeps, never stores.
It is called in worker threads, one call at a time per account for writes, any number for reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Can:
    """What this account can do: true where its protocol below is implemented and the token's scopes allow it."""

    threads: bool = False
    content_warning: bool = False
    visibilities: tuple[str, ...] = ()
    languages: bool = False
    deletes: bool = False
    reads_comments: bool = False
    streams: bool = False
    replies: bool = False
    likes: bool = False
    reposts: bool = False
    mutes: bool = False
    blocks: bool = False
    reports: bool = False
    measures: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the account takes, read from the network where it tells. Lengths in what `Platform.length` counts."""

    text: int
    images: int = 4
    videos: int = 1
    alt_text: int = 1500
    image_bytes: int = 16_777_216
    image_pixels: int = 33_177_600
    video_bytes: int = 103_809_024
    mime_types: frozenset[str] = frozenset()
    url_length: int | None = None  #: what every link counts as, where it has a fixed price


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the archive on its way out."""

    path: Path
    mime: str
    size: int  #: bytes
    sha256: str
    alt: str = ""
    width: int = 0  #: pixels; 0 where unknown
    height: int = 0

    @property
    def is_video(self) -> bool:
        """Whether it is a moving picture (a GIF is an image here)."""
        return self.mime.startswith("video/")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One variant (or one reply) as it shall stand on the network."""

    parts: tuple[str, ...]  #: more than one for a chain of posts (a thread); the media go with the first
    media: tuple[Attachment, ...] = ()
    warning: str = ""  #: content warning; empty for none
    visibility: str = ""  #: empty for the account's default
    language: str = ""  #: ISO 639-1; empty for none
    reply_to: str = ""  #: remote id of the comment that is answered
    mention: str = ""  #: handle of the person answered, without @; the adapter puts it where the network wants it


@dataclass(frozen=True, slots=True)
class Published:
    """It stands on the network."""

    remote_id: str
    url: str
    at: datetime
    part_ids: tuple[str, ...] = ()  #: remote ids of all parts of a chain, the first included


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the network would refuse, known beforehand. `sentence` is an English catalogue key with {placeholders}."""

    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False  #: a warning can be overruled by the team (missing alt text), a problem cannot


class Progress(Protocol):
    """What attempts already did on the network (media ids, parts of a chain); `save` is committed before it returns."""

    def load(self, name: str) -> str | None:
        """What was saved under the name, or None."""

    def save(self, name: str, value: str) -> None:
        """Remember it for the next attempt and for `find`."""


@dataclass(frozen=True, slots=True)
class RemoteAuthor:
    """A person outside."""

    remote_id: str
    handle: str
    name: str
    url: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """A picture or film in a comment, as an address; it is never fetched without the SSRF-safe session."""

    url: str
    mime: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RemoteComment:
    """What a person outside wrote to us or about us: a reply, a mention, a review. `text` is plain, never markup."""

    remote_id: str
    author: RemoteAuthor
    text: str
    at: datetime
    url: str = ""
    visibility: str = "public"
    parent_id: str = ""  #: remote id of what it answers, "" for a mention out of the blue
    root_id: str = ""  #: remote id of the top of the conversation where the network tells
    warning: str = ""
    media: tuple[RemoteMedia, ...] = ()
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommentGone:
    """The public deleted a comment."""

    remote_id: str


CommentEvent = RemoteComment | CommentGone


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what is new, oldest first, and the cursor that continues after it. `more`: ask again at once."""

    events: tuple[CommentEvent, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Whose token it is."""

    remote_id: str
    handle: str  #: with the server where the network has several: acme@social.example
    name: str
    url: str
    missing_scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None  #: of the token; None: it does not expire, or the network does not tell


@dataclass(frozen=True, slots=True)
class Numbers:
    """Engagement of one publication as the network counts it; None where it does not tell."""

    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    views: int | None = None


class Platform(Protocol):
    """One account on one network."""

    name: str  #: the folder's name: "mastodon"
    #: How long after an attempt the network's own evidence is trusted: `find` before `earliest` proves no absence
    #: (the request may still be under way); an attempt older than `latest` cannot be looked up any more.
    evidence_earliest: timedelta
    evidence_latest: timedelta

    @property
    def can(self) -> Can:
        """What this account can do."""

    @property
    def limits(self) -> Limits:
        """How much it takes, as `whoami` last heard it; the documented defaults before. Never touches the network."""

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the network's clock is ahead of this machine's, as its last answer told; None while unknown."""

    @property
    def server_time(self) -> datetime | None:
        """What time it is for the network, however our clock is set; None while unknown."""

    def whoami(self) -> Who:
        """Whose token it is; refreshes what is known of limits and abilities. Raises AccessLost, TryLater."""

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of a part as the network counts it, content warning and mention included."""

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What the network would refuse, before anyone waits for it. Never touches the network (limits are cached)."""

    def remote_id_at(self, url: str) -> str:
        """The remote id of our post at an address; "" where none can be there. Never touches the network."""

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand on the network, going on from `progress`.

        `key` is the same on every attempt. Raises TryLater (nothing beyond `progress`), OutcomeUnknown, Permanent.
        """

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Look whether an attempt begun at `since`, by the network's clock, stands there; None: certainly absent.

        Found parts of a chain are saved; None: `publish` goes on from them. Raises CannotTell (no evidence), TryLater.
        """

    def standing(self, saved: Mapping[str, str]) -> Published | None:
        """The parts that stand by what a progress has saved, None for none; they may be all. Never asks the network."""


@runtime_checkable
class Deletes(Protocol):
    """Takes a publication or one of our replies down."""

    def delete(self, remote_id: str) -> None:
        """Remove it; already gone is success."""


@runtime_checkable
class ReadsComments(Protocol):
    """Reads what the public wrote to the account."""

    def comments(self, cursor: str) -> Page:
        """What is new after `cursor`, oldest first; with "" nothing old, only a cursor that stands at now."""

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment as it stands now. Raises Gone when it was deleted."""


@runtime_checkable
class Streams(Protocol):
    """Says at once when something happens; what it misses, `ReadsComments` finds."""

    def stream(self) -> Iterator[CommentEvent | None]:
        """Events as they happen, None at least every minute; ends with the connection. Raises Unsupported, TryLater."""


@runtime_checkable
class Replies(Protocol):
    """Answers comments (by `publish` with `reply_to`)."""

    def widest_visibility(self, parent: str) -> str:
        """The widest visibility a reply to a comment with visibility `parent` may have."""


@runtime_checkable
class Likes(Protocol):
    """Likes a comment. Idempotent."""

    def like(self, remote_id: str) -> None:
        """Like it; liked already is success."""

    def unlike(self, remote_id: str) -> None:
        """Take the like back."""


@runtime_checkable
class Reposts(Protocol):
    """Reposts a comment or publication to the account's followers. Idempotent."""

    def repost(self, remote_id: str) -> None:
        """Repost it; reposted already is success."""

    def unrepost(self, remote_id: str) -> None:
        """Take the repost back."""


@runtime_checkable
class Mutes(Protocol):
    """Stops hearing of an author. Idempotent."""

    def mute(self, author_id: str) -> None:
        """Mute the author."""

    def unmute(self, author_id: str) -> None:
        """Hear of the author again."""


@runtime_checkable
class Blocks(Protocol):
    """Cuts an author off. Idempotent."""

    def block(self, author_id: str) -> None:
        """Block the author."""

    def unblock(self, author_id: str) -> None:
        """Let the author back."""


@runtime_checkable
class Reports(Protocol):
    """Tells the network's moderators. Not idempotent: never repeated when the outcome is unknown."""

    def report(self, author_id: str, remote_id: str, reason: Literal["spam", "legal", "violation", "other"]) -> None:
        """File a report about the comment."""


@runtime_checkable
class Measures(Protocol):
    """Counts engagement."""

    def numbers(self, remote_id: str) -> Numbers:
        """The counts now."""


class OutcomeUnknown(Exception):
    """The request left, no sure answer came back. Stands alone: catching TryLater or PlatformError never catches it."""


class PlatformError(Exception):
    """The network said no, and it is certain that nothing happened. `reason`: the network's own words."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or type(self).__doc__ or type(self).__name__)
        self.reason = reason


class TryLater(PlatformError):
    """It certainly did not happen, and may work later. `after`: not before, as a span from now; None where unknown."""

    def __init__(self, reason: str = "", after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class RateLimited(TryLater):
    """Too many requests."""


class Unreachable(TryLater):
    """The network could not be reached, or is in trouble."""


class MediaNotReady(TryLater):
    """The network is still processing the media."""


class Permanent(PlatformError):
    """It certainly did not happen and will not, until a person changes something."""


class AccessLost(Permanent):
    """The token is invalid, revoked or expired: the account must be connected again."""


class AccountLocked(AccessLost):
    """The network has locked the account: it must be put right there, another token would not help."""


class NotPermitted(Permanent):
    """The token lacks a scope, or the network forbids this to the account."""


class ContentRefused(Permanent):
    """The network refused the content, for the reason it gave."""


class Gone(Permanent):
    """What it was about does not exist any more."""


class Unsupported(Permanent):
    """This server cannot do that."""


class BudgetSpent(Permanent):
    """A paid network's credit is used up."""


class CannotTell(Exception):
    """`find` has no evidence either way; a member must be asked. Not a PlatformError: nothing was refused."""
