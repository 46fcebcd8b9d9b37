"""What the conformance suite must know about each network's sandbox: a class for each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from platforms.contract import Outgoing, Platform
from platforms.registry import spec
from platforms.spec import Keys
from sandbox.mastodon.server import MastodonSandbox
from sandbox.service import Service
from support.patience import PATIENCE
from support.platform_shelf import LocalShelf


@dataclass(frozen=True)
class Standing:
    """A post of ours as the public sees it."""

    remote_id: str
    text: str
    warning: str
    visibility: str
    reply_to: str
    alts: tuple[str, ...]


class Bench(ABC):
    """One network's sandbox, seen from outside."""

    name: str
    token: str
    posting: str  #: "METHOD /path" of the one request that makes a post stand
    handle: str  #: of the account whose token it is
    tells_limits = True  #: the network says how long a text may be
    tells_edits = True  #: a comment says when it was changed
    edits_comments = True  #: people can change what they wrote
    picture = "png"  #: a kind that the network takes

    def __init__(self, address: str, shelf: LocalShelf | None = None) -> None:
        self.address = address
        self.shelf = shelf
        self._http = requests.Session()
        self._http.trust_env = False

    @staticmethod
    @abstractmethod
    def service() -> Service:
        """A fresh sandbox, not started."""

    def connect(self, address: str = "", token: str = "") -> Platform:
        """An adapter of the account."""
        keys = Keys(token or self.token)
        return spec(self.name).connect(base_url=address or self.address, keys=keys, options={}, shelf=self.shelf)

    def stage(self, path: str, **fields: Any) -> Any:
        """Ask the sandbox's stage for something."""
        answer = self._http.post(f"{self.address}/_/{path}", json=fields, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> Any:
        """What the sandbox's page shows."""
        return self._http.get(f"{self.address}/_/state", timeout=PATIENCE).json()

    #: What `whoami` asks beside whose token it is: "METHOD /path", with *.
    asides: tuple[str, ...] = ()

    @abstractmethod
    def other_token(self) -> str:
        """A token of another account on the same network."""

    def grow(self, text: int) -> None:
        """From now on the network takes so long a text, where it tells."""
        raise AssertionError(f"{self.name} does not tell its limits")

    def disturb(self, kind: str, match: str = "", times: int = 1, **fields: Any) -> None:
        """Let the next requests that match (else: that post) go wrong."""
        self.stage("faults", match=match or self.posting, kind=kind, times=times, **fields)

    def asked(self, match: str) -> list[dict[str, Any]]:
        """The requests so far that match."""
        found: list[dict[str, Any]] = self._http.get(
            f"{self.address}/_/requests", params={"match": match}, timeout=PATIENCE
        ).json()
        return found

    #: Part of a boost -> "METHOD /path" of the request that makes it; empty where nothing can be boosted.
    making: Mapping[str, str] = {}

    def books(self) -> Any:
        """What the network's own books say of money, where it takes any."""
        return self._http.get(f"{self.address}/_/books", timeout=PATIENCE).json()

    def connect_unpaid(self) -> Platform:
        """The account with nothing behind it that could pay."""
        raise AssertionError(f"{self.name} takes no money")

    def revoke_ads(self) -> None:
        """Make the token for ads invalid."""
        raise AssertionError(f"{self.name} takes no money")

    def deletes_campaign(self, campaign_id: str) -> None:
        """Somebody deletes a boost's campaign on the network's own pages."""
        raise AssertionError(f"{self.name} takes no money")

    @abstractmethod
    def revoke(self) -> None:
        """Make the account's token invalid."""

    @abstractmethod
    def standing(self) -> list[Standing]:
        """Posts of ours, oldest first."""

    @abstractmethod
    def says(self, text: str, reply_to: str = "", visibility: str = "public") -> str:
        """A person outside writes to us (under a post); answers the comment's remote id."""

    @abstractmethod
    def edits(self, remote_id: str, text: str) -> None:
        """The person changes the comment."""

    @abstractmethod
    def deletes(self, remote_id: str) -> None:
        """The person deletes the comment."""

    @abstractmethod
    def engaged(self, remote_id: str) -> tuple[bool, bool]:
        """Whether we like the comment, and whether we reposted it."""

    @abstractmethod
    def reports(self) -> int:
        """How many reports were filed."""

    def privately(self, remote_id: str) -> list[str]:
        """What we wrote to the comment's author alone, where that is possible."""
        raise AssertionError(f"{self.name} knows no private replies")

    def outgoing(self, *parts: str, **fields: Any) -> Outgoing:
        """What this network takes."""
        return Outgoing(parts, **fields)

    def nothing(self) -> Outgoing:
        """What it does not take, because there is nothing in it."""
        return Outgoing(("",))


class MastodonBench(Bench):
    """Acme on the pretend Mastodon; Nora is the public."""

    name = "mastodon"
    token = "sandbox-mastodon-token"
    posting = "POST /api/v1/statuses"
    handle = "acme@social.example"
    asides = ("GET /api/v1/apps/verify_credentials", "GET /api/v2/instance")

    def other_token(self) -> str:
        return "sandbox-mastodon-token-it"

    @staticmethod
    def service() -> Service:
        return MastodonSandbox()

    def revoke(self) -> None:
        self.stage("settings", revoke_token="acme")

    def grow(self, text: int) -> None:
        self.stage("settings", max_characters=text)

    def standing(self) -> list[Standing]:
        return [
            Standing(
                post["id"],
                post["text"],
                post["warning"],
                post["visibility"],
                post["reply_to"] or "",
                tuple(m["description"] or "" for m in post["media"]),
            )
            for post in reversed(self.state()["timeline"])
            if post["author"]["acct"] == "acme" and not post["reblog_of"]
        ]

    def says(self, text: str, reply_to: str = "", visibility: str = "public") -> str:
        fields = {"reply_to": reply_to} if reply_to else {}
        said = self.stage("visit/post", **{"as": "nora", "text": f"@acme {text}", "visibility": visibility, **fields})
        return str(said["id"])

    def edits(self, remote_id: str, text: str) -> None:
        self.stage("visit/edit", **{"as": "nora", "id": remote_id, "text": f"@acme {text}"})

    def deletes(self, remote_id: str) -> None:
        self.stage("visit/delete", **{"as": "nora", "id": remote_id})

    def engaged(self, remote_id: str) -> tuple[bool, bool]:
        post = next(p for p in self.state()["timeline"] if p["id"] == remote_id)
        return bool(post["favourited_by_us"]), bool(post["reblogged_by_us"])

    def reports(self) -> int:
        return len(self.state()["reports"])
