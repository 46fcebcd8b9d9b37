"""Comments and replies, their hiding and deleting; likes and reactions (meta.md 2.4)."""

from sandbox.meta.errors import GraphError, invalid, missing_object
from sandbox.meta.graph import Answer, Call, Created, Edge, Listing
from sandbox.meta.pages import counting, hooks
from sandbox.meta.pages.model import Comment, Engaged, PagePost, Photo, Video
from sandbox.meta.pages.posts import READ, read
from sandbox.meta.tables import engaging as tables
from sandbox.meta.world import Json, World

ENGAGE = ("pages_manage_engagement",)
#: What may be commented on.
SUBJECTS = ("PagePost", "Comment", "Photo", "Video")


def subject(call: Call) -> Engaged:
    """What the call is about. A photo or video that stands in a post is commented on through the post."""
    found = call.node
    if isinstance(found, Photo | Video) and found.post in call.world.objects:
        found = call.world.objects[found.post]
    if not isinstance(found, Engaged):
        raise missing_object(call.node.id if call.node else "", call.method)
    return found


def under(world: World, about: Engaged, *, all_levels: bool = False) -> list[Comment]:
    """The comments of a post (the first level, or all) or the replies of a comment, oldest first."""
    if isinstance(about, Comment):
        return [c for c in world.all(Comment) if c.parent == about.id]
    return [c for c in world.all(Comment) if c.object == about.id and (all_levels or not c.parent)]


def listed(call: Call) -> Answer:
    """GET /{object}/comments: with summary=true the order, the number and whether one may comment."""
    about, order = subject(call), call.get("order", "chronological")
    rows = under(call.world, about, all_levels=call.get("filter") == "stream")
    total = len(rows)
    if call.get("since"):
        rows = [c for c in rows if c.at >= call.get("since")]
    if order == "reverse_chronological":
        rows.reverse()
    return Listing(rows, {"order": order, "total_count": total, "can_comment": True})


def add(world: World, comment: Comment) -> Comment:
    """Keep a comment and tell of it."""
    world.add(comment)
    counting.count(world, comment.holder, engagements=1)
    hooks.comment(world, comment, "add")
    return comment


def new(world: World, about: Engaged, author: str, message: str) -> Comment:
    """A comment on a post, or a reply; a reply to a reply stands beside it, under the same comment."""
    on = about.object if isinstance(about, Comment) else about.id
    parent = (about.parent or about.id) if isinstance(about, Comment) else ""
    return Comment(
        id=f"{on.rpartition('_')[2]}_{world.new_id('5')}", holder=about.holder, author=author, object=on, parent=parent,
        message=message, at=world.now(),
    )  # fmt: skip


def create(call: Call) -> Answer:
    """POST /{object}/comments as the Page: {id}."""
    if call.speaker.kind != "page":
        text = "(#1705) There was an error posting to this wall: comments are posted with a Page access token"
        raise GraphError(1705, text)
    message = _words(call)
    about = subject(call)
    if isinstance(about, PagePost) and not about.published:
        raise missing_object(about.id, "post")
    comment = new(call.world, about, call.speaker.owner, message)
    comment.app, comment.attachment = call.speaker.app.id, _attachment(call)
    return Created(add(call.world, comment))


def _attachment(call: Call) -> str:
    photo = call.world.objects.get(call.get("attachment_id", ""))
    if "attachment_id" in call.params and not isinstance(photo, Photo):
        raise invalid("The attachment_id is not of a photo")
    if isinstance(photo, Photo):
        return call.world.file(photo)
    return str(call.get("attachment_url") or call.get("attachment_share_url") or "")


def _words(call: Call) -> str:
    message = str(call.get("message", ""))
    if not message.strip() and not any(name.startswith("attachment") for name in call.params):
        raise invalid("The parameter message is required")
    return message


def _comment(call: Call) -> Comment:
    return call.world.get(call.node.id if call.node else "", Comment, call.method)


def update(call: Call) -> Answer:
    """POST /{comment}: hides or shows somebody's, changes the words of the Page's own."""
    comment, own = _comment(call), call.speaker.owner
    if "is_hidden" in call.params:
        if comment.author == own:
            raise GraphError(200, "(#200) A Page's own comment cannot be hidden.", status=403)
        hide(call.world, comment, call.get("is_hidden"))
    if any(name in call.params for name in tables.COMMENT):
        if comment.author != own:
            raise GraphError(200, "(#200) Only the author of a comment may change its words.", status=403)
        edit(call.world, comment, _words(call))
    return True


