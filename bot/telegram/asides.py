"""What the chat does by itself once an update is stored: remember ids, end a press's wait, ask first, explain."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.telegram import listen, raw
from bot.telegram.confirming import ASK, CONFIRMED, DECLINED, Questions, asks_first
from bot.telegram.pace import Pace
from bot.telegram.presses import Presses
from bot.telegram.render import TONES, draw
from bot.telegram.seen import Seen
from bot.telegram.wire import Message, Press, Update
from handlers.cards import CODE_BYTES, Card, Tone, sentence
from handlers.words import Translator, translator

log = structlog.get_logger()

#: Seconds for one answer.
PATIENCE = 30.0


class Asides:
    """Best effort: whatever fails here, the person can press again."""

    def __init__(
        self,
        bot: Bot,
        me: Callable[[], listen.Me | None],
        rooms: Iterable[int],
        presses: Presses,
        questions: Questions,
        seen: Seen,
        pace: Pace,
    ) -> None:
        """`me` tells who the bot is, once that is known; `rooms` are the chats that are configured."""
        self._bot = bot
        self._me = me
        self._rooms = set(rooms)
        self._presses = presses
        self._questions = questions
        self._seen = seen
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, update: Update) -> None:
        """The update is stored and new. Returns at once: the next update does not wait for this."""
        if update.message:
            self._seen.note(update.message.chat.id, update.message.message_id, update.message.date)
        if update.callback_query:
            pressed = update.callback_query.message
            where = (pressed.chat.id, pressed.message_id) if pressed else (0, 0)
            self._presses.add(update.callback_query.id, where)
            self._begin(self._pressed(update.callback_query))
        me = self._me()
        if update.message and me and listen.is_unnamed(update.message, me):
            self._begin(self._tell_unnamed(update.message))
        if (entered := listen.entered(update)) and entered.room not in self._rooms:
            self._rooms.add(entered.room)
            self._begin(self._tell_number(entered))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pressed(self, press: Press) -> None:
        message = press.message
        try:
            if message and press.data.startswith(ASK):
                await self._ask(press, message)
            elif message and press.data.startswith((CONFIRMED, DECLINED)):
                await self._bot.delete_message(message.chat.id, message.message_id)
        except TelegramError as error:
            log.warning("a question before a button did not appear or go", reason=error.message)
        if asks_first(press.data):
            self._presses.end(press.id)

    async def _ask(self, press: Press, message: Message) -> None:
        """The question below the card, with a Yes that carries the button's code and a No."""
        t = translator(press.sender.language_code)
        code = press.data.removeprefix(ASK)
        card, yes = self._questions.question(code, _label(message, press.data), t)
        await self._answer(message, card, InlineKeyboardMarkup([_answers(code, yes, t)]))

    async def _tell_unnamed(self, message: Message) -> None:
        """Who writes as the group or as a channel learns why nothing comes of it."""
        t = translator("")
        said = t(
            "Telegram hides who you are when you write as a group or a channel, so I cannot do that. "
            "Write as yourself: an administrator switches “Remain anonymous” off in the group's settings."
        )
        try:
            await self._answer(message, sentence(said))
        except TelegramError as error:
            log.warning("somebody unnamed was not answered", reason=error.message)

    async def _tell_number(self, entered: listen.Entered) -> None:
        """A group that is in no setting learns its number, which no app shows."""
        t = translator(entered.language)
        said = t(
            "The number of this group is {number}. For posts or comments to arrive here, put it into config.toml "
            "([telegram], review and inbox) and start me again.",
            number=entered.room,
        )
        try:
            await self._send(entered.room, sentence(said))
        except TelegramError as error:
            log.warning("a group was not told its number", reason=error.message)

    async def _answer(self, message: Message, card: Card, keyboard: InlineKeyboardMarkup | None = None) -> None:
        await self._send(
            message.chat.id,
            card,
            message_thread_id=int(message.thread) if message.thread else None,
            reply_parameters={"message_id": message.message_id, "allow_sending_without_reply": True},
            reply_markup=keyboard,
        )

    async def _send(self, room: int, card: Card, **fields: Any) -> None:
        """Send at once; what is sent next in the chat waits for it."""
        self._pace.count(room)
        said = {"chat_id": room, "text": draw(card).html, "parse_mode": ParseMode.HTML}
        sent = await raw.send_message(self._bot, PATIENCE, **said, **fields)
        self._seen.note(room, sent.message_id, sent.date)


def _answers(code: str, yes: str, t: Translator) -> list[InlineKeyboardButton]:
    agree = InlineKeyboardButton(yes, callback_data=CONFIRMED + code, style=TONES[Tone.DANGER])
    return [agree, InlineKeyboardButton(t("No"), callback_data=(DECLINED + code)[:CODE_BYTES])]


def _label(message: Message, data: str) -> str:
    """What stands on the pressed button, "" where the server does not tell."""
    rows = (message.reply_markup or {}).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and button.get("callback_data") == data:
                return str(button.get("text", ""))
    return ""
