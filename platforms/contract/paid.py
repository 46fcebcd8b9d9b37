"""Money behind a publication: boosts, what they cost and bring, and whom they reach.

Every amount is an integer in the currency's minor unit (cents), every time UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Goal(StrEnum):
    """What a boost is for, as a team says it."""

    ENGAGEMENT = "engagement"  #: that people react, comment and share
    REACH = "reach"  #: that many people see it
    VISITS = "visits"  #: that people open the link
    VIDEO_VIEWS = "video_views"  #: that people watch the film


class BoostPart(StrEnum):
    """What a network wants created for a boost, in this order; each needs the ids of those before."""

    CAMPAIGN = "campaign"
    AD_SET = "ad_set"
    CREATIVE = "creative"
    AD = "ad"


class BoostPhase(StrEnum):
    """How a boost stands on the network."""

    PAUSED = "paused"  #: it spends nothing; also before it was ever started
    IN_REVIEW = "in_review"
    RUNNING = "running"
    REFUSED = "refused"  #: the network refused the ad
    TROUBLE = "trouble"  #: it does not run, for a reason that a person must mend (billing, a deleted post)
    GONE = "gone"  #: it does not exist there any more


@dataclass(frozen=True, slots=True)
class AdAccount:
    """The ad account behind one of our accounts."""

    remote_id: str
    name: str
    currency: str  #: ISO 4217
    offset: int  #: minor units in one unit of the currency: 100, or 1 where it has none (JPY)
    min_daily: int  #: the smallest budget of a day
    zone: str  #: IANA time zone, in which its days begin
    active: bool
    reason: str = ""  #: why it cannot order anything, in words
    beneficiary: str = ""  #: who ads in the EU name as the one who benefits, where the network keeps a default
    payor: str = ""


@dataclass(frozen=True, slots=True)
class Targeting:
    """Whom a boost is to reach."""

    countries: tuple[str, ...]  #: ISO 3166-1 alpha-2; at least one
    age_min: int = 18
    age_max: int = 65  #: 65 means 65 and older
    genders: tuple[str, ...] = ()  #: "male", "female"; empty: everybody
    include: tuple[str, ...] = ()  #: remote ids of audiences
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoostOrder:
    """A boost as it was approved."""

    name: str  #: what its parts are called on the network; unique, so that each is found by it
    publication_id: str  #: remote id of what is boosted
    goal: Goal
    budget: int  #: for each day where `is_daily`, else for all of it
    is_daily: bool
    start_at: datetime
    end_at: datetime
    targeting: Targeting
    link: str = ""  #: where VISITS lead
    beneficiary: str = ""
    payor: str = ""
    special_category: str = ""  #: "", "housing", "employment", "credit", "politics", "gambling"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many people the network expects to be within reach."""

    people_from: int
    people_to: int


@dataclass(frozen=True, slots=True)
class BoostReport:
    """How a boost stands, and what it has spent and brought so far."""

    phase: BoostPhase
    is_over: bool = False  #: its time or budget is used up by the order, whatever the network shows
    reason: str = ""  #: the network's words for REFUSED and TROUBLE
    spent: int = 0
    reach: int = 0
    impressions: int = 0
    results: int = 0  #: what its goal counts: engagements, people, link clicks, views


@dataclass(frozen=True, slots=True)
class Audience:
    """A group of people that ads can reach or leave out."""

    remote_id: str
    name: str
    ready: bool
    reason: str = ""  #: why it is not ready, in the network's words
    people_from: int | None = None  #: None where the network does not tell
    people_to: int | None = None


class AudienceKind(StrEnum):
    """Where an audience's people come from."""

    PAGE = "page"  #: who engaged with the Page
    PROFILE = "profile"  #: who engaged with the Instagram account
    WEBSITE = "website"  #: who visited the website, by its pixel
    LOOKALIKE = "lookalike"  #: who resembles another audience


@dataclass(frozen=True, slots=True)
class AudiencePlan:
    """An audience to be made."""

    name: str  #: unique, so that it is found by it
    kind: AudienceKind
    days: int = 365  #: how long after the deed a person stays in it; not for LOOKALIKE
    pixel: str = ""  #: remote id, for WEBSITE
    url_contains: str = ""  #: only visitors of such addresses, for WEBSITE
    seed: str = ""  #: remote id of the audience to resemble, for LOOKALIKE
    country: str = ""  #: ISO 3166-1 alpha-2, for LOOKALIKE
    percent: int = 1  #: of the country's people, 1 to 20, for LOOKALIKE


@runtime_checkable
class Boosts(Protocol):
    """Puts money behind publications. Parts are created paused; only `switch` lets anything be spent.

    Whatever asks the ad account raises AdsAccessLost where its token is lost.
    """

    @property
    def purse(self) -> str:
        """The remote id of the ad account that pays, as it is set up; "" for none. Asks nobody."""

    def ad_account(self) -> AdAccount:
        """The ad account as it stands. Raises NotPermitted where there is none."""

    def unboostable(self, publication_id: str) -> str:
        """Why the publication cannot be boosted, in the network's words; "" where it can."""

    def estimate(self, targeting: Targeting) -> Estimate | None:
        """How many people are within reach; None where the network does not tell."""

    def make_part(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> str:
        """Create one part, paused; returns its remote id. `made`: the ids of the parts before, by their part's name.

        Raises TryLater (certainly not created), OutcomeUnknown, Permanent.
        """

    def find_part(self, part: BoostPart, order: BoostOrder, made: Mapping[str, str]) -> str | None:
        """The remote id of the part that has the order's name; None: certainly not created."""

    def switch(self, made: Mapping[str, str], *, running: bool) -> None:
        """Let it run, or pause it. Idempotent. Raises Gone where it does not exist any more."""

    def extend(self, order: BoostOrder, made: Mapping[str, str]) -> None:
        """Give what was made the order's budget and end. Idempotent."""

    def running(self, mark: str) -> Mapping[str, str]:
        """Remote id -> name of the campaigns that may spend now and whose name begins so, the newest; at most 500."""

    def boost_report(self, order: BoostOrder, made: Mapping[str, str]) -> BoostReport:
        """How it stands now; never raises Gone, which is a phase."""


@runtime_checkable
class Audiences(Protocol):
    """Keeps audiences. Raises AdsAccessLost as Boosts do."""

    def audiences(self) -> tuple[Audience, ...]:
        """Those of the ad account, newest first, at most 100."""

    def make_audience(self, plan: AudiencePlan) -> str:
        """Create it; returns its remote id. Raises TryLater (certainly not created), OutcomeUnknown, Permanent."""

    def find_audience(self, name: str) -> str | None:
        """The remote id of the audience of that name; None: certainly not created."""

    def audience(self, remote_id: str) -> Audience:
        """How it stands now. Raises Gone."""
