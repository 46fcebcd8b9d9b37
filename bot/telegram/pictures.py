"""The photos and films of a card as Telegram takes them: one message, or albums of two to ten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from telegram import (
    Bot,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReplyParameters,
)

from models.media import Media

#: Bytes of a photo and of any other upload (Bot API, "Sending files"); pixels of a photo's width and height together.
PHOTO, UPLOAD, PIXELS = 10_000_000, 50_000_000, 10_000
#: Messages in an album (Bot API, "sendMediaGroup").
ALBUM = 10
#: What Telegram shows as a photo; everything else is sent as a file.
PHOTOS = {"image/jpeg", "image/png", "image/webp"}
#: Seconds for an upload.
PATIENCE = 120.0


@dataclass(frozen=True)
class Picture:
    """A file of the archive, as Telegram looks at it."""

    path: Path
    media: Media

    @property
    def fits(self) -> bool:
        """Whether a bot may send it at all."""
        return self.media.size <= UPLOAD

    @property
    def kind(self) -> str:
        """photo, video or document: how Telegram takes it."""
        if self.media.mime.startswith("video/"):
            return "video"
        fits = self.media.size <= PHOTO and self.media.width + self.media.height <= PIXELS
        return "photo" if self.media.mime in PHOTOS and fits else "document"


@dataclass(frozen=True)
class Spot:
    """Where messages go: the chat, the topic in it, the message they answer."""

    room: int
    thread: int | None
    reply: ReplyParameters | None


def albums(pictures: Sequence[Picture]) -> Iterator[list[Picture]]:
    """The pictures in messages: up to ten together; files that are no photo or film stand among themselves."""
    for _, together in groupby(pictures, key=lambda picture: picture.kind == "document"):
        rest = iter(together)
        while album := list(islice(rest, ALBUM)):
            yield album


async def post(bot: Bot, spot: Spot, album: Sequence[Picture]) -> list[Message]:
    """Send one message or one album. Raises TelegramError."""
    if len(album) > 1:
        media = [_media(picture) for picture in album]
        sent = await bot.send_media_group(
            spot.room,
            media,
            message_thread_id=spot.thread,
            reply_parameters=spot.reply,
            read_timeout=PATIENCE,
            write_timeout=PATIENCE,
        )
        return list(sent)
    only = album[0]
    with only.path.open("rb") as stream:
        arguments = {"message_thread_id": spot.thread, "reply_parameters": spot.reply, "filename": _name(only)}
        timeouts = {"read_timeout": PATIENCE, "write_timeout": PATIENCE}
        match only.kind:
            case "photo":
                return [await bot.send_photo(spot.room, stream, **arguments, **timeouts)]  # type: ignore[arg-type]
            case "video":
                return [await bot.send_video(spot.room, stream, **arguments, **timeouts)]  # type: ignore[arg-type]
            case _:
                return [await bot.send_document(spot.room, stream, **arguments, **timeouts)]  # type: ignore[arg-type]


def _media(picture: Picture) -> InputMediaPhoto | InputMediaVideo | InputMediaDocument:
    content, name = picture.path.read_bytes(), _name(picture)
    match picture.kind:
        case "photo":
            return InputMediaPhoto(content, filename=name)
        case "video":
            return InputMediaVideo(content, filename=name)
        case _:
            return InputMediaDocument(content, filename=name)


def _name(picture: Picture) -> str:
    """A name with the ending of its kind: files of the archive have none."""
    return f"{picture.kind}.{picture.media.mime.partition('/')[2].partition('+')[0] or 'bin'}"
