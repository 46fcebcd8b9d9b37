"""Pictures of cards: uploaded to Slack once, small, and known by Slack's file id from then on."""

import asyncio
import io
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import structlog
from PIL import Image, ImageOps

from bot.slack.api import Api
from bot.slack.literal import shortened
from handlers.cards import Card, Picture
from models.media import Media
from platforms.contract import OutcomeUnknown, Progress, Unreachable

log = structlog.get_logger()

#: Pixels of the longer side: a card shows a thumbnail, the networks get the file itself.
LONGEST_SIDE = 1280
#: File ids that are remembered.
MOST = 2000
#: Seconds for which a picture that never became ready is not tried again: every redraw would wait for it anew.
REST = 600.0

FindPicture = Callable[[int], tuple[Path, Media]]


class Pictures:
    """Slack's file ids of the archive's pictures; thread-safe."""

    def __init__(self, api: Api, find: FindPicture) -> None:
        """`find` gives a file of the archive and where its bytes lie. Raises FileNotFoundError where it is gone."""
        self._api = api
        self._find = find
        self._known: OrderedDict[str, str] = OrderedDict()
        self._given_up: dict[str, float] = {}
        self._lock = Lock()

    async def of(self, card: Card, progress: Progress | None = None) -> dict[int, str]:
        """File ids by media id, uploading what Slack does not have yet. Raises TryLater, OutcomeUnknown, Permanent.

        What is no picture that Slack can show is left out: the card names it.
        """
        found = {}
        for picture in card.pictures:
            file = None if picture.video else await self._one(picture, progress)
            if file:
                found[picture.media_id] = file
        return found

    def forget(self, card: Card, progress: Progress | None = None) -> None:
        """Slack does not know the files any more: upload them again next time."""
        for picture in card.pictures:
            found = self._found(picture)
            if found is not None:
                self._remember(found[1].sha256, "", progress)

    def give_up(self, card: Card) -> None:
        """Slack does not make the files ready: for a while cards go without them."""
        for picture in card.pictures:
            found = self._found(picture)
            if found is not None:
                with self._lock:
                    self._given_up[found[1].sha256] = time.monotonic() + REST

    def _found(self, picture: Picture) -> tuple[Path, Media] | None:
        try:
            return self._find(picture.media_id)
        except FileNotFoundError:
            log.warning("a picture is not in the archive", media=picture.media_id)
            return None

    async def _one(self, picture: Picture, progress: Progress | None) -> str:
        found = await asyncio.to_thread(self._found, picture)
        if found is None:
            return ""
        path, media = found
        with self._lock:
            if self._given_up.get(media.sha256, 0.0) > time.monotonic():
                return ""
            known = self._known.get(media.sha256, "")
        saved = progress.load(f"slack:{media.sha256}") if progress is not None and not known else None
        if known or saved:
            return known or saved or ""
        content = await asyncio.to_thread(thumbnail, path)
        if not content:
            return ""
        ending = "png" if content[1:4] == b"PNG" else "jpg"
        file = await self._upload(content, f"{media.sha256[:12]}.{ending}", picture.alt)
        self._remember(media.sha256, file, progress)
        return file

    async def _upload(self, content: bytes, name: str, alt: str) -> str:
        """getUploadURLExternal, the bytes, completeUploadExternal (docs.slack.dev/messaging/working-with-files)."""
        ticket = await self._api.read(
            "files.getUploadURLExternal", filename=name, length=len(content), alt_txt=shortened(alt, 1000) or None
        )
        await self._api.upload(
            str(ticket["upload_url"]), content, "image/png" if name.endswith("png") else "image/jpeg"
        )
        file = str(ticket["file_id"])
        # Without a channel the file is shown nowhere by itself: only our image block shows it. So whatever became of
        # the upload, the message has certainly not left, and may be tried again.
        try:
            await self._api.write("files.completeUploadExternal", files=[{"id": file, "title": name}])
        except OutcomeUnknown as unknown:
            raise Unreachable(str(unknown)) from unknown
        return file

    def _remember(self, sha256: str, file: str, progress: Progress | None) -> None:
        with self._lock:
            self._known[sha256] = file
            self._known.move_to_end(sha256)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        if progress is not None:
            progress.save(f"slack:{sha256}", file)


def thumbnail(path: Path) -> bytes:
    """The picture as a small PNG (where it has transparency) or JPEG; empty for what cannot be shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image)
                clear = upright.has_transparency_data
                shown = upright.convert("RGBA" if clear else "RGB")
                shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                target = io.BytesIO()
                shown.save(target, "PNG" if clear else "JPEG", quality=85)
                return target.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        log.warning("a picture could not be made small", file=path.name, error=str(error))
        return b""
