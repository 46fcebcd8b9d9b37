"""Which Pages a person manages, and the token for each (meta.md 1.1)."""

from sandbox.meta.graph import Answer, Call, Edge, Listing, Param
from sandbox.meta.pages.model import Page, PageAccount


def accounts(call: Call) -> Answer:
    """GET /me/accounts: every Page, with a page token for this person and this app."""
    tokens, user = call.world.tokens, call.speaker
    return Listing(
        [PageAccount(id=page.id, page=page, token=tokens.of_page(page.id, user).value) for page in call.world.all(Page)]
    )


EDGES = (
    Edge("User", "accounts", "GET", {"is_place": Param("bool"), "is_promotable": Param("bool")}, accounts,
         scopes=("pages_show_list",), tokens=("user", "system_user"), listing=True),
)  # fmt: skip
