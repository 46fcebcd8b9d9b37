"""Acme on the pretend Instagram, through its Page and by Instagram Login."""

from pathlib import Path
from typing import Any

from PIL import Image

from platforms.contract import Outgoing
from platforms.instagram.adapter import Instagram
from platforms.spec import Keys
from sandbox.meta.server import MetaSandbox
from sandbox.service import Service
from support.patience import CALLS
from support.platform_ads import OPTIONS, PaidBench
from support.platform_bench import Standing
from support.platform_shelf import LocalShelf, attachment

ACCOUNT = "17841400000000001"


class InstagramBench(PaidBench):
    """Acme on the pretend Meta, through its Page; Nora is the public."""

    name = "instagram"
    token = "sandbox-page-token"
    posting = f"POST /facebook/v26.0/{ACCOUNT}/media_publish"
    handle = "acme"
    asides = ("GET /facebook/v26.0/debug_token", "GET /facebook/v26.0/*/content_publishing_limit")
    tells_limits = False
    tells_edits = False
    edits_comments = False
    picture = "jpeg"
    wall = "Say hello to us"  #: the post of ours under which people write who answer nothing

    def __init__(self, address: str, shelf: LocalShelf | None = None) -> None:
        super().__init__(address, shelf)
        self._teal: Path | None = None

    def other_token(self) -> str:
        self.stage("instagram/more", page="1002")
        return "sandbox-second-page-token"

    @staticmethod
    def service() -> Service:
        return MetaSandbox()

    def connect(self, address: str = "", token: str = "", **options: Any) -> Instagram:
        return self.connected(self.keys(token), OPTIONS, address, **options)

    def connected(self, keys: Keys, options: dict[str, Any], address: str = "", **more: Any) -> Instagram:
        base_url = f"{address or self.address}/facebook"
        return Instagram(base_url=base_url, keys=keys, options=options, shelf=self.shelf, timeout=CALLS, **more)

    def by_login(self, **options: Any) -> Instagram:
        """An adapter of the same account by Instagram Login."""
        keys = Keys("sandbox-instagram-token", app_id="4000000002", app_secret="sandbox-instagram-secret")
        base_url = f"{self.address}/instagram"
        return Instagram(base_url=base_url, keys=keys, options={}, shelf=self.shelf, timeout=CALLS, **options)

    def revoke(self) -> None:
        self.stage("token", token=self.token, end=460)

    def account(self) -> Any:
        """Our account as the sandbox sees it."""
        return next(account for account in self.state()["instagram"]["accounts"] if account["id"] == ACCOUNT)

    def standing(self) -> list[Standing]:
        posts = [
            Standing(m["id"], m["text"], "", "public", "", tuple(file["alt"] for file in m["files"] if file["alt"]))
            for m in reversed(self.account()["media"])
            if m["text"] != self.wall
        ]
        ours = [(c, above) for c, above in self.said() if c["from"]["id"] == ACCOUNT]
        return [*posts, *(Standing(c["id"], c["text"], "", "public", above, ()) for c, above in ours)]

    def said(self) -> list[tuple[Any, str]]:
        """Every comment with what it stands under."""
        found: list[tuple[Any, str]] = []
        waiting = [(comment, media["id"]) for media in self.account()["media"] for comment in media["comments"]]
        while waiting:
            found.append(waiting.pop(0))
            waiting += [(reply, found[-1][0]["id"]) for reply in found[-1][0]["replies"]]
        return found

    def says(self, text: str, reply_to: str = "", visibility: str = "public") -> str:
        about = reply_to or next((m["id"] for m in self.account()["media"] if m["text"] == self.wall), "")
        if not about:
            about = self.stage("instagram/post", text=self.wall)["id"]
        return str(self.stage("instagram/comment", **{"as": "nora", "id": about, "text": text})["id"])

    def edits(self, remote_id: str, text: str) -> None:
        raise AssertionError("Comments on Instagram cannot be changed.")

    def deletes(self, remote_id: str) -> None:
        self.stage("instagram/delete", **{"as": "nora", "id": remote_id})

    def engaged(self, remote_id: str) -> tuple[bool, bool]:
        return False, False

    def reports(self) -> int:
        return 0

    def privately(self, remote_id: str) -> list[str]:
        return [sent["text"] for sent in self.account()["messages"] if sent["about"] == remote_id]

    def outgoing(self, *parts: str, **fields: Any) -> Outgoing:
        """Everything needs a picture; comments have none."""
        if fields.get("reply_to") or fields.get("media"):
            return Outgoing(parts, **fields)
        assert self.shelf
        if self._teal is None:
            self._teal = self.shelf.folder / "teal.jpeg"
            Image.new("RGB", (400, 300), "teal").save(self._teal)
        return Outgoing(parts, media=(attachment(self._teal, "image/jpeg", "All teal", 400, 300),), **fields)
