"""Links: a code made in one chat binds the person who types it in another to a member."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlmodel import col, select

from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Whisper
from handlers.intents import Command, Origin, Pressed
from handlers.registry import registry
from handlers.spelling import chat_title, typed, typed_here
from handlers.team.inviting import find_code, invited, subject_of
from handlers.team.roster import member_of, their_language
from handlers.times.when import describe
from handlers.words import N_
from models.audit import AuditEntry
from models.errors import NotAllowed, Unfit, WrongMoment
from models.member import Identity, Member, Role, find_member, holders, named

#: Wrong codes that one person may type in a span, so that nobody guesses.
MOST_WRONG, SPAN = 5, timedelta(hours=1)
WRONG = "typed a wrong code"


# -- codes -------------------------------------------------------------------------------------------------------------


@registry.command("invite", N_("Make a new code for a member to join with"), usage=N_("NAME"), role=Role.ADMIN)
def invite(desk: Desk, command: Command) -> Iterator[Effect]:
    """A code for the member, shown only to whoever asks."""
    if not command.text.strip():
        raise Unfit("Type for whom the code is, for example: invite Ada. “team add” makes a new member.")
    yield from _invited(desk, named(desk.session, command.text))


@registry.button("invite", N_("Makes a new code for a member to join with"), role=Role.ADMIN)
def invite_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The same, pressed."""
    yield from _invited(desk, member_of(desk, pressed.subject))


def _invited(desk: Desk, member: Member) -> Iterator[Effect]:
    _refuse_if_everywhere(desk, member)
    said = desk.t("A new code for {member}. Hand it over in private; they type it to me:", member=member.name)
    yield invited(desk, member, said)
    desk.audit("made a code", subject_of(member))


def _refuse_if_everywhere(desk: Desk, member: Member) -> None:
    query = select(Identity.chat).where(Identity.member_id == member.id)
    if not set(desk.setup.chats) - set(desk.session.exec(query).all()):
        raise WrongMoment(
            "{member} is linked in every chat of this team already. “unlink” takes a link away.", member=member.name
        )


@registry.command(
    "link",
    N_("Link yourself in another chat: makes a code, or takes the one you type"),
    usage=N_("[CODE]"),
    strangers=True,
)
def link(desk: Desk, command: Command) -> Iterable[Effect]:
    """Without a code: one for myself, for the other chat. With a code: whoever types it is that member from now on."""
    assert desk.origin
    if desk.member_or_none is None:
        return _bound(desk, desk.origin, command.text.strip())
    if command.text.strip():
        raise WrongMoment("You are {member} here already. Type the code in the other chat.", member=desk.member.name)
    _refuse_if_everywhere(desk, desk.member)
    said = desk.t("Only you see this code. Type it to me in the other chat:")
    desk.audit("made a code", subject_of(desk.member))
    return [invited(desk, desk.member, said)]


# -- the person behind a code ------------------------------------------------------------------------------------------


def _bound(desk: Desk, origin: Origin, code: str) -> Iterator[Effect]:
    _refuse_guessing(desk, origin)
    if not code:
        raise NotAllowed(
            "You are not a member of this team yet. Ask {admins} for an invitation code, then type “{command}”.",
            admins=", ".join(holders(desk.session, Role.ADMIN)) or desk.t("whoever runs me"),
            command=typed_here(desk, "link CODE"),
        )
    invitation = find_code(desk, code)
    if invitation is None:
        # Not raised as a refusal: that would undo the entry by which wrong codes are counted.
        desk.audit(WRONG, _guesser(origin))
        yield Whisper(card=sentence(desk.t("That is not a code of mine. Look at it again, or ask for a new one.")))
        return
    invitation.use(desk.now)
    member = member_of(desk, f"M{invitation.member_id}")
    linked = select(Identity).where(Identity.member_id == member.id, Identity.chat == origin.chat)
    if desk.session.exec(linked).first():
        raise WrongMoment(
            "{member} is linked in {chat} as somebody else already. They or an admin can take that away with “unlink”.",
            member=member.name,
            chat=chat_title(origin.chat),
        )
    _bind(desk, origin, member)
    yield from _welcomed(desk, origin, member)


