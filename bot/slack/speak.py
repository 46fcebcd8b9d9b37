"""Slack's voice: sends, edits, finds, whispers; called from worker threads, working on the chat's loop."""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import TimeoutError as OutOfTime
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from bot.slack import render
from bot.slack.api import Api
from bot.slack.listen import member_id
from bot.slack.pictures import Pictures
from bot.slack.videos import Videos
from handlers.cards import Card
from handlers.delivery.voice import Lost, Sent, Standing
from handlers.intents import Origin, Place
from handlers.seen import WHOLE, WORDS
from handlers.words import Translator, translator
from platforms.contract import (
    AccessLost,
    CannotTell,
    ContentRefused,
    Gone,
    MediaNotReady,
    NotPermitted,
    OutcomeUnknown,
    Permanent,
    PlatformError,
    Progress,
    Unreachable,
)

log = structlog.get_logger()

Json = dict[str, Any]
Result = TypeVar("Result")

#: The kind of our messages' metadata, by which a lost one is found (docs.slack.dev/messaging/message-metadata).
DELIVERY = "bottega_delivery"
#: Seconds that a response_url may be used: Slack's half hour, less a margin.
ANSWERABLE = 29 * 60.0
#: Seconds that a worker waits for one piece of work on the loop; above every time-out inside it.
PATIENCE = 400.0
#: Slack's clock and ours may differ by so much when a lost message is looked for in a room where none of ours stands.
MARGIN = timedelta(seconds=60)
PAGE, MOST_PAGES = 200, 20
#: Attempts that wait for Slack to make a picture ready; then it is uploaded again; then cards go without for a while.
WAITS, UPLOADS = 3, 6
_WAITED = "slack:waited"


