"""What comes of a consent: who was sent to a network, which identity is the account, and what is stored of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from handlers.cards import Button, Card, Row, paragraph, sentence, text
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Post
from handlers.intents import Origin
from handlers.setup import Setup
from handlers.words import Translator
from models.account import Account
from models.consent import Consent
from models.credential import Credential, Found
from models.errors import NotAllowed, Refused, WrongMoment
from models.member import Member, Role

#: Identities that a card offers for choice; a person with more Pages names the one at the command line.
MOST = 20


class Outcome(NamedTuple):
    """What came of it, in words for the page that the person sees in the browser, and in chat."""

    words: str
    effects: Sequence[Effect] = ()


def desk_of(session: Session, now: datetime, setup: Setup, consent: Consent) -> Desk:
    """The desk of the member who was sent. Raises NotAllowed where they are no admin any more."""
    origin = Origin.model_validate(consent.origin) if consent.origin else None
    desk = Desk(session=session, now=now, setup=setup, origin=origin, language=setup.language)
    if consent.member_id is None:
        return desk
    member = session.get(Member, consent.member_id)
    if member is None or not member.has(Role.ADMIN):
        raise NotAllowed("Only an admin can connect an account.")
    desk.member_or_none = member
    desk.language = desk.addressing(member.number).setup.language
    return desk


# -- outcomes ----------------------------------------------------------------------------------------------------------


def refused(desk: Desk, consent: Consent, reason: str) -> Outcome:
    """The person did not agree, or the network gave nothing: with the way to try again."""
    consent.fail(reason)
    t = _t(desk)
    words = t("{account} was not connected: {reason}.", account=consent.account, reason=reason.rstrip(". ") or "–")
    again = (Button(verb="connect", label=t("Try again"), value=consent.account),) if consent.account else ()
    return Outcome(words, list(_told(desk, sentence(words, *again))))


def arrived(desk: Desk, consent: Consent, found: tuple[Found, ...]) -> Outcome:
    """The consent gave these. The account's own identity is taken; among several unknown ones somebody chooses."""
    if not found:
        return refused(desk, consent, _t(desk)("it gave no account that you manage; agree to at least one there"))
    consent.identities(found, desk.now)
    t = _t(desk)
    if not consent.account:
        return Outcome(t("Go on where you began: there you choose."))
    try:
        with desk.session.begin_nested():
            if (index := the_one(desk, consent.account, found)) is not None:
                return chosen(desk, consent, index)
    except Refused as refusal:
        return refused(desk, consent, t(refusal.sentence, **refusal.params))
    words = t("Choose in chat which of them is {account}.", account=consent.account)
    return Outcome(words, list(_told(desk, _choice(t, consent))))


def chosen(desk: Desk, consent: Consent, index: int) -> Outcome:
    """That one is the account. Raises Refused."""
    identity = consent.choose(index, desk.now)
    connect(desk, consent.account, identity)
    card = connected_card(desk, _t(desk), consent.account, identity)
    return Outcome(card.body[0].spans[0].text, list(_told(desk, card)))


def the_one(desk: Desk, name: str, found: Sequence[Found]) -> int | None:
    """Which of them the account is; None where somebody must choose. Raises WrongMoment where none can be."""
    ours, handle = identity_of(desk.session, name)
    if not ours:
        return 0 if len(found) == 1 else None
    for index, identity in enumerate(found):
        if identity.remote_id == ours:
            return index
    raise WrongMoment(
        "{account} is {handle}, and that consent is for {others}. Agree as {handle}, or give the other an account of "
        "its own in config.toml.",
        account=name,
        handle=handle or ours,
        others=", ".join(identity.label for identity in found),
    )


def identity_of(session: Session, name: str) -> tuple[str, str]:
    """Remote id and handle of what the account is: as the network told, else as it was connected; "" where neither."""
    for row in (session.get(Account, name), session.get(Credential, name)):
        if row is not None and row.remote_id:
            return row.remote_id, row.handle
    return "", ""


