"""An account has another identity's token: an admin says that it is the same account, or drops what waits for it."""

from collections.abc import Iterator

from sqlmodel import col, delete, select

from handlers.boosts.quorum import asked
from handlers.cards import sentence
from handlers.delivery.strangers import can_be_same, in_words, own_label
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Show, Tell, Whisper
from handlers.intents import Pressed
from handlers.posts.advancing import advance
from handlers.posts.content import title_of
from handlers.posts.sending import ABANDONED, DROPPED, FOR_ANOTHER, take_back
from handlers.registry import registry
from handlers.telling import alarm
from models import approval
from models.account import Account, Stranger
from models.agreement import BoostApproval
from models.boost import Boost
from models.boost_state import BoostState
from models.delivery import LEFT, TO_ACCOUNTS, Delivery, DeliveryState
from models.errors import OutOfDate, WrongMoment
from models.member import Role
from models.post import Post, PostState, Revision
from models.profile import Profile, ProfileState
from models.publication import current, vouched

#: What only asks, or only stops something: it is neither approved nor dropped.
ASIDE = frozenset(
    {"check", "page_look", "address", "audience_look", "boost_quote", "boost_report", "boost_strays"}
    | {"boost_switch", "stray_stop"}
)
#: States of a post in which voices on it count.
VOTED = (PostState.REVIEW, PostState.APPROVED, PostState.SCHEDULED, PostState.UNFINISHED)


