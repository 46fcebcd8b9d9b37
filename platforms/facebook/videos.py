"""Films on their way: a video in pieces, a reel or a story whole; the video's id is known before it is published.

Sources: Video API, "Publishing" (chunked), "Reels publishing"; Page Stories API; reference, Video, `status`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from platforms.contract import Attachment, ContentRefused, Gone, MediaNotReady, OutcomeUnknown, Permanent, Progress
from platforms.facebook.photos import name_of, opened
from platforms.facebook.progress import FINISHED, LOOKS, UPLOAD, VIDEO, WANTED, forget_video
from platforms.facebook.wire import page_post
from platforms.graph.calls import Graph
from platforms.graph.shapes import Malformed, needed_address, needed_id
from platforms.shapes import Json, id_of, number_of, part_of, text_of, words_of
from platforms.uploads import Slice, Upload

#: Looks at a film that Facebook has taken and works on: they are spread over about twenty minutes, and fewer than the
#: attempts that a delivery has. Then it is unsure, and looked up from time to time.
MOST_LOOKS, SOON, LATEST = 8, timedelta(seconds=15), timedelta(minutes=5)
#: Pieces of a film that are sent at most.
PIECES = 20_000
FIELDS = "status,post_id,published,permalink_url,created_time"
FAILED = frozenset({"error", "upload_failed", "expired"})


@dataclass(frozen=True, slots=True)
class State:
    """How far a film is."""

    stands: bool = False
    failed: str = ""  #: why, in Facebook's words
    under_way: bool = False  #: Facebook works on it: whether it was told to publish it cannot be seen
    post_id: str = ""
    received: int = 0  #: bytes


class Videos:
    """Brings films to a Page."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def publish(self, page: str, file: Attachment, edge: str, words: dict[str, str], progress: Progress) -> str:
        """The id of the post (or of the film, where Facebook does not tell the post's).

        `edge` is videos, video_reels or video_stories, `words` what is said with it. Raises MediaNotReady while
        Facebook works on it, OutcomeUnknown, ContentRefused with its reason.
        """
        video = progress.load(VIDEO) or ""
        state = self._look(page, video, progress) if video else None
        if state is None and progress.load(FINISHED):
            progress.save(FINISHED, "")  # whoever says that it does not stand has it sent anew
            raise OutcomeUnknown("Facebook had taken the film, and does not know it any more.")
        if state is None:
            video = self._started(page, file, edge, progress)
            state = State()
        if progress.load(FINISHED) or state.stands:
            return self._standing(video, state, progress)
        if state.failed:
            forget_video(progress)
            raise ContentRefused(state.failed)
        if edge == "videos":
            self._send_pieces(page, file, state.received, progress)
        else:
            self._send_whole(file, state.received, progress)
        done = self._finish(page, video, edge, words, progress)
        progress.save(FINISHED, "1")
        if post := page_post(id_of(done, "post_id"), page):
            return post
        return self._standing(video, self._look(page, video, progress) or State(), progress)

    def state(self, page: str, video: str) -> State | None:
        """How far it is; None where Facebook does not know it (any more)."""
        try:
            body = self._graph.read("/{}", video, fields=FIELDS)
        except Gone:
            return None
        return state_of(body, page)

    def _look(self, page: str, video: str, progress: Progress) -> State | None:
        """The same; once Facebook has taken the film, a refusal to let us look does not mean that it is not there."""
        try:
            return self.state(page, video)
        except Permanent as refusal:
            if not progress.load(FINISHED):
                raise
            raise OutcomeUnknown(refusal.reason) from None

    def _standing(self, video: str, state: State, progress: Progress) -> str:
        if state.failed:
            forget_video(progress)
            raise ContentRefused(state.failed)
        if state.stands:
            return state.post_id or video
        looks = int(progress.load(LOOKS) or 0)
        if looks >= MOST_LOOKS:
            raise OutcomeUnknown("Facebook has taken the film and is still working on it.")
        progress.save(LOOKS, str(looks + 1))
        raise MediaNotReady("Facebook is still working on the film.", min(SOON * 2**looks, LATEST))

    def _started(self, page: str, file: Attachment, edge: str, progress: Progress) -> str:
        forget_video(progress)
        whole = {"file_size": file.size} if edge == "videos" else {}
        begun = self._graph.write(f"/{{}}/{edge}", page, safe=True, upload_phase="start", **whole)
        progress.save(UPLOAD, needed_id(begun, "upload_session_id") if whole else needed_address(begun, "upload_url"))
        if whole:
            progress.save(WANTED, _wanted(begun, file.size))
        video = needed_id(begun, "video_id")
        progress.save(VIDEO, video)
        return video

    def _send_pieces(self, page: str, file: Attachment, received: int, progress: Progress) -> None:
        """Facebook says after each piece from where to where it wants the next; none is wanted where both are one."""
        if received >= file.size:
            return
        session = progress.load(UPLOAD) or ""
        start, end = (int(offset) for offset in (progress.load(WANTED) or "0-0").split("-"))
        if start < received:
            start, end = received, min(received + end - start, file.size)
        with opened(file.path) as content:
            for _ in range(PIECES):
                if start == end:
                    return
                content.seek(start)
                piece = Upload(Slice(content, end - start), name_of(file), file.mime, "video_file_chunk")
                asked = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start}
                wanted = _wanted(self._transferred(page, piece, asked, progress), file.size)
                progress.save(WANTED, wanted)
                start, end = (int(offset) for offset in wanted.split("-"))
        raise ContentRefused("Facebook asks for the film in too many pieces.")

    def _transferred(self, page: str, piece: Upload, asked: dict[str, object], progress: Progress) -> Json:
        try:
            return self._graph.upload("/{}/videos", page, file=piece, **asked)
        except Permanent:
            # What an earlier attempt began may have ended meanwhile, and is begun anew; only the beginning is judged.
            is_resumed = asked["start_offset"] != 0
            forget_video(progress)
            if not is_resumed:
                raise
            raise MediaNotReady("The upload broke off; it begins anew.", SOON) from None

    def _send_whole(self, file: Attachment, received: int, progress: Progress) -> None:
        if received >= file.size:
            return
        with opened(file.path) as content:
            try:
                self._graph.push(progress.load(UPLOAD) or "", content, received, file.size)
            except Permanent:
                forget_video(progress)
                raise

    def _finish(self, page: str, video: str, edge: str, words: dict[str, str], progress: Progress) -> Json:
        given: dict[str, Any] = {"upload_phase": "finish", **words}
        if edge == "videos":
            given["upload_session_id"] = progress.load(UPLOAD)
        else:
            given["video_id"] = video
        if edge == "video_reels":
            given["video_state"] = "PUBLISHED"
        return self._graph.write(f"/{{}}/{edge}", page, **given)


