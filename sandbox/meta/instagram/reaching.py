"""Who may call what: the same calls on graph.facebook.com and graph.instagram.com, each by its tokens (meta.md 4)."""

from collections.abc import Awaitable, Mapping
from typing import Literal

from sandbox.meta.errors import missing_object
from sandbox.meta.graph import Answer, Call, Edge, Handle
from sandbox.meta.instagram.model import InstagramAccount
from sandbox.meta.params import Param

Work = Literal["read", "publish", "comments", "insights", "messages"]
#: What each kind of work takes with Facebook Login and with Instagram Login (meta.md 1.4).
FACEBOOK: dict[Work, tuple[str, ...]] = {
    "read": ("instagram_basic", "pages_read_engagement"),
    "publish": ("instagram_basic", "instagram_content_publish", "pages_read_engagement"),
    "comments": ("instagram_basic", "instagram_manage_comments", "pages_read_engagement"),
    "insights": ("instagram_basic", "instagram_manage_insights", "pages_read_engagement"),
    "messages": ("instagram_basic", "instagram_manage_messages"),
}
INSTAGRAM: dict[Work, tuple[str, ...]] = {
    "read": ("instagram_business_basic",),
    "publish": ("instagram_business_basic", "instagram_business_content_publish"),
    "comments": ("instagram_business_basic", "instagram_business_manage_comments"),
    "insights": ("instagram_business_basic", "instagram_business_manage_insights"),
    "messages": ("instagram_business_basic", "instagram_business_manage_messages"),
}


def account_of(call: Call) -> InstagramAccount:
    """The account the call is about. Raises GraphError 100/33 where it is not the token's, or of nobody here."""
    assert call.node
    found = call.world.objects.get(call.node.holder or call.node.id)
    if not isinstance(found, InstagramAccount) or not reaches(call, found):
        raise missing_object(call.node.id, call.method)
    return found


def reaches(call: Call, account: InstagramAccount) -> bool:
    """A login token reaches its own account, a page token the linked one, its people's tokens those of their Pages."""
    token = call.speaker
    if token.kind == "page":
        return token.owner == account.page
    return token.owner == account.id if token.kind == "instagram" else bool(account.page)


def _guarded(handle: Handle) -> Handle:
    def act(call: Call) -> Answer | Awaitable[Answer]:
        account_of(call)
        return handle(call)

    return act


def on_facebook(
    node: str, edge: str, method: str, params: Mapping[str, Param], handle: Handle, work: Work, *, listing: bool = False
) -> Edge:
    """An edge of graph.facebook.com alone."""
    return Edge(node, edge, method, params, _guarded(handle), scopes=FACEBOOK[work], listing=listing)


def on_instagram(
    node: str, edge: str, method: str, params: Mapping[str, Param], handle: Handle, work: Work, *, listing: bool = False
) -> Edge:
    """An edge of graph.instagram.com alone."""
    return Edge(
        node, edge, method, params, _guarded(handle), host="instagram", scopes=INSTAGRAM[work], tokens=("instagram",),
        listing=listing,
    )  # fmt: skip


def both(
    node: str, edge: str, method: str, params: Mapping[str, Param], handle: Handle, work: Work, *,
    facebook_too: Mapping[str, Param] | None = None, listing: bool = False,
) -> tuple[Edge, Edge]:  # fmt: skip
    """The same edge on both hosts; `facebook_too` are parameters that only Facebook Login may send."""
    return (
        on_facebook(node, edge, method, {**params, **(facebook_too or {})}, handle, work, listing=listing),
        on_instagram(node, edge, method, params, handle, work, listing=listing),
    )
