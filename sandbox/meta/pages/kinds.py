"""The fields of the nodes of Pages, by the names of the official node specifications (meta.md 2.3 to 2.5)."""

from typing import Any

from sandbox.meta.graph import Ask, Call, Kind, Reader, attributes
from sandbox.meta.pages.model import Page


def _of_page(name: str) -> Reader:
    return lambda _call, node, _ask: getattr(node.page, name)


def _instagram(call: Call, page: Page, _ask: Ask) -> Any:
    return call.world.objects.get(page.instagram) or ({"id": page.instagram} if page.instagram else None)


KINDS = (
    Kind("Page", attributes("name username about") | {"instagram_business_account": _instagram}, ("name",),
        spec="Page"),
    Kind(
        "PageAccount",
        {
            "name": _of_page("name"), "username": _of_page("username"), "category": _of_page("category"),
            "tasks": _of_page("tasks"), "access_token": lambda _call, node, _ask: node.token,
            "instagram_business_account": lambda call, node, ask: _instagram(call, node.page, ask),
        },
        ("access_token", "category", "name", "tasks"),
    ),
)  # fmt: skip
