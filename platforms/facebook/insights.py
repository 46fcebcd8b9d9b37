"""Counts what a publication brought (reference, Page Post insights; metrics that ended in 2025 are not asked for)."""

from platforms.contract import AccessLost, Numbers, Permanent
from platforms.facebook import wire
from platforms.graph.calls import Graph

#: Alive since v23; `post_impressions` and its family are refused, and with them the whole call.
METRICS = "post_media_view,post_total_media_view_unique,post_clicks"
FIELDS = "id,shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)"


def numbers(graph: Graph, remote_id: str) -> Numbers:
    """The counts now. Raises Gone; what insights do not tell (no scope, too few followers) is None."""
    post = graph.read("/{}", remote_id, fields=FIELDS)
    try:
        told = graph.read("/{}/insights", remote_id, metric=METRICS)
    except AccessLost:
        raise
    except Permanent:
        told = {}
    return wire.numbers(post, wire.insights(told))
