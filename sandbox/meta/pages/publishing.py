"""Putting posts on a Page: what may be scheduled when, what becomes of media, and what is due (meta.md 2.1, 2.2)."""

from datetime import datetime, timedelta

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Call
from sandbox.meta.pages import hooks
from sandbox.meta.pages.model import Comment, Page, PagePost, Photo, Story, Video
from sandbox.meta.world import Node, World

#: How far ahead a post and a reel may be scheduled (meta.md 2.2).
SOONEST, POSTS_LATEST, REELS_LATEST = timedelta(minutes=10), timedelta(days=30), timedelta(days=29)
#: How long a story is shown.
SHOWN = timedelta(days=1)
#: Most characters of a post (meta.md 2.1).
LONGEST = 63_206


def page_of(call: Call) -> Page:
    """The Page that the call is about: the node itself, or the one that holds it."""
    assert call.node
    found = call.world.objects.get(call.node.holder or call.node.id)
    if not isinstance(found, Page):
        raise TypeError(f"{call.node.id} is not of a Page.")
    return found


def scheduled(call: Call, latest: timedelta = POSTS_LATEST) -> tuple[bool, datetime | None]:
    """(published, when it is to be published). Raises GraphError 100 where the two do not fit or it is no good time."""
    published, at = call.get("published", True), call.get("scheduled_publish_time")
    if at is None:
        if call.get("unpublished_content_type") == "SCHEDULED":
            raise invalid("The parameter scheduled_publish_time is required for scheduled posts")
        return published, None
    if published:
        raise invalid("You cannot specify a scheduled publish time on a published post")
    check_time(call.world, at, latest)
    return False, at


def check_time(world: World, at: datetime, latest: timedelta = POSTS_LATEST) -> None:
    """Raises GraphError 100 for a time too soon or too late."""
    if not world.now() + SOONEST <= at <= world.now() + latest:
        raise invalid("The specified scheduled publish time is invalid.")


def check_message(message: str) -> None:
    """Raises GraphError 100 where a text is too long."""
    if len(message) > LONGEST:
        raise invalid(f"The message is too long: at most {LONGEST} characters")


def create(world: World, post: PagePost) -> PagePost:
    """Keep a new post under an id of its Page, with its media taken, and tell of it if it is published."""
    world.add(post)
    for media in post.media:
        taken = world.objects[media]
        if isinstance(taken, Photo | Video):
            taken.post = post.id
            taken.published = post.published
    if post.published:
        announce(world, post)
    return post


def new_id(world: World, page: Page) -> str:
    """The id of a new post: {page}_{post}."""
    return f"{page.id}_{world.new_id()}"


def announce(world: World, post: PagePost) -> None:
    """The post appears: a scheduled one begins to live now."""
    if post.scheduled:
        post.at, post.scheduled = max(post.scheduled, post.at), None
    post.published = True
    for media in post.media:
        taken = world.objects.get(media)
        if isinstance(taken, Photo | Video):
            taken.published = True
    hooks.post(world, post, "add")


def remove(world: World, node: Node) -> None:
    """Delete a post with everything under it, or a photo or video with its post."""
    if isinstance(node, PagePost):
        for comment in world.all(Comment):
            if comment.object == node.id:
                del world.objects[comment.id]
        for gone in (*node.media, node.id.partition("_")[2] if node.story else ""):
            world.objects.pop(gone, None)
        hooks.post(world, node, "remove")
    elif isinstance(node, Photo | Video):
        post = world.objects.get(node.post)
        if isinstance(post, PagePost):
            post.media.remove(node.id)
            if not post.media:
                remove(world, post)
    world.objects.pop(node.id, None)


def media(call: Call, page: Page) -> list[str]:
    """The photos of `attached_media`, in order. Raises GraphError for one that is not there or already posted."""
    found: list[str] = []
    for row in call.get("attached_media", []):
        if not isinstance(row, dict) or "media_fbid" not in row:
            raise invalid("Param attached_media must be an array of objects with media_fbid")
        photo = call.world.objects.get(str(row["media_fbid"]))
        if not isinstance(photo, Photo) or photo.holder != page.id:
            raise invalid(f"The photo {row['media_fbid']} does not exist or is not of this Page")
        if photo.post or photo.used or photo.id in found:
            text = "(#100) These photos were already posted."
            raise GraphError(100, text, subcode=1366051, title="Already Posted")
        found.append(photo.id)
    return found


def due(world: World) -> bool:
    """Publish what is due: scheduled posts, and videos that have become ready. Answers whether anything happened."""
    now, changed = world.now(), False
    for post in world.all(PagePost):
        if post.scheduled and post.scheduled <= now:
            announce(world, post)
            changed = True
    for video in world.all(Video):
        waits = video.finished and not (video.post or video.failed or video.state == "DRAFT" or video.sort == "story")
        if not waits or not ready(world, video) or (video.scheduled and video.scheduled > now):
            continue
        if video.published or video.scheduled:
            _show(world, video)
            changed = True
    return changed


def ready(world: World, video: Video) -> bool:
    """Whether a video has been processed."""
    return video.begun is not None and world.now() >= video.begun + timedelta(seconds=world.settings.video_seconds)


def _show(world: World, video: Video) -> None:
    page = world.get(video.holder, Page)
    video.published, video.scheduled = True, None
    create(
        world,
        PagePost(
            id=new_id(world, page), holder=page.id, author=page.id, app=video.app, message=video.message,
            at=world.now(), media=[video.id], status_type="added_video",
        ),
    )  # fmt: skip


def story(call: Call, media_id: str, media_type: str) -> Story:
    """A story of a photo or video, and the post that it is."""
    world, page = call.world, page_of(call)
    post = PagePost(
        id=new_id(world, page), holder=page.id, author=page.id, app=call.speaker.app.id, media=[media_id],
        at=world.now(), story=True, status_type="added_photos" if media_type == "photo" else "added_video",
    )  # fmt: skip
    world.add(post)
    tail = post.id.partition("_")[2]
    return world.add(
        Story(id=tail, holder=page.id, post=post.id, media=media_id, media_type=media_type, at=post.at)
    )  # fmt: skip
