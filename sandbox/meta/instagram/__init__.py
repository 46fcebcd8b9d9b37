"""Instagram by Facebook Login and by Instagram Login: publishing, comments, mentions, messages, numbers (meta.md 4)."""

from sandbox.meta.graph import Edge, Product
from sandbox.meta.instagram import comments, containers, insights, kinds, media, messages, publishing, stage
from sandbox.meta.instagram.view import view

EDGES: tuple[Edge, ...] = (
    *containers.EDGES, *publishing.EDGES, *media.EDGES, *comments.EDGES, *messages.EDGES, *insights.EDGES,
)  # fmt: skip

PRODUCT = Product(
    name="instagram", edges=EDGES, kinds=kinds.KINDS, settle=stage.settle, view=view, acts=stage.ACTS,
    uploads={"ig-api-upload": containers.receive_bytes},
)  # fmt: skip
