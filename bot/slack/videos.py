"""Videos of cards: no block can play one, so they are shared in the card's thread, where members can watch them."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog

from bot.slack.api import Api
from bot.slack.literal import shortened
from bot.slack.pictures import FindPicture
from handlers.cards import Card, Picture
from platforms.contract import OutcomeUnknown, PlatformError

log = structlog.get_logger()

#: Messages whose videos are remembered.
MOST = 1000


@dataclass
class _Below:
    """A thread and the videos (media ids) that were shared in it."""

    thread: str
    tried: set[int] = field(default_factory=set)
    shared: set[int] = field(default_factory=set)


class Videos:
    """Shares each video once below each message; used on the chat's loop."""

    def __init__(self, api: Api, find: FindPicture) -> None:
        self._api = api
        self._find = find
        self._below: OrderedDict[tuple[str, str], _Below] = OrderedDict()

    async def sent(self, card: Card, room: str, message: str, thread: str) -> set[int]:
        """The card is there: share its videos in its thread; returns those that are there. Never raises."""
        self._below[room, message] = _Below(thread or message)
        while len(self._below) > MOST:
            self._below.popitem(last=False)
        return await self._share(card, room, self._below[room, message])

    async def edited(self, card: Card, room: str, message: str) -> set[int] | None:
        """The card was drawn once more: share what is new; returns what is there.

        None below cards from before a restart: nothing is shared twice.
        """
        below = self._below.get((room, message))
        return None if below is None else await self._share(card, room, below)

    async def _share(self, card: Card, room: str, below: _Below) -> set[int]:
        for picture in card.pictures:
            if picture.video and picture.media_id not in below.tried:
                below.tried.add(picture.media_id)
                try:
                    await self._upload(picture, room, below.thread)
                except (PlatformError, OutcomeUnknown, OSError) as error:
                    log.warning("a video could not be shared", media=picture.media_id, reason=str(error))
                else:
                    below.shared.add(picture.media_id)
        return below.shared

    async def _upload(self, picture: Picture, room: str, thread: str) -> None:
        path, media = await asyncio.to_thread(self._find, picture.media_id)
        name = media.name or f"{media.sha256[:12]}.{media.mime.rpartition('/')[2] or 'mp4'}"
        ticket = await self._api.read("files.getUploadURLExternal", filename=name, length=path.stat().st_size)
        with path.open("rb") as content:
            await self._api.upload(str(ticket["upload_url"]), content, media.mime)
        file = {"id": str(ticket["file_id"]), "title": shortened(picture.alt or name, 200)}
        await self._api.write("files.completeUploadExternal", files=[file], channel_id=room, thread_ts=thread)
