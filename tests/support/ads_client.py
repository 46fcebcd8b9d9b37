"""A bare client of the pretend Marketing API, and the sandbox itself running in a thread."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from sandbox.meta.server import MetaSandbox
from support.meta_client import ADS, PAGE, PAGE_TOKEN, SECRET
from support.patience import PATIENCE
from support.platform_running import running

ACCOUNT, INSTAGRAM = "act_5001", "17841400000000001"
HOUR, DAY = 3600, 86_400
#: Ad sets that reach nobody in the EU need neither payor nor beneficiary.
OUTSIDE: dict[str, Any] = {"geo_locations": {"countries": ["US"]}, "targeting_automation": {"advantage_audience": 0}}
ITALY: dict[str, Any] = OUTSIDE | {"geo_locations": {"countries": ["IT"]}}


class Ads:
    """Calls of the Marketing API; writes go as JSON, reads as a query."""

    def __init__(self, address: str, token: str = ADS) -> None:
        self.address, self.token, self.posts = address, token, 0

    def call(self, method: str, path: str, token: str = "", **params: Any) -> requests.Response:
        """One call, whatever comes of it."""
        value = token or self.token
        proof = hmac.new(SECRET.encode(), value.encode(), hashlib.sha256).hexdigest()
        whole = {"appsecret_proof": proof} | params
        sent: dict[str, Any] = {"json": whole} if method == "POST" else {"params": whole}
        headers = {"Authorization": f"Bearer {value}"}
        return requests.request(
            method, f"{self.address}/facebook/v26.0/{path}", headers=headers, timeout=PATIENCE, **sent
        )

    def get(self, path: str, fields: str = "", **params: Any) -> dict[str, Any]:
        """A read, which must succeed."""
        return _done(self.call("GET", path, **params, **({"fields": fields} if fields else {})))

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        """A write, which must succeed."""
        return _done(self.call("POST", path, **params))

    def refused(self, path: str, **params: Any) -> tuple[int, int]:
        """Code and subcode of a write that must be refused."""
        return error(self.call("POST", path, **params))

    def stage(self, path: str, **fields: Any) -> requests.Response:
        """POST /_/path with those fields."""
        return requests.post(f"{self.address}/_/{path}", json=fields, timeout=PATIENCE)

    def settings(self, **fields: Any) -> None:
        """Change the ad account."""
        assert self.stage("ads/settings", **fields).status_code == 200

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.stage("clock", advance=seconds)

    def books(self) -> dict[str, Any]:
        """What was spent, to the minor unit."""
        return _done(requests.get(f"{self.address}/_/books", timeout=PATIENCE))

    def state(self) -> dict[str, Any]:
        """What the page sees of the ad account."""
        found: dict[str, Any] = requests.get(f"{self.address}/_/state", timeout=PATIENCE).json()["ads"]
        return found

    # -- the parts of a boost ------------------------------------------------------------------------------------------

    def page_post(self) -> str:
        """A published post of the Page, unlike any before."""
        self.posts += 1
        made: str = self.post(f"{PAGE}/feed", token=PAGE_TOKEN, message=f"New in the shop, {self.posts}")["id"]
        return made

    def campaign(self, **params: Any) -> str:
        """A campaign, paused, without a budget unless it is given one."""
        usual = {
            "name": "Boost",
            "objective": "OUTCOME_ENGAGEMENT",
            "special_ad_categories": [],
            "status": "PAUSED",
            "is_adset_budget_sharing_enabled": False,
        }
        made: str = self.post(f"{ACCOUNT}/campaigns", **usual | params)["id"]
        return made

    @staticmethod
    def ad_set_params(campaign: str, **params: Any) -> dict[str, Any]:
        """What an ad set is made with: 10.00 a day for engagement with a post, outside of the EU, paused."""
        usual = {
            "name": "Boost",
            "campaign_id": campaign,
            "daily_budget": 1000,
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "POST_ENGAGEMENT",
            "destination_type": "ON_POST",
            "targeting": OUTSIDE,
            "status": "PAUSED",
        }
        return {name: value for name, value in (usual | params).items() if value is not None}

    def ad_set(self, campaign: str, **params: Any) -> str:
        """An ad set."""
        made: str = self.post(f"{ACCOUNT}/adsets", **self.ad_set_params(campaign, **params))["id"]
        return made

    def creative(self, story: str) -> str:
        """A creative that shows a post."""
        made: str = self.post(f"{ACCOUNT}/adcreatives", name="Boost", object_story_id=story)["id"]
        return made

    def ad(self, ad_set: str, creative: str, **params: Any) -> str:
        """An ad, paused."""
        usual = {"name": "Boost", "adset_id": ad_set, "creative": {"creative_id": creative}, "status": "PAUSED"}
        made: str = self.post(f"{ACCOUNT}/ads", **usual | params)["id"]
        return made

    def boost(self, **ad_set: Any) -> dict[str, str]:
        """Everything a boost consists of, running: the ids by "post", "campaign", "ad_set", "creative", "ad"."""
        post, campaign = self.page_post(), self.campaign()
        creative = self.creative(post)
        made = {"post": post, "campaign": campaign, "creative": creative, "ad_set": self.ad_set(campaign, **ad_set)}
        made["ad"] = self.ad(made["ad_set"], creative)
        for part in ("campaign", "ad_set", "ad"):
            self.post(made[part], status="ACTIVE")
        return made

    def status(self, part: str) -> str:
        """Its effective_status."""
        found: str = self.get(part, "effective_status")["effective_status"]
        return found

    def moment(self, seconds: float) -> int:
        """The time on the sandbox's clock in so many seconds, as unix seconds."""
        now = self.stage("clock", advance=0).json()["now"]
        return int(datetime.fromisoformat(now).timestamp() + seconds)


def _done(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def error(answer: requests.Response) -> tuple[int, int]:
    """Code and subcode of a refusal."""
    found = answer.json()["error"]
    return found["code"], found.get("error_subcode", 0)


@contextmanager
def opened() -> Iterator[Ads]:
    """A running sandbox, seen by our system user."""
    with running(MetaSandbox()) as address:
        yield Ads(address)
