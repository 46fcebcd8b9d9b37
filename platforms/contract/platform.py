"""One account on one network: what it can do, whose it is, how it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from platforms.contract.outgoing import Limits, Outgoing, Problem, Progress, Published


@dataclass(frozen=True, slots=True)
class Can:
    """What this account can do: true where its protocol below is implemented and the token's scopes allow it."""

    formats: tuple[str, ...] = ("post",)  #: what a publication can be: "post", "reel", "story"
    threads: bool = False
    links: bool = False  #: a link is shown as a preview of its own, beside the text
    first_comment: bool = False  #: it can comment under its own publication
    content_warning: bool = False
    visibilities: tuple[str, ...] = ()
    languages: bool = False
    deletes: bool = False
    reads_comments: bool = False
    streams: bool = False
    replies: bool = False
    mentions: bool = False  #: an answer begins with the @mention of the person answered
    likes: bool = False
    reposts: bool = False
    mutes: bool = False
    blocks: bool = False
    reports: bool = False
    hides: bool = False
    removes_comments: bool = False
    private_replies: bool = False
    closes_comments: bool = False
    measures: bool = False
    boosts: bool = False
    audiences: bool = False
    page_settings: bool = False


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
    """Engagement of one publication as the network counts it; None where it does not tell.

    `likes` counts reactions of every kind, `reposts` shares; `reach` people, `views` times seen.
    """

    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    views: int | None = None
    reach: int | None = None
    clicks: int | None = None
    saves: int | None = None


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
        """The remote id of our post at an address; "" where none is known to be there. Never touches the network.

        Where an address does not tell, `LooksForPosts` may find it.
        """

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