def hide(world: World, comment: Comment, hidden: bool) -> None:
    """Hide or show a comment; nothing is told where nothing changes."""
    if comment.hidden != hidden:
        comment.hidden = hidden
        hooks.comment(world, comment, "hide" if hidden else "unhide")


def edit(world: World, comment: Comment, message: str) -> None:
    """Other words for a comment."""
    comment.message, comment.updated = message, world.now()
    hooks.comment(world, comment, "edited")


def delete(call: Call) -> Answer:
    """DELETE /{comment}, the Page's own or anybody's under its posts, with its replies."""
    remove(call.world, _comment(call))
    return True


def remove(world: World, comment: Comment) -> None:
    """Take a comment and its replies away."""
    for reply in under(world, comment):
        del world.objects[reply.id]
    del world.objects[comment.id]
    hooks.comment(world, comment, "remove")


# -- likes and reactions -----------------------------------------------------------------------------------------------


def react(world: World, about: Engaged, author: str, sort: str) -> None:
    """Somebody reacts, or reacts otherwise than before."""
    verb = "edit" if author in about.reactions else "add"
    if about.reactions.get(author) != sort:
        about.reactions[author] = sort
        counting.count(world, about.holder, engagements=1, reactions=1)
        hooks.reaction(world, about, author, sort, verb)


def unreact(world: World, about: Engaged, author: str) -> None:
    """Somebody takes the reaction back."""
    sort = about.reactions.pop(author, None)
    if sort is not None:
        hooks.reaction(world, about, author, sort, "remove")


def like(call: Call) -> Answer:
    """POST /{object}/likes as the Page."""
    react(call.world, subject(call), call.speaker.owner, "LIKE")
    return True


def unlike(call: Call) -> Answer:
    """DELETE /{object}/likes as the Page."""
    unreact(call.world, subject(call), call.speaker.owner)
    return True


def _row(world: World, author: str, sort: str = "") -> Json:
    who = hooks.who(world, author)
    return {"id": who["id"], "name": who["name"]} | ({"type": sort} if sort else {})


def likes(call: Call) -> Answer:
    """GET /{object}/likes: who likes it."""
    about, own = subject(call), call.speaker.owner
    rows = [_row(call.world, author) for author, sort in about.reactions.items() if sort == "LIKE"]
    has_liked = about.reactions.get(own) == "LIKE"
    return Listing(rows, {"total_count": len(rows), "can_like": True, "has_liked": has_liked})


def reactions(call: Call) -> Answer:
    """GET /{object}/reactions: who reacted how, of one type or of all."""
    about, wanted = subject(call), call.get("type")
    rows = [_row(call.world, a, sort) for a, sort in about.reactions.items() if wanted in {None, "NONE", sort}]
    viewer = about.reactions.get(call.speaker.owner, "NONE")
    return Listing(rows, {"total_count": len(rows), "viewer_reaction": viewer})


def _edges(kind: str) -> tuple[Edge, ...]:
    return (
        Edge(kind, "comments", "GET", tables.READ_COMMENTS, listed, scopes=READ, listing=True),
        Edge(kind, "comments", "POST", tables.COMMENT, create, scopes=ENGAGE, tokens=("page", "user")),
        Edge(kind, "likes", "GET", tables.READ_LIKES, likes, scopes=READ, listing=True),
        Edge(kind, "likes", "POST", {}, like, scopes=ENGAGE, tokens=("page",)),
    )


def _more(kind: str) -> tuple[Edge, ...]:
    return (
        Edge(kind, "likes", "DELETE", {}, unlike, scopes=ENGAGE, tokens=("page",)),
        Edge(kind, "reactions", "GET", tables.READ_REACTIONS, reactions, scopes=READ, listing=True),
    )


EDGES = (
    *(edge for kind in SUBJECTS for edge in _edges(kind)),
    *(edge for kind in ("PagePost", "Comment") for edge in _more(kind)),
    Edge("Comment", "", "GET", {}, read, scopes=READ),
    Edge("Comment", "", "POST", tables.UPDATE_COMMENT, update, scopes=ENGAGE, tokens=("page",), own=True),
    Edge("Comment", "", "DELETE", {}, delete, scopes=ENGAGE, tokens=("page",), own=True),
)
