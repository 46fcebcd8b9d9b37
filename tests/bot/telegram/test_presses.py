"""Pressed buttons: answered soon, with a sentence if there is one; weighty ones ask before they count."""

import asyncio
import threading
from typing import Any

from bot.telegram.presses import AFTER_CHANGE, Presses
from handlers.asking import ANSWER
from handlers.cards import Button, Card, paragraph, sentence
from handlers.delivery.voice import Standing
from handlers.intents import Place, Pressed
from sandbox.telegram.person import TelegramPerson
from support.patience import PATIENCE
from support.platform_progress import Kept
from support.telegram_chat import ChatBench
from support.telegram_stage import DESK

PLACE = Place(chat="telegram", room=str(DESK))
CARD = Card(
    title="P12",
    buttons=(
        Button(verb="approve", label="Approve", subject="P12", revision=3),
        Button(verb="drop", label="Drop it", subject="P12", revision=3, confirm="Drop P12 for good?"),
    ),
)


def card(bench: ChatBench) -> int:
    return int(bench.voice.send(PLACE, CARD, key="k", reply_to="", progress=Kept()).message_id)


class Pressing(threading.Thread):
    """Somebody presses and waits for the answer."""

    def __init__(self, person: TelegramPerson, button: str, message: int) -> None:
        super().__init__()
        self.answer: dict[str, Any] | None = None
        self._person, self._button, self._message = person, button, message
        self.start()

    def run(self) -> None:
        self.answer = self._person.press(self._button, self._message)

    def answered(self) -> dict[str, Any] | None:
        self.join(PATIENCE)
        return self.answer


def test_a_press_without_a_sentence_is_answered_silently(bench: ChatBench) -> None:
    assert bench.telegram.person("Bruno", "Desk").press("Approve", card(bench)) == {"text": "", "show_alert": False}


def test_a_short_sentence_is_shown_over_the_pressed_button(bench: ChatBench) -> None:
    bench.chat._presses.patience = PATIENCE / 2  # pressed and answered within 1.5 seconds, however slow the machine is
    pressing = Pressing(bench.telegram.person("Bruno", "Desk"), "Approve", card(bench))
    pressed = bench.intent()
    assert isinstance(pressed, Pressed)
    before = len(bench.telegram.person("Ada", "Desk").messages())
    bench.voice.whisper(pressed.origin, sentence("You approved it already."))
    assert pressing.answered() == {"text": "You approved it already.", "show_alert": True}
    assert len(bench.telegram.person("Ada", "Desk").messages()) == before


def test_a_press_whose_card_changes_does_not_wait_for_a_sentence(bench: ChatBench) -> None:
    message_id = card(bench)
    pressing = Pressing(bench.telegram.person("Bruno", "Desk"), "Approve", message_id)
    bench.intent()
    bench.voice.edit(
        PLACE, Standing(str(message_id), (), ()), CARD.model_copy(update={"title": "P12 · approved"}), progress=Kept()
    )
    assert pressing.answered() == {"text": "", "show_alert": False}


def test_a_change_shortens_the_wait_of_the_press_on_that_message_alone() -> None:
    async def story() -> None:
        loop, answered = asyncio.get_running_loop(), asyncio.Queue[str]()
        presses = Presses(answered.put)
        presses.add("here", (-5, 1))
        presses.add("there", (-5, 2))
        other = presses._timers["there"].when()
        presses.hasten((-5, 1))
        assert presses._timers["here"].when() <= loop.time() + AFTER_CHANGE
        assert presses._timers["there"].when() == other
        assert [await answered.get(), await answered.get()] == ["here", "there"]

    asyncio.run(story())


def test_a_sentence_that_comes_late_is_a_message_that_names_the_person(bench: ChatBench) -> None:
    message_id = card(bench)
    bench.telegram.person("Bruno", "Desk").press("Approve", message_id)
    pressed = bench.intent()
    bench.voice.whisper(pressed.origin, sentence("It took a while."))
    seen = bench.telegram.person("Bruno", "Desk").last()
    assert seen["text"] == "Bruno: It took a while."
    assert seen["entities"][0]["type"] == "text_mention"
    assert seen["reply_to"] == message_id


