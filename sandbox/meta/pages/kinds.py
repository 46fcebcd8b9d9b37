"""The fields of the nodes of Pages, by the names of the official node specifications (meta.md 2.3 to 2.5)."""

from collections.abc import Callable
from typing import Any

from sandbox.meta.graph import Ask, Call, Kind, Reader, attributes
from sandbox.meta.pages import hooks, publishing
from sandbox.meta.pages.comments import under
from sandbox.meta.pages.model import Comment, Engaged, Page, PagePost, Photo, Story, Video
from sandbox.meta.pages.moderating import can_reply_privately, private_reply
from sandbox.meta.pages.videos import status
from sandbox.meta.tables.profile import OTHER, WORDS
from sandbox.meta.world import Json, stamp, unix


def _plain(read: Callable[[Any], Any]) -> Reader:
    """A field that only the node itself decides."""
    return lambda _call, node, _ask: read(node)


def _linked(call: Call, _node: Any, _ask: Ask) -> str:
    return call.world.link(_node)


# -- the Page ----------------------------------------------------------------------------------------------------------


def _profile(name: str) -> Reader:
    def read(_call: Call, page: Page, _ask: Ask) -> Any:
        found = getattr(page, name) if name in Page.__dataclass_fields__ else page.details.get(name)
        return None if found in ("", [], {}) else found

    return read


def _instagram(call: Call, page: Page, _ask: Ask) -> Any:
    return call.world.objects.get(page.instagram) or ({"id": page.instagram} if page.instagram else None)


def _cover(call: Call, page: Page, _ask: Ask) -> Json | None:
    photo = call.world.objects.get(page.cover)
    if not isinstance(photo, Photo):
        return None
    x, y = page.cover_offset
    return {"cover_id": photo.id, "id": photo.id, "source": call.world.file(photo), "offset_x": x, "offset_y": y}


def _token(call: Call, page: Page, _ask: Ask) -> str | None:
    token = call.speaker
    if token.kind == "page":
        return token.value if token.owner == page.id else None
    return call.world.tokens.of_page(page.id, token).value if token.kind in {"user", "system_user"} else None


def _hooked(call: Call, page: Page, _ask: Ask) -> bool:
    return (call.speaker.app.id, page.id) in call.world.webhooks.accounts


PAGE: dict[str, Reader] = {
    **attributes("name username category is_published"),
    **{name: _profile(name) for name in (*WORDS, *OTHER)},
    "category_list": _plain(lambda page: [{"id": "1757592557789532", "name": page.category}]),
    "link": _linked,
    "cover": _cover,
    "fan_count": _plain(lambda page: page.fans),
    "followers_count": _plain(lambda page: page.fans),
    "verification_status": _plain(lambda _page: "not_verified"),
    "instagram_business_account": _instagram,
    "connected_instagram_account": _instagram,
    "access_token": _token,
    "has_added_app": _hooked,
    "is_webhooks_subscribed": _hooked,
    "single_line_address": _plain(lambda page: page.details.get("location", {}).get("street")),
    "rating_count": _plain(lambda _page: 0),
}


def _of_page(name: str) -> Reader:
    return lambda call, node, ask: PAGE[name](call, node.page, ask)


ACCOUNT: dict[str, Reader] = {
    **{name: _of_page(name) for name in PAGE if name != "access_token"},
    "access_token": _plain(lambda row: row.token),
    "tasks": _plain(lambda row: list(row.page.tasks)),
}


# -- posts and comments ------------------------------------------------------------------------------------------------


def _from(call: Call, node: Engaged, _ask: Ask) -> Json | None:
    """Who wrote it: of people only a Page token may know, with the right scope (meta.md 2.4)."""
    if node.author == node.holder:
        return hooks.who(call.world, node.author)
    token = call.speaker
    if token.kind != "page" or "pages_read_user_content" not in token.scopes or call.world.settings.from_missing:
        return None
    return hooks.who(call.world, node.author)


def _application(call: Call, node: Any, _ask: Ask) -> Json | None:
    return {"id": node.app, "name": call.world.tokens.apps[node.app].name} if node.app else None


ENGAGED: dict[str, Reader] = {
    "created_time": _plain(lambda node: stamp(node.at)),
    "from": _from,
}
UPDATED: dict[str, Reader] = {"updated_time": _plain(lambda node: stamp(node.updated or node.at))}


def _picture(call: Call, post: PagePost, _ask: Ask) -> str | None:
    first = next((call.world.objects.get(media) for media in post.media), None)
    return call.world.file(first) if isinstance(first, Photo) else None


POST: dict[str, Reader] = {
    **ENGAGED,
    **UPDATED,
    **attributes("message status_type"),
    "permalink_url": _linked,
    "full_picture": _picture,
    "picture": _picture,
    "is_published": _plain(lambda post: post.published),
    "is_hidden": _plain(lambda post: post.hidden),
    "is_expired": _plain(lambda _post: False),
    "is_eligible_for_promotion": _plain(lambda post: post.published and post.author == post.holder),
    "is_instagram_eligible": _plain(lambda _post: False),
    "scheduled_publish_time": _plain(lambda post: unix(post.scheduled) if post.scheduled else None),
    "shares": _plain(lambda post: {"count": post.shares} if post.shares else None),
    "promotable_id": _plain(lambda post: post.id if post.author == post.holder else None),
    "promotion_status": _plain(lambda post: post.promotion),
    "can_reply_privately": lambda call, post, _ask: can_reply_privately(call, post),
    "application": _application,
    "timeline_visibility": _plain(lambda post: "hidden" if post.hidden else "normal"),
    "call_to_action": _plain(lambda post: post.extra.get("call_to_action")),
}


