"""Comments and replies: reading, writing, hiding, deleting; answering where the account was mentioned (meta.md 4.2)."""

from sandbox.meta.errors import GraphError, invalid, missing_object
from sandbox.meta.graph import Answer, Ask, Call, Created, Edge, Listing
from sandbox.meta.instagram import hooks
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media
from sandbox.meta.instagram.reaching import account_of, both
from sandbox.meta.tables import instagram as tables
from sandbox.meta.words import names
from sandbox.meta.world import World

#: Most comments on a page of a listing (meta.md 4.2).
PAGE = 50


def under(world: World, about: Media | InstagramComment) -> list[InstagramComment]:
    """The first level of comments on media, or the replies to a comment, oldest first."""
    if isinstance(about, InstagramComment):
        return [c for c in world.all(InstagramComment) if c.parent == about.id]
    return [c for c in world.all(InstagramComment) if c.media == about.id and not c.parent]


def _about(call: Call) -> Media | InstagramComment:
    assert isinstance(call.node, Media | InstagramComment)
    return call.node


def listed(call: Call) -> Answer:
    """GET /{media}/comments: newest first; GET /{comment}/replies: oldest first. At most 50 a page."""
    about = _about(call)
    call.params["limit"] = min(call.get("limit", PAGE), PAGE)
    rows = under(call.world, about)
    return Listing(rows[::-1] if isinstance(about, Media) else rows)


def read(call: Call) -> Answer:
    """GET /{comment}."""
    assert call.node
    return call.node


def new(world: World, about: Media | InstagramComment, author: str, text: str) -> InstagramComment:
    """A comment, or a reply; a reply to a reply stands under the same comment. Whoever subscribed is told by `add`."""
    media = about.media if isinstance(about, InstagramComment) else about.id
    parent = (about.parent or about.id) if isinstance(about, InstagramComment) else ""
    return InstagramComment(
        id=world.new_id("180"), holder=about.holder, author=author, media=media, text=text, at=world.now(),
        parent=parent,
    )  # fmt: skip


def add(world: World, comment: InstagramComment, *, organic: bool = True) -> InstagramComment:
    """Keep a comment and tell of it."""
    world.add(comment)
    hooks.comment(world, comment, world.get(comment.media, Media), organic=organic)
    return comment


def create(call: Call) -> Answer:
    """POST /{media}/comments and /{comment}/replies as the account: {id}."""
    world, account, about = call.world, account_of(call), _about(call)
    media = world.get(about.media if isinstance(about, InstagramComment) else about.id, Media)
    if not call.get("message").strip():
        raise invalid("The parameter message is required")
    if not media.comment_enabled:
        raise GraphError(100, "(#100) Comments are turned off for this media")
    comment = new(world, about, account.id, call.get("message"))
    comment.app, comment.ad = call.speaker.app.id, call.get("ad_id", "")
    return Created(add(world, comment))


def update(call: Call) -> Answer:
    """POST /{comment}: hides or shows it; what the account itself wrote is always shown."""
    comment = _own(call)
    comment.hidden = call.get("hide") and comment.author != comment.holder
    return True


def delete(call: Call) -> Answer:
    """DELETE /{comment}, with its replies."""
    remove(call.world, _own(call))
    return True


def _own(call: Call) -> InstagramComment:
    """A comment under media of the account; `account_of` has seen to it that it is."""
    assert isinstance(call.node, InstagramComment)
    return call.node


def remove(world: World, comment: InstagramComment) -> None:
    """Take a comment and its replies away. Instagram tells nobody (meta.md 3.5)."""
    for reply in under(world, comment):
        del world.objects[reply.id]
    del world.objects[comment.id]


# -- mentions ----------------------------------------------------------------------------------------------------------


def mentioned_comment(call: Call, account: InstagramAccount, ask: Ask) -> InstagramComment:
    """The field mentioned_comment.comment_id(…): a comment elsewhere that mentions the account."""
    found = call.world.objects.get(ask.args.get("comment_id", ""))
    if not isinstance(found, InstagramComment) or not mentions(found.text, account):
        raise missing_object(ask.args.get("comment_id", ""))
    return found


def mentioned_media(call: Call, account: InstagramAccount, ask: Ask) -> Media:
    """The field mentioned_media.media_id(…): media elsewhere whose caption mentions the account."""
    found = call.world.objects.get(ask.args.get("media_id", ""))
    if not isinstance(found, Media) or not mentions(found.caption, account):
        raise missing_object(ask.args.get("media_id", ""))
    return found


def mentions(words: str, account: InstagramAccount) -> bool:
    """Whether somebody names the account."""
    return names(words, account.username)


def answer_mention(call: Call) -> Answer:
    """POST /{account}/mentions: a comment on the media, or a reply to the comment, that mentions the account: {id}."""
    world, account = call.world, account_of(call)
    media, about = world.objects.get(call.get("media_id")), world.objects.get(call.get("comment_id", ""))
    named: Media | InstagramComment | None = None
    if "comment_id" not in call.params and isinstance(media, Media) and mentions(media.caption, account):
        named = media
    elif isinstance(about, InstagramComment) and about.media == call.get("media_id") and mentions(about.text, account):
        named = about
    if named is None:
        raise missing_object(call.get("comment_id", call.get("media_id")), "post")
    comment = new(world, named, account.id, call.get("message"))
    comment.app = call.speaker.app.id
    return Created(world.add(comment))


EDGES: tuple[Edge, ...] = (
    *both("IGMedia", "comments", "GET", {}, listed, "comments", listing=True),
    *both("IGMedia", "comments", "POST", tables.COMMENT, create, "comments", facebook_too=tables.AD),
    *both("IGComment", "", "GET", {}, read, "comments"),
    *both("IGComment", "", "POST", tables.HIDE, update, "comments", facebook_too=tables.AD),
    *both("IGComment", "", "DELETE", {}, delete, "comments", facebook_too=tables.AD),
    *both("IGComment", "replies", "GET", {}, listed, "comments", listing=True),
    *both("IGComment", "replies", "POST", tables.COMMENT, create, "comments"),
    *both("IGUser", "mentions", "POST", tables.MENTION, answer_mention, "comments"),
)
