"""What time demands of boosts: none outlives its post or runs on a stopped account; unconfirmed stops are told."""

from collections.abc import Iterator, Sequence

from sqlalchemy import true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from handlers.boosts.boostcard import said_button
from handlers.boosts.boosts import last_switch, put, stop, switch
from handlers.boosts.steps import again
from handlers.cards import Button, Tone, sentence
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Post, Redraw, Tell
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.times.when import describe
from models.boost import ALARMED_EVERY, Boost
from models.boost_state import BoostState
from models.delivery import DeliveryState
from models.publication import Publication
from models.stop import EVERYTHING, stops

S = BoostState
#: Boosts looked at in one tick for each reason; more wait for the next.
MOST = 50
#: What may come to spend something.
ALIVE = (S.REVIEW, S.ORDERING, S.RUNNING, S.PAUSED)


@registry.tick
def outlived(desk: Desk) -> Iterator[Effect]:
    """The post was taken down: what is behind it stops."""
    query = (
        select(Boost)
        .join(Publication, col(Boost.publication_id) == col(Publication.id))
        .where(col(Boost.state).in_(ALIVE), col(Publication.removed_at).is_not(None))
    )
    for found in _locked(desk, query):
        reason = desk.room_t("Its post was taken down")
        if found.state == S.REVIEW:
            found.withdraw(reason)
            desk.audit("boost withdrawn", found.code, after={"reason": reason})
        else:
            stop(desk, found, reason)
        told = desk.room_t("The post of {boost} was taken down, so I stop the boost.", boost=found.code)
        yield Tell(subject=found.code, card=sentence(told))
        yield Redraw(subject=found.code)


@registry.tick
def stopped_accounts(desk: Desk) -> Iterator[Effect]:
    """Nothing runs on an account that a member has stopped; what rested for that goes on when it is resumed."""
    shut = stops(desk.session)
    here = true() if EVERYTHING in shut else col(Boost.account).in_(shut)
    # Under the stop of a desk that was restored nothing is kept for later: a member may have stopped it since the copy.
    is_restored = EVERYTHING in shut and shut[EVERYTHING].member_id is None
    if shut:
        query = select(Boost).where(Boost.state == S.RUNNING, col(Boost.runs).is_(True), here)
        for found in _locked(desk, query):
            if _was_refused(desk, found):
                continue
            found.let_rest(is_held=not is_restored)
            yield from _switched(
                desk, found, desk.room_t("{boost} is paused: {account} is stopped.", **_names(desk, found))
            )
    query = select(Boost).where(Boost.state == S.PAUSED, col(Boost.is_held).is_(True), col(Boost.runs).is_(False))
    for found in _locked(desk, query):
        if not {EVERYTHING, found.account} & shut.keys():
            found.let_run()
            yield from _switched(
                desk, found, desk.room_t("{boost} goes on: {account} is resumed.", **_names(desk, found))
            )


@registry.tick
def unconfirmed(desk: Desk) -> Iterator[Effect]:
    """A stop that nobody confirms is tried again, and told again, until somebody does."""
    t, query = desk.room_t, select(Boost).where(Boost.state == S.STOPPING, col(Boost.alarm_at) <= desk.now)
    for found in _locked(desk, query):
        assert found.stopped_at, "it was stopped"
        found.alarmed(desk.now)
        again(desk, found)
        put(desk, "boost_report", found)
        desk.audit("boost stop unconfirmed", found.code)
        since = describe(found.stopped_at, desk.setup.zone, t.lang)
        told = t(
            "🚨 {boost} on {account} shall have stopped since {when}, and the network has not confirmed it: it may "
            "still be spending. I try again. Look there, and pause the campaign “{name}” by hand if it runs.",
            when=since,
            name=found.name,
            **_names(desk, found),
        )
        press = [Button(verb="boost_stop", label=t("Stop"), subject=found.code, tone=Tone.DANGER)]
        if access.has_lost_ads(desk, found.account):
            told = t(
                "🚨 {boost} on {account} shall have stopped since {when}, and I cannot stop it: access to its ad "
                "account is lost. It may still be spending. Pause the campaign “{name}” there by hand, and bring the "
                "access back.",
                when=since,
                name=found.name,
                **_names(desk, found),
            )
            press.append(access.reconnect_button(desk, t, found.account))
        press.append(said_button(desk, found))
        for place in desk.setup.review:
            yield Post(place=place, card=sentence(told, *press))
        yield Redraw(subject=found.code)


def _locked(desk: Desk, query: SelectOfScalar[Boost]) -> Sequence[Boost]:
    """Those that fit still once they are locked: a member may have pressed Stop in another process meanwhile."""
    return desk.session.exec(query.limit(MOST).with_for_update(of=Boost)).all()


def _was_refused(desk: Desk, found: Boost) -> bool:
    """Whether the network refused to pause it a moment ago: it is tried again, and told again, at the alarms' pace."""
    last = last_switch(desk, found)
    refused = last is not None and last.state == DeliveryState.FAILED and last.finished_at
    return bool(refused and desk.now < refused + ALARMED_EVERY)


def _switched(desk: Desk, found: Boost, told: str) -> Iterator[Effect]:
    switch(desk, found)
    desk.audit("boost resume ordered" if found.runs else "boost pause ordered", found.code)
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


def _names(desk: Desk, found: Boost) -> dict[str, str]:
    return {"boost": found.code, "account": title_of(desk, found.account)}
