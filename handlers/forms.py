"""Forms: a modal in Slack, one question at a time in Telegram."""

from enum import StrEnum
from typing import TypeVar

import regex

from handlers.cards import Part
from handlers.words import N_
from models.errors import Refused, Unfit

Choice = TypeVar("Choice", bound=StrEnum)
#: Characters of the longest message that a person can send in Telegram (Bot API, "Message", field text).
ONE_MESSAGE = 4096
#: What is said of a text that is too long by itself, whatever the networks say of it.
TOO_LONG = N_("That is {length} characters; at most {most} fit here. Shorten it, and send it again.")


class Kind(StrEnum):
    """What kind of answer a field takes, and the type its value has in `Filled.values`."""

    LINE = "line"  #: one line -> str
    TEXT = "text"  #: several lines -> str
    CHOICE = "choice"  #: one of the options -> str
    CHOICES = "choices"  #: any of the options -> list[str]
    FILES = "files"  #: photos and videos -> Filled.files
    WHEN = "when"  #: a time as people type it -> str


class Option(Part):
    """One possible answer."""

    value: str
    label: str


class Field(Part):
    """One question. `value` is what stands there already; options are shown in their order."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    value: str | tuple[str, ...] = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    longest: int = ONE_MESSAGE  #: characters
    longer: str = ""  #: how a text is written for which the field of a chat's form has no room


class Form(Part):
    """Questions that belong together. When it is filled, the handler of `verb` gets a Filled intent."""

    verb: str
    title: str  #: at most 24 characters in Slack; renderers shorten
    submit: str
    subject: str = ""
    revision: int = 0
    value: str = ""  #: carried along unseen, like a button's
    intro: str = ""  #: shown above the questions, e.g. the public text that is answered
    fields: tuple[Field, ...] = ()


class FieldRefused(Refused):
    """An answer cannot be used; the form stays open at that field with everything that was typed."""

    def __init__(self, field: str, cause: Refused) -> None:
        super().__init__(cause.sentence, **cause.params)
        self.field = field


def web_address(field: str, typed: str) -> str:
    """The answer where a web address was asked for, or nothing. Raises FieldRefused for anything else."""
    if typed and not regex.fullmatch(r"https?://[^\s/]+\.\S+", typed):
        raise FieldRefused(field, Unfit("“{link}” is not a web address. It begins with https://.", link=typed[:80]))
    return typed


def choice_of(field: str, picked: str, among: type[Choice]) -> Choice:
    """The choice that was picked. Raises FieldRefused for what the form did not offer."""
    try:
        return among(picked)
    except ValueError:
        raise FieldRefused(field, Unfit("“{answer}” is not on the list. Choose from it.", answer=picked[:40])) from None
