"""What a platform folder offers to the registry: its SPEC."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from platforms.contract import Can, CommentEvent, CommentTouched, Limits, Platform, Shelf

#: Told each answer: the HTTP status, 0 where none came, and the seconds that it took.
Watch = Callable[[int, float], None]


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext's tools know
    """The sentence itself: marks one that is translated where it is shown."""
    return sentence


def unwatched(_status: int, _seconds: float) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one account; none is shown where it is printed."""

    token: str = field(default="", repr=False)
    ads_token: str = field(default="", repr=False)  #: of a person with a role on the ad account, where that is another
    app_id: str = ""
    app_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class App:
    """The app that a team has registered at a network: [apps.<platform>] of config.toml."""

    id: str
    secret: str = field(repr=False)
    base_url: str  #: of the API
    login_url: str  #: of the consent window
    exchange_url: str = ""  #: where a code is exchanged, where that is another host


@dataclass(frozen=True, slots=True)
class Grant:
    """What a consent gave: one identity of ours with its keys."""

    remote_id: str
    handle: str
    name: str
    token: str = field(repr=False)
    ads_token: str = field(default="", repr=False)
    missing: tuple[str, ...] = ()  #: scopes that were not granted
    expires_at: datetime | None = None  #: of the token; None: it does not expire


class Login(Protocol):
    """How a person lets our app act for an account (OAuth 2.0). Everything is given; nothing is stored."""

    #: Scope -> what a team cannot do without it, an English catalogue key.
    scopes: Mapping[str, str]
    #: Documented addresses, which an app's own override.
    login_url: str
    exchange_url: str

    def consent(self, app: App, redirect: str, state: str) -> str:
        """The address at which the person agrees; the network sends them to `redirect` with the code and `state`."""

    def exchange(self, app: App, code: str, redirect: str) -> tuple[Grant, ...]:
        """What a code gives: every identity that the person manages. Raises AccessLost where it is used or too old."""

    def take(self, app: App, token: str) -> tuple[Grant, ...]:
        """The same for a token that a person brought, made as lasting as the network allows."""

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        """A fresher token and its end; None where this kind needs no renewal. Raises AccessLost, TryLater."""


class Hooks(Protocol):
    """What the network tells us by calling. Pure: no network, no clock, no store."""

    def challenge(self, query: Mapping[str, str], verify_token: str) -> str | None:
        """What to answer when the network verifies the address; None: refuse."""

    def is_authentic(self, raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the raw bytes were signed with the app's secret; compares in constant time."""

    def read(self, body: Any) -> Iterator[tuple[str, CommentEvent | CommentTouched]]:
        """(remote id of our account, event) for everything told; our own comments and what is no comment left out."""


class Connect(Protocol):
    """Builds an adapter; touches no network."""

    def __call__(
        self,
        *,
        base_url: str,
        keys: Keys,
        options: Mapping[str, Any],
        watch: Watch = unwatched,
        shelf: Shelf | None = None,
    ) -> Platform:
        """The adapter of one account; `watch` is told each answer of the network, `shelf` lends it our files."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a platform folder offers: `SPEC` in its `__init__.py`."""

    name: str
    title: str
    #: Builds the adapter of one account from its section of config.toml.
    connect: Connect
    #: What it can do at best; what an account can do may be less.
    can: Can
    limits: Limits
    #: Numbered steps for the README: how to get a token.
    setup: tuple[str, ...] = ()
    #: Documented default address; an account's `base_url` overrides it. "" where there is none (federated networks).
    base_url: str = ""
    login: Login | None = None  #: None: a token is made on the network's own pages
    hooks: Hooks | None = None  #: None: the network does not call
    #: The platform whose app serves this one too, where a team has registered none here; "" where none does.
    app: str = ""
