"""What an account with an ad account behind it can do beside publishing: the contract's Boosts and Audiences."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from platforms.contract import (
    AccessLost,
    AccountLocked,
    AdAccount,
    AdsAccessLost,
    Audience,
    AudiencePlan,
    BoostOrder,
    BoostPart,
    BoostReport,
    Can,
    Estimate,
    NotPermitted,
    Targeting,
)
from platforms.graph.account import GraphAccount
from platforms.graph.ads import Ads
from platforms.spec import N_

Result = TypeVar("Result")
#: Scope -> what a team cannot do without it (Marketing API, "Authorization").
SCOPES: Mapping[str, str] = {
    "ads_management": N_("Without it nothing can be boosted, and no audience made."),
    "ads_read": N_("Without it nobody sees what boosts cost and bring."),
}


def pays(granted: Collection[str]) -> bool:
    """Whether a person's token with these scopes serves for ads."""
    return all(scope in granted for scope in SCOPES)


class Advertising(GraphAccount):
    """For adapters to inherit. `_ads` is None where the account has no ad account: `can` says so, and calls refuse.

    Every call raises AdsAccessLost where the network refuses the token for ads, and NotPermitted where there is no ad
    account, or the network has locked the person whose token it is.

    Of the options: `ad_account`, which pays for boosts, with `keys.ads_token`.
    """

    _ads: Ads | None = None

    @property
    def purse(self) -> str:
        """The remote id of the ad account that pays."""
        return self._ads.account_id if self._ads is not None else ""

    def ad_account(self) -> AdAccount:
        """The ad account as it stands."""
        return self._pay(lambda ads: ads.account())

    def estimate(self, targeting: Targeting) -> Estimate | None:
        """How many people are within reach; None where the network does not tell."""
        return self._pay(lambda ads: ads.estimate(targeting))

    def make_part(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> str:
        """Create one part, paused; returns its remote id."""
        return self._pay(lambda ads: ads.make(part, order, made))

    def find_part(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> str | None:
        """The remote id of the part that has the order's name; None: certainly not created."""
        return self._pay(lambda ads: ads.find(part, order))

    def switch(self, made: Mapping[str, str], *, running: bool) -> None:
        """Let it run, or pause it."""
        self._pay(lambda ads: ads.switch(made, running=running))

    def extend(self, order: BoostOrder, made: Mapping[str, str]) -> None:
        """Give what was made the order's budget and end."""
        self._pay(lambda ads: ads.extend(order, made))

    def running(self, mark: str) -> Mapping[str, str]:
        """The campaigns that may spend now and whose name begins so."""
        return self._pay(lambda ads: ads.running(mark))

    def boost_report(self, order: BoostOrder, made: Mapping[str, str]) -> BoostReport:
        """How it stands now."""
        return self._pay(lambda ads: ads.report(order, made))

    def audiences(self) -> tuple[Audience, ...]:
        """Those of the ad account, newest first."""
        return self._pay(lambda ads: ads.audiences())

    def make_audience(self, plan: AudiencePlan) -> str:
        """Create it; returns its remote id."""
        return self._pay(lambda ads: ads.make_audience(plan))

    def find_audience(self, name: str) -> str | None:
        """The remote id of the audience of that name; None: certainly not created."""
        return self._pay(lambda ads: ads.find_audience(name))

    def audience(self, remote_id: str) -> Audience:
        """How it stands now."""
        return self._pay(lambda ads: ads.audience(remote_id))

    def _advertise(
        self,
        *,
        page_id: Callable[[], str],
        profile_id: Callable[[], str] = lambda: "",
        shown: Callable[[str], Mapping[str, str]],
    ) -> None:
        """Have the ad account of the options, where they name one and there is a token for it; as `Ads`."""
        payer, token = str(self._options.get("ad_account", "")), self._keys.ads_token
        if payer and token:
            paying = self._speaking(token=token, links=True, secrets=(self._keys.token,))
            self._ads = Ads(paying, payer, page_id=page_id, profile_id=profile_id, shown=shown)

    def _paid(self, best: Can) -> Can:
        """The abilities without those that need an ad account, where there is none."""
        pays = self._ads is not None
        return replace(best, boosts=pays, audiences=pays)

    def _pay(self, ask: Callable[[Ads], Result]) -> Result:
        """Ask the ad account."""
        if self._ads is None:
            raise NotPermitted("No ad account belongs to this account: set its option ad_account, and a token for ads.")
        try:
            return ask(self._ads)
        except AccountLocked as locked:
            # The person must act there, and then a member here: a block of what is written is not seen by reading.
            raise NotPermitted(locked.reason) from None
        except AccessLost as lost:
            raise AdsAccessLost(lost.reason) from None
