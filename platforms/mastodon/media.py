"""Files on their way into a post: uploaded once, waited for a few seconds, uploaded again when they vanished."""

import mimetypes
from collections.abc import Callable, Sequence
from datetime import timedelta

from platforms.contract import Attachment, ContentRefused, Gone, MediaNotReady, Progress
from platforms.http import OK, Http, at
from platforms.mastodon import wire
from platforms.mastodon.refusals import NOT_THERE
from platforms.shapes import id_of
from platforms.uploads import Upload

#: Seconds between looks at a file that the server still processes; after the last one the publication is put off.
LOOKS = (0.3, 0.7, 1.5, 2.5)
#: When files that take longer are looked at again: doubled each time, at most the last, so that the attempts which a
#: delivery has are spread over the ten minutes that a long film may take.
LATER, LATEST = timedelta(seconds=10), timedelta(seconds=60)
#: HTTP status of a file that is still processed (documentation, media methods, "Get media attachment").
PROCESSING = 206


class MediaDoor:
    """Brings the files of one publication to the server; their ids are kept in its progress as `media:<n>`."""

    def __init__(self, http: Http, pause: Callable[[float], None]) -> None:
        self._http = http
        self._pause = pause

    def ready(self, media: Sequence[Attachment], progress: Progress) -> list[str]:
        """The ids of all files, ready to be posted, in their order.

        Raises MediaNotReady where the server still works on one, ContentRefused where it takes one not, TryLater.
        """
        ids = [progress.load(name(n)) or "" for n in range(len(media))]
        ready = [False] * len(media)
        for n, file in enumerate(media):
            if not ids[n]:
                ids[n], ready[n] = self._upload(n, file, progress)
        for n, file in enumerate(media):
            if ready[n] or self._waited(n, ids[n], progress):
                continue
            ids[n], ready[n] = self._upload(n, file, progress)
            if not ready[n] and not self._waited(n, ids[n], progress):
                raise MediaNotReady(f"The server keeps losing file {n + 1}.", after=_later(progress))
        return ids

    def forget_vanished(self, media: Sequence[Attachment], progress: Progress) -> bool:
        """Forget the ids that the server no longer knows; whether there was one. Unattached files live about a day."""
        gone = [n for n in range(len(media)) if self._vanished(progress.load(name(n)) or "")]
        for n in gone:
            progress.save(name(n), "")
        return bool(gone)

    def _upload(self, n: int, file: Attachment, progress: Progress) -> tuple[str, bool]:
        """Its id, and whether it can be posted already."""
        suffix = mimetypes.guess_extension(file.mime) or file.path.suffix
        try:
            opened = file.path.open("rb")
        except FileNotFoundError:
            raise ContentRefused(f"File {n + 1} is no longer in the archive; add it again.") from None
        fields = {"description": file.alt} if file.alt else {}
        with opened:
            upload = Upload(opened, f"{file.sha256[:16] or 'file'}{suffix}", file.mime)
            try:
                answer = self._http.upload("/api/v2/media", upload, fields)
            except NOT_THERE:
                # Dialects without the asynchronous upload have the first version.
                opened.seek(0)
                answer = self._http.upload("/api/v1/media", upload, fields)
        body = wire.object_of(answer.body)
        media_id = id_of(body)
        if not media_id:
            raise wire.Malformed("The server took the file but gave it no id.")
        progress.save(name(n), media_id)
        return media_id, answer.status == OK and bool(body.get("url"))

    def _waited(self, n: int, media_id: str, progress: Progress) -> bool:
        """Whether it is ready after a few seconds; false where the server does not know it any more."""
        for seconds in (*LOOKS, None):
            try:
                answer = self._http.read(at("/api/v1/media/{}", media_id))
            except ContentRefused:
                # The server failed on this very file; another attempt must not wait for it again.
                progress.save(name(n), "")
                raise
            except Gone:
                progress.save(name(n), "")
                return False
            if answer.status != PROCESSING:
                return True
            if seconds is not None:
                self._pause(seconds)
        raise MediaNotReady(f"The server is still working on file {n + 1}.", after=_later(progress))

    def _vanished(self, media_id: str) -> bool:
        if not media_id:
            return False
        try:
            self._http.read(at("/api/v1/media/{}", media_id))
        except (Gone, ContentRefused):
            return True
        return False


def name(n: int) -> str:
    """Under which name the id of the n-th file is kept in the progress."""
    return f"media:{n}"


def _later(progress: Progress) -> timedelta:
    """How long to leave the files alone, this time."""
    times = int(progress.load("put_off") or 0)
    progress.save("put_off", str(times + 1))
    later: timedelta = min(LATER * 2 ** min(times, 10), LATEST)
    return later
