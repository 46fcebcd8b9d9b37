"""What there is on Pages in the beginning."""

from sandbox.meta.pages.model import Page
from sandbox.meta.world import INSTAGRAM_ACCOUNT, PAGE, SECOND_PAGE, World


def settle(world: World) -> None:
    """Two Pages; Acme has an Instagram account linked to it."""
    world.add(Page(id=PAGE, name="Acme", username="acme", instagram=INSTAGRAM_ACCOUNT))
    world.add(Page(id=SECOND_PAGE, name="Acme Italia", username="acme_it"))
