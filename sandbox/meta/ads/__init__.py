"""The Marketing API of the pretend Meta: campaigns, money, audiences, and an ad account that spends (meta.md 6, 7)."""

from sandbox.meta.ads import adsets, adverts, audiences, campaigns, creatives, insights, kinds, preflight, stage, view
from sandbox.meta.graph import Edge, Product

EDGES: tuple[Edge, ...] = (
    *preflight.EDGES, *campaigns.EDGES, *adsets.EDGES, *creatives.EDGES, *adverts.EDGES, *insights.EDGES,
    *audiences.EDGES,
)  # fmt: skip

PRODUCT = Product(
    name="ads", edges=EDGES, kinds=kinds.KINDS, settle=stage.settle, tick=stage.tick, view=view.view, acts=stage.ACTS,
    looks={"books": view.books},
)  # fmt: skip
