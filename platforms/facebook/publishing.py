"""Makes posts, reels, stories and comments of ours stand on a Page, once."""

from datetime import UTC, datetime
from typing import Any

from platforms.contract import ContentRefused, Gone, Outgoing, PlatformError, Progress, Published, Unsupported
from platforms.facebook import wire
from platforms.facebook.check import text
from platforms.facebook.known import Known
from platforms.facebook.photos import Photos
from platforms.facebook.progress import DUPLICATE
from platforms.facebook.videos import Videos
from platforms.graph.calls import Graph
from platforms.graph.refusals import Duplicate
from platforms.graph.shapes import Malformed, made_of
from platforms.shapes import Json, address_of, id_of, time_of
from platforms.standing import keep, kept

STORIES = "post_id,media_id,status,creation_time,url"


class Publisher:
    """Publishes for one Page."""

    def __init__(self, graph: Graph, known: Known) -> None:
        self._graph = graph
        self._known = known
        self._photos = Photos(graph)
        self.videos = Videos(graph)
        self.keys: dict[str, str] = {}  #: remote id -> key of what is known to stand there

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand; as the contract's `Platform.publish`."""
        if known := kept(progress.load):
            return known
        if len(outgoing.parts) > 1:
            raise Unsupported("Facebook has no chains of posts.")
        page = self._known.page()
        if outgoing.reply_to:
            remote_id = self._comment(page, outgoing, progress)
        elif outgoing.format == "story":
            remote_id = self._story(page, outgoing, progress)
        elif any(file.is_video for file in outgoing.media):
            remote_id = self._film(page, outgoing, progress)
        else:
            remote_id = self._post(page, outgoing, progress)
        self.keys[remote_id] = key
        part = self.seen(page, remote_id, outgoing)
        keep(progress, part)
        return part

    def seen(self, page: str, remote_id: str, outgoing: Outgoing) -> Published:
        """What stands, with its address and time where Facebook tells them."""
        try:
            if outgoing.format == "story":
                return self._seen_story(page, remote_id)
            return wire.published(self._graph.read("/{}", remote_id, fields=wire.POST))
        except PlatformError:
            # It stands, whatever can be read of it.
            now = self._graph.http.clock.time or datetime.now(UTC)
            return Published(remote_id, wire.address(remote_id), now, (remote_id,))

    def stories(self, page: str) -> list[Json]:
        """The Page's stories that are shown now."""
        return [row for rows in self._graph.edge("/{}/stories", page, fields=STORIES) for row in rows]

    def _post(self, page: str, outgoing: Outgoing, progress: Progress) -> str:
        given: dict[str, Any] = {"message": text(outgoing) or None}
        if not outgoing.media:
            return self._made(progress, "/{}/feed", page, **given, link=outgoing.link or None)
        try:
            return self._made(
                progress, "/{}/feed", page, **given, attached_media=self._attached(page, outgoing, progress)
            )
        except (Gone, ContentRefused):
            # Certainly not posted. Only where a picture vanished meanwhile a second try makes sense, and only one.
            if not self._photos.forget_vanished(outgoing.media, progress):
                raise
        return self._made(progress, "/{}/feed", page, **given, attached_media=self._attached(page, outgoing, progress))

    def _attached(self, page: str, outgoing: Outgoing, progress: Progress) -> list[dict[str, str]]:
        return [{"media_fbid": photo} for photo in self._photos.ready(page, outgoing.media, progress)]

    def _comment(self, page: str, outgoing: Outgoing, progress: Progress) -> str:
        photos = self._photos.ready(page, outgoing.media[:1], progress)
        given: dict[str, Any] = {"message": text(outgoing) or None, "attachment_id": photos[0] if photos else None}
        return self._made(progress, "/{}/comments", outgoing.reply_to, **given)

    def _film(self, page: str, outgoing: Outgoing, progress: Progress) -> str:
        edge = "video_reels" if outgoing.format == "reel" else "videos"
        said = text(outgoing)
        return self.videos.publish(page, outgoing.media[0], edge, {"description": said} if said else {}, progress)

    def _story(self, page: str, outgoing: Outgoing, progress: Progress) -> str:
        (file,) = outgoing.media
        if file.is_video:
            return self.videos.publish(page, file, "video_stories", {}, progress)
        (photo,) = self._photos.ready(page, outgoing.media, progress)
        return wire.page_post(self._made(progress, "/{}/photo_stories", page, "post_id", photo_id=photo), page)

    def _made(self, progress: Progress, path: str, whose: str, field: str = "id", **given: Any) -> str:
        """The id of what a write made.

        Facebook refuses what looks like a repetition. The first time that may be an attempt of ours whose answer was
        lost, and is looked up; when nothing was found, it is somebody's other post.
        """
        try:
            body = self._graph.write(path, whose, **given)
        except Duplicate as twice:
            if progress.load(DUPLICATE):
                raise ContentRefused(f"Facebook takes the same post twice for a mistake: {twice}") from None
            progress.save(DUPLICATE, "1")
            raise
        return made_of(body, field)

    def _seen_story(self, page: str, remote_id: str) -> Published:
        for row in self.stories(page):
            at = time_of(row.get("creation_time"))
            if at and remote_id in {wire.page_post(id_of(row, "post_id"), page), id_of(row, "media_id")}:
                return Published(remote_id, address_of(row, "url") or wire.address(remote_id), at, (remote_id,))
        raise Malformed("The story is not listed.")
