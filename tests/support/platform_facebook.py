"""Acme's Page on the pretend Facebook."""

from typing import Any

from platforms.contract import Platform
from platforms.registry import spec
from platforms.spec import Keys
from sandbox.meta.server import MetaSandbox
from sandbox.service import Service
from support.platform_ads import OPTIONS, PaidBench
from support.platform_bench import Standing


class FacebookBench(PaidBench):
    """Acme's Page on the pretend Meta; Nora is the public."""

    name = "facebook"
    token = "sandbox-page-token"
    posting = "POST /facebook/v26.0/1001/feed"
    handle = "acme"
    asides = ("GET /facebook/v26.0/debug_token",)
    tells_limits = False
    tells_edits = False
    wall = "Say hello to us"  #: the post of ours under which people write who answer nothing

    def other_token(self) -> str:
        return "sandbox-second-page-token"

    @staticmethod
    def service() -> Service:
        return MetaSandbox()

    def connect(self, address: str = "", token: str = "") -> Platform:
        return self.connected(self.keys(token), OPTIONS, address)

    def connected(self, keys: Keys, options: dict[str, Any], address: str = "") -> Platform:
        return spec(self.name).connect(base_url=f"{address or self.address}/facebook", keys=keys, options=options)

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
