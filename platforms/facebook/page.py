"""What a Page says of itself, and changing it (reference, Page: reading, updating; Page picture)."""

from typing import Any

from platforms.contract import ContentRefused, PageChange, PageInfo
from platforms.facebook import wire
from platforms.facebook.known import Known
from platforms.facebook.photos import Photos
from platforms.graph.calls import Graph

FIELDS = "id,name,username,link,about,description,website,phone,hours,cover{source},picture{url},followers_count"


class PageDoor:
    """The settings of one Page."""

    def __init__(self, graph: Graph, known: Known) -> None:
        self._graph = graph
        self._known = known
        self._photos = Photos(graph)

    def read(self) -> PageInfo:
        """As it stands."""
        return wire.page_info(self._graph.read("/{}", self._known.page(), fields=FIELDS))

    def change(self, change: PageChange) -> None:
        """Make it so; repeating is safe. Raises ContentRefused for hours that cannot be read.

        Files are brought before anything is changed, so that one that is not taken leaves the page as it is.
        """
        page = self._known.page()
        given: dict[str, Any] = {
            name: value
            for name in ("about", "description", "website", "phone")
            if (value := getattr(change, name)) is not None
        }
        if change.hours is not None:
            try:
                given["hours"] = wire.hours_told(change.hours)
            except ValueError as wrong:
                said = f"“{wrong}” is no day or span: write them like mon and 09:00-13:00."
                raise ContentRefused(said) from None
        picture = self._photos.upload(page, change.picture) if change.picture else ""
        if change.cover:
            given |= {"cover": self._photos.upload(page, change.cover), "no_feed_story": True}
        if given:
            self._graph.write("/{}", page, safe=True, **given)
        if picture:
            self._graph.write("/{}/picture", page, safe=True, photo=picture)