def test_a_question_is_a_message_and_ends_the_wait_at_once(bench: ChatBench) -> None:
    go_by = bench.stop_pace()
    pressing = Pressing(bench.telegram.person("Bruno", "Desk"), "Approve", card(bench))
    pressed = bench.intent()
    question = Card(body=(paragraph("Why?"),), buttons=(Button(verb=ANSWER, label="Skip", value="0.-"),))
    go_by(1)
    bench.voice.whisper(pressed.origin, question)
    assert pressing.answered() == {"text": "", "show_alert": False}
    assert "Why?" in bench.telegram.person("Bruno", "Desk").last()["text"]


def test_what_follows_a_pressed_question_takes_its_place(bench: ChatBench) -> None:
    bruno = bench.telegram.person("Bruno", "Desk")
    message_id = card(bench)
    bruno.press("Approve", message_id)
    bench.voice.whisper(bench.intent().origin, sentence("Done."), instead=True)
    seen = bruno.message(message_id)
    assert (seen["text"], seen["keyboard"]) == ("Bruno: Done.", [])


def test_what_follows_a_question_that_somebody_deleted_is_a_message_of_its_own(bench: ChatBench) -> None:
    bruno = bench.telegram.person("Bruno", "Desk")
    message_id = card(bench)
    bruno.press("Approve", message_id)
    pressed = bench.intent()
    bench.telegram.call("deleteMessage", chat_id=DESK, message_id=message_id)
    bench.voice.whisper(pressed.origin, Card(title="Next"), instead=True)
    assert "Next" in bruno.last()["text"]


def test_the_first_press_of_a_weighty_button_only_asks(bench: ChatBench) -> None:
    bruno = bench.telegram.person("Bruno", "Desk")
    message_id = card(bench)
    bruno.press("Drop it", message_id)
    question = bruno.wait_text("Drop P12 for good?")
    assert [b["label"] for b in question["keyboard"][0]] == ["✓ Drop it", "No"]
    assert question["reply_to"] == message_id
    bruno.press("✓", question)
    pressed = bench.intent()
    assert isinstance(pressed, Pressed)
    assert (pressed.verb, pressed.subject, pressed.revision) == ("drop", "P12", 3)
    assert pressed.origin.message_id == str(message_id)
    bench.wait(lambda: question["id"] not in {m["id"] for m in bruno.messages()})


def test_no_takes_the_question_away_and_decides_nothing(bench: ChatBench) -> None:
    bruno = bench.telegram.person("Bruno", "Desk")
    bruno.press("Drop it", card(bench))
    question = bruno.wait_text("Drop P12 for good?")
    bruno.press("No", question)
    bench.wait(lambda: question["id"] not in {m["id"] for m in bruno.messages()})
    bruno.press("Approve")
    pressed = bench.intent()
    assert isinstance(pressed, Pressed)
    assert pressed.verb == "approve"


def test_a_question_whose_wording_was_forgotten_is_asked_in_the_persons_language(bench: ChatBench) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Drop it", "callback_data": "?v1:drop:P12:3"}]]}
    message_id = bench.telegram.call("sendMessage", chat_id=DESK, text="old card", reply_markup=keyboard)["message_id"]
    bruno = bench.telegram.person("Bruno", "Desk")
    bruno.press("Drop it", message_id)
    bruno.wait_text("Do you really want this: Drop it?")


def test_handmade_data_is_a_press_on_an_unknown_button(bench: ChatBench) -> None:
    bench.telegram.person("Eve").start()
    bench.intent()
    pressing = threading.Thread(target=bench.telegram.person("Eve").forge, args=("v1:approve:P 1'--:9", 1))
    pressing.start()
    pressed = bench.intent()
    pressing.join(10)
    assert isinstance(pressed, Pressed)
    assert pressed.verb == "unknown"
