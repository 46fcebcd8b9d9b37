"""Insights: what ads spent and brought in a span of the account's days, at every level (meta.md 6.4)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.results import METRICS, Results
from sandbox.meta.ads.tree import Ad, AdSet, Campaign, Part
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Ask, Call, Listing, Param
from sandbox.meta.world import Json, Node

#: Levels from the outside in; a row names everything from its own outwards.
LEVELS = {"AdAccount": "account", "Campaign": "campaign", "AdSet": "adset", "Ad": "ad"}
PRESETS = (
    "today", "yesterday", "last_3d", "last_7d", "last_14d", "last_28d", "last_30d", "last_90d", "this_month",
    "last_month", "this_year", "maximum", "data_maximum",
)  # fmt: skip
NAMES = frozenset(
    """account_id account_name account_currency campaign_id campaign_name objective adset_id adset_name
    optimization_goal ad_id ad_name date_start date_stop""".split()
)
#: What every row has, asked for or not.
DATES = ("date_start", "date_stop")
#: What a row has where no fields are asked for, and the ids of its level and outwards.
DEFAULT = ("impressions", "spend")
#: How far back insights reach.
OLDEST = timedelta(days=37 * 30)

PARAMS = {
    "level": Param(values=tuple(LEVELS.values())),
    "date_preset": Param(values=PRESETS),
    "time_range": Param("object"),
    "time_increment": Param(),
    "use_unified_attribution_setting": Param("bool"),
}


def insights(call: Call) -> Answer:
    """GET /{account, campaign, ad set or ad}/insights; nothing delivered in a span is no row."""
    assert call.node
    ads = account(call.world)
    _check_fields(call)
    if call.fields:
        call.fields = [*call.fields, *(Ask(name) for name in DATES)]
    since, until = _span(call, ads)
    level = call.get("level", LEVELS[call.node.kind])
    rows: list[Node | Json] = []
    for subject, below in _subjects(ads, call.node, level):
        days = ads.days_of(below)
        for start, stop in _spans(call.get("time_increment", "all_days"), since, until):
            spent = sum(amount for day, amount in days.items() if start <= day <= stop)
            if spent:
                rows.append(_row(call, ads, subject, Results(spent, ads.settings.currency), (start, stop)))
    return Listing(rows)


def _check_fields(call: Call) -> None:
    for ask in call.fields:
        if ask.name not in NAMES | METRICS:
            raise invalid(f"{ask.name} is not valid for fields param.")


def _subjects(ads: AdAccount, node: Node, level: str) -> Iterator[tuple[Node, list[Ad]]]:
    """Everything of that level under the node (or above it, if it is meant so), with its ads."""
    below = ads.ads_below(node)
    pick: dict[str, Any] = {
        "account": lambda _ad: ads,
        "campaign": lambda ad: ad.ad_set.campaign,
        "adset": lambda ad: ad.ad_set,
        "ad": lambda ad: ad,
    }
    groups: dict[str, tuple[Node, list[Ad]]] = {}
    for ad in below:
        subject = pick[level](ad)
        groups.setdefault(subject.id, (subject, []))[1].append(ad)
    yield from groups.values()


def _row(call: Call, ads: AdAccount, subject: Node, results: Results, span: tuple[date, date]) -> Json:
    names = _names(ads, subject)
    whole = names | results.row() | dict(zip(DATES, (day.isoformat() for day in span), strict=True))
    asked = [ask.name for ask in call.fields] or [*DEFAULT, *(name for name in names if name.endswith("_id"))]
    return {name: whole[name] for name in (*asked, *DATES) if name in whole}


def _names(ads: AdAccount, subject: Node) -> Json:
    names: Json = {
        "account_id": ads.id.removeprefix("act_"),
        "account_name": ads.name,
        "account_currency": ads.settings.currency,
    }
    ad_set = subject.ad_set if isinstance(subject, Ad) else subject
    campaign = ad_set.campaign if isinstance(ad_set, AdSet) else ad_set
    if isinstance(campaign, Campaign):
        names |= _named("campaign", campaign) | {"objective": campaign.objective}
    if isinstance(ad_set, AdSet):
        names |= _named("adset", ad_set) | {"optimization_goal": ad_set.values["optimization_goal"]}
    return names | (_named("ad", subject) if isinstance(subject, Ad) else {})


def _named(word: str, part: Part) -> Json:
    return {f"{word}_id": part.id, f"{word}_name": part.name}


# -- days --------------------------------------------------------------------------------------------------------------


def _span(call: Call, ads: AdAccount) -> tuple[date, date]:
    """The first and the last day asked for, in the account's time zone; 30 days until yesterday by themselves."""
    today = ads.settled.astimezone(ads.zone).date()
    given = call.get("time_range")
    if given is None:
        return _preset(call.get("date_preset", "last_30d"), today)
    try:
        since, until = date.fromisoformat(str(given["since"])), date.fromisoformat(str(given["until"]))
    except (KeyError, ValueError) as error:
        raise invalid("Must be a valid date range: time_range needs since and until, as YYYY-MM-DD.") from error
    if until < since or since < today - OLDEST:
        raise invalid("The start date of the time range must lie before its end, and not beyond 37 months ago.")
    return since, until


def _preset(preset: str, today: date) -> tuple[date, date]:
    day = timedelta(days=1)
    first = today.replace(day=1)
    fixed = {
        "today": (today, today),
        "yesterday": (today - day, today - day),
        "this_month": (first, today),
        "last_month": ((first - day).replace(day=1), first - day),
        "this_year": (today.replace(month=1, day=1), today),
        "maximum": (today - OLDEST, today),
        "data_maximum": (today - OLDEST, today),
    }
    if preset in fixed:
        return fixed[preset]
    return today - int(preset.removeprefix("last_").removesuffix("d")) * day, today - day


def _spans(increment: str, since: date, until: date) -> Iterable[tuple[date, date]]:
    """The span cut as `time_increment` says: all_days, monthly, or a number of days."""
    if increment == "all_days":
        return [(since, until)]
    if increment == "monthly":
        return _months(since, until)
    if not increment.isdigit() or not 1 <= int(increment) <= 90:
        raise invalid("Param time_increment must be all_days, monthly, or from 1 to 90.")
    step = timedelta(days=int(increment))
    count = (until - since) // step + 1
    starts = [since + i * step for i in range(count)]
    return [(start, min(start + step - timedelta(days=1), until)) for start in starts]


def _months(since: date, until: date) -> Iterator[tuple[date, date]]:
    while since <= until:
        following = (since.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield since, min(following - timedelta(days=1), until)
        since = following


EDGES = tuple(parts.lists(node, "insights", PARAMS, insights) for node in LEVELS)
