"""Numbers of posts and of the profile on Threads (meta.md 5)."""

from datetime import UTC, date, datetime, time, timedelta

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.tables import threads as tables
from sandbox.meta.threads.model import ThreadsMedia, ThreadsProfile
from sandbox.meta.threads.posts import under
from sandbox.meta.threads.reaching import edge, media_of, profile_of
from sandbox.meta.world import Json, World, stamp

#: No number is older than this moment, and demographics need so many followers.
EARLIEST, FOLLOWERS = datetime.fromtimestamp(1712991600, UTC), 100


def numbers(world: World, media: ThreadsMedia) -> dict[str, int]:
    """Everything countable about a post, by the names of the metrics."""
    every = world.all(ThreadsMedia)
    return {
        "views": media.numbers.get("views", 0),
        "likes": len(media.likes) + media.numbers.get("likes", 0),
        "replies": len(under(world, media)),
        "reposts": sum(m.reposted == media.id for m in every),
        "quotes": sum(m.quoted == media.id for m in every),
        "shares": media.numbers.get("shares", 0),
    }


def count(world: World, profile: ThreadsProfile, **amounts: int) -> None:
    """Add to today's numbers of a profile."""
    day = profile.daily.setdefault(world.now().date().isoformat(), {})
    for name, amount in amounts.items():
        day[name] = day.get(name, 0) + amount


def _metrics(call: Call, known: set[str]) -> list[str]:
    metrics = [str(metric) for metric in call.get("metric")]
    if not metrics or any(metric not in known for metric in metrics):
        raise invalid("The value must be a valid insights metric")
    return metrics


def _row(node_id: str, metric: str, period: str, more: Json) -> Json:
    title = metric.replace("_", " ").capitalize()
    return {"name": metric, "period": period, "title": title, "description": f"{title} as counted by the sandbox.",
            "id": f"{node_id}/insights/{metric}/{period}"} | more  # fmt: skip


def of_media(call: Call) -> Answer:
    """GET /{post}/insights of one's own post: one value each; a repost has none."""
    media, metrics = media_of(call), _metrics(call, set(tables.MEDIA_METRICS))
    if media.author != profile_of(call).id:
        raise GraphError(10, "(#10) Insights are of your own posts only", status=403)
    if media.sort == "REPOST_FACADE" or media.album:
        return Listing([])
    found = numbers(call.world, media)
    return Listing([_row(media.id, m, "lifetime", {"values": [{"value": found[m]}]}) for m in metrics])


def of_profile(call: Call) -> Answer:
    """GET /{profile}/threads_insights: views by day, totals, clicks by link, demographics."""
    world, profile = call.world, profile_of(call)
    known = {*tables.PROFILE_SERIES, *tables.PROFILE_TOTALS, *tables.PROFILE_LINKS, *tables.DEMOGRAPHICS}
    metrics, days = _metrics(call, known), _days(call)
    return Listing([_row(profile.id, m, "day", _value(call, world, profile, m, days)) for m in metrics])


def _days(call: Call) -> list[date]:
    now = call.world.now()
    until = call.get("until") or now
    since = call.get("since") or until - timedelta(days=1)
    if since < EARLIEST or since > until:
        raise invalid("Param since must not be before 1712991600 or after until")
    first, last = since.astimezone(UTC).date(), min(until, now).astimezone(UTC).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _value(call: Call, world: World, profile: ThreadsProfile, metric: str, days: list[date]) -> Json:
    if metric in tables.DEMOGRAPHICS:
        return _demographics(call, profile)
    if metric == "followers_count":
        return {"total_value": {"value": profile.followers}}
    if metric in tables.PROFILE_TOTALS:
        mine = [m for m in world.all(ThreadsMedia) if m.author == profile.id and m.at.date() in days]
        return {"total_value": {"value": sum(numbers(world, media)[metric] for media in mine)}}
    by_day = [profile.daily.get(day.isoformat(), {}).get(metric, 0) for day in days]
    if metric in tables.PROFILE_LINKS:
        return {"link_total_values": [{"value": sum(by_day), "link_url": "https://acme.example/"}]}
    ends = [stamp(datetime.combine(day + timedelta(days=1), time(8), UTC)) for day in days]
    return {"values": [{"value": value, "end_time": end} for value, end in zip(by_day, ends, strict=True)]}


def _demographics(call: Call, profile: ThreadsProfile) -> Json:
    breakdown = call.get("breakdown")
    if breakdown is None:
        raise invalid("The parameter breakdown is required for follower_demographics")
    if profile.followers < FOLLOWERS:
        raise GraphError(10, f"(#10) Not enough followers: at least {FOLLOWERS} are needed")
    people = profile.demographics.get(breakdown, {})
    results = [{"dimension_values": [name], "value": value} for name, value in people.items()]
    return {"total_value": {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]}}


EDGES: tuple[Edge, ...] = (
    edge("ThreadsMedia", "insights", "GET", tables.MEDIA_INSIGHTS, of_media, "insights", listing=True),
    edge("ThreadsProfile", "threads_insights", "GET", tables.PROFILE_INSIGHTS, of_profile, "insights", listing=True),
)
