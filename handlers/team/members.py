"""The team: who is in it, with which roles; every member sees it, only admins change it."""

import re
from collections.abc import Iterable, Iterator, Mapping

import structlog
from sqlmodel import select

from handlers.cards import Button, Tone, page_of, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Direct, Effect, Redraw, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind, Option, choice_of
from handlers.intents import Command, Filled, Pressed
from handlers.registry import registry
from handlers.team.inviting import invited, subject_of, void_codes
from handlers.team.roster import (
    ROLES,
    by_name,
    keep_an_admin,
    member_of,
    read_role,
    read_roles,
    roles_in_words,
    team_card,
    their_language,
)
from handlers.words import N_
from models.conversation import Comment
from models.errors import Unfit, WrongMoment
from models.member import Identity, Member, Role, named

log = structlog.get_logger()

#: Characters of the longest name.
LONGEST = 60


@registry.command(
    "team",
    N_("List the team; admins add, change and remove members"),
    usage=N_("[add NAME ROLES | role NAME +ROLE -ROLE | rename OLD, NEW | remove NAME]"),
)
def team(desk: Desk, command: Command) -> Iterable[Effect]:
    """The list, or what an admin typed after it."""
    what, rest = command.parted()
    if not what:
        return [Whisper(card=team_card(desk, 0))]
    changes = {"add": _add, "role": _role, "rename": _rename, "remove": _remove}
    if what.lower() not in changes:
        raise Unfit(
            "After “team” I know: add NAME ROLES · role NAME +publisher -author · rename OLD, NEW · remove NAME. "
            "“team” alone lists the members."
        )
    desk.need(Role.ADMIN)
    return changes[what.lower()](desk, rest.strip())


