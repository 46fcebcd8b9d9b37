"""Who holds a comment: take, release, done, reopen; a claim ends by itself."""

from sqlmodel import col, select

from handlers.cards import sentence
from handlers.comments.replies import refuse_if_held
from handlers.desk import Desk
from handlers.effects import Redraw, Whisper
from handlers.intents import Pressed
from handlers.registry import Effects, registry
from handlers.times.when import describe
from handlers.words import N_
from models.conversation import Comment, CommentState
from models.errors import NotAllowed, WrongMoment
from models.member import Role

#: Expired claims looked at in one tick.
MOST_EXPIRED = 100


@registry.button("take", N_("Hold a comment, so that nobody answers it twice"), role=Role.MODERATOR)
def take(desk: Desk, pressed: Pressed) -> Effects:
    """Claim it; everybody sees who holds it."""
    comment = desk.comment(pressed.subject)
    refuse_if_held(desk, comment)
    comment.take(desk.member.number, desk.now, desk.setup.claim)
    desk.audit("took", comment.code, after={"until": comment.taken_until.isoformat() if comment.taken_until else ""})
    until = describe(comment.taken_until or desk.now, desk.zone, desk.language)
    told = desk.t("You hold {comment} until {time}.", comment=comment.code, time=until)
    return [Redraw(subject=comment.code), Whisper(card=sentence(told))]


@registry.button("release", N_("Let go of a comment that you hold"), role=Role.MODERATOR)
def release(desk: Desk, pressed: Pressed) -> Effects:
    """Let it go; an admin may release anybody's."""
    comment = desk.comment(pressed.subject)
    holder = comment.holder(desk.now)
    if holder is None:
        raise WrongMoment("Nobody holds {comment}.", comment=comment.code)
    if holder != desk.member.id and not desk.member.has(Role.ADMIN):
        raise NotAllowed(
            "{member} holds {comment}; only they or an admin can release it.",
            member=desk.name_of(holder),
            comment=comment.code,
        )
    comment.release()
    desk.audit("released", comment.code, before={"holder": desk.name_of(holder)})
    return [Redraw(subject=comment.code)]


@registry.button("done", N_("Nothing more to do with a comment"), role=Role.MODERATOR)
def done(desk: Desk, pressed: Pressed) -> Effects:
    """Close it."""
    comment = desk.comment(pressed.subject)
    refuse_if_held(desk, comment)
    comment.finish()
    desk.audit("done", comment.code)
    return [Redraw(subject=comment.code), Redraw(subject=f"V{comment.conversation_id}")]


@registry.button("reopen_comment", N_("Put a comment back into the inbox"), role=Role.MODERATOR)
def reopen(desk: Desk, pressed: Pressed) -> Effects:
    """Open it again."""
    comment = desk.comment(pressed.subject)
    comment.reopen()
    desk.audit("reopened", comment.code)
    return [Redraw(subject=comment.code), Redraw(subject=f"V{comment.conversation_id}")]


@registry.tick
def end_claims(desk: Desk) -> Effects:
    """Claims whose time is over end visibly."""
    query = (
        select(Comment)
        .where(Comment.state == CommentState.OPEN, col(Comment.taken_until) <= desk.now)
        .limit(MOST_EXPIRED)
        .with_for_update(skip_locked=True)
    )
    effects = []
    for comment in desk.session.exec(query).all():
        desk.audit("claim ended", comment.code, before={"holder": desk.name_of(comment.taken_by)})
        comment.release()
        effects.append(Redraw(subject=comment.code))
    return effects
