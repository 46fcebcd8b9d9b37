"""Creatives: a post of the Page, or a medium of its Instagram account, as an ad shows it (meta.md 6.2)."""

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import account
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.ads.tree import Creative
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Call, Edge
from sandbox.meta.pages.model import Page, PagePost
from sandbox.meta.tables import ads as tables


def create(call: Call) -> Answer:
    """POST /{account}/adcreatives: exactly one of object_story_id and source_instagram_media_id."""
    ads = account(call.world)
    ads.require_active()
    story, media = call.get("object_story_id", ""), call.get("source_instagram_media_id", "")
    if bool(story) == bool(media):
        raise invalid("Exactly one of object_story_id and source_instagram_media_id must be given")
    if story:
        _check_story(call, story)
    else:
        _check_media(call, media)
    _check_action(call)
    creative = Creative(
        id=call.world.new_id("12022"),
        holder=ads.id,
        name=call.get("name", ""),
        status="ACTIVE",
        story=story,
        media=media,
        made_at=ads.settled,
        changed_at=ads.settled,
        values=parts.kept(call),
    )
    return parts.made(call, creative)


def update(call: Call) -> Answer:
    """POST /{creative}: only its name and status."""
    creative = call.world.get(call.node.id if call.node else "", Creative)
    parts.changeable(call, creative)
    return parts.change(call, creative)


def delete(call: Call) -> Answer:
    """DELETE /{creative}: refused while an ad shows it."""
    used = [ad for ad in account(call.world).ads if ad.creative is call.node and ad.status != "DELETED"]
    if used:
        raise wrong("Creative in use", "This creative is used by an ad and cannot be deleted.")
    return parts.delete(call)


def _page(call: Call, page_id: str) -> Page:
    page = call.world.objects.get(page_id)
    if not isinstance(page, Page) or "ADVERTISE" not in page.tasks:
        raise wrong("No permission for the Page", f"You may not advertise for the Page {page_id}.")
    return page


def _check_story(call: Call, story: str) -> None:
    page = _page(call, story.partition("_")[0])
    post = call.world.objects.get(story)
    if not isinstance(post, PagePost) or post.holder != page.id or post.author != page.id:
        raise wrong("Invalid post", f"The post {story} does not exist, or is not by that Page.", 1_487_472)
    account_id = call.get("instagram_user_id", page.instagram)
    if account_id != page.instagram:
        raise wrong("No access to the Instagram account", f"{account_id} is not linked to the Page.", 1_815_199)


def _check_media(call: Call, media: str) -> None:
    for name in ("object_id", "instagram_user_id"):
        if not call.get(name):
            raise invalid(f"The parameter {name} is required")
    page, account_id = _page(call, call.get("object_id")), call.get("instagram_user_id")
    if account_id != page.instagram:
        raise wrong("No access to the Instagram account", f"{account_id} is not linked to the Page.", 1_815_199)
    found = call.world.objects.get(media)
    if found is None or found.holder != account_id:
        raise wrong("Invalid media", f"{media} does not exist, or is not of that Instagram account.")


def _check_action(call: Call) -> None:
    action = call.get("call_to_action")
    if action is not None and not action.get("type"):
        raise wrong("Invalid call to action", "call_to_action needs a type.", blame=("call_to_action",))


EDGES = (
    Edge("AdAccount", "adcreatives", "POST", tables.CREATIVE_CREATE, create, scopes=parts.WRITES,
         tokens=parts.ADVERTISERS),
    *(
        Edge(node, "adcreatives", "GET", {"filtering": parts.LISTED["filtering"]}, parts.creatives, scopes=parts.READS,
             tokens=parts.ADVERTISERS, listing=True)
        for node in ("AdAccount", "AdSet", "Ad")
    ),
    Edge("AdCreative", "", "GET", {}, parts.read, scopes=parts.READS, tokens=parts.ADVERTISERS),
    Edge("AdCreative", "", "POST", tables.CREATIVE_UPDATE, update, scopes=parts.WRITES, tokens=parts.ADVERTISERS),
    Edge("AdCreative", "", "DELETE", {}, delete, scopes=parts.WRITES, tokens=parts.ADVERTISERS),
)  # fmt: skip
