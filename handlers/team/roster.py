"""Who is in the team, drawn and read: roles in words, members by their codes, the last admin."""

import re

from sqlmodel import col, select

from handlers.cards import Button, Card, Row, Style, Tone, number_of, text
from handlers.desk import Desk
from handlers.spelling import chat_title, language_name
from handlers.team.inviting import subject_of
from handlers.words import N_, Translator, language_for, languages, translator
from models.errors import NotFound, Unfit, WrongMoment
from models.member import Identity, Member, Role

ROLES = {
    Role.AUTHOR: N_("author"),
    Role.APPROVER: N_("approver"),
    Role.PUBLISHER: N_("publisher"),
    Role.MODERATOR: N_("moderator"),
    Role.BUYER: N_("buyer"),
    Role.ADMIN: N_("admin"),
}
#: Members on a page of the list, so that every button of a page fits into a chat's message.
PAGE = 8


def roles_in_words(t: Translator, roles: list[str]) -> str:
    """The roles, in the order of ROLES."""
    return ", ".join(t(said) for role, said in ROLES.items() if role in roles) or t("no role")


def read_role(word: str) -> Role | None:
    """The role that a word names in any of our languages, or None."""
    wanted = word.strip().casefold()
    for role, said in ROLES.items():
        if wanted in {role.value, *(translator(language)(said).casefold() for language in languages())}:
            return role
    return None


def read_roles(desk: Desk, words: str) -> tuple[Role, ...]:
    """The roles that are typed, separated by commas or spaces. Raises Unfit with the roles there are."""
    found = []
    for word in re.split(r"[\s,]+", words.strip()):
        role = read_role(word)
        if role is None:
            raise Unfit(
                "“{word}” is not a role. The roles are: {roles}.",
                word=word[:40],
                roles=", ".join(desk.t(said) for said in ROLES.values()),
            )
        found.append(role)
    return tuple(dict.fromkeys(found))


def by_name(desk: Desk, name: str) -> Member | None:
    """Whoever has or had that name in the team (case does not matter)."""
    everyone = desk.session.exec(select(Member)).all()
    return next((m for m in everyone if m.name.casefold() == name.casefold()), None)


def member_of(desk: Desk, subject: str) -> Member:
    """The active member of a code like M4, locked for this transaction. Raises NotFound."""
    member = desk.session.get(Member, number_of(subject, "M"), with_for_update=True)
    if member is None or not member.active:
        raise NotFound("That member is not in the team any more.")
    return member


def keep_an_admin(desk: Desk, member: Member) -> None:
    """Refuse to take the last admin's role or membership; two admins who take each other's wait for one another."""
    admins = [
        m
        for m in desk.session.exec(select(Member).where(Member.active).with_for_update()).all()
        if Role.ADMIN in m.roles
    ]
    if admins == [member]:
        raise WrongMoment(
            "{member} is the only admin. Make somebody else admin first, then do that again.", member=member.name
        )


def their_language(desk: Desk, member: Member) -> Translator:
    """Translates into the language of a member who is written to."""
    query = select(Identity.language).where(Identity.member_id == member.id).order_by(col(Identity.id))
    return translator(language_for(member.language, *desk.session.exec(query).all(), desk.setup.language))


def team_card(desk: Desk, page: int) -> Card:
    """A page of the team in the reader's language; for admins with what they can do."""
    t = desk.t
    everyone = desk.session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
    pages = max(1, -(-len(everyone) // PAGE))
    page = max(0, min(page, pages - 1))
    shown = everyone[page * PAGE : (page + 1) * PAGE]
    buttons = []
    if page:
        buttons.append(Button(verb="team", label=t("Previous"), value=str(page - 1)))
    if page < pages - 1:
        buttons.append(Button(verb="team", label=t("Next"), value=str(page + 1)))
    if desk.member.has(Role.ADMIN):
        buttons.append(Button(verb="add_member", label=t("Add a member"), tone=Tone.PRIMARY))
    return Card(
        title=t.n("The team: {count} member", "The team: {count} members", len(everyone)),
        rows=tuple(_row(desk, member) for member in shown),
        buttons=tuple(buttons),
        footer=t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else "",
    )


def _row(desk: Desk, member: Member) -> Row:
    t = desk.t
    query = select(Identity.chat).where(Identity.member_id == member.id).order_by(Identity.chat)
    chats = ", ".join(chat_title(chat) for chat in desk.session.exec(query).all())
    about = [roles_in_words(t, member.roles), chats or t("not linked in any chat yet")]
    if member.language:
        about.append(language_name(member.language, t.lang))
    if member.zone:
        about.append(member.zone)
    return Row(
        spans=(text(member.name, Style.BOLD), text(f" · {' · '.join(about)}")),
        buttons=_row_buttons(desk, member) if desk.member.has(Role.ADMIN) else (),
    )


def _row_buttons(desk: Desk, member: Member) -> tuple[Button, ...]:
    t, subject = desk.t, subject_of(member)
    return (
        Button(verb="member_roles", label=t("Roles"), subject=subject),
        Button(verb="invite", label=t("Invite"), subject=subject),
        Button(
            verb="remove_member",
            label=t("Remove"),
            subject=subject,
            tone=Tone.DANGER,
            confirm=t("Remove {member} from the team?", member=member.name),
        ),
    )
