"""Facebook Pages: publishing, comments, numbers and settings of a Page (meta.md 2)."""

from sandbox.meta.graph import Edge, Product
from sandbox.meta.pages import (
    accounts,
    comments,
    insights,
    kinds,
    moderating,
    photos,
    posts,
    profile,
    publishing,
    reels,
    stage,
    videos,
)
from sandbox.meta.pages.view import view

EDGES: tuple[Edge, ...] = (
    *accounts.EDGES, *posts.EDGES, *photos.EDGES, *videos.EDGES, *reels.EDGES, *comments.EDGES, *moderating.EDGES,
    *profile.EDGES, *insights.EDGES,
)  # fmt: skip

PRODUCT = Product(
    name="pages", edges=EDGES, kinds=kinds.KINDS, settle=stage.settle, tick=publishing.due, view=view, acts=stage.ACTS,
    uploads={"video-upload": reels.receive_bytes},
)  # fmt: skip
