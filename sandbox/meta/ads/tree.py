"""Campaigns, ad sets, creatives and ads, and the status that each derives from those above it."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, ClassVar, Literal

from sandbox.meta.world import Node

Status = Literal["ACTIVE", "PAUSED", "ARCHIVED", "DELETED"]
Verdict = Literal["", "pending", "approved", "disapproved"]


@dataclass(kw_only=True, eq=False)
class Part(Node):
    """What all parts of a boost have. `values` are the parameters it was made and changed with, by their names."""

    name: str
    made_at: datetime
    changed_at: datetime
    status: Status = "PAUSED"
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Purse(Part):
    """A part that may hold a budget, in minor units, and what was spent of it.

    `accrued` is exact, `booked` its whole minor units; `days` are what was booked by the account's day.
    """

    daily: int | None = None
    lifetime: int | None = None
    start: datetime
    end: datetime | None = None
    accrued: Fraction = Fraction()
    booked: int = 0
    today: tuple[date, Fraction] = (date.min, Fraction())
    #: When the budget was changed of late.
    changes: deque[datetime] = field(default_factory=deque)

    @property
    def has_budget(self) -> bool:
        """Whether the budget sits here."""
        return self.daily is not None or self.lifetime is not None

    def span(self, moment: datetime) -> bool:
        """Whether it may spend at the moment, by its dates alone."""
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(kw_only=True, eq=False)
class Campaign(Purse):
    """The outermost part: an objective, and perhaps the budget."""

    kind: ClassVar[str] = "Campaign"
    objective: str
    spend_cap: int | None = None


@dataclass(kw_only=True, eq=False)
class AdSet(Purse):
    """Whom to reach, when, and usually for how much."""

    kind: ClassVar[str] = "AdSet"
    campaign: Campaign
    targeting: dict[str, Any]


@dataclass(kw_only=True, eq=False)
class Creative(Part):
    """What people see: a post of the Page, or a medium of the Instagram account."""

    kind: ClassVar[str] = "AdCreative"
    story: str = ""  #: id of the Page's post
    media: str = ""  #: id of the Instagram medium


@dataclass(kw_only=True, eq=False)
class Ad(Part):
    """A creative shown for an ad set; only here is anything reviewed. `days`: minor units spent by day."""

    kind: ClassVar[str] = "Ad"
    ad_set: AdSet
    creative: Creative
    verdict: Verdict = ""
    review_due: datetime | None = None
    feedback: dict[str, str] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def spent(self) -> int:
        """Minor units spent so far."""
        return sum(self.days.values())


def of_campaign(campaign: Campaign, issues: list[dict[str, Any]]) -> str:
    """The campaign's effective_status."""
    if campaign.status != "ACTIVE":
        return campaign.status
    return "WITH_ISSUES" if issues else "ACTIVE"


def of_ad_set(ad_set: AdSet, issues: list[dict[str, Any]]) -> str:
    """The ad set's effective_status; one that has ended stays ACTIVE, as on Meta."""
    for status in (ad_set.status, ad_set.campaign.status):
        if status in {"DELETED", "ARCHIVED"}:
            return status
    if ad_set.status == "PAUSED":
        return "PAUSED"
    if ad_set.campaign.status == "PAUSED":
        return "CAMPAIGN_PAUSED"
    return "WITH_ISSUES" if issues else "ACTIVE"


def of_ad(ad: Ad, issues: list[dict[str, Any]], *, funded: bool) -> str:
    """The ad's effective_status; its review goes before the state of those above it."""
    above = (ad.ad_set.status, ad.ad_set.campaign.status)
    for status in (ad.status, *above):
        if status in {"DELETED", "ARCHIVED"}:
            return status
    if ad.status == "PAUSED":
        return "PAUSED"
    if ad.verdict != "approved":
        return "DISAPPROVED" if ad.verdict == "disapproved" else "PENDING_REVIEW"
    if "PAUSED" in above:
        return "CAMPAIGN_PAUSED" if ad.ad_set.campaign.status == "PAUSED" else "ADSET_PAUSED"
    if issues:
        return "WITH_ISSUES"
    return "ACTIVE" if funded else "PENDING_BILLING_INFO"
