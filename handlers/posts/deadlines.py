"""What happens to posts whose hour draws near before their approvals are there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from handlers.cards import Card, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.posts.quorum import policies, standing, who_can
from handlers.registry import registry
from handlers.telling import tell
from handlers.times.when import describe, utc_of
from models.approval import Missed, Policy
from models.post import Post, PostState

#: Posts looked at in one tick; more wait for the next.
MOST = 100
#: Where a post's accounts want different things, the gentlest for the public wins.
GENTLEST = (Missed.HOLD, Missed.SKIP, Missed.NEXT_DAY)


@registry.tick
def watch(desk: Desk) -> Iterator[Effect]:
    """Warn of near deadlines, and act on those that were missed."""
    every = [account.policy for account in desk.setup.accounts.values()]
    longest = max((policy.lead_minutes + policy.warn_minutes for policy in every), default=60)
    query = (
        select(Post)
        .where(Post.state == PostState.REVIEW, col(Post.due_at) <= desk.now + timedelta(minutes=longest))
        .order_by(col(Post.due_at))
        .limit(MOST)
        .with_for_update()
    )
    for post in desk.session.exec(query).all():
        assert post.due_at is not None
        wanted = policies(desk, post)
        lead = timedelta(minutes=max(policy.lead_minutes for policy in wanted))
        deadline = post.due_at - lead
        if desk.now >= deadline:
            yield from _missed(desk, post, post.due_at, lead, _of(wanted))
        elif post.warned_at is None and desk.now >= deadline - timedelta(minutes=max(p.warn_minutes for p in wanted)):
            yield from _warned(desk, post, post.due_at, deadline, _of(wanted))


def _of(wanted: list[Policy]) -> Missed:
    """What happens where nobody approves in time."""
    every = {policy.when_missed for policy in wanted}
    return next(missed for missed in GENTLEST if missed in every)


def _warned(desk: Desk, post: Post, due_at: datetime, deadline: datetime, missed: Missed) -> Iterator[Effect]:
    t = desk.room_t
    post.warned_at = desk.now
    names = ", ".join(who_can(desk, post)) or t("nobody yet")
    when, until = (describe(at, post.zone, t.lang) for at in (due_at, deadline))
    told = t.n(
        "{post} shall go out {when}; {count} approval is missing until {deadline}. These members can give it: {names}.",
        "{post} shall go out {when}; {count} approvals are missing until {deadline}. Who can give them: {names}.",
        standing(desk, post).missing,
        post=post.code,
        when=when,
        deadline=until,
        names=names,
    )
    otherwise = {
        Missed.HOLD: t("Otherwise it loses its hour and waits for a new one."),
        Missed.SKIP: t("Otherwise it is withdrawn."),
        Missed.NEXT_DAY: t("Otherwise it moves to the same time a day later."),
    }
    yield Tell(subject=post.code, card=sentence(f"{told} {otherwise[missed]}"))


def _missed(desk: Desk, post: Post, due_at: datetime, lead: timedelta, missed: Missed) -> Iterator[Effect]:
    before = {"due_at": due_at.isoformat(), "state": post.state}
    match missed:
        case Missed.HOLD:
            post.set_hour(None, "", "", desk.now)
        case Missed.SKIP:
            post.withdraw(desk.now)
        case Missed.NEXT_DAY:
            _move_on(desk, post, lead)
    desk.audit(
        "deadline_missed",
        post.code,
        before,
        {"due_at": post.due_at.isoformat() if post.due_at else None, "state": post.state},
    )
    yield Redraw(subject=post.code)
    yield from tell(desk, post.code, lambda told: _told(told, post, due_at, missed), post.author_id)


def _told(desk: Desk, post: Post, due_at: datetime, missed: Missed) -> Card:
    t = desk.room_t
    given = {"post": post.code, "when": describe(due_at, post.zone or desk.setup.zone, t.lang)}
    match missed:
        case Missed.HOLD:
            words = t(
                "{post} was not approved in time for {when}. It waits without an hour; set a new one with Schedule.",
                **given,
            )
        case Missed.SKIP:
            words = t(
                "{post} was not approved in time for {when}, so it is withdrawn. Reopen it to use it again.", **given
            )
        case Missed.NEXT_DAY:
            assert post.due_at is not None
            later = describe(post.due_at, post.zone, t.lang)
            words = t("{post} was not approved in time for {when}. It moves to {later}.", later=later, **given)
    return sentence(words)


def _move_on(desk: Desk, post: Post, lead: timedelta) -> None:
    """To the same time on the wall a day later, or as many days as it takes for its deadline to be still to come."""
    wall, soonest = datetime.fromisoformat(post.wall), desk.now + lead
    days = max(1, (soonest - utc_of(wall, post.zone)).days)
    walls = (wall + timedelta(days=days + n) for n in range(4))
    later = next(day for day in walls if utc_of(day, post.zone) > soonest)
    post.set_hour(utc_of(later, post.zone), later.isoformat(), post.zone, desk.now)
