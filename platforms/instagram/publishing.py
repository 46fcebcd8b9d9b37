"""Makes pictures, carousels, reels and stories stand once, by containers, and finds out whether they already do.

Source: Instagram Platform, guide "Content publishing", references "IG User Media" and "IG Container".
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.contract import (
    Attachment,
    CannotTell,
    OutcomeUnknown,
    Outgoing,
    Progress,
    Published,
    Shelf,
)
from platforms.graph.addresses import published
from platforms.graph.calls import Graph
from platforms.graph.containers import INSTAGRAM, Containers
from platforms.graph.files import lent
from platforms.graph.looking import rows_since
from platforms.graph.shapes import list_of, made_of
from platforms.graph.texts import skeleton
from platforms.instagram import wire
from platforms.instagram.check import text
from platforms.instagram.known import Known
from platforms.shapes import Json, id_of, text_of
from platforms.standing import keep, kept

#: Names in the progress: the container, and those of a carousel's files.
CONTAINER, CHILD = "container", "child:{}"
UNSEEN = "Instagram says that it is published, but does not show it among the account's posts."


class Publisher:
    """Publishes for one account."""

    def __init__(self, graph: Graph, known: Known, shelf: Shelf | None) -> None:
        self._graph = graph
        self._known = known
        self._shelf = shelf
        self._keys: dict[str, str] = {}  #: remote id -> key of what is known to stand there

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand; as the contract's `Platform.publish`."""
        if known := kept(progress.load):
            return self._read(known.remote_id)
        containers = Containers(self._graph, INSTAGRAM, self._known.me.id)
        if not progress.load(CONTAINER):
            self._known.quotas.refuse_spent(self._known.me.id)
            self._prepare(outgoing, containers, progress)
        if containers.ready(CONTAINER, progress):
            remote_id = containers.publish(progress.load(CONTAINER) or "")
        else:
            remote_id = self._found_again(outgoing, key)
        self._keys[remote_id] = key
        keep(progress, Published(remote_id, wire.profile(self._known.me.username), datetime.now(UTC)))
        return self._read(remote_id)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Ask the container, which knows; without one look through the own posts; as the contract's `Platform.find`."""
        if known := kept(progress.load):
            return self._read(known.remote_id)
        container = progress.load(CONTAINER)
        if container and not Containers(self._graph, INSTAGRAM, self._known.me.id).is_published(container):
            return None
        row = self._match(outgoing, key, since, certain=bool(container))
        if row is None and container:
            raise CannotTell(UNSEEN)
        if row is None:
            return None
        done = published(row)
        self._keys[done.remote_id] = key
        keep(progress, done)
        return done

    def _prepare(self, outgoing: Outgoing, containers: Containers, progress: Progress) -> None:
        """Make the container, a carousel's once those of its files are ready."""
        caption = text(outgoing) or None
        if len(outgoing.media) == 1:
            (file,) = outgoing.media
            containers.make(CONTAINER, progress, **self._alone(outgoing.format, file, caption))
            return
        names = [CHILD.format(n) for n in range(len(outgoing.media))]
        for name, file in zip(names, outgoing.media, strict=True):
            if not progress.load(name):
                containers.make(name, progress, is_carousel_item=True, **self._child(file))
        for name in names:
            containers.ready(name, progress)
        children = ",".join(progress.load(name) or "" for name in names)
        containers.make(CONTAINER, progress, media_type="CAROUSEL", children=children, caption=caption)

    def _alone(self, form: str, file: Attachment, caption: str | None) -> dict[str, Any]:
        address = {"video_url" if file.is_video else "image_url": lent(self._shelf, file)}
        if form == "story":
            return {"media_type": "STORIES", **address}
        if file.is_video:
            # Every film is a reel; what was meant as a post is to stand in the feed too.
            return {"media_type": "REELS", "caption": caption, "share_to_feed": form == "post" or None, **address}
        return {"caption": caption, "alt_text": file.alt or None, **address}

    def _child(self, file: Attachment) -> dict[str, Any]:
        if file.is_video:
            return {"media_type": "VIDEO", "video_url": lent(self._shelf, file)}
        return {"image_url": lent(self._shelf, file), "alt_text": file.alt or None}

    def _found_again(self, outgoing: Outgoing, key: str) -> str:
        """The id of what an earlier attempt published, by its container's word. Raises OutcomeUnknown, TryLater."""
        try:
            row = self._match(outgoing, key, datetime.now(UTC) - timedelta(days=1), certain=True)
        except CannotTell as why:
            raise OutcomeUnknown(str(why)) from None
        if row is None:
            raise OutcomeUnknown(UNSEEN)
        return made_of(row)

    def _match(self, outgoing: Outgoing, key: str, begun: datetime, *, certain: bool) -> Json | None:
        """The own post that says the same and has as many files. Raises CannotTell, TryLater.

        `certain`: it stands; then the only one that can be it is taken where there are no words to tell it by.
        """
        path, is_story = ("/{}/stories", True) if outgoing.format == "story" else ("/{}/media", False)
        blind: list[Json] = []
        for row in rows_since(begun, self._graph, path, self._known.me.id, fields=wire.MEDIA):
            self._known.addresses.seen(row)
            if self._keys.get(id_of(row), key) != key or not _is_alike(row, outgoing):
                continue
            if not is_story and skeleton(text_of(row, "caption")) == skeleton(text(outgoing)):
                return row
            if is_story or "caption" not in row:
                blind.append(row)
        if blind and not certain and is_story:
            raise CannotTell("A story was published since, and nothing says whether it is this one.")
        return blind[0] if certain and len(blind) == 1 else None

    def _read(self, remote_id: str) -> Published:
        return self._known.addresses.read(remote_id, wire.profile(self._known.me.username))


def _is_alike(row: Json, outgoing: Outgoing) -> bool:
    """Whether it has as many files, of the same kind."""
    if outgoing.format == "story":
        return True
    count = len(list_of(row.get("children"))) or 1
    if count != len(outgoing.media):
        return False
    films = text_of(row, "media_type") == "VIDEO"
    return count > 1 or films == outgoing.media[0].is_video
