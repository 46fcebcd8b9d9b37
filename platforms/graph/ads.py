"""One ad account: boosts made of four parts, what they spend, and audiences (Marketing API, v26).

Every part is created paused and bears the boost's name, by which it is found when an answer was lost. Nothing is spent
before the campaign runs, and pausing the campaign stops everything below it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.contract import (
    AdAccount,
    Audience,
    AudiencePlan,
    BoostOrder,
    BoostPart,
    BoostPhase,
    BoostReport,
    Estimate,
    Gone,
    NotPermitted,
    Targeting,
)
from platforms.graph import ads_wire as wire
from platforms.graph.calls import Graph
from platforms.graph.shapes import list_of, made_of, needed_id
from platforms.shapes import Json, count_of, part_of, text_of, words_of

#: What an ad account is asked for.
ACCOUNT = (
    "id,name,account_status,currency,timezone_name,funding_source,min_daily_budget,default_dsa_beneficiary,"
    "default_dsa_payor"
)
#: What an audience is asked for.
AUDIENCE = "id,name,approximate_count_lower_bound,approximate_count_upper_bound,delivery_status"
#: The edge on which each part is created and found.
EDGES = {
    BoostPart.CAMPAIGN: "campaigns",
    BoostPart.AD_SET: "adsets",
    BoostPart.CREATIVE: "adcreatives",
    BoostPart.AD: "ads",
}
#: Pages of 100 creatives looked through: their edge has no filter, and lists the newest first.
CREATIVE_PAGES = 10
#: Pages of 100 campaigns of ours that may spend at the same time.
CAMPAIGN_PAGES = 5
#: A campaign's `effective_status` in which something below it may be shown (Marketing API, "Campaign").
SPENDING = ["ACTIVE", "IN_PROCESS", "WITH_ISSUES"]


class Ads:
    """The ad account behind one of our accounts."""

    def __init__(
        self,
        graph: Graph,
        account_id: str,
        *,
        page_id: Callable[[], str],
        profile_id: Callable[[], str] = lambda: "",
        shown: Callable[[str], Mapping[str, str]],
    ) -> None:
        """`graph` bears a person's or system user's token; `shown`: publication -> how a creative names it.

        `page_id` and `profile_id` (Instagram) may ask the network once.
        """
        self._graph = graph
        self._id = account_id if account_id.startswith("act_") else f"act_{account_id}"
        self._page_id = page_id
        self._profile_id = profile_id
        self._shown = shown

    @property
    def account_id(self) -> str:
        """Its remote id, as the network writes it."""
        return self._id

    # -- the account ---------------------------------------------------------------------------------------------------

    def account(self) -> AdAccount:
        """As it stands. Raises NotPermitted where the token has no role on it."""
        try:
            row = self._graph.read("/{}", self._id, fields=ACCOUNT)
        except Gone as gone:
            raise NotPermitted(gone.reason) from None
        currency = wire.currency_of(row, "currency")
        minimums = list_of(self._graph.read("/{}/minimum_budgets", self._id))
        own = next((minimum for minimum in minimums if minimum.get("currency") == currency), {})
        return wire.ad_account(row, own)

    def estimate(self, targeting: Targeting) -> Estimate | None:
        """How many people are within reach; None where the network does not tell yet."""
        body = self._graph.read("/{}/reachestimate", self._id, targeting_spec=wire.targeting(targeting))
        # The reference calls it an object; accounts were seen to answer a list of one.
        told = part_of(body, "data") or next(iter(list_of(body)), {})
        people_from, people_to = count_of(told, "users_lower_bound"), count_of(told, "users_upper_bound")
        if people_from is None or people_to is None or told.get("estimate_ready") is False:
            return None
        return Estimate(people_from, people_to)

    # -- boosts --------------------------------------------------------------------------------------------------------

    def make(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> str:
        """Create a part, paused; returns its id. Raises TryLater, OutcomeUnknown, Permanent."""
        body = self._graph.write(f"/{{}}/{EDGES[part]}", self._id, **self._params(part, order, made))
        return made_of(body)

    def find(self, part: BoostPart, order: BoostOrder) -> str | None:
        """The id of the part that bears the order's name; None: it was not created."""
        for row in self._named(part, order.name):
            # The network may lengthen a creative's name; the order's own is unique from its beginning.
            name = text_of(row, "name")
            if name == order.name or (part == BoostPart.CREATIVE and name.startswith(f"{order.name} ")):
                return needed_id(row)
        return None

    def switch(self, made: Mapping[str, str], *, running: bool) -> None:
        """Let it spend, or not. Idempotent; the campaign decides last, and alone when it is paused."""
        parts = (BoostPart.AD, BoostPart.AD_SET, BoostPart.CAMPAIGN) if running else (BoostPart.CAMPAIGN,)
        for part in parts:
            if part in made:
                self._graph.write("/{}", made[part], safe=True, status="ACTIVE" if running else "PAUSED")

    def extend(self, order: BoostOrder, made: Mapping[str, str]) -> None:
        """Give the ad set the order's budget and end. Idempotent. Budgets change at most four times an hour."""
        self._graph.write("/{}", made[BoostPart.AD_SET], safe=True, **wire.money(order))

    def running(self, mark: str) -> dict[str, str]:
        """Id -> name of the campaigns that may spend now and whose name begins so, the newest; at most 500."""
        filtering = json.dumps(
            [
                {"field": "name", "operator": "CONTAIN", "value": mark},
                {"field": "effective_status", "operator": "IN", "value": SPENDING},
            ]
        )
        pages = self._graph.edge("/{}/campaigns", self._id, pages=CAMPAIGN_PAGES, fields="id,name", filtering=filtering)
        named = {needed_id(row): words_of(row, "name") for rows in pages for row in rows}
        return {remote_id: name for remote_id, name in named.items() if name.startswith(mark)}

    def report(self, order: BoostOrder, made: Mapping[str, str]) -> BoostReport:
        """How it stands; a boost without an ad is paused, since nothing can have been spent.

        Raises NotPermitted where the token has no role on the ad account: there nothing can be told to be gone.
        """
        if BoostPart.AD not in made:
            return BoostReport(BoostPhase.PAUSED)
        fields = "id,effective_status,issues_info,ad_review_feedback"
        try:
            row = self._graph.read("/{}", made[BoostPart.AD], fields=fields)
        except Gone:
            self.account()  # what may not be seen is refused in the words of what is gone (100, subcode 33)
            row = {"effective_status": "DELETED"}
        insights = self._insights(made[BoostPart.CAMPAIGN])
        now = self._graph.http.clock.time or datetime.now(UTC)
        return wire.report(order, row, insights, now)

    def _insights(self, campaign_id: str) -> Json:
        """The one row of all its time; empty before anything was shown, or where it is gone."""
        try:
            body = self._graph.read("/{}/insights", campaign_id, fields=wire.INSIGHTS, date_preset="maximum")
        except Gone:
            return {}
        return next(iter(list_of(body)), {})

    def _params(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> dict[str, Any]:
        match part:
            case BoostPart.CAMPAIGN:
                return wire.campaign(order)
            case BoostPart.AD_SET:
                return wire.ad_set(order, made[BoostPart.CAMPAIGN], self._page_id())
            case BoostPart.CREATIVE:
                return wire.creative(order, self._shown(order.publication_id))
            case BoostPart.AD:
                return wire.ad(order, made[BoostPart.AD_SET], made[BoostPart.CREATIVE])

    def _named(self, part: BoostPart, name: str) -> Iterator[Json]:
        path = f"/{{}}/{EDGES[part]}"
        if part == BoostPart.CREATIVE:
            for rows in self._graph.edge(path, self._id, pages=CREATIVE_PAGES, fields="id,name"):
                yield from rows
            return
        filtering = json.dumps([{"field": "name", "operator": "CONTAIN", "value": name}])
        for rows in self._graph.edge(path, self._id, fields="id,name", filtering=filtering):
            yield from rows

    # -- audiences -----------------------------------------------------------------------------------------------------

    def audiences(self) -> tuple[Audience, ...]:
        """Those of the ad account, newest first, at most 100."""
        rows = next(iter(self._graph.edge("/{}/customaudiences", self._id, fields=AUDIENCE)), [])
        return tuple(wire.audience_of(row) for row in rows)

    def make_audience(self, plan: AudiencePlan) -> str:
        """Create it; returns its id. Raises TryLater, OutcomeUnknown, Permanent (its terms are not accepted yet)."""
        body = self._graph.write(
            "/{}/customaudiences", self._id, **wire.audience(plan, self._page_id(), self._profile_id())
        )
        return made_of(body)

    def find_audience(self, name: str) -> str | None:
        """The id of the audience of that name; None: it was not created."""
        filtering = json.dumps([{"field": "name", "operator": "CONTAIN", "value": name}])
        for rows in self._graph.edge("/{}/customaudiences", self._id, fields="id,name", filtering=filtering):
            for row in rows:
                if text_of(row, "name") == name:
                    return needed_id(row)
        return None

    def audience(self, remote_id: str) -> Audience:
        """How it stands now. Raises Gone, and NotPermitted where the token has no role on the ad account."""
        try:
            return wire.audience_of(self._graph.read("/{}", remote_id, fields=AUDIENCE))
        except Gone:
            self.account()  # as for a boost's report
            raise
