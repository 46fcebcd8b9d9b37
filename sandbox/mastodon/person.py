"""A visitor of the pretend server, for stories and tests: does what people do in their apps, through the stage."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests

from sandbox.patience import PATIENCE

Post = dict[str, Any]
T = TypeVar("T")


class Visitor:
    """One visitor (nora, oleg or pia) on the sandbox at that address; a refusal raises `requests.HTTPError`."""

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address.rstrip("/"), name
        self._http = requests.Session()
        self._http.trust_env = False

    def post(
        self, text: str, *, visibility: str = "public", warning: str = "", media: list[Path] | None = None
    ) -> Post:
        """Publish; answers the post as `GET /_/state` shows it."""
        return self._act("post", text=text, visibility=visibility, warning=warning, media=_files(media))

    def reply(self, status_id: str, text: str, *, visibility: str = "public", media: list[Path] | None = None) -> Post:
        """Answer a post; the author is mentioned in front, as apps do."""
        author = self._one(status_id)["author"]["acct"]
        words = text if f"@{author}" in text else f"@{author} {text}"
        return self._act("post", text=words, reply_to=status_id, visibility=visibility, media=_files(media))

    def mention(self, account: str, text: str, *, visibility: str = "public") -> Post:
        """Write a post of one's own that begins with @account."""
        return self._act("post", text=f"@{account} {text}", visibility=visibility)

    def edit(self, status_id: str, text: str, warning: str = "") -> Post:
        """Change one's own post."""
        return self._act("edit", id=status_id, text=text, warning=warning)

    def delete(self, status_id: str) -> None:
        """Delete one's own post."""
        self._act("delete", id=status_id)

    def favourite(self, status_id: str) -> Post:
        """Like a post."""
        return self._act("favourite", id=status_id)

    def boost(self, status_id: str) -> Post:
        """Reblog a post."""
        return self._act("reblog", id=status_id)

    def follow(self, account: str) -> None:
        """Follow somebody."""
        self._act("follow", whom=account)

    def timeline(self, account: str = "") -> list[Post]:
        """What this visitor may see, newest first; of one account when it is named."""
        answer = self._http.get(f"{self.address}/_/state", params={"as": self.name}, timeout=PATIENCE)
        answer.raise_for_status()
        posts: list[Post] = answer.json()["timeline"]
        return [p for p in posts if account in {"", p["author"]["acct"], p["author"]["username"]}]

    def find(self, text: str) -> Post | None:
        """The newest visible post that contains the text, or None."""
        return next((p for p in self.timeline() if text in p["text"]), None)

    def replies_to(self, status_id: str) -> list[Post]:
        """The visible direct replies to a post, oldest first."""
        return [p for p in reversed(self.timeline()) if p["reply_to"] == status_id]

    def wait_for(self, look: Callable[["Visitor"], T], timeout: float = PATIENCE) -> T:
        """Look until something is there and answer it; raises TimeoutError after `timeout` seconds."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = look(self)
            if found:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} saw nothing of the kind in {timeout} seconds")

    def _one(self, status_id: str) -> Post:
        found = next((p for p in self.timeline() if p["id"] == status_id), None)
        if found is None:
            raise LookupError(f"{self.name} cannot see the post {status_id}")
        return found

    def _act(self, act: str, **fields: Any) -> Post:
        answer = self._http.post(f"{self.address}/_/visit/{act}", json={"as": self.name, **fields}, timeout=PATIENCE)
        if answer.status_code == 409:
            raise requests.HTTPError(answer.json()["error"], response=answer)
        answer.raise_for_status()
        result: Post = answer.json()
        return result


def _files(paths: list[Path] | None) -> list[dict[str, str]]:
    return [{"name": p.name, "mime": "", "base64": base64.b64encode(p.read_bytes()).decode()} for p in paths or []]
