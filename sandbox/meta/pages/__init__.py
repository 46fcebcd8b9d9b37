"""Facebook Pages: publishing, comments, numbers and settings of a Page (meta.md 2)."""

from sandbox.meta.graph import Edge, Product
from sandbox.meta.pages import accounts, kinds, stage
from sandbox.meta.pages.view import view

EDGES: tuple[Edge, ...] = (*accounts.EDGES,)

PRODUCT = Product(
    name="pages", edges=EDGES, kinds=kinds.KINDS, settle=stage.settle, view=view,
)  # fmt: skip
