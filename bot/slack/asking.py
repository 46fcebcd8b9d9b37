"""Forms are opened with the trigger of a press; where that is missing or too old, a button offers the form again."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import structlog

from bot.slack import forms
from bot.slack.api import Api
from bot.slack.keeping import OPEN_FORM
from bot.slack.listen import carried
from bot.slack.refusals import TooLate
from bot.slack.speak import SlackVoice
from handlers.cards import Button, Tone, sentence
from handlers.forms import Form
from handlers.intents import Origin, Pressed
from handlers.words import Translator, translator

log = structlog.get_logger()

#: Forms that wait for their button. They are lost at a restart: nothing was decided, the person asks once more.
MOST = 500


class Asker:
    """Opens forms; used on the chat's loop."""

    def __init__(self, api: Api, voice: SlackVoice, language: Callable[[Origin], str]) -> None:
        self._api = api
        self._voice = voice
        self._language = language
        self._waiting: OrderedDict[str, tuple[Origin, Form]] = OrderedDict()

    async def ask(self, origin: Origin, form: Form) -> None:
        """Open the form, or offer it with a button: a mention brings no trigger, and one is good for three seconds."""
        try:
            await self._open(origin, form, self._t(origin))
        except TooLate as late:
            log.info("a form is offered again", reason=late.reason)
            await self._offer(origin, form)

    async def again(self, pressed: Pressed) -> None:
        """The button was pressed: open the form for the person it was meant for. Never raises: nobody waits for it."""
        try:
            origin, form = self._waiting.get(pressed.value, (pressed.origin, None))
            if form is None or origin.actor != pressed.origin.actor:
                t = self._t(pressed.origin)
                gone = t("That form is not there any more. Please do that once more.")
                await self._voice.whispered(pressed.origin, sentence(gone))
                return
            await self._open(origin.model_copy(update={"reach": pressed.origin.reach}), form, self._t(origin))
            self._waiting.pop(pressed.value, None)
        except Exception:
            log.exception("a form could not be opened")

    async def _open(self, origin: Origin, form: Form, t: Translator) -> None:
        trigger = origin.reach.get("trigger_id", "")
        if not trigger:
            raise TooLate("a message brings no trigger")
        view: dict[str, Any] = forms.view(form, carried(origin), t)
        await self._api.write("views.open", trigger_id=trigger, view=view)

    async def _offer(self, origin: Origin, form: Form) -> None:
        token = secrets.token_hex(8)
        self._waiting[token] = (origin, form)
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        t = self._t(origin)
        button = Button(verb=OPEN_FORM, label=t("Open the form"), value=token, tone=Tone.PRIMARY)
        asked = t("Press the button to open “{title}”.", title=form.title)
        await self._voice.whispered(origin, sentence(asked, button))

    def _t(self, origin: Origin) -> Translator:
        return translator(self._language(origin))
