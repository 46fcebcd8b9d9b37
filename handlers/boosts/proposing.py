"""Proposes, and never orders, a boost: for what reached more people on its first day than most of its account."""

from collections.abc import Iterator
from datetime import timedelta

from babel.numbers import format_decimal
from sqlmodel import col, select

from handlers.boosts.boosts import can_boost, policy_of
from handlers.cards import Button, Tone, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Post
from handlers.registry import registry
from models.boost import Boost
from models.publication import Publication

#: Publications weighed in one tick; more wait for the next.
MOST = 20
#: What a publication is weighed against: the account's newest of so long, at most so many, and at least so many, since
#: one of three says nothing.
SPAN, OTHERS, FEWEST = timedelta(days=90), 200, 10


@registry.tick
def weigh(desk: Desk) -> Iterator[Effect]:
    """Weigh what has had its first day, once."""
    due = select(Publication).where(col(Publication.weigh_at) <= desk.now).order_by(col(Publication.weigh_at))
    for publication in desk.session.exec(due.limit(MOST).with_for_update()).all():
        publication.weigh_at = None
        if _is_worth_it(desk, publication):
            yield from _proposed(desk, publication)


def _is_worth_it(desk: Desk, publication: Publication) -> bool:
    account = desk.setup.accounts.get(publication.account)
    if account is None or not can_boost(account) or publication.removed_at is not None:
        return False
    policy = policy_of(desk, publication.account)
    if not policy.month_cap or not policy.propose_above:
        return False
    boosted = select(Boost.id).where(Boost.publication_id == publication.id).limit(1)
    if desk.session.exec(boosted).first() is not None:
        return False
    query = (
        select(Publication.first_day)
        .where(Publication.account == publication.account, Publication.id != publication.id)
        .where(col(Publication.first_day).is_not(None), col(Publication.published_at) >= desk.now - SPAN)
        .order_by(col(Publication.published_at).desc())
        .limit(OTHERS)
    )
    others = [count for count in desk.session.exec(query).all() if count is not None]
    mine = publication.first_day or 0
    below = sum(count < mine for count in others)
    return len(others) >= FEWEST and below * 100 > policy.propose_above * len(others)


def _proposed(desk: Desk, publication: Publication) -> Iterator[Effect]:
    t, post = desk.room_t, f"P{publication.post_id}"
    told = t(
        "{post} did well on {account}: {count} in its first day, more than {percent} % of the posts there in the last "
        "90 days. Does it deserve a boost?",
        post=post,
        account=desk.setup.accounts[publication.account].title,
        count=format_decimal(publication.first_day or 0, locale=t.lang),
        percent=policy_of(desk, publication.account).propose_above,
    )
    desk.audit("boost proposed", post, after={"account": publication.account, "first_day": publication.first_day})
    press = Button(verb="boost", label=t("Boost"), subject=publication.code, tone=Tone.PRIMARY)
    look = Button(verb="open", label=t("Open"), subject=post)
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told, press, look))
