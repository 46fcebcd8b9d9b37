"""What people do on a Page in their apps: the public, and the Page's own people on facebook.com."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.meta.pages import comments, counting, hooks, publishing
from sandbox.meta.pages.model import Comment, Engaged, Page, PagePost
from sandbox.meta.tables.engaging import REACTIONS
from sandbox.meta.world import INSTAGRAM_ACCOUNT, PAGE, SECOND_PAGE, Json, World
from sandbox.service import Refusal


def settle(world: World) -> None:
    """Two Pages; Acme has an Instagram account linked to it."""
    world.add(
        Page(
            id=PAGE, name="Acme", username="acme", instagram=INSTAGRAM_ACCOUNT, about="Good things, made slowly.",
            website="https://acme.example/", phone="+39 02 1234567", fans=1250,
        )
    )  # fmt: skip
    world.add(Page(id=SECOND_PAGE, name="Acme Italia", username="acme_it", about="Cose buone.", fans=310))


def _author(world: World, asked: Json) -> str:
    """`as`: a person's name, or "page" with `page` (an id; the first Page if left out)."""
    if asked["as"] == "page":
        return _page(world, asked).id
    return world.person(asked["as"]).id


def _page(world: World, asked: Json) -> Page:
    page = world.objects.get(str(asked.get("page", PAGE)))
    if not isinstance(page, Page):
        raise Refusal("There is no such Page.")
    return page


def _thing(world: World, asked: Json) -> Engaged:
    """The post or comment named by `id`."""
    found = world.objects.get(str(asked["id"]))
    if not isinstance(found, PagePost | Comment):
        raise Refusal("There is no such post or comment.")
    return found


def _post(world: World, asked: Json) -> PagePost:
    found = _thing(world, asked)
    if not isinstance(found, PagePost):
        raise Refusal("That is a comment.")
    return found


def _own(world: World, asked: Json) -> Engaged:
    found, author = _thing(world, asked), _author(world, asked)
    if author not in {found.author, found.holder}:
        raise Refusal("That is somebody else's.")
    return found


def comment(world: World, asked: Json) -> Json:
    """{as, id (a post or a comment), text, ad?: bool, photo?: address}: answers the new comment's id."""
    about, author = _thing(world, asked), _author(world, asked)
    page = world.get(about.holder, Page)
    if author in page.blocked:
        raise Refusal("The Page has blocked that person.")
    if isinstance(about, PagePost) and not about.published and not asked.get("ad"):
        raise Refusal("That post is not published.")
    new = comments.new(world, about, author, str(asked["text"]))
    new.ad, new.attachment = bool(asked.get("ad")), str(asked.get("photo", ""))
    return {"id": comments.add(world, new).id}


def edit(world: World, asked: Json) -> None:
    """{as, id, text}: one's own post or comment."""
    found = _own(world, asked)
    if isinstance(found, Comment):
        comments.edit(world, found, str(asked["text"]))
    elif isinstance(found, PagePost):
        found.message, found.updated = str(asked["text"]), world.now()
        hooks.post(world, found, "edited")


def delete(world: World, asked: Json) -> None:
    """{as, id}: one's own, or as the Page anything on it."""
    found = _own(world, asked)
    if isinstance(found, Comment):
        comments.remove(world, found)
    else:
        publishing.remove(world, found)


def hide(world: World, asked: Json) -> None:
    """{id, hidden?: bool}: somebody of the Page hides or shows a comment on facebook.com."""
    found = _thing(world, asked)
    if not isinstance(found, Comment):
        raise Refusal("Only comments are hidden.")
    comments.hide(world, found, bool(asked.get("hidden", True)))


def react(world: World, asked: Json) -> None:
    """{as, id, type?: LIKE, LOVE…; null takes it back}."""
    found, author, sort = _thing(world, asked), _author(world, asked), asked.get("type", "LIKE")
    if sort is None:
        comments.unreact(world, found, author)
    elif sort in REACTIONS:
        comments.react(world, found, author, str(sort))
    else:
        raise Refusal(f"There is no reaction called {sort}.")


def visit(world: World, asked: Json) -> Json:
    """{as, text, page?}: a post on the Page by a visitor, or by the Page's own people on facebook.com."""
    page, author = _page(world, asked), _author(world, asked)
    if author in page.blocked:
        raise Refusal("The Page has blocked that person.")
    post = PagePost(
        id=publishing.new_id(world, page), holder=page.id, author=author, message=str(asked["text"]), at=world.now()
    )
    return {"id": publishing.create(world, post).id}


def mention(world: World, asked: Json) -> Json:
    """{as, text, page?}: a mention of the Page in a post of one's own, elsewhere."""
    page, author = _page(world, asked), _author(world, asked)
    post_id = f"{author}_{world.new_id()}"
    hooks.mention(world, page, author, post_id, str(asked["text"]))
    return {"id": post_id}


def share(world: World, asked: Json) -> None:
    """{as, id}: shares a post."""
    _author(world, asked)
    _post(world, asked).shares += 1


def see(world: World, asked: Json) -> None:
    """{id, views?, reach?, clicks?, video_views?, video_view_time?}: adds to the numbers of a post."""
    names = ("views", "reach", "clicks", "video_views", "video_view_time")
    counting.viewed(world, _post(world, asked), **{name: int(asked[name]) for name in names if name in asked})


def follow(world: World, asked: Json) -> None:
    """{page?, people?: number, may be negative}."""
    page, people = _page(world, asked), int(asked.get("people", 1))
    page.fans += people
    counting.count(world, page.id, **{"follows" if people > 0 else "unfollows": abs(people)})


ACTS: Mapping[str, Callable[[World, Json], Any]] = {
    "comment": comment, "edit": edit, "delete": delete, "hide": hide, "react": react, "post": visit,
    "mention": mention, "share": share, "see": see, "follow": follow,
}  # fmt: skip
