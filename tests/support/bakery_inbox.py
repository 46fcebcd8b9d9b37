"""The inbox of a desk with a Page: its public writes under a post of ours on the pretend Meta."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.store import Store
from support.bench import START
from support.desks import Stores
from support.inbox_bench import InboxBench
from support.meta_bench import add_page, page_of
from support.posts import published
from support.stage import Stage


@pytest.fixture
def bakery_inbox(mastodon: Stage, meta: Stage, stores: Stores, tmp_path: Path) -> Iterator["BakeryInbox"]:
    """A desk that listens to the Page and has heard nothing yet."""
    with stores.lent(tmp_path / "desk.db") as store:
        made = BakeryInbox(store, mastodon, meta, tmp_path / "media")
        made.look("bakery")
        yield made


class BakeryInbox(InboxBench):
    """The public of the Page acts through `nora_says`."""

    def __init__(self, store: Store, mastodon: Stage, meta: Stage, media_folder: Path) -> None:
        super().__init__(store, mastodon, media_folder)
        self.meta = meta
        meta.act("reset")
        meta.act("clock", advance=(START - datetime.now(UTC)).total_seconds())
        add_page(self, meta)

    def nora_says(self, text: str = "When do you open?") -> str:
        """Nora comments on a post of the Page, which has arrived as C1; returns the remote id."""
        published(self, "We bake at dawn.", accounts=("bakery",))
        said: str = self.meta.act("pages/comment", **{"as": "nora", "id": self.posted_id, "text": text})["id"]
        self.look("bakery")
        return said

    @property
    def posted_id(self) -> str:
        """The remote id of the Page's newest post."""
        found: str = page_of(self.meta)["posts"][0]["id"]
        return found

    def under(self) -> list[dict[str, Any]]:
        """The comments under the Page's newest post, as the sandbox has them."""
        found: list[dict[str, Any]] = page_of(self.meta)["posts"][0]["comments"]
        return found

    def messages(self) -> list[str]:
        """What the Page wrote to people alone."""
        return [sent["text"] for sent in page_of(self.meta)["messages"]]
