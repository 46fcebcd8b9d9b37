"""The way out of a form that is asked question by question."""

from collections.abc import Iterator

from handlers import asking
from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command
from handlers.registry import registry
from handlers.words import N_


@registry.command("cancel", N_("Stop answering the questions of a form"))
def cancel(desk: Desk, command: Command) -> Iterator[Effect]:
    """Forget the open question, or say that there is none."""
    if asking.cancel(desk):
        yield Whisper(card=sentence(desk.t("Stopped. Nothing was changed.")))
    else:
        yield Whisper(card=sentence(desk.t("I was not asking you anything here, so there is nothing to stop.")))