def _parent(call: Call, comment: Comment, _ask: Ask) -> Any:
    return call.world.objects.get(comment.parent)


def _object(call: Call, comment: Comment, _ask: Ask) -> Any:
    return call.world.objects.get(comment.object)


def _private(call: Call, comment: Comment, _ask: Ask) -> Json | None:
    sent = private_reply(call, comment.id)
    return {"id": f"t_{sent.id}", "link": f"/{comment.holder}/inbox/"} if sent else None


def _attachment(comment: Comment) -> Json | None:
    if not comment.attachment:
        return None
    return {"type": "photo", "url": comment.attachment, "media": {"image": {"src": comment.attachment}}}


COMMENT: dict[str, Reader] = {
    **ENGAGED,
    "message": _plain(lambda comment: comment.message),
    "parent": _parent,
    "object": _object,
    "permalink_url": _linked,
    "attachment": _plain(_attachment),
    "comment_count": lambda call, comment, _ask: len(under(call.world, comment)),
    "like_count": _plain(lambda comment: len(comment.reactions)),
    "user_likes": lambda call, comment, _ask: comment.reactions.get(call.speaker.owner) == "LIKE",
    "is_hidden": _plain(lambda comment: comment.hidden),
    "is_private": _plain(lambda _comment: False),
    "can_comment": _plain(lambda _comment: True),
    "can_like": _plain(lambda _comment: True),
    "can_hide": _plain(lambda comment: comment.author != comment.holder),
    "can_remove": _plain(lambda _comment: True),
    "can_reply_privately": lambda call, comment, _ask: can_reply_privately(call, comment),
    "private_reply_conversation": _private,
    "application": _application,
}


# -- media -------------------------------------------------------------------------------------------------------------


def _file(call: Call, node: Any, _ask: Ask) -> str:
    return call.world.file(node)


PHOTO: dict[str, Reader] = {
    **ENGAGED,
    **UPDATED,
    **attributes("width height"),
    "name": _plain(lambda photo: photo.message or None),
    "link": _linked,
    "picture": _file,
    "images": lambda call, photo, _ask: [
        {"source": call.world.file(photo), "width": photo.width, "height": photo.height}
    ],
    "alt_text_custom": _plain(lambda photo: photo.alt_text or None),
    "alt_text": _plain(lambda photo: photo.alt_text or "May be an image"),
    "page_story_id": _plain(lambda photo: photo.post or None),
    "can_delete": _plain(lambda _photo: True),
}


def _video_link(call: Call, video: Video, _ask: Ask) -> str:
    if call.world.settings.relative_links:
        return f"/reel/{video.id}/"
    return call.world.link(video)


VIDEO: dict[str, Reader] = {
    **ENGAGED,
    **UPDATED,
    "description": _plain(lambda video: video.message or None),
    "title": _plain(lambda video: video.title or None),
    "permalink_url": _video_link,
    "source": _file,
    "post_id": _plain(lambda video: video.post.partition("_")[2] or None),
    "published": _plain(lambda video: bool(video.post)),
    "scheduled_publish_time": _plain(lambda video: unix(video.scheduled) if video.scheduled else None),
    "status": lambda call, video, _ask: status(call.world, video),
    "length": _plain(lambda _video: 10.0),
    "views": lambda call, video, _ask: getattr(call.world.objects.get(video.post), "numbers", {}).get("video_views", 0),
}


def _story_url(call: Call, story: Story, _ask: Ask) -> str:
    return call.world.link(story)


STORY: dict[str, Reader] = {
    "post_id": _plain(lambda story: story.id),
    "status": lambda call, story, _ask: "PUBLISHED" if call.world.now() - story.at < publishing.SHOWN else "ARCHIVED",
    "creation_time": _plain(lambda story: str(unix(story.at))),
    "media_type": _plain(lambda story: story.media_type),
    "media_id": _plain(lambda story: story.media),
    "url": _story_url,
}

KINDS = (
    Kind("Page", PAGE, ("name",), spec="Page"),
    Kind("PageAccount", ACCOUNT, ("access_token", "category", "category_list", "name", "tasks")),
    Kind("PagePost", POST, ("created_time", "message"), spec="PagePost"),
    Kind("Comment", COMMENT, ("created_time", "from", "message"), spec="Comment"),
    Kind("Photo", PHOTO, ("created_time", "name"), spec="Photo"),
    Kind("Video", VIDEO, ("description", "updated_time"), spec="AdVideo"),
    Kind("Story", STORY, ("post_id", "status", "creation_time", "media_type", "media_id", "url"), spec="Stories"),
)
