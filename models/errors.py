"""Refusals: a member asked for what the rules forbid. The sentence is what they will read."""

from typing import Any


class NotYet(Exception):
    """What decides it is being written this moment. No refusal: nobody is told, and it is handled again."""


class Refused(Exception):
    """Base of all refusals.

    `sentence` is an English catalogue key with {placeholders} that says what to do next; `params` fill it. The router
    translates it into the member's language; nothing was changed when it is raised.
    """

    def __init__(self, sentence: str, /, **params: Any) -> None:
        super().__init__(sentence.format(**params) if params else sentence)
        self.sentence = sentence
        self.params = params


class NotAllowed(Refused):
    """The member lacks the role, or policy forbids it to this member."""


class WrongMoment(Refused):
    """The thing exists, but its state does not allow this now."""


class OutOfDate(Refused):
    """The card that was pressed shows an older state than the thing has."""


class NotFound(Refused):
    """There is no such thing."""


class Unfit(Refused):
    """What was typed or attached cannot be used as it is."""
