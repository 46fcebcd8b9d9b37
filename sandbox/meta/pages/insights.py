"""Numbers of a Page, a post and a reel; a metric that is dead or unknown fails the whole request (meta.md 2.6)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.pages import counting, publishing
from sandbox.meta.pages.model import Page, PagePost, Video
from sandbox.meta.tables import insights as tables
from sandbox.meta.world import Json, stamp

#: Fewest followers for which a Page has numbers, and the widest range of one call.
FANS, WIDEST = 100, timedelta(days=90)
#: Days that are put together for one value.
ROLLING = {"day": 1, "week": 7, "days_28": 28, "month": 30}
SCOPES = ("read_insights", "pages_read_engagement")


def _metrics(call: Call, known: Mapping[str, str]) -> list[str]:
    metrics = [str(metric) for metric in call.get("metric", [])]
    if not metrics:
        raise GraphError(3001, "(#3001) Invalid query: no metric was specified", subcode=1504028)
    if any(metric not in known for metric in metrics):
        raise invalid("The value must be a valid insights metric")
    return metrics


def of_page(call: Call) -> Answer:
    """GET /{page}/insights: one value a day (or rolling over the period), or one of the whole range."""
    page = publishing.page_of(call)
    metrics = _metrics(call, tables.PAGE_METRICS)
    if page.fans < FANS:
        raise GraphError(100, "(#100) Insights need at least 100 followers", subcode=2874008)
    period = call.get("period", "day")
    days = _days(call)
    return Listing([_row(page.id, metric, period, _series(page, metric, period, days)) for metric in metrics])


def _days(call: Call) -> list[date]:
    now = call.world.now()
    until = call.get("until") or now
    since = call.get("since") or until - timedelta(days=2)
    if since > until:
        raise invalid("since param is not before until")
    if until - since > WIDEST:
        raise invalid("There cannot be more than 90 days (7776000 s) between since and until")
    first, last = since.astimezone(UTC).date(), min(until, now).astimezone(UTC).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _series(page: Page, metric: str, period: str, days: list[date]) -> list[Json]:
    name = tables.PAGE_METRICS[metric]
    if period in {"total_over_range", "lifetime"}:
        return [{"value": _sum(page, name, days)}]
    width = ROLLING[period]
    return [
        {
            "value": _sum(page, name, [day - timedelta(days=n) for n in range(width)]),
            "end_time": stamp(datetime.combine(day + timedelta(days=1), time(8), UTC)),
        }
        for day in days
    ]


def _sum(page: Page, name: str, days: list[date]) -> int:
    if name == "followers":
        return page.fans
    return sum(page.daily.get(day.isoformat(), {}).get(name, 0) for day in days)


def _row(node_id: str, metric: str, period: str, values: list[Json]) -> Json:
    title = metric.replace("_", " ").capitalize()
    return {
        "name": metric,
        "period": period,
        "values": values,
        "title": title,
        "description": f"{title} as counted by the sandbox.",
        "id": f"{node_id}/insights/{metric}/{period}",
    }


def of_post(call: Call) -> Answer:
    """GET /{post}/insights: one value each, over its whole life."""
    post = call.world.get(call.node.id if call.node else "", PagePost)
    if post.author != post.holder or not post.published:
        raise GraphError(100, "(#100) Insights are of published posts of the Page only", subcode=2932001)
    return _lifetime(call, post.id, _metrics(call, tables.POST_METRICS), tables.POST_METRICS, counting.numbers(post))


def of_video(call: Call) -> Answer:
    """GET /{video}/video_insights: for reels and videos once they are published."""
    video = call.world.get(call.node.id if call.node else "", Video)
    metrics, post = _metrics(call, tables.VIDEO_METRICS), call.world.objects.get(video.post)
    found = counting.numbers(post) if isinstance(post, PagePost) else dict.fromkeys(tables.VIDEO_METRICS.values(), 0)
    return _lifetime(call, video.id, metrics, tables.VIDEO_METRICS, found)


def _lifetime(
    call: Call, node_id: str, metrics: list[str], known: Mapping[str, str], found: Mapping[str, Any]
) -> Listing:
    if call.get("period", "lifetime") != "lifetime":
        return Listing([])
    return Listing([_row(node_id, m, "lifetime", [{"value": found[known[m]]}]) for m in metrics])


EDGES = (
    Edge("Page", "insights", "GET", tables.PAGE_INSIGHTS, of_page, scopes=SCOPES, tokens=("page",), own=True,
         listing=True),
    Edge("PagePost", "insights", "GET", tables.POST_INSIGHTS, of_post, scopes=SCOPES, tokens=("page",), own=True,
         listing=True),
    Edge("Video", "video_insights", "GET", tables.VIDEO_INSIGHTS, of_video, scopes=SCOPES, tokens=("page",), own=True,
         listing=True),
)  # fmt: skip
