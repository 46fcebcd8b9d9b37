"""Buttons that ask before they count: the first press brings the question, its Yes carries the very code.

Nothing is kept for it but the wording of the question: what was pressed stands in the buttons themselves.
"""

from collections import OrderedDict
from threading import Lock

from handlers.cards import CODE_BYTES, Button, Card, paragraph
from handlers.words import Translator

#: Before a button's code: ask first · this is the Yes of the question · this is its No.
ASK, CONFIRMED, DECLINED = "?", "!", "-"
#: Questions whose wording is remembered; a forgotten one is asked in general words.
KEPT = 1000


def asks_first(data: str) -> bool:
    """Whether a press with this data is handled here and decides nothing."""
    return data.startswith((ASK, DECLINED))


def data_of(button: Button) -> str:
    """What the button sends, at most 64 bytes."""
    code = button.code
    fits = len(code.encode()) < CODE_BYTES
    return ASK + code if button.confirm and fits else code


class Questions:
    """The buttons that ask and were drawn lately; thread-safe."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, Button] = OrderedDict()
        self._lock = Lock()

    def remember(self, card: Card) -> None:
        """Note what the card's buttons ask."""
        for button in (*card.buttons, *(b for row in card.rows for b in row.buttons)):
            if button.confirm:
                with self._lock:
                    self._asked[button.code] = button
                    self._asked.move_to_end(button.code)
                    if len(self._asked) > KEPT:
                        self._asked.popitem(last=False)

    def question(self, code: str, shown: str, t: Translator) -> tuple[Card, str]:
        """The question to show, and the label for its Yes; `shown` is what stands on the pressed button, "" if unknown.

        Its buttons are added below.
        """
        with self._lock:
            asked = self._asked.get(code)
        label = shown or (asked.label if asked else "…")
        words = asked.confirm if asked else t("Do you really want this: {label}?", label=label)
        return Card(body=(paragraph(words),)), f"✓ {label}"  # no word of another language beside the room's