class SlackVoice:
    """Speaks in one workspace (handlers.delivery.speaking.Voice)."""

    #: History shows a message at once; the rest is for a request that was still on its way.
    settled_after = timedelta(seconds=3)

    def __init__(
        self, api: Api, pictures: Pictures, videos: Videos, language: str, clock: Callable[[], float] = time.time
    ) -> None:
        """`language`: of what everybody in a room reads."""
        self._api = api
        self._pictures = pictures
        self._videos = videos
        self._t = translator(language)
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None

    def rest(self, card: Card) -> tuple[Card, ...]:
        """What a message leaves out of the card; empty where it shows all."""
        return render.rest(card, self._t)

    def begin(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Speak on this loop from now on; None: not any more."""
        self._loop = loop

    # -- handlers.delivery.speaking.Voice ------------------------------------------------------------------------------

    def send(self, place: Place, card: Card, *, key: str, reply_to: str, progress: Progress) -> Sent:
        """Post a message. In a public room that the bot is not in yet, it joins first."""
        return self._on_loop(self._send(place, card, key, reply_to or place.thread, progress))

    def edit(self, place: Place, standing: Standing, card: Card, *, progress: Progress) -> Sent:
        """Draw a message anew. Raises Gone when it was deleted."""
        return self._on_loop(self._edit(place, standing, card, progress))

    def find(self, place: Place, card: Card, *, key: str, reply_to: str, lost: Lost) -> Sent | None:
        """The message with this key among those since then; None: certainly absent. Raises CannotTell, TryLater."""
        return self._on_loop(self._find(place, key, reply_to or place.thread, _oldest(lost)))

    def whisper(self, origin: Origin, card: Card, *, instead: bool = False) -> None:
        """Show it only to the person: there where they acted, or in private where that is not possible."""
        self._on_loop(self.whispered(origin, card, instead=instead))

    def direct(self, external_id: str, room: str, card: Card, *, key: str) -> Sent:
        """Write to a person in private."""
        return self._on_loop(self._direct(external_id, card, key, self._t))

    def home(self, origin: Origin, card: Card) -> None:
        """Draw the person's Home tab."""
        self._on_loop(self._home(origin, card))

    # -- on the loop ---------------------------------------------------------------------------------------------------

    def _on_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        loop = self._loop
        if loop is None or loop.is_closed():
            work.close()
            raise Unreachable("Slack is not connected.")
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(PATIENCE)
        except (OutOfTime, asyncio.CancelledError) as error:
            future.cancel()
            raise OutcomeUnknown("Slack took too long.") from error

    async def _send(self, place: Place, card: Card, key: str, thread: str, progress: Progress) -> Sent:
        room = await self._room(place)

        async def post(shown: Json) -> Json:
            return await self._post(room, shown, key, thread)

        answer, files = await self._drawn(card, progress, post)
        message_id = str(answer["ts"])
        videos = await self._videos.sent(card, room, message_id, thread)
        return Sent(message_id, hidden=_hidden(card, files, videos))

    async def _post(self, room: str, shown: Json, key: str, thread: str) -> Json:
        metadata = {"event_type": DELIVERY, "event_payload": {"key": key}}
        message = {"channel": room, "thread_ts": thread or None, "metadata": metadata, **shown}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        try:
            answer = await self._api.write("chat.postMessage", **message, **quiet)
        except NotPermitted as refused:
            if "(not_in_channel)" not in refused.reason or not await self._joined(room):
                raise
            answer = await self._api.write("chat.postMessage", **message, **quiet)
        if not answer.get("ts"):
            raise OutcomeUnknown("Slack did not say which message it made.")
        return answer

    async def _joined(self, room: str) -> bool:
        """Go into a public room; False where that is not possible."""
        try:
            await self._api.write("conversations.join", channel=room)
        except (Permanent, OutcomeUnknown) as refused:
            log.info("a room could not be joined", room=room, reason=str(refused))
            return False
        return True

    async def _edit(self, place: Place, standing: Standing, card: Card, progress: Progress) -> Sent:
        room = await self._room(place)

        async def update(shown: Json) -> Json:
            return await self._api.write("chat.update", channel=room, ts=standing.message_id, **shown)

        _, files = await self._drawn(card, progress, update)
        videos = await self._videos.edited(card, room, standing.message_id)
        if videos is None:  # a message from before a restart: as it was
            videos = set(standing.pictures) - set(standing.hidden)
        return Sent(standing.message_id, standing.extra_ids, _hidden(card, files, videos))

    async def _drawn(
        self, card: Card, progress: Progress, leave: Callable[[Json], Coroutine[Any, Any, Json]]
    ) -> tuple[Json, dict[int, str]]:
        """Let the card leave; returns the pictures that it shows. Slack may need a moment for one, or have lost it."""
        waited = int(progress.load(_WAITED) or 0) if card.pictures else 0
        files = await self._uploaded(card, progress)
        try:
            return await leave(_drawing(card, files, self._t)), files
        except ContentRefused as refused:
            if not files:
                raise
            log.warning("a card goes without its pictures", reason=refused.reason)
            return await leave(_drawing(card, {}, self._t)), {}
        except MediaNotReady:
            progress.save(_WAITED, str(waited + 1))
            if waited + 1 == WAITS:
                self._pictures.forget(card, progress)
            if waited + 1 >= UPLOADS:
                self._pictures.give_up(card)
            raise

    async def _uploaded(self, card: Card, progress: Progress) -> dict[int, str]:
        """The card's pictures; where Slack takes none from us, the card goes without, and names them."""
        try:
            return await self._pictures.of(card, progress)
        except AccessLost:
            raise
        except Permanent as refused:
            log.warning("a card goes without its pictures", reason=refused.reason)
            return {}

    async def _find(self, place: Place, key: str, thread: str, oldest: str) -> Sent | None:
        method = "conversations.replies" if thread else "conversations.history"
        asked: Json = {"channel": await self._room(place), "ts": thread or None, "oldest": oldest, "limit": PAGE}
        cursor = ""
        for _page in range(MOST_PAGES):
            try:
                answer = await self._api.read(method, **asked, include_all_metadata=True, cursor=cursor or None)
            except Permanent as refused:
                raise CannotTell(refused.reason) from refused
            for message in answer.get("messages") or []:
                if _key_of(message) == key:
                    return Sent(message_id=str(message["ts"]))
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None
        raise CannotTell("too many messages since then")

    # -- to one person -------------------------------------------------------------------------------------------------

    async def whispered(self, origin: Origin, card: Card, *, instead: bool = False) -> None:
        """As `whisper`, for callers on the chat's loop."""
        t = translator(origin.language) if origin.language else self._t
        if origin.private and origin.room:
            if instead and origin.message_id and await self._replaced(origin, card, t):
                return
            await self._to_one(card, t, lambda shown: self._post(origin.room, shown, "", origin.thread))
            return
        if await self._answered(origin, card, t, instead=instead):
            return
        if origin.room:
            place = {"channel": origin.room, "user": member_id(origin.actor), "thread_ts": origin.thread or None}
            try:
                await self._to_one(card, t, lambda shown: self._api.write("chat.postEphemeral", **place, **shown))
            except NotPermitted as refused:
                log.info("a whisper goes to the private conversation", reason=refused.reason)
            else:
                return
        await self._direct(origin.actor, card, "", t)

    async def _replaced(self, origin: Origin, card: Card, t: Translator) -> bool:
        """Whether the pressed message of the private conversation shows the card now."""
        message = {"channel": origin.room, "ts": origin.message_id}
        try:
            await self._to_one(card, t, lambda shown: self._api.write("chat.update", **message, **shown))
        except (Gone, NotPermitted) as refused:
            log.info("a message could not be replaced", reason=refused.reason)
            return False
        return True

    async def _answered(self, origin: Origin, card: Card, t: Translator, *, instead: bool) -> bool:
        """Whether the response_url of the interaction took it; it works in rooms that the bot is not in."""
        url = origin.reach.get("response_url", "")
        if not url or self._clock() - _seconds(origin.reach.get("at", "")) > ANSWERABLE:
            return False
        only = {"response_type": "ephemeral", "replace_original": instead}
        below = {"thread_ts": origin.thread} if origin.thread else {}
        try:
            await self._to_one(card, t, lambda shown: self._api.answer(url, {**only, **below, **shown}))
        except Permanent as refused:
            log.info("a response_url was refused", reason=refused.reason)
            return False
        return True

    async def _direct(self, external_id: str, card: Card, key: str, t: Translator) -> Sent:
        room = await self._private_room(external_id)
        answer = await self._to_one(card, t, lambda shown: self._post(room, shown, key, ""))
        return Sent(message_id=str(answer["ts"]))

    async def _room(self, place: Place) -> str:
        """Where the place is; of a person, whose ids begin with U or W, the private conversation with them."""
        return await self._private_room(place.room) if place.room.startswith(("U", "W")) else place.room

    async def _private_room(self, external_id: str) -> str:
        opened = await self._api.write("conversations.open", users=member_id(external_id))
        return str((opened.get("channel") or {}).get("id") or "")

    async def _home(self, origin: Origin, card: Card) -> None:
        t = translator(origin.language) if origin.language else self._t
        files = await self._files(card)
        await self._api.write("views.publish", user_id=member_id(origin.actor), view=render.home(card, t, files))

    async def _to_one(self, card: Card, t: Translator, leave: Callable[[Json], Coroutine[Any, Any, Result]]) -> Result:
        """Let it leave to one person, who looks now: where Slack does not take its pictures, at once without them."""
        files = await self._files(card)
        try:
            return await leave(_drawing(_marked(card, files), files, t))
        except (ContentRefused, MediaNotReady) as refused:
            if not files:
                raise
            log.info("a picture was left out", reason=str(refused))
            return await leave(_drawing(card, {}, t))

    async def _files(self, card: Card) -> dict[int, str]:
        """Pictures for what is seen by one person: better without them than not at all."""
        try:
            return await self._pictures.of(card)
        except (PlatformError, OutcomeUnknown) as refused:
            log.info("a picture was left out", reason=str(refused))
            return {}


def _hidden(card: Card, files: Mapping[int, str], videos: Collection[int]) -> tuple[int, ...]:
    """Which of the card's files nobody sees there."""
    return tuple(p.media_id for p in card.pictures if p.media_id not in (videos if p.video else files))


def _marked(card: Card, files: Mapping[int, str]) -> Card:
    """The copy of a card whose files are all in it: its verdicts say so."""
    if any(picture.video or picture.media_id not in files for picture in card.pictures):
        return card
    seen = (b.model_copy(update={"value": WHOLE}) if b.whole and b.value == WORDS else b for b in card.buttons)
    return card.model_copy(update={"buttons": tuple(seen)})


def _drawing(card: Card, files: dict[int, str], t: Translator) -> Json:
    return {"text": render.fallback(card), "blocks": render.blocks(card, files, t)}


def _oldest(lost: Lost) -> str:
    """After what a lost message stands. Our newest known one has Slack's own time; our clock may be ahead of that."""
    since = (lost.since - MARGIN).timestamp()
    return f"{min(since, max(map(float, lost.known_ids), default=since)):.6f}"


def _key_of(message: Json) -> str:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != DELIVERY:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("key") or "") if isinstance(payload, dict) else ""


def _seconds(at: str) -> float:
    try:
        return float(at)
    except ValueError:
        return 0.0