@registry.button("same_account", "Says that an account is the identity whose token it has now", role=Role.ADMIN)
def same(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """It is bound to that; nothing that was approved or decided for the former identity leaves by itself."""
    row, stranger = _asked(desk, pressed)
    if not can_be_same(row, stranger):
        raise WrongMoment(in_words(desk, desk.t, row, stranger))
    former = own_label(row)
    before = {"remote_id": row.remote_id, "handle": row.handle, "server": row.server}
    after = {"remote_id": stranger.remote_id, "handle": stranger.handle, "server": stranger.server}
    if row.server not in {"", stranger.server}:
        row.cursor = ""  # of the former server's list
    vouched(desk.session, row.name, row.remote_id, stranger.remote_id)
    row.become(stranger, desk.now)
    desk.audit("same account", row.name, before=before, after=after)
    given = {"account": title_of(desk, row.name), "former": former, "own": own_label(row)}
    reason = desk.room_t("{account} was {former} when it was decided, and is {own} now", **given)
    yield from _reviewed_again(desk, row.name, reason)
    yield from _given_up(desk, row.name, FOR_ANOTHER, reason)
    yield from alarm(
        desk,
        lambda to: sentence(
            to.room_t(
                "{member} says that {account} is {own} now, which was {former}. What was approved for {former} is "
                "reviewed again; the rest of what waited was not sent, and can be retried.",
                member=desk.member.name,
                **given,
            )
        ),
    )
    yield Whisper(card=sentence(desk.t("{account} is {own} from now on.", **given)))


@registry.button("drop_token", "Drops what waits for an account that has another's token", role=Role.ADMIN)
def drop(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The token stays unused; what waits is not sent, also when the account has its own again."""
    row, stranger = _asked(desk, pressed)
    if stranger.is_dropped:
        raise OutOfDate("That was answered already. “accounts” shows how it is now.")
    row.drop_stranger()
    desk.audit("token dropped", row.name, after=stranger.model_dump(exclude={"mark"}))
    given = {"account": title_of(desk, row.name), "other": stranger.label}
    reason = desk.room_t("an admin dropped it while the token of {account} was one of {other}", **given)
    yield from _given_up(desk, row.name, DROPPED, reason)
    yield from alarm(
        desk,
        lambda to: sentence(
            to.room_t(
                "{member} dropped what waited for {account}. The token of {other} is not used; {account} goes on when "
                "it has its own again.",
                member=desk.member.name,
                **given,
            )
        ),
    )
    yield Whisper(card=sentence(desk.t("What waited for {account} is dropped.", **given)))


def _asked(desk: Desk, pressed: Pressed) -> tuple[Account, Stranger]:
    """What the button is about. Raises OutOfDate where it is about another token than there is now."""
    row = desk.session.get(Account, pressed.value, with_for_update=True)
    stranger = row.stranger if row else None
    if row is None or stranger is None or pressed.revision != row.others or row.name not in desk.setup.accounts:
        raise OutOfDate("That was answered already. “accounts” shows how it is now.")
    return row, stranger


def _reviewed_again(desk: Desk, name: str, reason: str) -> Iterator[Effect]:
    """Voices were given to what the former identity would say: they are void, also on boosts and on its page."""
    for post in desk.session.exec(select(Post).where(col(Post.state).in_(VOTED)).with_for_update()).all():
        if name not in post.content.accounts:
            continue
        _, last = current(desk.session, post.number).get(name, (None, None))
        if last is not None and last.error == LEFT:
            approval.void(desk.session, post)  # a publisher can still send it there: it is reviewed then
        elif last is None or (last.state != DeliveryState.DONE and last.error != ABANDONED):
            yield from _post_again(desk, post, reason)
    over = (BoostState.REVIEW, BoostState.ORDERING, BoostState.FAILED)
    boosts = desk.session.exec(select(Boost).where(Boost.account == name)).all()
    for boost in boosts:
        voices = delete(BoostApproval).where(col(BoostApproval.boost_id) == boost.id)
        if boost.state not in over:  # what runs was ordered; only what is wanted beside it is not
            voices = voices.where(col(BoostApproval.digest) != boost.digest)
        desk.session.exec(voices)
        if asked(boost) is not None:
            boost.review_again()
        yield Redraw(subject=boost.code)
    profile = desk.session.exec(select(Profile).where(Profile.account == name)).first()
    if profile is not None and profile.state in {ProfileState.PROPOSED, ProfileState.CHANGING, ProfileState.FAILED}:
        if profile.state == ProfileState.CHANGING:
            profile.fail(reason)
        profile.drop()
        desk.audit("page change dropped", profile.code, after={"account": name, "reason": reason})
        told = desk.room_t("The change of the page is given up: {reason}. Propose it again.", reason=reason)
        yield Tell(subject=profile.code, card=sentence(told))
        yield Redraw(subject=profile.code)


def _post_again(desk: Desk, post: Post, reason: str) -> Iterator[Effect]:
    try:
        with desk.session.begin_nested():
            take_back(desk, post)
    except WrongMoment:
        # Some of it is in the air: what goes to this account is told of by itself, and no retry of it is approved.
        approval.void(desk.session, post)
        yield Redraw(subject=post.code)
        return
    approval.void(desk.session, post)
    was = post.state
    post.review_again(desk.now)
    desk.add(Revision.of(post, desk.member.number, desk.now))
    desk.audit("reviewed again", post.code, {"state": was}, {"revision": post.revision, "reason": reason})
    told = desk.room_t("{post} is reviewed again: {reason}.", post=post.code, reason=reason)
    yield Tell(subject=post.code, card=sentence(told))
    for place in desk.setup.review:
        yield Show(subject=post.code, place=place)
    yield Redraw(subject=post.code)
    yield from advance(desk, post)


def _given_up(desk: Desk, name: str, error: str, reason: str) -> Iterator[Effect]:
    """What waits or is held for the account has certainly not left, and does not by itself."""
    waits = select(Delivery).where(
        col(Delivery.state).in_((DeliveryState.WAITING, DeliveryState.HELD)),
        col(Delivery.lane).in_([f"{way}{name}" for way in TO_ACCOUNTS]),
        col(Delivery.kind).not_in(ASIDE),
    )
    for delivery in desk.session.exec(waits.order_by(col(Delivery.id)).with_for_update()).all():
        if delivery.state == DeliveryState.HELD:
            delivery.release()
        delivery.abandon(reason, desk.now, error=error)
        yield from registry.couriers[delivery.kind].concluded(desk, delivery)
