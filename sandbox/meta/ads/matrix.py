"""Which objective goes with which optimization goal and destination (Marketing API, "Campaign": ODAX mapping)."""

from typing import NamedTuple


class Fit(NamedTuple):
    """One legal row: the destinations it takes ("": none given), its goals, and whether a Page must be promoted."""

    destinations: frozenset[str]
    goals: frozenset[str]
    needs_page: bool = False


def _fit(destinations: str, goals: str, *, needs_page: bool = False) -> Fit:
    named = frozenset("" if word == "-" else word for word in destinations.split())
    return Fit(named, frozenset(goals.split()), needs_page)


#: Only those that the sandbox vouches for; objectives beside these are refused as legacy or out of its reach.
MATRIX: dict[str, tuple[Fit, ...]] = {
    "OUTCOME_ENGAGEMENT": (
        _fit("ON_POST -", "POST_ENGAGEMENT REACH IMPRESSIONS"),
        _fit("ON_VIDEO", "THRUPLAY"),
        _fit("ON_PAGE", "PAGE_LIKES", needs_page=True),
        _fit("MESSENGER INSTAGRAM_DIRECT WHATSAPP", "CONVERSATIONS", needs_page=True),
    ),
    "OUTCOME_AWARENESS": (_fit("-", "REACH IMPRESSIONS AD_RECALL_LIFT THRUPLAY", needs_page=True),),
    "OUTCOME_TRAFFIC": (
        _fit("- WEBSITE", "LINK_CLICKS LANDING_PAGE_VIEWS REACH IMPRESSIONS"),
        _fit("INSTAGRAM_PROFILE", "VISIT_INSTAGRAM_PROFILE PROFILE_VISIT", needs_page=True),
    ),
    "OUTCOME_LEADS": (_fit("ON_AD", "LEAD_GENERATION QUALITY_LEAD", needs_page=True),),
    "OUTCOME_SALES": (_fit("- WEBSITE", "OFFSITE_CONVERSIONS VALUE LANDING_PAGE_VIEWS LINK_CLICKS"),),
    "OUTCOME_APP_PROMOTION": (_fit("- APP", "APP_INSTALLS LINK_CLICKS"),),
}


def find(objective: str, goal: str, destination: str) -> Fit | None:
    """The row that allows the three together; None where none does."""
    rows = MATRIX.get(objective, ())
    return next((row for row in rows if goal in row.goals and destination in row.destinations), None)
