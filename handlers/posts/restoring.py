"""A desk that was restored from a copy does not know what was done after it: it looks, and publishes nothing by itself.

Nothing may be posted twice. What was on its way to an account when the copy was made may have left since: it is looked
up on the network like everything whose end is unknown, also what was planned for later, which somebody may have
published at once. What was decided after the copy is not known at all: the desk comes up stopped; a member resumes it.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import col, or_, select

from handlers.cards import Button, Tone, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Post
from handlers.times.when import describe
from models.delivery import TO_ACCOUNTS, UNDER_WAY, Delivery
from models.stop import EVERYTHING, Stop


def restored(desk: Desk, copied_at: datetime) -> Iterator[Effect]:
    """Doubt what was open at `copied_at`, stop everything, and tell it where posts are reviewed."""
    outward = or_(*(col(Delivery.lane).startswith(way) for way in TO_ACCOUNTS))
    opened = select(Delivery).where(col(Delivery.state).in_(UNDER_WAY), outward)
    count = 0
    for delivery in desk.session.exec(opened.order_by(col(Delivery.id))).all():
        delivery.doubt(copied_at, desk.now)
        count += 1
    desk.session.merge(Stop(name=EVERYTHING, member_id=None, at=desk.now))
    desk.audit("restored", "everything", after={"copied_at": copied_at.isoformat(), "doubted": count})
    t = desk.room_t
    told = t(
        "⏸ I was restored from a copy of {when}, so nothing is published until somebody resumes it. What was on its "
        "way then I look up on the networks first. What was decided after that moment I do not know: look at the "
        "accounts before you publish, schedule or retry anything.",
        when=describe(copied_at, desk.setup.zone, t.lang),
    )
    resume = Button(verb="resume", label=t("Resume"), value=EVERYTHING, tone=Tone.PRIMARY)
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told, resume))
