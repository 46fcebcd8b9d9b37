"""Numbers of media and of an account: one metric that is dead, unknown or of another kind fails all (meta.md 4.3)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.instagram.comments import under
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media
from sandbox.meta.instagram.reaching import account_of, both
from sandbox.meta.tables import instagram as tables
from sandbox.meta.world import Json, World, stamp

#: Fewest people who must have seen a story, and who must follow an account for its demographics.
VIEWERS, FOLLOWERS = 5, 100
#: The widest range of one call, and how many places a demographic names.
WIDEST, TOP = timedelta(days=30), 45


def numbers(world: World, media: Media) -> dict[str, int]:
    """Everything countable about media, by the names of the metrics."""
    found = dict(media.numbers)
    comments = sum(1 + len(under(world, c)) for c in under(world, media))
    found |= {"likes": len(media.likes) + found.get("likes", 0), "comments": comments}
    found |= {"total_likes": found["likes"], "total_comments": comments, "total_views": found.get("views", 0)}
    counted = ("likes", "comments", "saved", "shares", "reposts", "replies")
    return found | {"total_interactions": sum(found.get(name, 0) for name in counted)}


def of_media(call: Call) -> Answer:
    """GET /{media}/insights: one value each, over its whole life."""
    world, media = call.world, call.node
    assert isinstance(media, Media)
    metrics = [str(metric) for metric in call.get("metric")]
    _check_metrics(media, metrics)
    for breakdown in call.get("breakdown", []):
        if any(tables.BROKEN_DOWN.get(metric) != breakdown for metric in metrics):
            raise invalid(f"Incompatible breakdowns ({breakdown}) with the metrics ({', '.join(metrics)})")
    if media.product == "STORY" and media.numbers.get("reach", 0) < VIEWERS:
        raise GraphError(10, "(#10) Not enough viewers for the media to show insights")
    if call.get("period", ["lifetime"]) != ["lifetime"]:
        return Listing([])
    found, rows = numbers(world, media), []
    for metric in metrics:
        row = _row(media.id, metric, "lifetime")
        if call.get("breakdown"):
            row["total_value"] = {"value": found.get(metric, 0), "breakdowns": [_broken(metric, found.get(metric, 0))]}
        else:
            row["values"] = [{"value": found.get(metric, 0)}]
        rows.append(row)
    return Listing(rows)


def _check_metrics(media: Media, metrics: Sequence[str]) -> None:
    alive = {name for names in tables.MEDIA_METRICS.values() for name in names} | {*tables.CROSSPOSTED, *tables.OLD}
    if not metrics or any(metric not in alive for metric in metrics):
        raise invalid("The value must be a valid insights metric")
    if media.album or media.product not in tables.MEDIA_METRICS:
        raise invalid("The Media Insights API does not support this media")
    for metric in metrics:
        if metric in tables.CROSSPOSTED:
            if not media.crossposted:
                raise GraphError(-1, "An unknown error has occurred.", subcode=2207086)
        elif metric not in tables.MEDIA_METRICS[media.product]:
            raise invalid(f"The Media Insights API does not support the {metric} metric for this media product type.")


def _broken(metric: str, value: int) -> Json:
    name = {"profile_activity": "BIO_LINK_CLICKED", "navigation": "SWIPE_FORWARD"}[metric]
    return {
        "dimension_keys": [tables.BROKEN_DOWN[metric]],
        "results": [{"dimension_values": [name], "value": value}],
    }


def _row(node_id: str, metric: str, period: str) -> Json:
    title = metric.replace("_", " ").capitalize()
    description = f"{title} as counted by the sandbox."
    return {"name": metric, "period": period, "title": title, "description": description,
            "id": f"{node_id}/insights/{metric}/{period}"}  # fmt: skip


# -- of an account -----------------------------------------------------------------------------------------------------


def count(world: World, account: InstagramAccount, **amounts: int) -> None:
    """Add to today's numbers of an account."""
    day = account.daily.setdefault(world.now().date().isoformat(), {})
    for name, amount in amounts.items():
        day[name] = day.get(name, 0) + amount


def of_account(call: Call) -> Answer:
    """GET /{account}/insights: series of days, totals of a range, or demographics."""
    account, metrics = account_of(call), [str(metric) for metric in call.get("metric")]
    known = {*tables.SERIES, *tables.TOTALS, *tables.DEMOGRAPHICS}
    if not metrics or any(metric not in known for metric in metrics):
        raise invalid("The value must be a valid insights metric")
    if any(metric in tables.DEMOGRAPHICS for metric in metrics):
        return Listing([_demographic(call, account, metric) for metric in metrics])
    if call.get("period") != ["day"]:
        raise invalid("Param period must be day for these metrics")
    days, total = _days(call), call.get("metric_type") == "total_value"
    rows = []
    for metric in metrics:
        if metric not in (tables.TOTALS if total else tables.SERIES):
            kind = "time_series" if total else "total_value"
            raise invalid(f"The following metrics ({metric}) should be specified with parameter metric_type={kind}")
        row = _row(account.id, metric, "day")
        if total:
            row["total_value"] = {"value": sum(_on(call.world, account, metric, day) for day in days)}
        else:
            row["values"] = [
                {
                    "value": _on(call.world, account, metric, day),
                    "end_time": stamp(datetime.combine(day + timedelta(days=1), time(8), UTC)),
                }
                for day in days
            ]
        rows.append(row)
    return Listing(rows)


def _on(world: World, account: InstagramAccount, metric: str, day: date) -> int:
    """What was counted on a day; comments are those that stand there still."""
    if metric == "comments":
        return sum(c.at.date() == day for c in world.all(InstagramComment, account.id))
    return 0 if metric == "profile_views" else account.daily.get(day.isoformat(), {}).get(metric, 0)


def _days(call: Call) -> list[date]:
    now = call.world.now()
    until = call.get("until") or now
    since = call.get("since") or until - timedelta(days=1)
    if since > until or until - since > WIDEST:
        raise invalid("There cannot be more than 30 days (2592000 s) between since and until")
    first, last = since.astimezone(UTC).date(), min(until, now).astimezone(UTC).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _demographic(call: Call, account: InstagramAccount, metric: str) -> Json:
    breakdowns, timeframe = call.get("breakdown", []), call.get("timeframe")
    if metric not in tables.DEMOGRAPHICS or call.get("period") != ["lifetime"]:
        raise invalid("Demographics are asked for alone, with period=lifetime")
    if len(breakdowns) != 1 or breakdowns[0] not in tables.DEMOGRAPHIC_BREAKDOWNS:
        raise invalid("Demographics need one breakdown of age, city, country and gender")
    if timeframe not in tables.DEMOGRAPHIC_TIMEFRAMES:
        raise invalid("Demographics need a timeframe of this_month or this_week")
    if account.followers < FOLLOWERS:
        raise GraphError(10, f"(#10) Not enough followers: at least {FOLLOWERS} are needed")
    people = sorted(account.demographics.get(breakdowns[0], {}).items(), key=lambda pair: -pair[1])[:TOP]
    results = [{"dimension_values": [name], "value": value} for name, value in people]
    total = {"breakdowns": [{"dimension_keys": breakdowns, "results": results}]}
    return _row(account.id, metric, "lifetime") | {"total_value": total}


EDGES: tuple[Edge, ...] = (
    *both("IGMedia", "insights", "GET", tables.MEDIA_INSIGHTS, of_media, "insights", listing=True),
    *both("IGUser", "insights", "GET", tables.ACCOUNT_INSIGHTS, of_account, "insights", listing=True),
)