def connect(desk: Desk, name: str, identity: Found) -> None:
    """Store what connects the account; every process takes it over within seconds. Raises WrongMoment."""
    account, session = desk.setup.account(name), desk.session
    row = session.get(Account, name) or desk.add(Account(name=name, platform=account.platform.name))
    others = select(Credential.account).join(Account).where(Account.platform == row.platform)
    theirs = others.where(Credential.remote_id == identity.remote_id, Credential.account != name)
    names = [name for name, one in desk.setup.accounts.items() if one.platform.name == account.platform.name]
    known_as = select(Account.name).where(col(Account.name).in_(names), Account.platform == row.platform)
    known_as = known_as.where(Account.remote_id == identity.remote_id, Account.name != name)
    if (other := session.exec(theirs).first() or session.exec(known_as).first()) is not None:
        raise WrongMoment("{identity} is connected already, as {account}.", identity=identity.label, account=other)
    known = session.get(Credential, name, with_for_update=True)
    before = {"remote_id": known.remote_id, "handle": known.handle} if known else {}
    member_id = desk.member_or_none.id if desk.member_or_none else None
    if known is None:
        given = identity.model_dump(exclude={"name"}) | {"missing": list(identity.missing)}
        desk.add(
            Credential(
                account=name,
                **given,
                beats=account.told,
                beats_ads=account.ads_told,
                member_id=member_id,
                renewed_at=desk.now,
                connected_at=desk.now,
            )
        )
    else:
        beats = {"beats": account.told, "beats_ads": account.ads_told}
        known.connected(identity, **beats, member_id=member_id, now=desk.now)
    row.expires_at = identity.expires_at
    after = {"remote_id": identity.remote_id, "handle": identity.handle, "missing": list(identity.missing)}
    desk.audit("connected an account", name, before=before, after=after)


# -- in words ----------------------------------------------------------------------------------------------------------


def connected_card(desk: Desk, t: Translator, name: str, identity: Found) -> Card:
    """Who the account is now, and what it cannot do."""
    lines = [paragraph(t("{account} is connected as {identity}.", account=name, identity=identity.label))]
    if identity.missing:
        lines.append(paragraph(t("Not everything was agreed to:")))
        lines += [paragraph(line) for line in costs_in_words(desk, t, name, identity.missing)]
    again = (Button(verb="connect", label=t("Connect again"), value=name),) if identity.missing else ()
    return Card(body=tuple(lines), buttons=again)


def costs_in_words(desk: Desk, t: Translator, name: str, missing: Sequence[str]) -> list[str]:
    """What the account cannot do without these scopes: a line for each, with the scope's own name."""
    offer = desk.setup.login(name)
    words = offer.scopes if offer else {}
    return [f"{scope}: {t(words[scope])}" if scope in words else scope for scope in missing]


def _choice(t: Translator, consent: Consent) -> Card:
    rows = tuple(
        Row(
            spans=(text(identity.label),),
            buttons=(Button(verb="connect_to", label=t("This one"), value=f"{consent.number}.{index}"),),
        )
        for index, identity in enumerate(consent.choices[:MOST])
    )
    more = len(consent.found) - MOST
    footer = ""
    if more > 0:
        told = "{count} more: whoever runs me finds them by “bottega accounts connect {account}”."
        footer = t(told, count=more, account=consent.account)
    return Card(title=t("Which of them is {account}?", account=consent.account), rows=rows, footer=footer)


def _t(desk: Desk) -> Translator:
    """The member's language in private, elsewhere that of the rooms."""
    return desk.room_t if desk.origin and desk.origin.room and not desk.origin.private else desk.t


def _told(desk: Desk, card: Card) -> Iterator[Effect]:
    """Where it was asked; a home is no room, so there the member is written to."""
    if desk.origin and desk.origin.room:
        yield Post(place=desk.origin.place, card=card)
    elif desk.member_or_none is not None:
        yield Direct(member_id=desk.member.number, card=card)
