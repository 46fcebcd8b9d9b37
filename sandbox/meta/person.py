"""Somebody of the public on the pretend Meta, for stories and tests: does what people do in their apps."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from sandbox.patience import PATIENCE

Json = dict[str, Any]
T = TypeVar("T")


class Public:
    """One person (nora, oleg or pia) on the sandbox at that address; a refusal raises `requests.HTTPError`.

    `page`: acts as the Page's own people do on facebook.com.
    """

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address.rstrip("/"), name
        self._http = requests.Session()
        self._http.trust_env = False

    # -- Pages ---------------------------------------------------------------------------------------------------------

    def comment(self, about: str, text: str) -> str:
        """Comment on a post, or answer a comment; answers the new comment's id."""
        return str(self._act("pages/comment", id=about, text=text)["id"])

    def edit(self, node_id: str, text: str) -> None:
        """Change one's own post or comment."""
        self._act("pages/edit", id=node_id, text=text)

    def delete(self, node_id: str) -> None:
        """Delete one's own post or comment."""
        self._act("pages/delete", id=node_id)

    def react(self, node_id: str, kind: str | None = "LIKE") -> None:
        """React to a post or comment; None takes it back."""
        self._act("pages/react", id=node_id, type=kind)

    def share(self, post_id: str) -> None:
        """Share a post."""
        self._act("pages/share", id=post_id)

    def post(self, text: str, page: str = "1001") -> str:
        """Write on a Page; answers the post's id."""
        return str(self._act("pages/post", text=text, page=page)["id"])

    def mention(self, text: str, page: str = "1001") -> str:
        """Mention a Page in a post of one's own; answers its id."""
        return str(self._act("pages/mention", text=text, page=page)["id"])

    # -- time ----------------------------------------------------------------------------------------------------------

    def later(self, hours: float) -> None:
        """Hours go by for all of Meta at once."""
        self._act("clock", advance=hours * 3600)

    # -- what can be seen ----------------------------------------------------------------------------------------------

    def page(self, page: str = "1001") -> Json:
        """The Page as everybody sees it: its posts, newest first, with their comments."""
        found: Json = next(p for p in self.state()["pages"]["pages"] if p["id"] == page)
        return found

    def wait(self, find: Callable[[Json], T | None], seconds: float = PATIENCE, page: str = "1001") -> T:
        """What `find` finds on the Page, looked for again and again. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while (found := find(self.page(page))) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name} waited {seconds} s for it on Page {page}.")
            time.sleep(0.05)
        return found

    def state(self) -> Json:
        """GET /_/state."""
        answer = self._http.get(f"{self.address}/_/state", timeout=PATIENCE)
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    def _act(self, path: str, **fields: Any) -> Json:
        answer = self._http.post(f"{self.address}/_/{path}", json={"as": self.name, **fields}, timeout=PATIENCE)
        answer.raise_for_status()
        found: Json = answer.json()
        return found