def state_of(body: Json, page: str) -> State:
    """A film's state by its `status`, whose documentation and specification spell one field in two ways."""
    status = part_of(body, "status")
    uploading, processing, publishing = (
        part_of(status, f"{phase}_phase") for phase in ("uploading", "processing", "publishing")
    )
    received = number_of(uploading, "bytes_transfered") or number_of(uploading, "bytes_transferred") or 0
    post = page_post(id_of(body, "post_id"), page)
    whole = text_of(status, "video_status")
    phases = [text_of(phase, "status") for phase in (uploading, processing, publishing)]
    if whole in FAILED or "error" in phases or text_of(publishing, "publish_status") == "error":
        why = words_of(part_of(processing, "error"), "message") or words_of(part_of(publishing, "error"), "message")
        return State(failed=why or "Facebook could not process the film.", received=received)
    told = text_of(publishing, "publish_status")
    stands = told in {"published", "scheduled"} if told else whole == "ready" and body.get("published") is True
    under_way = not stands and "in_progress" in phases[1:]
    return State(stands=stands, under_way=under_way, post_id=post, received=received)


def _wanted(told: Json, size: int) -> str:
    """From where to where Facebook wants the next piece of the film: "0-1048576"."""
    start, end = number_of(told, "start_offset"), number_of(told, "end_offset")
    if start is None or end is None or not start <= end <= size:
        raise Malformed("Facebook does not say which piece of the film is next.")
    return f"{start}-{end}"
