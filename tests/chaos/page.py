"""The Facebook Page of the campaign's desk: its configuration, what stands on it, and the network's own books."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.meta.server import MetaSandbox
from support.meta_client import ADS, APP, PAGE, PAGE_TOKEN, SECRET, Graph
from support.patience import PATIENCE
from support.platform_running import running
from support.stage import Stage
from support.world import TEAM, TOKENS, World

#: What the desk calls the Page, and the ad account that pays.
BAKERY, AD_ACCOUNT = "bakery", "act_5001"
#: Every account that a post goes to.
ACCOUNTS = (*TOKENS, BAKERY)
BUYERS = ("Bruno", "Dario")
#: Above so many units two buyers must agree; more than the second limit nobody wishes for.
FIRST_LIMIT, SECOND_LIMIT = 25, 100
#: Part -> the edge of the ad account that lists it.
EDGES = {"campaign": "campaigns", "ad_set": "adsets", "creative": "adcreatives", "ad": "ads"}


@dataclass(frozen=True)
class Part:
    """One part of a boost that stands on the network."""

    kind: str  #: as the desk calls it
    id: str
    name: str


@dataclass(frozen=True)
class Books:
    """The network's own books; amounts in minor units."""

    parts: Sequence[Part]
    running: Sequence[str]  #: names of the ads that are on, reviewed, and whose time is not over
    spent: Mapping[str, int]  #: campaign id -> all that it has spent
    months: Mapping[str, int]  #: calendar month of the ad account -> what was spent in it


class Page:
    """The Page and its ad account on a running pretend Meta."""

    def __init__(self, world: World, address: str) -> None:
        self.world, self.stage = world, Stage(address)
        self._ahead = 0.0

    def config(self, cap: int) -> Path:
        """The world's config.toml with the Page; `cap`: units that its boosts may cost in a month."""
        self.world.team = {
            name: (slack, telegram, [*roles, "buyer"] if name in BUYERS else roles)
            for name, (slack, telegram, roles) in TEAM.items()
        }
        path = self.world.config()
        lines = [
            "[apps.facebook]",
            f'id = "{APP}"',
            f'secret = "{SECRET}"',
            f'base_url = "{self.stage.address}/facebook"',
            f"[accounts.{BAKERY}]",
            'platform = "facebook"',
            f'token = "{PAGE_TOKEN}"',
            f'ads_token = "{ADS}"',
            f'options = {{ page = "{PAGE}", ad_account = "{AD_ACCOUNT}" }}',
            f"[accounts.{BAKERY}.policy.boosts]",
            f"first_limit = {FIRST_LIMIT}",
            f"second_limit = {SECOND_LIMIT}",
            f"month_cap = {cap}",
        ]
        path.write_text(path.read_text() + "\n".join(lines) + "\n")
        return path

    def ahead(self, seconds: float) -> None:
        """The network's clock is so far ahead of the real one; it never goes back."""
        if seconds > self._ahead:
            self.stage.act("clock", advance=seconds - self._ahead)
            self._ahead = seconds

    def posts(self) -> list[dict[str, Any]]:
        """What stands on the Page, as a visitor's timeline shows posts."""
        (page,) = (page for page in self.stage.state()["pages"]["pages"] if page["id"] == PAGE)
        ours = (post for post in page["posts"] if post["from"]["id"] == PAGE and post["published"])
        return [{"author": {"acct": BAKERY}, "text": post["text"]} for post in ours]

    def by_hand(self, code: str, status: str) -> bool:
        """Somebody switches a boost's campaign in the network's own ads manager; returns whether that was taken."""
        (campaign,) = (row for row in self._campaigns() if row["name"].startswith(f"bottega-{code}-"))
        return Graph(self.stage.address, ADS).call("POST", campaign["id"], status=status).ok

    def books(self) -> Books:
        """All that stands in the ad account, and what it cost."""
        parts = [Part(kind, row["id"], row["name"]) for kind, edge in EDGES.items() for row in self._rows(edge)]
        told = self._campaigns()
        months: dict[str, int] = {}
        for campaign in told:
            for day, spent in campaign["days"].items():
                months[day[:7]] = months.get(day[:7], 0) + spent
        boosts = self.stage.state()["ads"]["boosts"]
        return Books(
            parts=parts,
            running=[boost["name"] for boost in boosts if boost["badge"] == "boosted"],
            spent={campaign["id"]: campaign["spent"] for campaign in told},
            months=months,
        )

    def _campaigns(self) -> list[dict[str, Any]]:
        books = requests.get(f"{self.stage.address}/_/books", timeout=PATIENCE).json()
        found: list[dict[str, Any]] = books["campaigns"]
        return found

    def _rows(self, edge: str) -> list[dict[str, Any]]:
        answer = Graph(self.stage.address, ADS).call("GET", f"{AD_ACCOUNT}/{edge}", fields="id,name", limit=100)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


@contextmanager
def page_in(world: World) -> Iterator[Page]:
    """The pretend Meta, running until the block ends."""
    with running(MetaSandbox()) as address:
        yield Page(world, address)
