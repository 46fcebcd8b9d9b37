"""Who must agree to a post, who has, and who still can; what follows once enough have."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from handlers.desk import Desk
from handlers.posts.content import ours
from handlers.words import Translator
from models import approval
from models.approval import Approval, Policy, Verdict
from models.audit import AuditEntry
from models.errors import NotAllowed
from models.member import Member, Role
from models.post import Post, Revision
from models.publication import Publication


@dataclass(frozen=True)
class Standing:
    """How far the approvals of a post as it stands have come, over the policies of all its accounts."""

    wanted: int  #: by the account that wants most
    missing: int  #: by the account that misses most
    names: tuple[str, ...]  #: who approved


def policies(desk: Desk, post: Post) -> list[Policy]:
    """The policies of the post's accounts; the strictest there can be where none of them is set up."""
    return [account.policy for account in ours(desk, post.content)] or [Policy()]


_REVISION = col(AuditEntry.after)["revision"].as_integer()
_ACCEPTED = select(func.max(_REVISION)).where(
    AuditEntry.subject == bindparam("code"), AuditEntry.action == "accepted", bindparam("revision") > _REVISION
)
_WROTE = select(Revision.member_id).where(
    Revision.post_id == bindparam("post"),
    Revision.number > func.coalesce(_ACCEPTED.scalar_subquery(), 0),
    Revision.number <= bindparam("revision"),
)


def writers(desk: Desk, post: Post, revision: int = 0) -> frozenset[int]:
    """Who wrote the post as it stands: its author, and who changed it since a revision before was accepted.

    The same of an earlier `revision`.
    """
    given = {"post": post.id, "code": post.code, "revision": revision or post.revision}
    return frozenset({post.author_id, *desk.session.exec(_WROTE, params=given).all()})


def standing(desk: Desk, post: Post) -> Standing:
    """How far the approvals have come."""
    found = approval.verdicts(desk.session, post)
    members = _members(desk, found)
    wrote = writers(desk, post)
    wanted = policies(desk, post)
    return Standing(
        wanted=max(policy.approvals for policy in wanted),
        missing=max(approval.missing(policy, found, members, wrote) for policy in wanted),
        names=tuple(members[v.member_id].name for v in found if v.verdict == Verdict.APPROVED),
    )


def lacking(t: Translator, stand: Standing) -> str:
    """How many approvals are missing, for within a sentence."""
    return t.n("{count} approval is missing", "{count} approvals are missing", stand.missing)


def is_reached(desk: Desk, post: Post, policy: Policy) -> bool:
    """Whether one account's policy is satisfied by the verdicts on the post as it stands."""
    found = approval.verdicts(desk.session, post)
    return approval.missing(policy, found, _members(desk, found), writers(desk, post)) == 0


def was_reached(desk: Desk, post: Post, publication: Publication, policy: Policy) -> bool:
    """The same of what was published, which the post may not say any more: by those whose verdicts count today."""
    found = approval.verdicts_on(desk.session, post.number, publication.digest)
    wrote = writers(desk, post, publication.revision)
    return approval.missing(policy, found, _members(desk, found), wrote) == 0


def drop_uncounted(desk: Desk, post: Post) -> None:
    """Forget the approvals that count for no account any more, so that those members can give them again."""
    found = approval.verdicts(desk.session, post)
    members, wanted, wrote = _members(desk, found), policies(desk, post), writers(desk, post)
    for verdict in found:
        if verdict.verdict == Verdict.APPROVED and not _counts(members[verdict.member_id], wanted, wrote):
            desk.session.delete(verdict)
    desk.session.flush()


def who_can(desk: Desk, post: Post) -> list[str]:
    """Names of the members whose approval would count and who have not given it yet."""
    given = {v.member_id for v in approval.verdicts(desk.session, post) if v.verdict == Verdict.APPROVED}
    everyone = desk.session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
    wrote, wanted = writers(desk, post), policies(desk, post)
    return [m.name for m in everyone if m.number not in given and _counts(m, wanted, wrote)]


def refuse_voter(desk: Desk, post: Post) -> None:
    """Raise NotAllowed, with who can instead, unless the acting member's verdict counts for some account."""
    wanted, wrote = policies(desk, post), writers(desk, post)
    if _counts(desk.member, wanted, wrote):
        return
    names = ", ".join(who_can(desk, post)) or desk.t("nobody yet")
    if _counts(desk.member, wanted, ()):
        raise NotAllowed(
            "You wrote this yourself, so somebody else must approve it. These members can: {names}.", names=names
        )
    roles = ", ".join(desk.t(role.value) for role in dict.fromkeys(role for policy in wanted for role in policy.roles))
    raise NotAllowed(
        "Approving {post} needs the role “{role}”, which you do not have. These members can: {names}.",
        post=post.code,
        role=roles,
        names=names,
    )


def need_any(desk: Desk, *roles: Role) -> None:
    """Refuse, naming the first role and its holders, unless the acting member has one of them."""
    if not any(desk.member.has(role) for role in roles):
        desk.need(roles[0])


def _counts(member: Member, wanted: Iterable[Policy], wrote: Iterable[int]) -> bool:
    return any(
        any(member.has(role) for role in policy.roles) and (policy.author_may_approve or member.number not in wrote)
        for policy in wanted
    )


def _members(desk: Desk, found: Iterable[Approval]) -> dict[int, Member]:
    ids = {v.member_id for v in found}
    members = desk.session.exec(select(Member).where(col(Member.id).in_(ids))).all() if ids else ()
    return {m.number: m for m in members}
