"""What of a boost members agree to: where it goes, what for, whom it reaches, how much it may spend."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.base import MONEY

#: Of the digests that are made now.
DIGEST_VERSION = 2


class Wanted(SQLModel):
    """The part of a boost's row that its digest covers, and what the ad account told about it."""

    publication_id: int = Field(foreign_key="publication.id", index=True)
    account: str = Field(foreign_key="account.name")
    goal: str  #: as the contract calls it
    amount: str  #: a decimal, as typed: for each day where `is_daily`, else in all
    is_daily: bool = False
    days: int
    start_at: datetime | None = None  #: None: as soon as it is ordered
    targeting: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    link: str = ""
    beneficiary: str = ""
    payor: str = ""
    special_category: str = ""
    quote: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    quoted_at: datetime | None = None
    currency: str = ""
    offset: int = 100  #: minor units in one unit
    zone: str = "UTC"  #: in which the ad account's days and months begin
    budget: int = Field(default=0, sa_type=MONEY)  #: `amount` in minor units
    ad_account: str = Field(default="", sa_column_kwargs={"server_default": ""})  #: who pays, by its remote id
    #: What its digest covers: 1, all but the ad account; 2, that too. Rows that were there before keep 1 until revised.
    digest_version: int = Field(default=DIGEST_VERSION, sa_column_kwargs={"server_default": "1"})

    @property
    def purse(self) -> str:
        """The remote id of the ad account that pays; "" before its price is known."""
        told: str = self.ad_account or self.quote.get("account", {}).get("remote_id", "")
        return told

    @property
    def total(self) -> int:
        """All that it may spend, in minor units."""
        return self.budget * self.days if self.is_daily else self.budget

    def content(self, amount: int | None = None, days: int | None = None) -> dict[str, Any]:
        """All that will be ordered; with another budget and days, what an extension makes of it.

        What came to it later counts only where it is set, and where the digest is of a version that covers it.
        """
        later = {"ad_account": self.ad_account} if self.ad_account and self.digest_version > 1 else {}
        return later | {
            "account": self.account,
            "publication": self.publication_id,
            "goal": self.goal,
            "budget": self.budget if amount is None else amount,
            "is_daily": self.is_daily,
            "days": self.days if days is None else days,
            "start": self.start_at.isoformat() if self.start_at else "",
            "targeting": self.targeting,
            "link": self.link,
            "beneficiary": self.beneficiary,
            "payor": self.payor,
            "special_category": self.special_category,
            "currency": self.currency,
        }

    def name_payers(self, beneficiary: str, payor: str) -> None:
        """Whom the ad account names where the wish does not say who benefits and who pays."""
        self.beneficiary, self.payor = self.beneficiary or beneficiary, self.payor or payor


def minor(amount: Decimal, offset: int) -> int:
    """An amount in minor units; what is less than one is left out."""
    return int((amount * offset).to_integral_value(ROUND_DOWN))


def digest_of(content: Mapping[str, Any]) -> str:
    """64 hexadecimal digits that change with any detail."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()
