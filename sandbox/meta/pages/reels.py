"""Reels and stories: started, their bytes brought to rupload, finished (meta.md 2.1)."""

from datetime import timedelta

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing, Upload
from sandbox.meta.pages import publishing
from sandbox.meta.pages.model import Photo, Story, Video
from sandbox.meta.pages.photos import fetched
from sandbox.meta.pages.posts import READ, WRITE, read
from sandbox.meta.pages.videos import begin, receive
from sandbox.meta.tables import publishing as tables
from sandbox.meta.world import Json


def reel(call: Call) -> Answer:
    """POST /{page}/video_reels: {video_id, upload_url}, then {success, post_id}."""
    if call.get("upload_phase") == "START":
        _check_quota(call)
        return _start(call, "reel")
    video = _uploaded(call, "reel")
    state, at = call.get("video_state"), call.get("scheduled_publish_time")
    if not state:
        raise invalid("The parameter video_state is required")
    if (state == "SCHEDULED") != (at is not None):
        raise invalid("scheduled_publish_time belongs to the video_state SCHEDULED, and must be there then")
    if at is not None:
        publishing.check_time(call.world, at, publishing.REELS_LATEST)
    video.state, video.scheduled, video.published = state, at, state == "PUBLISHED"
    video.message, video.title, video.finished = call.get("description", ""), call.get("title", ""), True
    publishing.due(call.world)
    return {"success": True} | ({"post_id": video.post.partition("_")[2]} if video.post else {})


def _check_quota(call: Call) -> None:
    world, page = call.world, publishing.page_of(call)
    recent = [v for v in world.all(Video, page.id) if v.sort == "reel" and world.now() - v.at < timedelta(days=1)]
    if len(recent) >= world.settings.reels_a_day:
        raise GraphError(
            368, "(#368) The action attempted has been deemed abusive or is otherwise disallowed", subcode=1390008,
            user_message="You have published too many reels within 24 hours.",
        )  # fmt: skip


def _start(call: Call, sort: str) -> Json:
    video = begin(call, sort)
    address = f"{call.world.address}/rupload/video-upload/{call.version}/{video.id}"
    return {"video_id": video.id, "upload_url": address}


def _uploaded(call: Call, sort: str) -> Video:
    if not call.get("video_id"):
        raise invalid("The parameter video_id is required")
    video = call.world.get(call.get("video_id"), Video, "post")
    if video.sort != sort or video.holder != publishing.page_of(call).id:
        raise invalid("The video_id is not of an upload of this kind")
    if video.finished:
        raise invalid("This video was finished already")
    if video.begun is None:
        raise GraphError(6000, "There was a problem uploading your video: no bytes have come.", subcode=1363047)
    return video


async def receive_bytes(upload: Upload) -> Json:
    """POST to the upload_url: bytes with `offset` and `file_size`, or a `file_url` to fetch them from."""
    video = upload.world.get(upload.node_id, Video, "post")
    if upload.token.kind != "page" or upload.token.owner != video.holder:
        raise GraphError(190, "Invalid OAuth access token.", status=401)
    address = upload.headers.get("file_url")
    if address:
        file = await fetched(address)
        video.size = len(file.data)
        receive(upload.world, video, file.data)
        return {"success": True}
    offset, size = upload.headers.get("offset", ""), upload.headers.get("file_size", "")
    if not offset.isdigit() or not size.isdigit():
        raise _debug("OffsetInvalidError", "The headers offset and file_size are required.")
    if int(offset) != len(video.data):
        raise _debug("OffsetInvalidError", f"The offset must be {len(video.data)}.")
    video.size = int(size)
    receive(upload.world, video, upload.body)
    if video.begun is None:
        raise _debug("PartialRequestError", "Partial request (did not match length of file).")
    return {"success": True}


def _debug(kind: str, sentence: str) -> GraphError:
    return GraphError(6000, sentence, type=kind, subcode=1363047)


def reels(call: Call) -> Answer:
    """GET /{page}/video_reels: published ones, newest first."""
    since, until = call.get("since"), call.get("until")
    rows = [
        v
        for v in call.world.all(Video, publishing.page_of(call).id)
        if v.sort == "reel" and v.post and (since is None or v.at >= since) and (until is None or v.at <= until)
    ]
    return Listing(rows[::-1])


def video_story(call: Call) -> Answer:
    """POST /{page}/video_stories: {video_id, upload_url}, then {success, post_id}."""
    if call.get("upload_phase") == "START":
        return _start(call, "story")
    video = _uploaded(call, "story")
    video.finished = True
    story = publishing.story(call, video.id, "video")
    return {"success": True, "post_id": int(story.id)}


def photo_story(call: Call) -> Answer:
    """POST /{page}/photo_stories: {success, post_id}; the photo is an unpublished one, used nowhere else."""
    world, page = call.world, publishing.page_of(call)
    photo = world.objects.get(call.get("photo_id"))
    if not isinstance(photo, Photo) or photo.holder != page.id:
        raise invalid("The photo_id is not of a photo of this Page")
    if photo.post or photo.used:
        raise GraphError(100, "(#100) These photos were already posted.", subcode=1366051)
    photo.used = "story"
    return {"success": True, "post_id": int(publishing.story(call, photo.id, "photo").id)}


def stories(call: Call) -> Answer:
    """GET /{page}/stories: shown ones and, for status ARCHIVED, those of earlier days."""
    world = call.world
    since, until = call.get("since"), call.get("until")
    wanted = call.get("status", ["PUBLISHED"])
    rows = [
        s
        for s in world.all(Story, publishing.page_of(call).id)
        if shown(call, s)
        and ("PUBLISHED" if world.now() - s.at < publishing.SHOWN else "ARCHIVED") in wanted
        and (since is None or s.at >= since)
        and (until is None or s.at <= until)
    ]
    return Listing(rows[::-1])


def shown(call: Call, story: Story) -> bool:
    """Whether its media has become ready."""
    media = call.world.objects.get(story.media)
    return not isinstance(media, Video) or (publishing.ready(call.world, media) and not media.failed)


EDGES = (
    Edge("Page", "video_reels", "POST", tables.REEL, reel, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "video_reels", "GET", tables.READ_REELS, reels, scopes=READ, listing=True),
    Edge("Page", "video_stories", "POST", tables.REEL, video_story, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "photo_stories", "POST", tables.PHOTO_STORY, photo_story, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "stories", "GET", tables.STORIES, stories, scopes=READ, tokens=("page",), own=True, listing=True),
    Edge("Story", "", "GET", {}, read, scopes=READ),
)
