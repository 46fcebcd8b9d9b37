"""What the conformance suite must know about each network's sandbox: a class for each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from platforms.contract import Outgoing, Platform
from platforms.graph.signing import proof
from platforms.registry import spec
from platforms.spec import Keys
from sandbox.mastodon.server import MastodonSandbox
from sandbox.meta.server import MetaSandbox
from sandbox.service import Service
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
        answer = self._http.post(f"{self.address}/_/{path}", json=fields, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> Any:
        """What the sandbox's page shows."""
        return self._http.get(f"{self.address}/_/state", timeout=10).json()

    def grow(self, text: int) -> None:
        """From now on the network takes so long a text, where it tells."""
        raise AssertionError(f"{self.name} does not tell its limits")

    def disturb(self, kind: str, match: str = "", times: int = 1, **fields: Any) -> None:
        """Let the next requests that match (else: that post) go wrong."""
        self.stage("faults", match=match or self.posting, kind=kind, times=times, **fields)

    def asked(self, match: str) -> list[dict[str, Any]]:
        """The requests so far that match."""
        found: list[dict[str, Any]] = self._http.get(
            f"{self.address}/_/requests", params={"match": match}, timeout=10
        ).json()
        return found

    #: Part of a boost -> "METHOD /path" of the request that makes it; empty where nothing can be boosted.
    making: Mapping[str, str] = {}

    def books(self) -> Any:
        """What the network's own books say of money, where it takes any."""
        return self._http.get(f"{self.address}/_/books", timeout=10).json()

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


class FacebookBench(Bench):
    """Acme's Page on the pretend Meta; Nora is the public."""

    name = "facebook"
    token = "sandbox-page-token"
    posting = "POST /facebook/v26.0/1001/feed"
    handle = "acme"
    tells_limits = False
    tells_edits = False
    wall = "Say hello to us"  #: the post of ours under which people write who answer nothing

    @staticmethod
    def service() -> Service:
        return MetaSandbox()

    def connect(self, address: str = "", token: str = "") -> Platform:
        keys = Keys(token or self.token, "sandbox-ads-token", "4000000001", "sandbox-meta-secret")
        options = {"ad_account": "act_5001"}
        return spec(self.name).connect(base_url=f"{address or self.address}/facebook", keys=keys, options=options)

    making = {
        "campaign": "POST /facebook/v26.0/act_5001/campaigns",
        "ad_set": "POST /facebook/v26.0/act_5001/adsets",
        "creative": "POST /facebook/v26.0/act_5001/adcreatives",
        "ad": "POST /facebook/v26.0/act_5001/ads",
    }

    def connect_unpaid(self) -> Platform:
        """The same account without an ad account behind it."""
        keys = Keys(self.token, "", "4000000001", "sandbox-meta-secret")
        return spec(self.name).connect(base_url=f"{self.address}/facebook", keys=keys, options={})

    def revoke_ads(self) -> None:
        self.stage("token", token="sandbox-ads-token", end=460)

    def deletes_campaign(self, campaign_id: str) -> None:
        """Somebody deletes it in the ads manager."""
        token = "sandbox-ads-token"
        params = {"access_token": token, "appsecret_proof": proof(token, "sandbox-meta-secret")}
        self._http.delete(f"{self.address}/facebook/v26.0/{campaign_id}", params=params, timeout=10).raise_for_status()

    def revoke(self) -> None:
        self.stage("token", token=self.token, end=460)

    def page(self) -> Any:
        """Our Page as the sandbox sees it."""
        return next(page for page in self.state()["pages"]["pages"] if page["id"] == "1001")

    def standing(self) -> list[Standing]:
        posts = [p for p in self.page()["posts"] if p["from"]["id"] == "1001" and p["published"]]
        return [
            *(
                Standing(p["id"], p["text"], "", "public", "", tuple(m.get("alt", "") for m in p["media"]))
                for p in reversed(posts)
                if p["text"] != self.wall
            ),
            *(
                Standing(comment["id"], comment["text"], "", "public", above, ())
                for comment, above in self.said()
                if comment["from"]["id"] == "1001"
            ),
        ]

    def said(self) -> list[tuple[Any, str]]:
        """Every comment with what it stands under."""
        found: list[tuple[Any, str]] = []
        waiting = [(comment, post["id"]) for post in self.page()["posts"] for comment in post["comments"]]
        while waiting:
            found.append(waiting.pop(0))
            waiting += [(reply, found[-1][0]["id"]) for reply in found[-1][0]["replies"]]
        return found

    def says(self, text: str, reply_to: str = "", visibility: str = "public") -> str:
        about = reply_to or next((p["id"] for p in self.page()["posts"] if p["text"] == self.wall), "")
        if not about:
            about = self.stage("pages/post", **{"as": "page", "text": self.wall})["id"]
        return str(self.stage("pages/comment", **{"as": "nora", "id": about, "text": text})["id"])

    def edits(self, remote_id: str, text: str) -> None:
        self.stage("pages/edit", **{"as": "nora", "id": remote_id, "text": text})

    def deletes(self, remote_id: str) -> None:
        self.stage("pages/delete", **{"as": "nora", "id": remote_id})

    def engaged(self, remote_id: str) -> tuple[bool, bool]:
        comment = next(comment for comment, _ in self.said() if comment["id"] == remote_id)
        return any(reaction["from"]["id"] == "1001" for reaction in comment["reactions"]), False

    def reports(self) -> int:
        return 0

    def privately(self, remote_id: str) -> list[str]:
        return [sent["text"] for sent in self.page()["messages"] if sent["about"] == remote_id]
