"""What a platform folder offers to the registry: its SPEC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from platforms.contract import Can, Limits, Platform

#: Told each answer: the HTTP status, 0 where none came, and the seconds that it took.
Watch = Callable[[int, float], None]


def unwatched(_status: int, _seconds: float) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a platform folder offers: `SPEC` in its `__init__.py`."""

    name: str
    title: str
    #: Builds the adapter of one account from its section of config.toml: base_url, token and `options` of its own.
    connect: "Connect"
    #: What it can do at best; what an account can do may be less.
    can: Can
    limits: Limits
    #: Numbered steps for the README: how to get a token.
    setup: tuple[str, ...] = ()
    #: Documented default address; an account's `base_url` overrides it. "" where there is none (federated networks).
    base_url: str = ""


class Connect(Protocol):
    """Builds an adapter; touches no network."""

    def __call__(self, *, base_url: str, token: str, options: Mapping[str, Any], watch: Watch = unwatched) -> Platform:
        """The adapter of one account; `watch` is told each answer of the network."""
