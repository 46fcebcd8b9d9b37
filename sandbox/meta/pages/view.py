"""What the page and the tests see of Pages."""

from sandbox.meta.pages.model import Page
from sandbox.meta.world import Json, World


def view(world: World) -> Json:
    """Every Page."""
    return {"pages": [{"id": page.id, "name": page.name} for page in world.all(Page)]}
