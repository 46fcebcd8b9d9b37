"""When a publication's time has come and it must not leave: the account's access is lost, a stop, or it is too late."""

from collections.abc import Iterator
from datetime import timedelta

from handlers.cards import Button, Card, Tone, sentence
from handlers.couriers import CHANGED, UNAPPROVED, Held
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Tell
from handlers.posts.content import title_of
from handlers.setup import OurAccount
from handlers.telling import tell
from handlers.times.when import describe
from handlers.words import N_
from models.delivery import Delivery
from models.errors import WrongMoment
from models.lane import free_at, hold
from models.post import Post
from models.publication import Publication
from models.stop import stop_of
from platforms.contract import RateLimited

#: `Delivery.error` of what is held: by a member's stop, or because its hour is long over.
STOPPED, LATE = "Stopped", "Late"
#: The same of what is not what was approved, or not by enough members any more -> that in a few words.
DISAGREED = {
    CHANGED: N_("held: it is not what was approved"),
    UNAPPROVED: N_("held: its approvals do not suffice any more"),
}
#: What leaves within this of its hour is in time.
IN_TIME = timedelta(minutes=1)


def expect_free(desk: Desk, account: OurAccount, delivery: Delivery, *, begun: bool) -> None:
    """Raise Held where it must not leave now. What has `begun` to stand there is never too late to be whole."""
    access.expect(desk, account.name)
    if stop_of(desk.session, account.name):
        raise Held(STOPPED)
    if not begun and is_late(desk, account, delivery):
        raise Held(LATE)


def is_late(desk: Desk, account: OurAccount, delivery: Delivery) -> bool:
    """Whether it is later than the account's grace: than its hour, or than the network let the account go on."""
    waited = (delivery.lane, delivery.part) if delivery.error == RateLimited.__name__ else (delivery.part,)
    soonest = free_at(desk.session, waited, delivery.due_at)
    return desk.now - soonest > timedelta(minutes=account.policy.grace_minutes)


def space(desk: Desk, account: OurAccount, delivery: Delivery) -> None:
    """After one that left late, the next of the account waits a little: what has piled up must not leave as a burst."""
    if delivery.started_at and delivery.started_at - delivery.due_at > IN_TIME:
        hold(desk.session, delivery.lane, desk.now + timedelta(seconds=account.policy.spacing_seconds))


def refuse_stopped(desk: Desk, post: Post) -> None:
    """Raise WrongMoment while an account of the post is stopped."""
    for name in post.content.accounts:
        stop = stop_of(desk.session, name)
        if stop is not None:
            raise WrongMoment(
                "{account} was stopped by {member}, so {post} does not go out. “resume” lets it publish again.",
                account=title_of(desk, name),
                member=desk.name_of(stop.member_id),
                post=post.code,
            )


def held(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Iterator[Effect]:
    """It is told where the post is reviewed; what needs a decision also to whoever sent it on its way."""
    t = desk.room_t
    given = {"post": post.code, "account": title_of(desk, publication.account)}
    if delivery.error != LATE:
        desk.audit("held", post.code, after={"account": publication.account})
        told = t("{post} is held: {account} is stopped. It goes on when somebody resumes it.", **given)
        if delivery.error == access.OtherIdentity.__name__:
            told = t(
                "{post} is held: the token of {account} is another account's. It goes on by itself when {account} has "
                "its own again.",
                **given,
            )
        elif delivery.error in access.NO_ACCESS:
            told = t(
                "{post} is held: access to {account} is lost. It goes on by itself when that works again.", **given
            )
        yield Tell(subject=post.code, card=sentence(told))
        return
    desk.audit("overdue", post.code, after={"account": publication.account})

    def asked(to: Desk) -> Card:
        words = to.room_t(
            "{post} should have gone out on {account} {when}, but nothing could leave then. "
            "Shall it still go out? Until somebody says so it is held.",
            when=describe(delivery.due_at, delivery.zone or desk.setup.zone, to.room_t.lang),
            **given,
        )
        return sentence(words, *decisions(to, post))

    yield from tell(desk, post.code, asked, delivery.member_id)


def decisions(desk: Desk, post: Post) -> Iterator[Button]:
    """What a member can decide about a post that is held."""
    t = desk.room_t
    for verb, label, tone in (
        ("publish", t("Publish now"), Tone.PRIMARY),
        ("schedule", t("Another hour"), Tone.PLAIN),
        ("unschedule", t("Cancel schedule"), Tone.PLAIN),
    ):
        yield Button(verb=verb, label=label, subject=post.code, revision=post.revision, tone=tone)
