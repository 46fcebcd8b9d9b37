"""Posts: publishing on the feed, reading back, changing and deleting (meta.md 2.1 to 2.3)."""

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import host
from sandbox.meta.graph import Answer, Call, Created, Edge, Listing
from sandbox.meta.pages import hooks, publishing
from sandbox.meta.pages.model import PagePost, Photo, Video
from sandbox.meta.tables import publishing as tables
from sandbox.meta.world import Json

#: Hosts whose links may not be posted (meta.md 9, 1609008).
THEIRS = ("facebook.com", "fbcdn.net", "fb.me", "fb.com")


def feed(call: Call) -> Answer:
    """POST /{page}/feed: {id}."""
    world, page = call.world, publishing.page_of(call)
    message, link = call.get("message", ""), call.get("link", "")
    publishing.check_message(message)
    media = publishing.media(call, page)
    if not message and not link and not media:
        raise invalid("The post is empty. Please enter a message to share.")
    _check_link(call, link, bool(media))
    published, at = publishing.scheduled(call)
    post = PagePost(
        id=publishing.new_id(world, page), holder=page.id, author=page.id, app=call.speaker.app.id, message=message,
        link=link, media=media, at=world.now(), published=published, scheduled=at,
        status_type="added_photos" if media else "shared_story" if link else "mobile_status_update",
        extra={k: v for k, v in call.params.items() if k in {"call_to_action", "targeting", "feed_targeting", "place"}},
    )  # fmt: skip
    _check_duplicate(call, post)
    return Created(publishing.create(world, post))


def _check_link(call: Call, link: str, with_media: bool) -> None:
    if any(call.get(name) for name in ("picture", "name", "description", "caption")) or "thumbnail" in call.files:
        text = "Only owners of the URL have the ability to specify the picture, name, thumbnail or description params."
        raise invalid(text)
    if not link:
        return
    if with_media:
        raise invalid("You cannot specify both link and attached_media")
    named = host(link)
    if not named:
        raise GraphError(100, "(#100) link URL is not properly formatted", subcode=1609005)
    if any(named == theirs or named.endswith(f".{theirs}") for theirs in THEIRS):
        raise GraphError(100, "(#100) Sharing this link is restricted", subcode=1609008)


def _check_duplicate(call: Call, post: PagePost) -> None:
    """The same words twice running are refused (meta.md 9, 506)."""
    own = [p for p in call.world.all(PagePost, post.holder) if p.author == post.holder and not p.scheduled]
    last = max(own, key=lambda p: p.at, default=None)
    if not post.message or post.media or last is None or not post.published:
        return
    if (last.message, last.link, last.published) == (post.message, post.link, True) and not last.media:
        raise GraphError(
            506, "(#506) Duplicate status message", title="Duplicate Status Update",
            user_message="This status update is identical to the last one you posted.",
        )  # fmt: skip


def _listing(call: Call, *, own: bool | None) -> Answer:
    since, until = call.get("since"), call.get("until")
    text = str(call.get("q", "")).lower()
    rows: list[PagePost] = [
        p
        for p in call.world.all(PagePost, publishing.page_of(call).id)
        if p.published
        and not p.story
        and (own is None or (p.author == p.holder) == own)
        and (not p.hidden or call.get("include_hidden"))
        and (since is None or p.at >= since)
        and (until is None or p.at <= until)
        and text in p.message.lower()
    ]
    rows.sort(key=lambda p: p.at, reverse=True)
    return Listing(rows)


def everybodys(call: Call) -> Answer:
    """GET /{page}/feed: posts of the Page and of visitors, newest first."""
    return _listing(call, own=None)


def published(call: Call) -> Answer:
    """GET /{page}/published_posts and /posts: the Page's own, newest first."""
    return _listing(call, own=True)


def visitors(call: Call) -> Answer:
    """GET /{page}/visitor_posts."""
    return _listing(call, own=False)


def waiting(call: Call) -> Answer:
    """GET /{page}/scheduled_posts: what will be published, the next first."""
    rows = [(p.scheduled, p.id, p) for p in call.world.all(PagePost, publishing.page_of(call).id) if p.scheduled]
    return Listing([post for _, _, post in sorted(rows)])


def dark(call: Call) -> Answer:
    """GET /{page}/ads_posts: unpublished posts that ads may use."""
    rows = call.world.all(PagePost, publishing.page_of(call).id)
    return Listing([p for p in rows if not p.published and not p.scheduled])


