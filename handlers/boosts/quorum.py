"""Who must agree to a boost or to its extension, who has, and who still can."""

from dataclasses import dataclass

from sqlmodel import col, select

from handlers.boosts.boosts import major, money, policy_of
from handlers.desk import Desk
from handlers.words import Translator
from models.agreement import Lacking, agreed, drop, lacking
from models.boost import Boost
from models.boost_state import BoostState
from models.errors import NotAllowed, WrongMoment
from models.member import Member, Role


@dataclass(frozen=True)
class Asked:
    """What waits for agreement."""

    digest: str
    total: int  #: minor units, of all that it may spend then
    requester: int  #: whose own voice does not count


def asked(found: Boost) -> Asked | None:
    """The boost itself while it is in review, or the extension that somebody wants; None where nothing waits."""
    if found.state == BoostState.REVIEW and found.digest:
        return Asked(found.digest, found.total, found.member_id)
    if found.wish and not found.wish.get("ordered"):
        return wished(found)
    return None


def waiting(found: Boost) -> Asked:
    """The same. Raises WrongMoment where nothing waits."""
    what = asked(found)
    if what is None:
        raise WrongMoment("Nothing of {boost} waits for agreement now. Look at its card.", boost=found.code)
    return what


def voters(desk: Desk, found: Boost, what: Asked) -> list[Member]:
    """Who agreed to it, oldest first; whoever has left the team does not count any more."""
    ids = agreed(desk.session, found, what.digest)
    known = {m.number: m for m in desk.session.exec(select(Member).where(col(Member.id).in_(ids))).all()} if ids else {}
    return [known[member_id] for member_id in ids if known[member_id].active]


def missing(desk: Desk, found: Boost, what: Asked) -> Lacking:
    """Who must agree still."""
    policy = policy_of(desk, found.account)
    return lacking(policy, major(found, what.total), voters(desk, found, what), what.requester)


def ordered(found: Boost) -> Asked:
    """What was agreed to of a boost that is ordered."""
    return Asked(found.digest, found.total, found.member_id)


def wished(found: Boost) -> Asked:
    """The extension that somebody wants, whether or not it is agreed to."""
    budget, days = found.extended()
    return Asked(found.wish_digest, budget * days if found.is_daily else budget, int(found.wish["member"]))


def is_agreed(desk: Desk, found: Boost) -> bool:
    """Whether enough members agree to what is ordered, as it stands and by today's policy."""
    return sum(missing(desk, found, ordered(found))) == 0


def drop_uncounted(desk: Desk, found: Boost, what: Asked) -> None:
    """Forget the agreement of those whose voice does not count any more, so that they can give it again."""
    counts = {m.number for m in voters(desk, found, what) if m.has(Role.BUYER) or m.has(Role.ADMIN)}
    drop(desk.session, found, what.digest, set(agreed(desk.session, found, what.digest)) - counts)


def who_can(desk: Desk, found: Boost, what: Asked) -> list[str]:
    """Names of those whose agreement would help and who have not given it."""
    lack, given = missing(desk, found, what), {m.number for m in voters(desk, found, what)}
    everyone = desk.session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
    return [m.name for m in everyone if m.number not in given | {what.requester} and _helps(m, lack)]


def refuse_voter(desk: Desk, found: Boost, what: Asked) -> None:
    """Raise NotAllowed, with who can instead, unless the acting member's agreement counts."""
    wanted = policy_of(desk, found.account)
    admins = 1 if major(found, what.total) > wanted.second_limit else 0
    names = ", ".join(who_can(desk, found, what)) or desk.t("nobody yet")
    if not _helps(desk.member, Lacking(1, admins)):
        raise NotAllowed(
            "Agreeing to {boost} needs the role “{role}”, which you do not have. These members can: {names}.",
            boost=found.code,
            role=Role.BUYER,
            names=names,
        )
    if desk.member.number == what.requester:
        raise NotAllowed(
            "You asked for this yourself, so others must agree to it. These members can: {names}.", names=names
        )


def in_words(t: Translator, lack: Lacking) -> str:
    """Who is missing, as people say it: "2 buyers, 1 admin"."""
    parts = [t.n("{count} buyer", "{count} buyers", lack.buyers)] if lack.buyers else []
    parts += [t.n("{count} admin", "{count} admins", lack.admins)] if lack.admins else []
    return ", ".join(parts)


def standing(desk: Desk, found: Boost, what: Asked) -> str:
    """Who agreed, and who is missing, in a line of the card."""
    t, lack = desk.room_t, missing(desk, found, what)
    names = ", ".join(m.name for m in voters(desk, found, what)) or t("nobody yet")
    amount = money(t, found, what.total)
    if not sum(lack):
        return t("{amount}: {names}", amount=amount, names=names)
    return t("{amount}: {names}; still wanted: {missing}", amount=amount, names=names, missing=in_words(t, lack))


def _helps(member: Member, lack: Lacking) -> bool:
    return bool((lack.buyers and member.has(Role.BUYER)) or (lack.admins and member.has(Role.ADMIN)))
