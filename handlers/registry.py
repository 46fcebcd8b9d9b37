"""Who answers to what: handler files register their commands, buttons, forms, cards and ticks here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import handlers
from handlers.asking import FormCheck
from handlers.cards import Card
from handlers.couriers import Courier
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.intents import Command, Filled, Happened, Pressed
from models.member import Role

Effects = Iterable[Effect]
CommandHandler = Callable[[Desk, Command], Effects]
ButtonHandler = Callable[[Desk, Pressed], Effects]
FormHandler = Callable[[Desk, Filled], Effects]
EventHandler = Callable[[Desk, Happened], Effects]
Tick = Callable[[Desk], Effects]
CardMaker = Callable[[Desk, str], Card]


@dataclass(frozen=True)
class Entry:
    """One registered handler, with what help, menus and the README say of it."""

    verb: str
    handle: Callable[[Desk, Any], Effects]
    help_line: str = ""  #: English catalogue key
    usage: str = ""  #: the words after a command: "[text]"
    role: Role | None = None  #: None: every member
    strangers: bool = False  #: whether people outside the team may use it
    check: FormCheck | None = None  #: of a form


class Registry:
    """Everything that is registered; one per process, filled when the handler files are imported."""

    def __init__(self) -> None:
        self.commands: dict[str, Entry] = {}
        self.buttons: dict[str, Entry] = {}
        self.forms: dict[str, Entry] = {}
        self.events: dict[str, list[EventHandler]] = {}
        self.cards: dict[str, CardMaker] = {}
        self.ticks: list[Tick] = []
        self.couriers: dict[str, Courier] = {}

    def command(
        self,
        verb: str,
        help_line: str,
        *,
        usage: str = "",
        role: Role | None = None,
        strangers: bool = False,
    ) -> Callable[[CommandHandler], CommandHandler]:
        """Registers a typed command."""

        def register(handle: CommandHandler) -> CommandHandler:
            assert verb not in self.commands, verb
            self.commands[verb] = Entry(verb, handle, help_line, usage, role, strangers)
            return handle

        return register

    def button(
        self, verb: str, help_line: str, *, role: Role | None = None
    ) -> Callable[[ButtonHandler], ButtonHandler]:
        """Registers what a press of a button does. `help_line` is its line in the README's table."""

        def register(handle: ButtonHandler) -> ButtonHandler:
            assert verb not in self.buttons, verb
            self.buttons[verb] = Entry(verb, handle, help_line, role=role)
            return handle

        return register

    def form(
        self, verb: str, *, role: Role | None = None, check: FormCheck | None = None
    ) -> Callable[[FormHandler], FormHandler]:
        """Registers what happens with a filled form.

        `check` raises FieldRefused as the handler would, and changes nothing: where the form is asked question by
        question an answer is refused at once by it, not after the last one.
        """

        def register(handle: FormHandler) -> FormHandler:
            assert verb not in self.forms, verb
            self.forms[verb] = Entry(verb, handle, role=role, check=check)
            return handle

        return register

    def event(self, name: str) -> Callable[[EventHandler], EventHandler]:
        """Registers what follows from something that happened; several handlers may listen."""

        def register(handle: EventHandler) -> EventHandler:
            self.events.setdefault(name, []).append(handle)
            return handle

        return register

    def card(self, letter: str) -> Callable[[CardMaker], CardMaker]:
        """Registers what draws the card of subjects with this letter (P12, C7), as it stands now."""

        def register(make: CardMaker) -> CardMaker:
            assert letter not in self.cards, letter
            self.cards[letter] = make
            return make

        return register

    def courier(self, kind: str, courier: Courier) -> None:
        """Registers who carries this kind of delivery."""
        assert kind not in self.couriers, kind
        self.couriers[kind] = courier

    def tick(self, handle: Tick) -> Tick:
        """Registers what the clock does every few seconds (deadlines, expired claims); cost grows with what is due."""
        self.ticks.append(handle)
        return handle


registry = Registry()


def load() -> Registry:
    """Import every file of every room, which fills the registry: a new subject of work is one new file."""
    for module in walk_packages(handlers.__path__, "handlers."):
        import_module(module.name)
    return registry
