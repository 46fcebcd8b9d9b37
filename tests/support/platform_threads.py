"""Acme on the pretend Threads."""

from typing import Any

from platforms.spec import Keys
from platforms.threads.adapter import Threads
from sandbox.meta.server import MetaSandbox
from sandbox.service import Service
from support.patience import CALLS
from support.platform_bench import Bench, Standing

ACCOUNT = "26000000000000001"


class ThreadsBench(Bench):
    """Acme on the pretend Meta; Nora is the public."""

    name = "threads"
    token = "sandbox-threads-token"
    posting = f"POST /threads/v1.0/{ACCOUNT}/threads_publish"
    handle = "acme"
    asides = ("GET /threads/v1.0/debug_token", "GET /threads/v1.0/*/threads_publishing_limit")
    tells_limits = False
    tells_edits = False
    edits_comments = False

    def other_token(self) -> str:
        owner = self.stage("threads/more")["id"]
        return str(self.stage("token/issue", token=self.token, owner=owner)["token"])

    @staticmethod
    def service() -> Service:
        return MetaSandbox()

    def connect(self, address: str = "", token: str = "") -> Threads:
        keys = Keys(token or self.token, app_id="4000000003", app_secret="sandbox-threads-secret")
        base_url = f"{address or self.address}/threads"
        return Threads(base_url=base_url, keys=keys, options={}, shelf=self.shelf, timeout=CALLS)

    def revoke(self) -> None:
        self.stage("token", token=self.token, end=460)

    def account(self) -> Any:
        """Our profile as the sandbox sees it."""
        return next(profile for profile in self.state()["threads"]["profiles"] if profile["id"] == ACCOUNT)

    def said(self) -> list[tuple[Any, str]]:
        """Every post, ours and others', with what it answers; oldest first."""
        profile, found = self.account(), []
        waiting = [(post, "") for post in (*profile["posts"], *profile["others"])]
        while waiting:
            found.append(waiting.pop())
            waiting += [(reply, found[-1][0]["id"]) for reply in found[-1][0]["replies"]]
        return sorted(found, key=lambda said: int(said[0]["id"]))

    def standing(self) -> list[Standing]:
        return [
            Standing(post["id"], post["text"], "", "public", above, tuple(file["alt"] for file in post["files"]))
            for post, above in self.said()
            if post["from"] == "acme" and not post["reposted"]
        ]

    def says(self, text: str, reply_to: str = "", visibility: str = "public") -> str:
        """A reply, or (where there is nothing to reply to) a mention."""
        if reply_to:
            return str(self.stage("threads/reply", **{"as": "nora", "id": reply_to, "text": text})["id"])
        return str(self.stage("threads/post", **{"as": "nora", "text": f"@acme {text}"})["id"])

    def edits(self, remote_id: str, text: str) -> None:
        raise AssertionError("Posts on Threads cannot be changed by an app, and none tells of it.")

    def deletes(self, remote_id: str) -> None:
        self.stage("threads/delete", **{"as": "nora", "id": remote_id})

    def engaged(self, remote_id: str) -> tuple[bool, bool]:
        return False, any(post["reposted"] == remote_id for post, _ in self.said())

    def reports(self) -> int:
        return 0
