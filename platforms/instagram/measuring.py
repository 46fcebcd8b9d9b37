"""Counts what a publication brought; asks for each kind only what it has, since one strange metric fails them all."""

from platforms.contract import AccessLost, ContentRefused, NotPermitted, Numbers
from platforms.graph.calls import Graph
from platforms.instagram import wire
from platforms.shapes import count_of, text_of

#: Metrics by `media_product_type` (reference "IG Media Insights", v26.0); others of the API are dead or elsewhere.
METRICS = {
    "FEED": "views,reach,saved,shares",
    "REELS": "views,reach,saved,shares",
    "STORY": "views,reach,shares,replies,link_clicks",
}


def numbers(graph: Graph, remote_id: str) -> Numbers:
    """The counts now; Instagram's views and reach may lag by two days. Raises Gone."""
    media = graph.read("/{}", remote_id, fields="media_product_type,like_count,comments_count")
    found: dict[str, int] = {}
    if metrics := METRICS.get(text_of(media, "media_product_type")):
        try:
            found = dict(wire.insights(graph.read("/{}/insights", remote_id, metric=metrics)))
        except AccessLost:
            raise
        except (NotPermitted, ContentRefused):
            # Without the scope, or (a story) with too few viewers, there are still the counts that everybody sees.
            found = {}
    return Numbers(
        likes=count_of(media, "like_count"),
        reposts=found.get("shares"),
        comments=found.get("replies", count_of(media, "comments_count")),
        views=found.get("views"),
        reach=found.get("reach"),
        clicks=found.get("link_clicks"),
        saves=found.get("saved"),
    )
