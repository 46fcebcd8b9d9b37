"""Every button that stood in the chats before the update is answered with a way on: no bug, and no silence."""

from typing import Any

from sqlmodel import func, select

from bot.telegram.confirming import ASK, CONFIRMED
from handlers.intents import Origin
from handlers.router import Handled
from models.delivery import Delivery
from support.app_bench import PEOPLE, AppBench, Where
from updates.conftest import Older


class Undone(Exception):
    """What a press did is rolled back: each is pressed on the desk as the copy left it."""


def answered(desk: AppBench, who: str, code: str, where: Where) -> tuple[Handled, int]:
    """What came of a press, and how many messages and cards it would have sent."""
    found: list[Any] = []
    try:
        with desk.app.store.write() as session:
            before = session.exec(select(func.max(Delivery.id))).one() or 0
            found.append(desk.app.router.handle(session, desk.pressed(who, code, where), desk.now))
            said = session.exec(select(Delivery).where(Delivery.id > before)).all()  # type: ignore[operator]
            found.append(sum(not delivery.is_to_account for delivery in said))
            raise Undone
    except Undone:
        return found[0], found[1]


def is_answered(handled: Handled, messages: int) -> bool:
    """A form opens, or something is shown or said; a bug is no answer."""
    return not handled.bug and bool(handled.forms or messages)


def test_every_button_of_before_is_answered(quiet_desk: AppBench, older: Older) -> None:
    names = {external: name for name, ids in PEOPLE.items() for external in map(str, ids)}
    silent, pressed, verbs = [], 0, set()
    buttons = {(b["chat"], b["code"], bool(b["room"])): b for b in older.contents["buttons"]}
    for button in buttons.values():
        where = Where(**{name: button[name] for name in Where.__dataclass_fields__})
        code = button["code"]
        if code.startswith(ASK):  # Telegram asks first, by itself; the Yes of its question carries the rest
            assert quiet_desk.in_telegram("Dario", code, where) is None
            code = CONFIRMED + code.removeprefix(ASK)
        people = [names.get(button["who"], "Dario")]
        if (verb := (where.chat, code.split(":")[1])) not in verbs:
            people.append("Ada")  # who may do least, once for what is done
            verbs.add(verb)
        for who in people:
            pressed += 1
            if not is_answered(*answered(quiet_desk, who, code, where)):
                silent.append((who, button["chat"], code))
    assert silent == []
    assert pressed > len(buttons) > 100
    where = Where("slack", "C0REVIEW01", "2080000000.000101")
    for code in ("v1:approve:P3:1", "v0:approve:P3:1", "approve", "v1:none:P3", ":", "v1:::::"):
        for who in ("Elena", "Dario"):  # somebody who is only invited, and a member
            assert is_answered(*answered(quiet_desk, who, code, where)), (who, code)
    for who in ("Ada", "Bruno", "Chiara", "Dario"):
        quiet_desk.happened(Origin(chat="slack", actor=quiet_desk.person(who, "slack"), name=who))
        assert quiet_desk.papers["slack"].homes[-1][0] == quiet_desk.person(who, "slack"), "drawn anew"
