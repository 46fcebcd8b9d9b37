"""The ad account: everything in it, and the money it spends whenever somebody looks."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sandbox.meta.ads import meter, tree
from sandbox.meta.ads.settings import AdsSettings
from sandbox.meta.ads.tree import Ad, AdSet, Campaign, Creative, Purse
from sandbox.meta.errors import GraphError
from sandbox.meta.world import AD_ACCOUNT, Node, World


@dataclass(kw_only=True, eq=False)
class AdAccount(Node):
    """One ad account. `settle` comes before anything is read or changed; every number is of that moment."""

    kind: ClassVar[str] = "AdAccount"
    world: World
    settled: datetime
    settings: AdsSettings = field(default_factory=AdsSettings)
    name: str = "Acme ads"
    payor: str = ""
    beneficiary: str = ""
    spend_cap: int | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days begin."""
        return ZoneInfo(self.settings.timezone)

    @property
    def spent(self) -> int:
        """Minor units spent by everything that was ever in it."""
        return sum(ad.spent for ad in self.ads)

    # -- what is in it -------------------------------------------------------------------------------------------------

    @property
    def campaigns(self) -> list[Campaign]:
        """Every campaign, oldest first, deleted ones too; so with its siblings."""
        return self.world.all(Campaign, self.id)

    @property
    def ad_sets(self) -> list[AdSet]:
        """Every ad set."""
        return self.world.all(AdSet, self.id)

    @property
    def creatives(self) -> list[Creative]:
        """Every creative."""
        return self.world.all(Creative, self.id)

    @property
    def ads(self) -> list[Ad]:
        """Every ad."""
        return self.world.all(Ad, self.id)

    def ads_below(self, node: Node) -> list[Ad]:
        """Every ad of the account, a campaign or an ad set, or the ad itself."""
        return [ad for ad in self.ads if node in (self, ad.ad_set.campaign, ad.ad_set, ad)]

    def spent_below(self, node: Node) -> int:
        """Minor units spent by everything below it."""
        return sum(ad.spent for ad in self.ads_below(node))

    def days_of(self, ads: list[Ad]) -> dict[date, int]:
        """Minor units spent by these ads, by the account's day; days without any are absent."""
        days: dict[date, int] = {}
        for ad in ads:
            for day, spent in ad.days.items():
                if spent:
                    days[day] = days.get(day, 0) + spent
        return dict(sorted(days.items()))

    def shows(self, creative: Creative) -> bool:
        """Whether the content behind a creative still exists."""
        return (creative.story or creative.media) in self.world.objects

    def require_active(self) -> None:
        """Raises GraphError 200 where the account is disabled: nothing can be created or started in it."""
        if self.settings.account_status != 1:
            text = "(#200) The ad account is not active."
            sentence = "Your ad account is disabled. Check it in the Account Quality page."
            raise GraphError(200, text, title="Ad Account Disabled", user_message=sentence, status=403)

    # -- status --------------------------------------------------------------------------------------------------------

    def issues(self, ad: Ad) -> list[dict[str, Any]]:
        """The ad's issues_info."""
        if ad.verdict == "disapproved":
            return [_issue(1_487_930, "Ad Not Approved", "; ".join(ad.feedback.values()))]
        if not self.shows(ad.creative):
            return [_issue(1_487_472, "Ad Post Deleted", "The post used in this ad was deleted or is not public.")]
        return []

    def effective(self, node: Campaign | AdSet | Ad) -> str:
        """Its effective_status at the moment of the last `settle`."""
        if isinstance(node, Ad):
            return tree.of_ad(node, self.issues(node), funded=self.settings.funded)
        issues = self.issues_below(node)
        return tree.of_campaign(node, issues) if isinstance(node, Campaign) else tree.of_ad_set(node, issues)

    def issues_below(self, node: Campaign | AdSet) -> list[dict[str, Any]]:
        """The issues of the ads below that are switched on."""
        return [issue for ad in self.ads_below(node) if ad.status == "ACTIVE" for issue in self.issues(ad)]

    # -- spending ------------------------------------------------------------------------------------------------------

    def settle(self, now: datetime) -> None:
        """Review and spend up to now, as things have stood since the last time."""
        if now <= self.settled:
            if not self.ads:
                self.settled = now  # the clock was set back before anything was ordered
            return
        purses: list[Purse] = [*self.campaigns, *self.ad_sets]
        turns = [turn for purse in purses for turn in (purse.start, purse.end)]
        turns += [ad.review_due for ad in self.ads]
        moments = meter.steps(self.settled, now, turns, self.zone)
        for since, until in pairwise(moments):
            self._review(since)
            self._spend(since, until)
        self.settled = now
        self._review(now)

    def send_to_review(self, ad: Ad) -> None:
        """The ad was switched on: its first review begins, and ends at once where reviews take no time."""
        if not ad.verdict:
            ad.verdict = "pending"
            ad.review_due = self.settled + self.settings.review_time
            self._review(self.settled)

    def decide(self, ad: Ad, *, approved: bool, feedback: dict[str, str]) -> None:
        """The verdict of a review, which a stage may also change later."""
        ad.verdict = "approved" if approved else "disapproved"
        ad.review_due = None
        ad.feedback = {} if approved else feedback

    def _review(self, now: datetime) -> None:
        verdict = self.settings.ads_verdict
        for ad in self.ads:
            due = ad.verdict == "pending" and ad.review_due is not None and ad.review_due <= now
            if due and verdict != "wait":
                self.decide(ad, approved=verdict == "approve", feedback=FEEDBACK)

    def _spend(self, since: datetime, until: datetime) -> None:
        """Every purse spends on those of its ads that deliver from `since` to `until`."""
        if self.settings.account_status != 1:
            return
        delivering: dict[str, tuple[Purse, list[Ad]]] = {}
        for ad in self.ads:
            purse: Purse = ad.ad_set.campaign if ad.ad_set.campaign.has_budget else ad.ad_set
            spans = ad.ad_set.span(since) and ad.ad_set.campaign.span(since)
            if spans and self.effective(ad) == "ACTIVE":
                delivering.setdefault(purse.id, (purse, []))[1].append(ad)
        for purse, ads in delivering.values():
            meter.spend(purse, ads, since, until, self.zone, self._room(ads[0].ad_set.campaign))

    def _room(self, campaign: Campaign) -> int | None:
        """What the caps of the account and of the campaign still leave."""
        rooms = []
        if self.spend_cap is not None:
            rooms.append(self.spend_cap - self.spent)
        if campaign.spend_cap is not None:
            rooms.append(campaign.spend_cap - self.spent_below(campaign))
        return min(rooms, default=None)


#: What a disapproved ad says of itself where the stage gave no words.
FEEDBACK = {"Personal attributes": "Ads must not contain content that asserts or implies personal attributes."}


def _issue(code: int, summary: str, message: str) -> dict[str, Any]:
    return {
        "level": "AD",
        "error_code": code,
        "error_type": "HARD_ERROR",
        "error_summary": summary,
        "error_message": message,
    }


def account(world: World) -> AdAccount:
    """The ad account of the sandbox."""
    return world.get(AD_ACCOUNT, AdAccount)