def read(call: Call) -> Answer:
    """GET /{post}."""
    assert call.node
    return call.node


def update(call: Call) -> Answer:
    """POST /{post}: only what the same app posted; publishing, rescheduling, hiding, other words."""
    world, post = call.world, call.world.get(call.node.id if call.node else "", PagePost, "post")
    if post.app != call.speaker.app.id:
        raise GraphError(200, "(#200) The app can only edit posts that it created.", status=403)
    at = call.get("scheduled_publish_time")
    if at is not None:
        if post.published:
            raise invalid("A published post cannot be scheduled")
        publishing.check_time(world, at)
    if call.get("message") == "" and not post.media and not post.link:
        raise invalid("The post is empty. Please enter a message to share.")
    publishing.check_message(call.get("message", ""))
    post.scheduled = at or post.scheduled
    post.hidden = call.get("is_hidden", post.hidden) or call.get("timeline_visibility") == "hidden"
    post.pinned = call.get("is_pinned", post.pinned)
    if "message" in call.params:
        post.message, post.updated = call.get("message"), world.now()
        hooks.post(world, post, "edited")
    if call.get("is_published") and not post.published:
        post.scheduled, post.at = None, world.now()
        publishing.announce(world, post)
    return True


def delete(call: Call) -> Answer:
    """DELETE of a post, photo or video: what is under it goes, too."""
    assert call.node
    publishing.remove(call.world, call.node)
    return True


def attachments(call: Call) -> Answer:
    """GET /{post}/attachments: the link or the media; several photos stand as subattachments of one row."""
    post = call.world.get(call.node.id if call.node else "", PagePost)
    if post.link:
        link: Json = {"type": "share", "media_type": "link", "url": post.link, "unshimmed_url": post.link}
        return Listing([link | {"target": {"url": post.link}, "title": post.link}])
    rows = [_attachment(call, media) for media in post.media]
    if len(rows) > 1:
        album: Json = {"type": "album", "media_type": "album", "url": call.world.link(post)}
        return Listing([album | {"target": {"id": post.id, "url": call.world.link(post)}}
                        | {"subattachments": {"data": rows}} | {"media": rows[0]["media"]}])  # fmt: skip
    return Listing(rows)


def _attachment(call: Call, media_id: str) -> Json:
    world, media = call.world, call.world.objects[media_id]
    video = isinstance(media, Video)
    image: Json = {"src": world.file(media)}
    if isinstance(media, Photo):
        image |= {"width": media.width, "height": media.height}
    return {
        "type": "video_inline" if video else "photo",
        "media_type": "video" if video else "photo",
        "media": {"image": image} | ({"source": world.file(media)} if video else {}),
        "target": {"id": media.id, "url": world.link(media)},
        "url": world.link(media),
        "description": getattr(media, "alt_text", "") or getattr(media, "message", ""),
    }


READ = ("pages_read_engagement",)
THEIR_WORDS = ("pages_read_engagement", "pages_read_user_content")
WRITE = ("pages_manage_posts",)

EDGES = (
    Edge("Page", "feed", "POST", tables.FEED, feed, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "feed", "GET", tables.READ_FEED, everybodys, scopes=THEIR_WORDS, listing=True),
    Edge("Page", "posts", "GET", tables.READ_POSTS, published, scopes=READ, listing=True),
    Edge("Page", "published_posts", "GET", tables.READ_FEED, published, scopes=READ, own=True, listing=True,
         tokens=("page",)),
    Edge("Page", "visitor_posts", "GET", tables.READ_FEED, visitors, scopes=THEIR_WORDS, listing=True),
    Edge("Page", "scheduled_posts", "GET", {}, waiting, scopes=READ, own=True, tokens=("page",), listing=True),
    Edge("Page", "ads_posts", "GET", {}, dark, scopes=READ, own=True, tokens=("page",), listing=True),
    Edge("PagePost", "", "GET", {}, read, scopes=READ),
    Edge("PagePost", "", "POST", tables.UPDATE_POST, update, scopes=WRITE, tokens=("page",), own=True),
    Edge("PagePost", "", "DELETE", {}, delete, scopes=WRITE, tokens=("page",), own=True),
    Edge("PagePost", "attachments", "GET", {}, attachments, scopes=READ, listing=True),
)  # fmt: skip