def _guesser(origin: Origin) -> str:
    return f"{origin.chat}:{origin.actor}"


def _refuse_guessing(desk: Desk, origin: Origin) -> None:
    query = select(AuditEntry.at).where(AuditEntry.subject == _guesser(origin), AuditEntry.action == WRONG)
    recent = query.where(AuditEntry.at > desk.now - SPAN).order_by(col(AuditEntry.id).desc()).limit(MOST_WRONG)
    wrong = desk.session.exec(recent).all()
    if len(wrong) >= MOST_WRONG:
        raise WrongMoment(
            "That were too many wrong codes. Try again after {time}.",
            time=describe(wrong[-1] + SPAN, desk.zone, desk.language),
        )


def _bind(desk: Desk, origin: Origin, member: Member) -> None:
    former = find_member(desk.session, origin.chat, origin.actor)
    if former:  # somebody who left the team: strangers have no identity, members do not come here
        desk.session.delete(former[1])
        desk.session.flush()
    identity = Identity(
        member_id=member.number,
        chat=origin.chat,
        external_id=origin.actor,
        handle=origin.name,
        language=origin.language,
        private_room=origin.room if origin.private else "",
        linked_at=desk.now,
    )
    desk.add(identity)
    desk.member_or_none = member
    desk.audit("linked a chat", subject_of(member), after={"chat": origin.chat, "id": origin.actor})


def _welcomed(desk: Desk, origin: Origin, member: Member) -> Iterator[Effect]:
    hello = typed(desk.setup, origin.chat, "home")
    yield Whisper(
        card=sentence(
            desk.t("Welcome, {member}. Type {command} to see what waits for you.", member=member.name, command=hello)
        )
    )
    others = select(Identity).where(Identity.member_id == member.id, Identity.chat != origin.chat)
    if desk.session.exec(others).first():
        t = their_language(desk, member)
        said = t(
            "You are linked in {chat} now, as “{name}”. If that was not you, type “{command}” at once.",
            chat=chat_title(origin.chat),
            name=origin.name or origin.actor,
            command=f"unlink {origin.chat}",
        )
        yield Direct(member_id=member.number, card=sentence(said))


# -- unlinking ---------------------------------------------------------------------------------------------------------


@registry.command(
    "unlink", N_("Take away a link to a chat; admins also that of another member"), usage=N_("CHAT [NAME]")
)
def unlink(desk: Desk, command: Command) -> Iterator[Effect]:
    """The person is a stranger in that chat from now on. Nobody cuts off their only chat: who would link them again?"""
    chat, name = command.parted()
    member = named(desk.session, name) if name.strip() else desk.member
    if member.id != desk.member.id:
        desk.need(Role.ADMIN)
    links = desk.session.exec(select(Identity).where(Identity.member_id == member.id).with_for_update()).all()
    found = next((identity for identity in links if identity.chat == chat.lower()), None)
    if found is None:
        chats = ", ".join(chat_title(identity.chat) for identity in links) or "–"
        raise Unfit("{member} is linked in: {chats}. Type which link shall go.", member=member.name, chats=chats)
    if member.id == desk.member.id and len(links) == 1:
        raise WrongMoment("That is your only link; without it I would not know you. Link another chat first.")
    desk.session.delete(found)
    desk.audit("unlinked a chat", subject_of(member), before={"chat": found.chat, "id": found.external_id})
    told = desk.t("{member} is not linked in {chat} any more.", member=member.name, chat=chat_title(found.chat))
    yield Whisper(card=sentence(told))
    if member.id != desk.member.id:
        t = their_language(desk, member)
        gone = t("{admin} took away your link in {chat}.", admin=desk.member.name, chat=chat_title(found.chat))
        yield Direct(member_id=member.number, card=sentence(gone))
