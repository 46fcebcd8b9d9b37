"""What the chat does by itself once an update is stored: remember ids, end a press's wait, ask before it counts."""

import asyncio

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.telegram.confirming import ASK, CONFIRMED, DECLINED, Questions, asks_first
from bot.telegram.presses import Presses
from bot.telegram.render import TONES, draw
from bot.telegram.seen import Seen
from bot.telegram.wire import Message, Press, Update
from handlers.cards import CODE_BYTES, Tone
from handlers.words import Translator, translator

log = structlog.get_logger()


class Asides:
    """Best effort: whatever fails here, the person can press again."""

    def __init__(self, bot: Bot, presses: Presses, questions: Questions, seen: Seen) -> None:
        self._bot = bot
        self._presses = presses
        self._questions = questions
        self._seen = seen
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, update: Update) -> None:
        """The update is stored and new. Returns at once: the next update does not wait for this."""
        if update.message:
            self._seen.note(update.message.chat.id, update.message.message_id, update.message.date)
        if update.callback_query:
            pressed = update.callback_query.message
            where = (pressed.chat.id, pressed.message_id) if pressed else (0, 0)
            self._presses.add(update.callback_query.id, where)
            task = asyncio.get_running_loop().create_task(self._pressed(update.callback_query))
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
        label = _label(message, press.data)
        card = self._questions.question(code, label, t)
        sent = await self._bot.send_message(
            message.chat.id,
            draw(card).html,
            parse_mode=ParseMode.HTML,
            message_thread_id=int(message.thread) if message.thread else None,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            reply_markup=InlineKeyboardMarkup([_answers(code, label, t)]),
        )
        self._seen.note(message.chat.id, sent.message_id, sent.date.timestamp())


def _answers(code: str, label: str, t: Translator) -> list[InlineKeyboardButton]:
    yes = InlineKeyboardButton(t("Yes: {label}", label=label), callback_data=CONFIRMED + code, style=TONES[Tone.DANGER])
    return [yes, InlineKeyboardButton(t("No"), callback_data=(DECLINED + code)[:CODE_BYTES])]


def _label(message: Message, data: str) -> str:
    """What stands on the pressed button."""
    rows = (message.reply_markup or {}).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and button.get("callback_data") == data:
                return str(button.get("text", ""))
    return "?"
