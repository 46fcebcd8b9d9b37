"""Creatives: a post of the Page, or a medium of its Instagram account, as an ad shows it (meta.md 6.2)."""

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import account
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.ads.tree import Creative
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Call, Listing
from sandbox.meta.instagram.model import Media
from sandbox.meta.instagram.reaching import on_facebook
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
    if not isinstance(found, Media) or found.holder != account_id:
        raise wrong("Invalid media", f"{media} does not exist, or is not of that Instagram account.")
    if found.ineligible:
        raise wrong("Not eligible for boosting", found.ineligible)


def _check_action(call: Call) -> None:
    action = call.get("call_to_action")
    if action is not None and action.get("type") not in tables.ACTIONS:
        sentence = f"{action.get('type')} is no type of a call to action."
        raise wrong("Invalid call to action", sentence, blame=("call_to_action",))


def of_media(call: Call) -> Answer:
    """GET /{media}/boost_ads_list: the ads made of an Instagram medium."""
    ads, media = account(call.world), call.world.get(call.node.id if call.node else "", Media)
    made = [ad for ad in ads.ads if ad.creative.media == media.id]
    return Listing([{"ad_id": ad.id, "ad_status": ads.effective(ad)} for ad in made])


EDGES = (
    on_facebook("IGMedia", "boost_ads_list", "GET", {}, of_media, "read", listing=True),
    parts.writes("AdAccount", "adcreatives", tables.CREATIVE_CREATE, create),
    *(parts.lists(node, "adcreatives", {}, parts.creatives) for node in ("AdAccount", "AdSet", "Ad")),
    parts.reads("AdCreative", "", {}, parts.read),
    parts.writes("AdCreative", "", tables.CREATIVE_UPDATE, update),
    parts.writes("AdCreative", "", {}, delete, "DELETE"),
)
