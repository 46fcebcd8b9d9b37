"""The voice in Telegram: cards become messages; called in worker threads, at work on the event loop."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog
from telegram import Bot, ForceReply, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken

from bot.cutting import beginning, units
from bot.telegram import pictures, raw
from bot.telegram.confirming import Questions
from bot.telegram.pace import Pace
from bot.telegram.pictures import Picture, Spot
from bot.telegram.presses import ALERT, Presses
from bot.telegram.refusals import GONE, NOT_MODIFIED, TOO_OLD, house_words, says
from bot.telegram.render import NAME, PERSON, draw, plain, rest
from bot.telegram.seen import Seen
from handlers.asking import ANSWER
from handlers.cards import Card, Paragraph, Span, Style, text
from handlers.delivery.voice import HIDDEN, Lost, Sent, Standing
from handlers.intents import Origin, Place
from handlers.words import translator
from models.media import Media
from platforms.contract import CannotTell, ContentRefused, OutcomeUnknown, Progress, Unreachable

log = structlog.get_logger()

Answer = TypeVar("Answer")
#: Seconds that Telegram may take for one request, and a worker thread waits for all of a card.
REQUEST, WHOLE = 30.0, 400.0
#: Ids after the newest known one that are tried in a look-up; private chats and basic groups share a counter.
NEAR, SHARED = 30, 60
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
#: A forum's General topic: its id is refused when something is sent there.
GENERAL = "1"
#: What the footer of every question of a form names (handlers.asking).
STOP = "/cancel"


@dataclass(frozen=True)
class _Album:
    """Pictures, and the messages that show them."""

    pictures: list[Picture]
    messages: list[Message]


class TelegramVoice:
    """Speaks as the bot. Errors are those of platforms.contract."""

    settled_after = timedelta(seconds=3)

    def __init__(
        self,
        bot: Bot,
        picture: Callable[[int], tuple[Path, Media]],
        presses: Presses,
        questions: Questions,
        seen: Seen,
        pace: Pace,
    ) -> None:
        """`picture` finds a file of the archive by its media id, or raises FileNotFoundError."""
        self._bot = bot
        self._picture = picture
        self._presses = presses
        self._questions = questions
        self._seen = seen
        self.pace = pace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[Future[Any]] = set()

    def bind(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """The loop on which the bot talks; None while it does not."""
        self._loop = loop

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way: a request that is cut off would have to be looked for."""
        waiting = [asyncio.wrap_future(future) for future in list(self._under_way)]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    def rest(self, card: Card) -> tuple[Card, ...]:
        """What a message leaves out of the card; empty where it shows all."""
        return rest(card)

    # -- what worker threads call --------------------------------------------------------------------------------------

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        """Post the card's pictures, if any, then the card, answering `reply_to` in the place's topic."""
        self._questions.remember(card)
        extra, hidden = self._send_pictures(place, card, reply_to, progress, following=1)
        message = self._on_loop(self._post(_spot(place, reply_to or next(iter(extra), "")), card))
        return Sent(str(message.message_id), extra, hidden)

    def edit(self, place: Place, standing: Standing, card: Card, *, progress: Progress) -> Sent:
        """Draw a message anew; other pictures than it had are sent as an answer to it, and the old ones deleted.

        Raises Gone when it was deleted. Nothing to change is success.
        """
        self._questions.remember(card)
        extra, hidden = standing.extra_ids, standing.hidden
        if tuple(p.media_id for p in card.pictures) != standing.pictures:
            extra, hidden = self._send_pictures(place, card, standing.message_id, progress, following=0)
            old = [int(i) for i in standing.extra_ids if i not in extra]
            if old:
                self._on_loop(self._delete(int(place.room), old))
        self._on_loop(self._redraw(int(place.room), int(standing.message_id), card))
        return Sent(standing.message_id, extra, hidden)

    def find(self, place: Place, card: Card, *, key: str, reply_to: str, lost: Lost) -> Sent | None:
        """Look for a lost message by editing what may be it into what it is; people's messages cannot be edited.

        Raises CannotTell where no message of the chat is known to begin after.
        """
        room = int(place.room)
        ours = {int(i) for i in lost.known_ids}
        stood = {int(i) for i in lost.before} or ours  # what is whispered meanwhile may stand behind the lost one
        start = max([*stood, self._seen.before(room, lost.since)], default=0)
        if not start:
            raise CannotTell("no message of this chat is known to begin the search after")
        known = ours | self._seen.ids(room)
        reach = NEAR if str(room).startswith("-100") else SHARED
        for candidate in range(start + 1, start + 1 + reach):
            if candidate not in known and self._on_loop(self._is_ours(room, candidate, card)):
                return Sent(str(candidate))
        return None

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> Sent | None:
        """Show it to the person: over the pressed button if it is short, else as an answer to their message."""
        self._questions.remember(card)
        if instead and origin.message_id and self._on_loop(self._replaced(origin, card)):
            return None
        return self._on_loop(self._whisper(origin, card))

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        """Write to a person in private; their id is the chat's."""
        self._questions.remember(card)
        self.pace.take(int(room or external_id))
        message = self._on_loop(self._post(Spot(int(room or external_id), None, None), card))
        return Sent(str(message.message_id))

    def home(self, origin: Origin, card: Card) -> None:
        """Telegram has no home; the command shows it as a message."""

    def _send_pictures(
        self, place: Place, card: Card, reply_to: str, progress: Progress, *, following: int
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The ids of the messages that show the card's pictures, and the media ids of what Telegram does not take.

        What an earlier attempt sent is not sent again. `following`: messages that are sent right after them, and for
        which the pace must leave room.
        """
        done = _done(progress.load("pictures"), card)
        settled = {*done["shown"], *done["hidden"]}
        found = self._found([p.media_id for p in card.pictures if p.media_id not in settled])
        if found or following:
            self.pace.take(int(place.room), len(found) + following)
        for album in pictures.albums([picture for picture in found if picture.fits]):
            for some in self._taken(place, reply_to, album):
                done["extra"] += [str(message.message_id) for message in some.messages]
                done["shown"] += [picture.media.number for picture in some.pictures]
                progress.save("pictures", json.dumps(done))
        done["hidden"] = [p.media_id for p in card.pictures if p.media_id not in done["shown"]]
        if card.pictures and progress.load(HIDDEN) is None:
            progress.save("pictures", json.dumps(done))
            progress.save(HIDDEN, json.dumps(done["hidden"]))
        return tuple(done["extra"]), tuple(done["hidden"])

    def _found(self, media_ids: Sequence[int]) -> list[Picture]:
        found = []
        for media_id in media_ids:
            try:
                found.append(Picture(*self._picture(media_id)))
            except FileNotFoundError:
                log.warning("a picture is not in the archive", media=media_id)
        return found

    def _taken(self, place: Place, reply_to: str, album: list[Picture]) -> Iterator[_Album]:
        """The album as Telegram takes it: whole, or where it refuses that, what it takes of it one by one."""
        try:
            yield _Album(album, self._on_loop(self._post_album(place, reply_to, album)))
        except ContentRefused as refused:
            log.warning("Telegram refuses files", count=len(album), reason=refused.reason)
            for picture in album if len(album) > 1 else ():
                yield from self._taken(place, reply_to, [picture])

    async def _delete(self, room: int, message_ids: list[int]) -> None:
        """Take old pictures away; what Telegram does not delete any more (after 48 hours) stays above the card."""
        try:
            await self._bot.delete_messages(room, message_ids)
        except (BadRequest, InvalidToken) as error:  # refused, or a server without this method
            log.info("old pictures stay in the chat", reason=error.message)

    # -- on the loop ---------------------------------------------------------------------------------------------------

    def _on_loop(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise Unreachable("Telegram is not connected yet")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._under_way.add(future)
        try:
            with house_words():
                return future.result(WHOLE)
        except (TooSlow, CancelledError) as error:
            future.cancel()
            raise OutcomeUnknown("the bot stopped before Telegram answered") from error
        finally:
            self._under_way.discard(future)

    async def _post(self, spot: Spot, card: Card, markup: ForceReply | None = None) -> raw.Placed:
        drawn = draw(card)
        placed = await raw.send_message(
            self._bot,
            REQUEST,
            chat_id=spot.room,
            text=drawn.html,
            parse_mode=ParseMode.HTML,
            message_thread_id=spot.thread,
            reply_parameters=spot.reply,
            reply_markup=markup or drawn.keyboard,
            link_preview_options=NO_PREVIEW,
        )
        self._seen.note(spot.room, placed.message_id, placed.date)
        return placed

    async def _post_album(self, place: Place, reply_to: str, album: list[Picture]) -> list[Message]:
        sent = await pictures.post(self._bot, _spot(place, reply_to), album)
        for message in sent:
            self._seen.note(int(place.room), message.message_id, message.date.timestamp())
        return sent

    async def _redraw(self, room: int, message_id: int, card: Card) -> None:
        self._presses.hasten((room, message_id))
        try:
            await self._edit_text(room, message_id, card)
        except BadRequest as error:
            if not says(error, NOT_MODIFIED):
                raise

    async def _is_ours(self, room: int, message_id: int, card: Card) -> bool:
        try:
            await self._edit_text(room, message_id, card)
        except BadRequest as error:
            if says(error, *GONE):
                return False
            if not says(error, NOT_MODIFIED):
                raise
        return True

    async def _edit_text(self, room: int, message_id: int, card: Card) -> None:
        drawn = draw(card)
        await raw.call(
            self._bot,
            "editMessageText",
            REQUEST,
            chat_id=room,
            message_id=message_id,
            text=drawn.html,
            parse_mode=ParseMode.HTML,
            reply_markup=drawn.keyboard,
            link_preview_options=NO_PREVIEW,
        )

    async def _whisper(self, origin: Origin, card: Card) -> Sent | None:
        query = origin.reach.get("callback_query_id", "")
        if query and _is_short(card) and self._presses.take(query):
            if await self._alert(query, plain(card)):
                return None
        elif query:
            self._presses.end(query)
        self.pace.take(int(origin.room))
        card = _in_group(origin, card)
        reply_to = "" if origin.private else origin.message_id
        asked = _is_question(card) and not origin.private
        force = ForceReply(selective=True) if asked and not card.buttons else None
        placed = await self._post(_spot(origin.place, reply_to), card, force)
        return Sent(str(placed.message_id))

    async def _replaced(self, origin: Origin, card: Card) -> bool:
        """Whether the pressed message shows the card now; a group's stays a question to that person."""
        try:
            await self._redraw(int(origin.room), int(origin.message_id), _in_group(origin, card))
        except BadRequest as error:
            if not says(error, *GONE):
                raise
            return False
        return True

    async def _alert(self, query: str, words: str) -> bool:
        try:
            await self._bot.answer_callback_query(query, words, show_alert=True, read_timeout=REQUEST)
        except BadRequest as error:
            if not says(error, TOO_OLD):
                raise
            return False
        return True


def _done(saved: str | None, card: Card) -> dict[str, list[Any]]:
    """What an earlier attempt sent: ids of messages, media ids that they show, those that Telegram does not take."""
    found = json.loads(saved) if saved else {"extra": [], "shown": [], "hidden": []}
    if isinstance(found, list):  # of the version before, which sent all or nothing
        return {"extra": found, "shown": [picture.media_id for picture in card.pictures], "hidden": []}
    done: dict[str, list[Any]] = found
    return done


def _spot(place: Place, reply_to: str) -> Spot:
    thread = int(place.thread) if place.thread and place.thread != GENERAL else None
    reply = ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None
    return Spot(int(place.room), thread, reply)


def _is_short(card: Card) -> bool:
    """A sentence that fits the alert of a pressed button."""
    more = card.title or card.facts or card.pictures or card.rows or card.buttons or card.footer
    return not more and units(plain(card)) <= ALERT


def _is_question(card: Card) -> bool:
    """A question of a form: its buttons say so, or its footer tells how to stop."""
    return any(b.verb == ANSWER for b in card.buttons) or STOP in card.footer


def _in_group(origin: Origin, card: Card) -> Card:
    """The card as everybody in a group sees it: whom it is for, and how a question is answered there."""
    if origin.private:
        return card
    if _is_question(card):
        t = translator(origin.language)
        if card.buttons:
            hint = t("Press a button, or answer by replying to this message.")
        else:
            hint = t("Answer by replying to this message.")
        card = card.model_copy(update={"footer": f"{card.footer}\n{hint}".strip()})
    return _addressed(origin, card) if origin.reach.get("callback_query_id") else card


def _addressed(origin: Origin, card: Card) -> Card:
    """The card with the person's name first, so that they are notified: a group sees what only they were meant to."""
    who = text(beginning(origin.name or origin.actor, NAME - 20), url=f"{PERSON}{origin.actor}")
    first: tuple[Span, ...]
    if card.title:
        first, rest = (who, text(" · "), text(card.title, Style.BOLD)), card.body
    elif card.body and not card.body[0].quote:
        first, rest = (who, text(": "), *card.body[0].spans), card.body[1:]
    else:
        first, rest = (who,), card.body
    return card.model_copy(update={"title": "", "body": (Paragraph(spans=first), *rest)})
