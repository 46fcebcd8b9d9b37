"""Videos: in one piece or in chunks, and what is told of how far they are (meta.md 2.1)."""

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.pages import publishing
from sandbox.meta.pages.model import PagePost, Video
from sandbox.meta.pages.photos import fetched
from sandbox.meta.pages.posts import READ, WRITE, delete, read
from sandbox.meta.tables import publishing as tables
from sandbox.meta.world import Json, World, unix

#: How many bytes the sandbox asks for at a time, so that small files come in several chunks.
CHUNK = 1024 * 1024
#: What is said of bytes that are no video.
BROKEN = "The video file you tried to upload is of a type that is not supported."


async def upload(call: Call) -> Answer:
    """POST /{page}/videos: {id}, or the answers of the phases of a chunked upload."""
    phase = call.get("upload_phase")
    if phase:
        return _PHASES[phase](call)
    if ("source" in call.files) == bool(call.get("file_url")):
        raise invalid("Exactly one of file_url and source is required")
    video = begin(call)
    file = call.files.get("source") or await fetched(call.get("file_url"))
    video.size = len(file.data)
    receive(call.world, video, file.data)
    _finish(call, video)
    return {"id": video.id}


def begin(call: Call, sort: str = "video") -> Video:
    """A video, reel or story that waits for its bytes."""
    page = publishing.page_of(call)
    now = call.world.now()
    return call.world.add(
        Video(id=call.world.new_id("7"), holder=page.id, author=page.id, app=call.speaker.app.id, at=now, sort=sort)
    )


def _finish(call: Call, video: Video) -> None:
    video.published, video.scheduled = publishing.scheduled(call)
    video.message, video.title = call.get("description", ""), call.get("title", "")
    video.finished = True
    publishing.due(call.world)


def receive(world: World, video: Video, data: bytes) -> None:
    """Bytes have come; with the last of them processing begins, which fails for what is no video."""
    video.data += data
    if video.size and len(video.data) >= video.size:
        video.begun = world.now()
        if video.data[4:8] != b"ftyp" or world.settings.video_fails:
            video.failed = BROKEN


def _start(call: Call) -> Answer:
    size = call.get("file_size", 0)
    if size <= 0:
        raise invalid("The parameter file_size is required")
    video = begin(call)
    video.size, video.session = size, call.world.new_id("6")
    return {"upload_session_id": video.session, "video_id": video.id} | _offsets(video)


def _offsets(video: Video) -> Json:
    at = len(video.data)
    return {"start_offset": str(at), "end_offset": str(min(at + CHUNK, video.size))}


def _session(call: Call) -> Video:
    session = call.get("upload_session_id", "")
    videos = call.world.all(Video, publishing.page_of(call).id)
    found = next((v for v in videos if session and v.session == session and not v.finished), None)
    if found is None:
        raise GraphError(6000, "There was a problem uploading your video: no such session.", subcode=1363047)
    return found


def _transfer(call: Call) -> Answer:
    video, chunk = _session(call), call.files.get("video_file_chunk")
    if chunk is None:
        raise invalid("The parameter video_file_chunk is required")
    if call.get("start_offset") != len(video.data):
        data = _offsets(video)
        raise GraphError(6001, "There was a problem uploading your video: wrong offset.", subcode=1363037, data=data)
    if len(video.data) + len(chunk.data) > video.size:
        raise GraphError(6001, "There was a problem uploading your video: too many bytes.", subcode=1363030)
    receive(call.world, video, chunk.data)
    return _offsets(video)


def _end(call: Call) -> Answer:
    video = _session(call)
    if len(video.data) < video.size:
        raise GraphError(6001, "There was a problem uploading your video: it is not complete.", subcode=1363030)
    _finish(call, video)
    return True


def _cancel(call: Call) -> Answer:
    del call.world.objects[_session(call).id]
    return True


_PHASES = {"start": _start, "transfer": _transfer, "finish": _end, "cancel": _cancel}


def update(call: Call) -> Answer:
    """POST /{video}: other words, publishing now, another time."""
    world, video = call.world, call.world.get(call.node.id if call.node else "", Video, "post")
    if call.get("scheduled_publish_time"):
        publishing.check_time(world, call.get("scheduled_publish_time"))
        video.scheduled = call.get("scheduled_publish_time")
    video.message, video.title = call.get("description", video.message), call.get("name", video.title)
    post = world.objects.get(video.post)
    if isinstance(post, PagePost):
        post.message = video.message
    if call.get("published"):
        video.published, video.scheduled = True, None
        publishing.due(world)
    return True


def videos(call: Call) -> Answer:
    """GET /{page}/videos: published ones, newest first."""
    return Listing(_published(call, "video"))


def _published(call: Call, sort: str) -> list[Video]:
    rows = call.world.all(Video, publishing.page_of(call).id)
    return [v for v in rows if v.sort == sort and v.post][::-1]


def status(world: World, video: Video) -> Json:
    """The `status` of a video: the phases of uploading, processing and publishing."""
    complete, ready = video.begun is not None, publishing.ready(world, video)
    published = bool(video.post) or (video.sort == "story" and video.finished and ready)
    uploading: Json = {"status": "complete" if complete else "in_progress", "bytes_transfered": len(video.data)}
    uploading["source_file_size"] = video.size
    processing: Json = {"status": "complete" if ready else "in_progress" if complete else "not_started"}
    publishing_phase: Json = {"status": "complete" if published else "not_started"}
    if published:
        publishing_phase |= {"publish_status": "published", "publish_time": unix(video.begun or video.at)}
    elif video.scheduled:
        publishing_phase |= {"publish_status": "scheduled", "publish_time": unix(video.scheduled)}
    elif video.finished and (video.state == "DRAFT" or not video.published):
        publishing_phase |= {"publish_status": "draft"}
    word = "ready" if ready else "processing" if complete and video.finished else "upload_complete"
    if not complete:
        word = "uploading"
    if video.failed and ready:
        word = "error"
        processing = {"status": "error", "error": {"message": video.failed}}
        publishing_phase = {"status": "error", "publish_status": "error"}
    return {
        "video_status": word,
        "uploading_phase": uploading,
        "processing_phase": processing,
        "publishing_phase": publishing_phase,
    }


EDGES = (
    Edge("Page", "videos", "POST", tables.VIDEO, upload, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "videos", "GET", tables.VIDEOS, videos, scopes=READ, listing=True),
    Edge("Video", "", "GET", {}, read, scopes=READ),
    Edge("Video", "", "POST", tables.UPDATE_VIDEO, update, scopes=WRITE, tokens=("page",), own=True),
    Edge("Video", "", "DELETE", {}, delete, scopes=WRITE, tokens=("page",), own=True),
)
