"""The fields of the nodes of Instagram, by the official node specifications of each host (meta.md 4.2)."""

from collections.abc import Callable
from typing import Any

from sandbox.meta.graph import Ask, Call, Kind, Reader, attributes
from sandbox.meta.instagram import comments, containers, hooks
from sandbox.meta.instagram.insights import numbers
from sandbox.meta.instagram.model import Cover, InstagramAccount, InstagramComment, Media
from sandbox.meta.world import Json, stamp


def _plain(read: Callable[[Any], Any]) -> Reader:
    """A field that only the node itself decides."""
    return lambda _call, node, _ask: read(node)


def _count(call: Call, account: InstagramAccount, _ask: Ask) -> int:
    return sum(m.product in {"FEED", "REELS"} and not m.album for m in call.world.all(Media, account.id))


def _portrait(call: Call, account: InstagramAccount, _ask: Ask) -> str:
    return f"{call.world.address}/cdn/{account.id}"


ACCOUNT: dict[str, Reader] = {
    **attributes("username name biography website"),
    "followers_count": _plain(lambda account: account.followers),
    "follows_count": _plain(lambda account: account.follows),
    "media_count": _count,
    "profile_picture_url": _portrait,
}
ACCOUNT_FACEBOOK: dict[str, Reader] = ACCOUNT | {
    "ig_id": _plain(lambda account: int(account.id[-10:])),
    "has_profile_pic": _plain(lambda _account: True),
    "is_published": _plain(lambda _account: True),
    "legacy_instagram_user_id": _plain(lambda account: account.id[-10:]),
    "mentioned_comment": comments.mentioned_comment,
    "mentioned_media": comments.mentioned_media,
}
ACCOUNT_INSTAGRAM: dict[str, Reader] = ACCOUNT | {
    "user_id": _plain(lambda account: account.id),
    "account_type": _plain(lambda _account: "BUSINESS"),
}


# -- media -------------------------------------------------------------------------------------------------------------


def _username(call: Call, node: Media | InstagramComment, _ask: Ask) -> str:
    return str(hooks.who(call.world, node.author)["username"])


def _file(call: Call, media: Media, _ask: Ask) -> str | None:
    """Where its bytes are; of an album those of its first child."""
    first = call.world.objects.get(media.children[0]) if media.children else media
    return call.world.file(first) if isinstance(first, Media) and first.data is not None else None


def _cover(call: Call, media: Media, _ask: Ask) -> str | None:
    found = call.world.objects.get(media.cover)
    return call.world.file(found) if isinstance(found, Cover) else None


def _link(call: Call, media: Media, _ask: Ask) -> str:
    return call.world.link(media)


def _owner(call: Call, media: Media, _ask: Ask) -> Any:
    found = call.world.objects.get(media.author)
    return found if call.host == "facebook" and isinstance(found, InstagramAccount) else {"id": media.author}


def _number(name: str) -> Reader:
    return lambda call, media, _ask: numbers(call.world, media).get(name, 0)


def _boost(media: Media) -> Json:
    if media.ineligible:
        return {"eligible_to_boost": False, "boost_ineligible_reason": media.ineligible}
    return {"eligible_to_boost": True}


MEDIA: dict[str, Reader] = {
    **attributes("caption alt_text"),
    "comments_count": _number("comments"),
    "like_count": _number("likes"),
    "is_comment_enabled": _plain(lambda media: media.comment_enabled),
    "is_shared_to_feed": _plain(lambda media: media.shared_to_feed if media.product == "REELS" else None),
    "is_ai_generated": _plain(lambda media: media.ai_generated),
    "media_product_type": _plain(lambda media: media.product),
    "media_type": _plain(lambda media: media.sort),
    "media_url": _file,
    "owner": _owner,
    "permalink": _link,
    "shortcode": _plain(lambda media: f"D{int(media.id):X}"),
    "thumbnail_url": _cover,
    "timestamp": _plain(lambda media: stamp(media.at)),
    "username": _username,
}
MEDIA_FACEBOOK: dict[str, Reader] = MEDIA | {
    "boost_eligibility_info": _plain(_boost),
    "ig_id": _plain(lambda media: media.id),
    "legacy_instagram_media_id": _plain(lambda media: media.id),
    "reposts_count": _number("reposts"),
    "saved_count": _number("saved"),
    "shares_count": _number("shares"),
    "total_comments_count": _number("comments"),
    "total_like_count": _number("likes"),
    "total_views_count": _number("views"),
    "view_count": _number("views"),
}


# -- comments and containers -------------------------------------------------------------------------------------------


def _from(call: Call, comment: InstagramComment, _ask: Ask) -> Json | None:
    return None if call.world.settings.from_missing else hooks.who(call.world, comment.author)


def _media(call: Call, comment: InstagramComment, _ask: Ask) -> Any:
    return call.world.objects.get(comment.media)


def _account(comment: InstagramComment) -> Json | None:
    """Only where the account itself wrote the comment."""
    return {"id": comment.author} if comment.author == comment.holder else None


COMMENT: dict[str, Reader] = {
    **attributes("text hidden"),
    "parent_id": _plain(lambda comment: comment.parent or None),
    "from": _from,
    "legacy_instagram_comment_id": _plain(lambda comment: comment.id),
    "like_count": _plain(lambda comment: len(comment.likes)),
    "media": _media,
    "timestamp": _plain(lambda comment: stamp(comment.at)),
    "user": _plain(_account),
    "username": _username,
}
CONTAINER: dict[str, Reader] = {
    "status": containers.status,
    "status_code": containers.status_code,
    "copyright_check_status": _plain(lambda _container: {"status": "completed", "matches_found": False}),
    "video_status": _plain(
        lambda container: {
            "uploading_phase": {"status": "in_progress" if container.uploading else "complete"},
            "processing_phase": {"status": "not_started" if container.uploading else "complete"},
        }
    ),
}

KINDS: tuple[Kind, ...] = (
    Kind("IGUser", ACCOUNT_FACEBOOK, spec="IGUser"),
    Kind("IGUser", ACCOUNT_INSTAGRAM, ("user_id",), host="instagram", spec="IGUserForIGOnlyAPI",
         identity=lambda account: str(account.scoped_id)),
    Kind("IGMedia", MEDIA_FACEBOOK, spec="IGMedia"),
    Kind("IGMedia", MEDIA, host="instagram", spec="IGMediaForIGOnlyAPI"),
    Kind("IGComment", COMMENT, ("text", "timestamp"), spec="IGComment"),
    Kind("IGComment", COMMENT, ("text", "timestamp"), host="instagram", spec="IGComment"),
    Kind("IGContainer", CONTAINER, spec="ShadowIGMediaBuilder"),
    Kind("IGContainer", CONTAINER, host="instagram", spec="ShadowIGMediaBuilder"),
)  # fmt: skip