@registry.button("team", N_("Turns a page of the list of members"))
def turn(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Another page."""
    yield Whisper(card=team_card(desk, page_of(pressed.value)))


# -- a new member ------------------------------------------------------------------------------------------------------


def _add(desk: Desk, words: str) -> Iterator[Effect]:
    """What stands last and names roles is roles; the rest is the name. Nothing typed: a form."""
    parts = re.split(r"[\s,]+", words)
    names = len(parts)
    while names > 1 and read_role(parts[names - 1]):
        names -= 1
    if not words:
        yield Ask(form=_new_member(desk))
    elif names == len(parts):
        raise Unfit("Type a name and then roles, for example: team add Ada author,approver")
    else:
        yield from _joined(desk, " ".join(parts[:names]), read_roles(desk, " ".join(parts[names:])))


@registry.button("add_member", N_("Opens the form for a new member"), role=Role.ADMIN)
def add_member(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask for name and roles."""
    yield Ask(form=_new_member(desk))


@registry.form("add_member", role=Role.ADMIN)
def member_added(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """Make the member."""
    try:
        yield from _joined(desk, filled.line("name"), _picked(filled))
    except (Unfit, WrongMoment) as refused:
        raise FieldRefused("name", refused) from refused


def _new_member(desk: Desk) -> Form:
    t = desk.t
    name = Field(name="name", kind=Kind.LINE, label=t("Name"), required=True, longest=LONGEST)
    return Form(verb="add_member", title=t("A new member"), submit=t("Add"), fields=(name, _roles_field(desk, ())))


def _roles_field(desk: Desk, chosen: Iterable[str]) -> Field:
    options = tuple(Option(value=role.value, label=desk.t(said)) for role, said in ROLES.items())
    return Field(name="roles", kind=Kind.CHOICES, label=desk.t("Roles"), options=options, value=tuple(chosen))


def _joined(desk: Desk, name: str, roles: Iterable[Role]) -> Iterator[Effect]:
    """The member is in the team; whoever typed it gets the code to hand on. Somebody removed begins anew."""
    name = _fit_name(desk, name)
    granted = [role.value for role in roles]
    member = by_name(desk, name)
    if member is None:
        member = desk.add(Member(name=name, roles=granted, created_at=desk.now))
    else:
        for identity in desk.session.exec(select(Identity).where(Identity.member_id == member.id)).all():
            desk.session.delete(identity)
        member.name, member.roles, member.active = name, granted, True
    desk.audit("joined the team", subject_of(member), after={"name": name, "roles": granted})
    said = desk.t(
        "{member} is in the team now: {roles}. Hand them this code in private; they type it to me:",
        member=name,
        roles=roles_in_words(desk.t, granted),
    )
    yield invited(desk, member, said)


def _fit_name(desk: Desk, words: str, own: Member | None = None) -> str:
    """The name as it is kept. Raises Unfit, and WrongMoment where an active member other than `own` has it."""
    name = " ".join(words.removeprefix("@").split())
    if not name or len(name) > LONGEST or "," in name or not name.isprintable():
        raise Unfit("A name has 1 to {most} characters and no comma.", most=LONGEST)
    known = by_name(desk, name)
    if known and known.active and known is not own:
        raise WrongMoment("{member} is in the team already. Choose another name.", member=known.name)
    return name


# -- roles -------------------------------------------------------------------------------------------------------------


def _role(desk: Desk, words: str) -> Iterator[Effect]:
    changes = re.findall(r"(?:^|\s)([+-])\s*([^\s,+-]+)", words)
    name = re.split(r"(?:^|\s)[+-]", words, maxsplit=1)[0].strip()
    if not name or not changes:
        raise Unfit("Type a name and what changes, for example: team role Ada +publisher -author")
    member = member_of(desk, subject_of(named(desk.session, name)))
    roles = list(member.roles)
    for sign, word in changes:
        (role,) = read_roles(desk, word)
        roles = [r for r in roles if r != role] + ([role.value] if sign == "+" else [])
    yield from _regranted(desk, member, roles)


@registry.button("member_roles", N_("Opens the form with a member's roles"), role=Role.ADMIN)
def member_roles(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask which roles the member shall have."""
    member, t = member_of(desk, pressed.subject), desk.t
    form = Form(
        verb="member_roles",
        title=t("Roles of {member}", member=member.name),
        submit=t("Save"),
        subject=subject_of(member),
        fields=(_roles_field(desk, [role.value for role in ROLES if role in member.roles]),),
    )
    yield Ask(form=form)


@registry.form("member_roles", role=Role.ADMIN)
def roles_chosen(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """Give and take what was chosen."""
    yield from _regranted(desk, member_of(desk, filled.subject), _picked(filled))


def _picked(filled: Filled) -> list[Role]:
    return [choice_of("roles", role, Role) for role in filled.picks("roles")]


def _regranted(desk: Desk, member: Member, roles: Iterable[str]) -> Iterator[Effect]:
    before, wanted = list(member.roles), [Role(role) for role in roles]
    if set(before) == set(wanted):
        raise WrongMoment(
            "Nothing changes: {member} has these roles: {roles}.",
            member=member.name,
            roles=roles_in_words(desk.t, before),
        )
    if Role.ADMIN in before and Role.ADMIN not in wanted:
        keep_an_admin(desk, member)
    for role in Role:
        if role in wanted and role not in before:
            member.grant(role)
        elif role in before and role not in wanted:
            member.withdraw(role)
    desk.audit("changed roles", subject_of(member), before={"roles": before}, after={"roles": member.roles})
    roles_now = roles_in_words(desk.t, member.roles)
    yield Whisper(card=sentence(desk.t("{member} has these roles now: {roles}.", member=member.name, roles=roles_now)))
    t = their_language(desk, member)
    said = t(
        "{admin} changed your roles: {before} → {after}.",
        admin=desk.member.name,
        before=roles_in_words(t, before),
        after=roles_in_words(t, member.roles),
    )
    yield from _told(desk, member, said)


def _told(desk: Desk, member: Member, said: str) -> Iterator[Effect]:
    """Members read in private what somebody else changed about them."""
    if member.id != desk.member.id:
        yield Direct(member_id=member.number, card=sentence(said))


# -- names and leaving -------------------------------------------------------------------------------------------------


def _rename(desk: Desk, words: str) -> Iterator[Effect]:
    old, comma, new = words.partition(",") if "," in words else words.partition(" ")
    if not new.strip() or (not comma.strip() and " " in new.strip()):
        raise Unfit("Type the old and the new name with a comma between them, for example: team rename Ada, Ada Rossi")
    member = member_of(desk, subject_of(named(desk.session, old)))
    name = _fit_name(desk, new, member)
    taken = by_name(desk, name)
    if taken and not taken.active:
        raise WrongMoment("{member} was in the team before. Choose another name.", member=taken.name)
    before, member.name = member.name, name
    desk.audit("renamed", subject_of(member), before={"name": before}, after={"name": name})
    yield Whisper(card=sentence(desk.t("{before} is called {after} now.", before=before, after=name)))
    t = their_language(desk, member)
    yield from _told(desk, member, t("{admin} calls you {name} now.", admin=desk.member.name, name=name))


def _remove(desk: Desk, words: str) -> Iterator[Effect]:
    """Nobody leaves by a slip of the finger: a button asks."""
    if not words:
        raise Unfit("Type who shall leave, for example: team remove Ada")
    member, t = named(desk.session, words), desk.t
    keep_an_admin(desk, member)
    label = t("Remove {member}", member=member.name)
    button = Button(verb="remove_member", label=label, subject=subject_of(member), tone=Tone.DANGER)
    question = t(
        "Shall {member} leave the team? What they wrote stays; they can do nothing here any more.", member=member.name
    )
    yield Whisper(card=sentence(question, button))


@registry.button("remove_member", N_("Removes a member from the team"), role=Role.ADMIN)
def remove_member(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The member may do nothing any more; comments they held are free, their codes void."""
    member = member_of(desk, pressed.subject)
    keep_an_admin(desk, member)
    t = their_language(desk, member)
    before = {"name": member.name, "roles": list(member.roles)}
    member.active = False
    void_codes(desk, member)
    for comment in desk.session.exec(select(Comment).where(Comment.taken_by == member.id).with_for_update()).all():
        comment.release()
        yield Redraw(subject=comment.code)
    desk.audit("left the team", subject_of(member), before=before)
    yield Whisper(card=sentence(desk.t("{member} is not in the team any more.", member=member.name)))
    yield from _told(desk, member, t("{admin} removed you from the team.", admin=desk.member.name))


# -- members of config.toml --------------------------------------------------------------------------------------------


def enroll(desk: Desk, name: str, roles: Iterable[Role], identities: Mapping[str, str]) -> None:
    """See to it that a member of config.toml is in the team; called at every start, and then changes little.

    `identities`: chat -> the chat's id of the person. Whoever is there already, by name or (renamed in chat) by
    identity, keeps the roles given in chat and gets the identities that are missing. Whoever was removed in chat stays
    removed. An identity is never taken from somebody else.
    """
    member = by_name(desk, name) or _behind(desk, identities)
    if member is None:
        granted = [role.value for role in dict.fromkeys(roles)]
        member = desk.add(Member(name=name, roles=granted, created_at=desk.now))
        desk.audit("joined the team", subject_of(member), after={"name": name, "roles": granted, "by": "config.toml"})
    if not member.active:
        log.warning("a member of config.toml was removed in chat and stays removed", member=name)
        return
    for chat, external_id in identities.items():
        _identify(desk, member, chat, external_id)


def _behind(desk: Desk, identities: Mapping[str, str]) -> Member | None:
    for chat, external_id in identities.items():
        query = select(Member).where(Member.id == Identity.member_id)
        found = desk.session.exec(query.where(Identity.chat == chat, Identity.external_id == external_id)).first()
        if found:
            return found
    return None


def _identify(desk: Desk, member: Member, chat: str, external_id: str) -> None:
    known = select(Identity).where(Identity.chat == chat)
    if desk.session.exec(known.where(Identity.member_id == member.id)).first():
        return
    other = desk.session.exec(known.where(Identity.external_id == external_id)).first()
    if other:
        log.warning("an identity of config.toml belongs to another member", member=member.name, chat=chat)
        return
    desk.add(Identity(member_id=member.number, chat=chat, external_id=external_id, linked_at=desk.now))
    desk.audit("linked a chat", subject_of(member), after={"chat": chat, "id": external_id, "by": "config.toml"})
