"""Threads: publishing, replies, mentions, numbers (meta.md 5)."""

from sandbox.meta.graph import Edge, Product
from sandbox.meta.threads import insights, kinds, posts, publishing, stage
from sandbox.meta.threads.view import view

EDGES: tuple[Edge, ...] = (*publishing.EDGES, *posts.EDGES, *insights.EDGES)

PRODUCT = Product(
    name="threads", edges=EDGES, kinds=kinds.KINDS, settle=stage.settle, view=view, acts=stage.ACTS
)  # fmt: skip
