"""What the stage may change about the ad account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass
class AdsSettings:
    """Everything adjustable. Budgets in minor units, times in seconds of the sandbox's clock.

    `ads_verdict`: what becomes of a review when `review_seconds` are over; "wait" leaves it to the stage.
    `account_status`: 1 active, 2 disabled (Marketing API, "Ad Account", account_status).
    """

    currency: str = "EUR"
    timezone: str = "Europe/Rome"
    account_status: int = 1
    funded: bool = True
    min_budget: int = 100
    review_seconds: float = 0.0
    ads_verdict: Literal["approve", "disapprove", "wait"] = "approve"
    audience_tos: bool = True
    audience_seconds: float = 3600.0

    @property
    def review_time(self) -> timedelta:
        """How long a review takes."""
        return timedelta(seconds=self.review_seconds)
