"""The boosts of a desk that was restored from a copy: nothing runs by itself, and nothing is ordered twice."""

from collections.abc import Iterator

from sqlmodel import col, select

from handlers.boosts.boosts import put, switch
from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from models.boost import Boost
from models.boost_state import OPEN, BoostState

S = BoostState
#: What may have run, or been stopped, after the copy.
MADE = (S.ORDERING, S.RUNNING, S.PAUSED)


def boosts_restored(desk: Desk) -> Iterator[Effect]:
    """Give open wishes another name, and let rest what is made.

    The network finds what is made by its name: without another, what is agreed to now would be taken for what was
    ordered after the copy.
    """
    for found in _in_states(desk, OPEN):
        found.leave_parts()
    for found in _in_states(desk, MADE):
        if found.is_made:
            yield from rest(desk, found)


def rest(desk: Desk, found: Boost) -> Iterator[Effect]:
    """Nobody knows whether a member stopped it after the copy: it is paused until one resumes it, and reported on."""
    expected = found.runs or found.is_held or found.state == S.ORDERING
    if found.state == S.ORDERING:
        found.start(desk.now)  # as it probably did
    found.let_rest()
    switch(desk, found)
    put(desk, "boost_report", found)
    if expected:
        desk.audit("boost pause ordered", found.code)
        told = desk.room_t(
            "{boost} is paused: it may have been stopped after the copy that I was restored from. If it shall go on, "
            "press Resume.",
            boost=found.code,
        )
        yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


def _in_states(desk: Desk, states: tuple[BoostState, ...]) -> list[Boost]:
    return list(desk.session.exec(select(Boost).where(col(Boost.state).in_(states)).order_by(col(Boost.id))).all())
