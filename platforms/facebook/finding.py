"""Finds out whether an attempt whose answer was lost stands on the Page."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

from platforms.contract import (
    CannotTell,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotPermitted,
    Outgoing,
    Progress,
    Published,
)
from platforms.facebook import wire
from platforms.facebook.check import text
from platforms.facebook.known import Known
from platforms.facebook.progress import LOOKS, VIDEO, photos
from platforms.facebook.publishing import Publisher
from platforms.graph.calls import Graph
from platforms.graph.looking import rows_since
from platforms.graph.shapes import list_of
from platforms.shapes import Json, id_of, part_of, text_of
from platforms.standing import keep, kept

#: How much older what Facebook is asked for is: its index sorts by a time that may be another by some seconds.
BEFORE = timedelta(seconds=120)
POSTS = "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{media_type,target{id}}}"
#: The field of either that tells when it was made.
TIME = "created_time"
COMMENTS = "id,message,created_time,permalink_url,from{id}"


class Finder:
    """Looks for what was published for one Page; no call of Facebook's knows our keys."""

    def __init__(self, graph: Graph, known: Known, publisher: Publisher) -> None:
        self._graph = graph
        self._known = known
        self._publisher = publisher

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """As the contract's `Platform.find`. What is known to stand for another key is not it."""
        if known := kept(progress.load):
            return known
        page = self._known.page()
        try:
            found = self._found(page, outgoing, key, since, progress)
        except NotPermitted as refusal:
            raise CannotTell(f"The Page's own posts cannot be read: {refusal.reason}") from None
        if found is not None:
            self._publisher.keys[found.remote_id] = key
            keep(progress, found)
        return found

    def _found(self, page: str, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        if outgoing.reply_to:
            try:
                return self._comment(page, outgoing, key, since)
            except Gone:
                return None  # nothing stands under what is gone
        if outgoing.format == "story":
            return self._story(page, outgoing, progress)
        if any(file.is_video for file in outgoing.media):
            return self._film(page, outgoing, progress)
        return self._post(page, outgoing, key, since, progress)

    def _post(self, page: str, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        path, asked = "/{}/published_posts", {"fields": POSTS, "since": wire.since(since - BEFORE)}
        wanted = photos(progress.load, len(outgoing.media))
        for row in rows_since(since, self._graph, path, page, time=TIME, **asked):
            is_free = self._publisher.keys.get(id_of(row), key) == key
            if is_free and _says(row, text(outgoing)) and _shows(row, wanted, len(outgoing.media)):
                return wire.published(row)
        return None

    def _comment(self, page: str, outgoing: Outgoing, key: str, since: datetime) -> Published | None:
        for above in self._threads(outgoing.reply_to):
            newest = {"filter": "stream", "order": "reverse_chronological", "fields": COMMENTS}
            for row in rows_since(since, self._graph, "/{}/comments", above, time=TIME, **newest):
                is_ours = id_of(part_of(row, "from")) == page
                is_free = self._publisher.keys.get(id_of(row), key) == key
                if is_ours and is_free and _says(row, text(outgoing)):
                    return wire.published(row)
        return None

    def _threads(self, reply_to: str) -> Iterator[str]:
        """Under what a reply may stand: under the comment, or beside it where that is a reply itself."""
        yield reply_to
        try:
            body = self._graph.read("/{}", reply_to, fields="id,parent{id}")
        except ContentRefused:
            return  # a post, which has no such field
        if parent := id_of(part_of(body, "parent")):
            yield parent

    def _film(self, page: str, outgoing: Outgoing, progress: Progress) -> Published | None:
        video = progress.load(VIDEO)
        state = self._publisher.videos.state(page, video) if video else None
        if state is None and progress.load(LOOKS):
            raise CannotTell("Facebook had taken the film, and does not know it any more.")
        if not video or state is None or state.failed:
            return None
        if state.under_way:
            raise MediaNotReady("Facebook is still working on the film.")
        return self._publisher.seen(page, state.post_id or video, outgoing) if state.stands else None

    def _story(self, page: str, outgoing: Outgoing, progress: Progress) -> Published | None:
        known = {progress.load(VIDEO) or "", *photos(progress.load, 1)} - {""}
        if not known:
            return None
        row = next((row for row in self._publisher.stories(page) if id_of(row, "media_id") in known), None)
        if row is None:
            return None
        post = wire.page_post(id_of(row, "post_id"), page)
        return self._publisher.seen(page, post, outgoing)


def _says(row: Json, said: str) -> bool:
    return _plain(text_of(row, "message")) == _plain(said)


def _plain(said: str) -> str:
    """What stays the same of a text: Facebook trims it, and nothing says how it writes accents and line ends."""
    return unicodedata.normalize("NFC", said.replace("\r\n", "\n")).strip()


def _shows(row: Json, wanted: list[str], count: int) -> bool:
    """Whether it has the pictures: ours by their ids where they are known, else as many."""
    shown: list[str] = []
    for attachment in list_of(row.get("attachments")):
        inner = list_of(attachment.get("subattachments"))
        shown += [_target(one) for one in inner or [attachment] if text_of(one, "media_type") == "photo"]
    return bool(set(wanted) & set(shown)) if wanted else len(shown) == count


def _target(attachment: Json) -> str:
    return id_of(part_of(attachment, "target"))
