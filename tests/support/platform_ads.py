"""The pretend ad account behind Meta's benches."""

from typing import Any

from platforms.contract import Platform
from platforms.graph.signing import proof
from platforms.spec import Keys
from support.patience import PATIENCE
from support.platform_bench import Bench

ADS_TOKEN, APP, SECRET, AD_ACCOUNT = "sandbox-ads-token", "4000000001", "sandbox-meta-secret", "act_5001"
OPTIONS: dict[str, Any] = {"ad_account": AD_ACCOUNT}


class PaidBench(Bench):
    """A bench whose account has an ad account that pays."""

    making = {
        part: f"POST /facebook/v26.0/{AD_ACCOUNT}/{edge}"
        for part, edge in (("campaign", "campaigns"), ("ad_set", "adsets"), ("creative", "adcreatives"), ("ad", "ads"))
    }

    def keys(self, token: str = "", ads_token: str = ADS_TOKEN) -> Keys:
        """What the account is connected with."""
        return Keys(token or self.token, ads_token, APP, SECRET)

    def connect_unpaid(self) -> Platform:
        return self.connected(self.keys(ads_token=""), {})

    def connected(self, keys: Keys, options: dict[str, Any]) -> Platform:
        """An adapter with these keys and options."""
        raise AssertionError(f"{self.name} is not connected so")

    def revoke_ads(self) -> None:
        self.stage("token", token=ADS_TOKEN, end=460)

    def deletes_campaign(self, campaign_id: str) -> None:
        params = {"access_token": ADS_TOKEN, "appsecret_proof": proof(ADS_TOKEN, SECRET)}
        self._http.delete(
            f"{self.address}/facebook/v26.0/{campaign_id}", params=params, timeout=PATIENCE
        ).raise_for_status()
