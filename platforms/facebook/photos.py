"""Pictures on their way into a post: uploaded unpublished, once each (Pages API, "Posts", multiple photos)."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from platforms.contract import Attachment, ContentRefused, Gone, Progress
from platforms.facebook.progress import photo
from platforms.graph.calls import Graph
from platforms.graph.shapes import needed_id
from platforms.uploads import Upload


class Photos:
    """Brings pictures to a Page; their ids are kept in the progress as `photo:<n>`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def ready(self, page: str, media: Sequence[Attachment], progress: Progress) -> list[str]:
        """The ids of all pictures in their order. Raises ContentRefused where one is not taken, TryLater."""
        ids: list[str] = []
        for n, file in enumerate(media):
            known = progress.load(photo(n))
            if not known:
                known = self.upload(page, file)
                progress.save(photo(n), known)
            ids.append(known)
        return ids

    def upload(self, page: str, file: Attachment) -> str:
        """The id of a picture that nobody sees yet."""
        with opened(file.path) as content:
            upload = Upload(content, name_of(file), file.mime, "source")
            alt = file.alt or None
            return needed_id(self._graph.upload("/{}/photos", page, file=upload, published=False, alt_text_custom=alt))

    def forget_vanished(self, media: Sequence[Attachment], progress: Progress) -> bool:
        """Forget the ids that Facebook no longer knows; whether there was one."""
        gone = [n for n in range(len(media)) if self._vanished(progress.load(photo(n)) or "")]
        for n in gone:
            progress.save(photo(n), "")
        return bool(gone)

    def _vanished(self, photo_id: str) -> bool:
        if not photo_id:
            return False
        try:
            self._graph.read("/{}", photo_id, fields="id")
        except Gone:
            return True
        return False


def opened(path: Path) -> BinaryIO:
    """The file of the archive. Raises ContentRefused where it is gone."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ContentRefused("A file is no longer in the archive; add it again.") from None


def name_of(file: Attachment) -> str:
    """The name the network is told: nothing of what it is called here."""
    return f"{file.sha256[:16] or 'file'}{mimetypes.guess_extension(file.mime) or file.path.suffix}"
