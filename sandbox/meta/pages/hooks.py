"""What webhooks of a Page's `feed` and `mention` fields tell (meta.md 3.4)."""

from sandbox.meta.pages.model import Comment, Engaged, Page, PagePost
from sandbox.meta.tables.insights import REACTION_WORDS
from sandbox.meta.world import Json, World, stamp, unix


def who(world: World, author: str) -> Json:
    """The `from` of an author: a person or the Page itself."""
    found = world.objects.get(author)
    return {"id": author, "name": getattr(found, "name", "Facebook User")}


def post(world: World, post: PagePost, verb: str) -> None:
    """A post was added, edited or removed; unpublished ones and stories are not told of."""
    if not post.published or post.story:
        return
    value: Json = {"from": who(world, post.author), "post_id": post.id, "verb": verb, "item": _item(post)}
    value["created_time"] = unix(post.at)
    if verb == "remove":
        value.pop("from")
        world.webhooks.change("page", post.holder, "feed", value | {"recipient_id": post.holder})
        return
    value |= {"published": 1} | ({"message": post.message} if post.message else {})
    if post.link:
        value["link"] = post.link
    if len(post.media) == 1:
        kind = "video_id" if _item(post) == "video" else "photo_id"
        value[kind] = post.media[0]
    elif post.media:
        value["photos"] = [world.file(world.objects[m]) for m in post.media if m in world.objects]
    world.webhooks.change("page", post.holder, "feed", value)


def _item(post: PagePost) -> str:
    if post.status_type == "added_video":
        return "video"
    if post.link:
        return "share"
    if len(post.media) == 1:
        return "photo"
    return "status" if post.author == post.holder else "post"


def comment(world: World, comment: Comment, verb: str) -> None:
    """A comment or reply was added, edited, removed, hidden or unhidden."""
    value: Json = {
        "from": who(world, comment.author),
        "post": _about(world, comment.object),
        "item": "comment",
        "verb": verb,
        "comment_id": comment.id,
        "post_id": comment.object,
        "parent_id": comment.parent or comment.object,
        "created_time": unix(comment.at),
    }
    if verb != "remove":
        value["message"] = comment.message
    if verb == "edited" and comment.updated:
        value["edited_time"] = unix(comment.updated)
    if verb in {"hide", "unhide"}:
        value["is_hidden"] = comment.hidden
    if comment.attachment:
        value["photo"] = comment.attachment
    world.webhooks.change("page", comment.holder, "feed", value)


def reaction(world: World, subject: Engaged, author: str, sort: str, verb: str) -> None:
    """Somebody reacted to a post or comment, or took it back."""
    value: Json = {
        "from": who(world, author),
        "item": "reaction",
        "reaction_type": REACTION_WORDS.get(sort, "like"),
        "verb": verb,
        "created_time": unix(world.now()),
    }
    if isinstance(subject, Comment):
        value |= {"comment_id": subject.id, "post_id": subject.object, "parent_id": subject.parent or subject.object}
    else:
        value |= {"post_id": subject.id, "parent_id": subject.holder}
    world.webhooks.change("page", subject.holder, "feed", value)


def mention(world: World, page: Page, author: str, post_id: str, message: str, comment_id: str = "") -> None:
    """Somebody mentioned the Page elsewhere. This field has `sender_…` instead of `from`."""
    value: Json = {
        "item": "comment" if comment_id else "post",
        "verb": "add",
        "post_id": post_id,
        "sender_id": author,
        "sender_name": who(world, author)["name"],
        "message": message,
        "created_time": unix(world.now()),
    }
    if comment_id:
        value["comment_id"] = comment_id
    world.webhooks.change("page", page.id, "mention", value)


def _about(world: World, post_id: str) -> Json:
    found = world.objects.get(post_id)
    if not isinstance(found, PagePost):
        return {"id": post_id}
    return {
        "id": found.id,
        "status_type": found.status_type,
        "is_published": found.published,
        "updated_time": stamp(found.updated or found.at),
        "permalink_url": world.link(found),
        "promotion_status": found.promotion,
    }
