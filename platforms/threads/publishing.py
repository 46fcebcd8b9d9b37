"""Makes posts, chains and replies stand once, by containers, and finds out whether they already do.

Source: Threads API, "Create posts", "Create replies", "Publishing" (reference).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.contract import (
    Attachment,
    CannotTell,
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Permanent,
    PlatformError,
    Progress,
    Published,
    Shelf,
)
from platforms.graph.addresses import published
from platforms.graph.calls import Graph
from platforms.graph.containers import THREADS, Containers
from platforms.graph.files import lent
from platforms.graph.looking import rows_since
from platforms.graph.shapes import list_of, made_of
from platforms.graph.texts import skeleton
from platforms.shapes import Json, id_of, part_of, text_of
from platforms.standing import forget, keep, kept, whole
from platforms.threads import wire
from platforms.threads.check import texts
from platforms.threads.known import Known

#: Names in the progress: the container of a part, and those of a carousel's files.
CONTAINER, CHILD = "container:{}", "child:{}"
UNSEEN = "Threads says that it is published, but does not show it among the account's posts."


class Publisher:
    """Publishes for one account."""

    def __init__(self, graph: Graph, known: Known, shelf: Shelf | None) -> None:
        self._graph = graph
        self._known = known
        self._shelf = shelf
        self._keys: dict[str, str] = {}  #: remote id -> key of what is known to stand there

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make every part stand that does not stand yet; as the contract's `Platform.publish`."""
        standing: list[Published] = []
        for n, _text in enumerate(texts(outgoing)):
            part = kept(progress.load, n)
            if part is None:
                above = standing[-1].remote_id if standing else outgoing.reply_to
                try:
                    remote_id = self._post(outgoing, n, above, key, progress)
                except Permanent as refusal:
                    raise self._without_beginning(refusal, standing, progress) from None
                self._keys[remote_id] = key
                part = Published(remote_id, wire.profile(self._known.me.username), datetime.now(UTC))
                keep(progress, part, n)
                part = self._known.addresses.read(remote_id, part.url)
                keep(progress, part, n)
            standing.append(part)
        return whole(standing)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Ask the parts' containers, which know; without one look through the own posts.

        As the contract's `Platform.find`.
        """
        standing: list[Published] = []
        for n, _text in enumerate(texts(outgoing)):
            part = kept(progress.load, n)
            if part is None:
                above = standing[-1].remote_id if standing else outgoing.reply_to
                container = progress.load(CONTAINER.format(n))
                if container and not self._containers().is_published(container):
                    return None
                row = self._match(outgoing, n, above, key, since)
                if row is None and container:
                    raise CannotTell(UNSEEN)
                if row is None:
                    return None
                part = published(row)
                self._keys[part.remote_id] = key
                keep(progress, part, n)
            standing.append(part)
        return whole(standing)

    def _post(self, outgoing: Outgoing, n: int, above: str, key: str, progress: Progress) -> str:
        """The id of a part that stands by now."""
        containers, name = self._containers(), CONTAINER.format(n)
        if not progress.load(name):
            if n == 0:
                self._known.quotas.refuse_spent(self._known.me.id, "replies" if above else "posts")
            self._prepare(outgoing, n, above, containers, progress)
        if containers.ready(name, progress):
            return containers.publish(progress.load(name) or "")
        try:
            row = self._match(outgoing, n, above, key, datetime.now(UTC) - timedelta(days=1))
        except CannotTell as why:
            raise OutcomeUnknown(str(why)) from None
        if row is None:
            raise OutcomeUnknown(UNSEEN)
        return made_of(row)

    def _prepare(self, outgoing: Outgoing, n: int, above: str, containers: Containers, progress: Progress) -> None:
        """Make a part's container, a carousel's once those of its files are ready."""
        given: dict[str, Any] = {"text": texts(outgoing)[n] or None, "reply_to_id": above or None}
        name, media = CONTAINER.format(n), outgoing.media if n == 0 else ()
        if not media:
            given |= {"media_type": "TEXT", "link_attachment": (outgoing.link if n == 0 else "") or None}
        elif len(media) == 1:
            given |= self._file(media[0])
        else:
            names = [CHILD.format(child) for child in range(len(media))]
            for child, file in zip(names, media, strict=True):
                if not progress.load(child):
                    containers.make(child, progress, is_carousel_item=True, **self._file(file))
            for child in names:
                containers.ready(child, progress)
            given |= {"media_type": "CAROUSEL", "children": ",".join(progress.load(child) or "" for child in names)}
        try:
            containers.make(name, progress, **given)
        except MediaNotReady:
            # "Not found" may be what is answered: it is gone, or is our own part before, which is not seen there yet.
            if above:
                self._graph.read("/{}", above, fields="id")
            raise

    def _file(self, file: Attachment) -> dict[str, Any]:
        kind = {"media_type": "VIDEO", "video_url": ""} if file.is_video else {"media_type": "IMAGE", "image_url": ""}
        address = lent(self._shelf, file)
        return {name: value or address for name, value in kind.items()} | {"alt_text": file.alt or None}

    def _containers(self) -> Containers:
        return Containers(self._graph, THREADS, self._known.me.id)

    def _match(self, outgoing: Outgoing, n: int, above: str, key: str, begun: datetime) -> Json | None:
        """Our post that says the same in the same place. Raises CannotTell, TryLater."""
        wanted, files = skeleton(texts(outgoing)[n]), len(outgoing.media) if n == 0 else 0
        # Replies, and so the later parts of a chain, are listed apart.
        path = "/{}/replies" if above else "/{}/threads"
        for row in rows_since(begun, self._graph, path, self._known.me.id, fields=wire.POST):
            self._known.addresses.seen(row)
            is_free = self._keys.get(id_of(row), key) == key
            is_there = (id_of(part_of(row, "replied_to")) or above) == above
            if is_free and is_there and _files(row) == files and skeleton(text_of(row, "text")) == wanted:
                return row
        return None

    def _without_beginning(self, refusal: Permanent, standing: list[Published], progress: Progress) -> Permanent:
        """The refusal of a later part, after the parts before it were taken down: a refused chain must not half stand.

        Where one cannot be taken down the refusal says where it stands, and a retry goes on after it.
        """
        if not standing:
            return refusal
        for n, part in reversed(list(enumerate(standing))):
            try:
                self._graph.remove(part.remote_id)
            except (PlatformError, OutcomeUnknown):
                return type(refusal)(f"{refusal.reason} (part {n + 1} stands at {part.url}; a retry goes on after it)")
            # Its container is published for good: the next try needs another.
            progress.save(CONTAINER.format(n), "")
            forget(progress, n)
        return type(refusal)(f"part {len(standing) + 1}: {refusal.reason}; the parts before it were taken down again")


def _files(row: Json) -> int:
    """How many files a post has."""
    if text_of(row, "media_type") in {"", "TEXT_POST", "TEXT"}:
        return 0
    return len(list_of(row.get("children"))) or 1
