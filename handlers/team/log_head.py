"""The head of the audit log, where the database's writers cannot reach it: one message to each admin, edited daily."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from handlers.cards import Button, Card, Fact, Paragraph, Style, number_of, paragraph, sentence, text
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Redraw, Show
from handlers.intents import Place
from handlers.outbox import cards_of
from handlers.registry import registry
from handlers.times.when import describe
from models.audit_head import AuditHead, Head
from models.card import CardRow
from models.errors import NotFound
from models.member import Identity, Member, Role

#: How old a log is when its head is told first, and how long one is told; a little less, for looks that come early.
DAY = timedelta(hours=24) - timedelta(minutes=30)
#: Admins that get the message.
MOST = 50


def told(desk: Desk, last: Head, since: datetime) -> Iterator[Effect]:
    """All is well: once a day the messages show where the log ends. `since`: when its first entry was written."""
    row = desk.session.get(AuditHead, 1, with_for_update=True)
    if row is None:
        if desk.now - since < DAY:
            return  # a desk in its first day has other things to say
        assert last.at is not None
        row = desk.add(AuditHead(number=last.number, hash=last.hash, key=last.key, at=last.at, taken_at=desk.now))
    elif desk.now - row.taken_at < DAY and not row.missing:
        return
    assert last.at is not None
    row.number, row.hash, row.key, row.at = last.number, last.hash, last.key, last.at
    row.taken_at, row.missing = desk.now, ""
    yield from _shown(desk)


def gone(desk: Desk, missing: Head, last: Head | None, cause: str) -> Iterator[Effect]:
    """The log does not contain a head that it had: each admin is told once, and the messages stay as they are."""
    row = desk.session.get(AuditHead, 1, with_for_update=True)
    if row is None:
        end = last or missing
        at = end.at or desk.now
        row = desk.add(AuditHead(number=end.number, hash=end.hash, key=end.key, at=at, taken_at=desk.now))
    if row.missing == missing.text:
        return
    row.missing = missing.text
    for admin in _admins(desk):
        yield Direct(member_id=admin.number, card=_alarm(desk.addressing(admin.number), missing, cause))


def key_lost(desk: Desk, name: str) -> Iterator[Effect]:
    """A new key began because the old one is not here: each admin is told."""
    for admin in _admins(desk):
        t = desk.addressing(admin.number).room_t
        said = t(
            "⚠️ The key that seals the audit log is not where it was, so a new one began: {key}. If nobody removed it "
            "on purpose, the person who runs me looks for the old one ({setting}, or {file} in the data folder), puts "
            "it back and types “bottega doctor”.",
            key=name,
            setting="BOTTEGA_DESK__SECRET_KEY",
            file="audit.key",
        )
        yield Direct(member_id=admin.number, card=sentence(said, Button(verb="log", label=t("What was done last"))))


@registry.card("L")
def head_card(desk: Desk, subject: str) -> Card:
    """The head as a member who is admin keeps it; L4 is that of member 4."""
    member, row = desk.session.get(Member, number_of(subject, "L")), desk.session.get(AuditHead, 1)
    if member is None or row is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    own = desk.addressing(member.number)
    t, title = own.room_t, own.room_t("Head of the audit log")
    if not member.has(Role.ADMIN):
        return Card(title=title, body=(paragraph(t("You are no admin any more: this is not kept up to date.")),))
    head = Head(row.number, row.hash, row.key, row.at)
    body = (
        paragraph(
            t(
                "Leave this message where it is: with it you can tell whether somebody cut or rewrote the audit log. I "
                "change it once a day and do not notify you."
            )
        ),
        Paragraph(spans=(text(head.text, Style.CODE),)),
        Paragraph(
            spans=(
                text(t("The person who runs me compares it with:") + "\n"),
                text(f"bottega doctor --audit-head {head.text}", Style.CODE),
            )
        ),
    )
    facts = [
        Fact(label=t("Last entry"), value=str(row.number)),
        Fact(label=t("Written"), value=describe(row.at, member.zone or own.setup.zone, t.lang)),
        Fact(label=t("Key"), value=row.key or t("none yet")),
    ]
    return Card(title=title, body=body, facts=tuple(facts))


def _alarm(desk: Desk, missing: Head, cause: str) -> Card:
    t = desk.room_t
    words = {
        "emptied": t("it is empty"),
        "cut": t("it ends before that entry"),
        "rewritten": t("another entry stands there"),
        "moved": t("that entry stands in another place"),
        "older": t("the desk was restored from a copy that is older"),
    }
    said = t(
        "⚠️ The audit log no longer contains its entry {number}: {cause}. The person who runs me compares it by "
        "“bottega doctor --audit-head {head}”. If the reason is known, such as an older copy of the database, "
        "“bottega doctor --audit-accept” takes the log as it is; if not, somebody changed it.",
        number=missing.number,
        cause=words.get(cause, cause),
        head=missing.text,
    )
    return sentence(said, Button(verb="log", label=t("What was done last")))


def _admins(desk: Desk) -> list[Member]:
    members = desk.session.exec(select(Member).where(Member.active).order_by(col(Member.id))).all()
    return [member for member in members if member.has(Role.ADMIN)][:MOST]


def _shown(desk: Desk) -> Iterator[Effect]:
    """The message of each admin; a former admin keeps theirs as it was last."""
    admins = {f"L{member.number}": member for member in _admins(desk)}
    rows = desk.session.exec(select(CardRow).where(col(CardRow.subject).startswith("L"))).all()
    for row in rows:
        if row.subject not in admins or row.chat not in desk.setup.chats:
            desk.session.delete(row)
    desk.session.flush()
    for subject, member in admins.items():
        if cards_of(desk.session, subject):
            yield Redraw(subject=subject)
        elif (place := _private(desk, member)) is not None:
            yield Show(subject=subject, place=place)


def _private(desk: Desk, member: Member) -> Place | None:
    """Where a member is written to in private; None where no chat of theirs is connected, or has let us yet."""
    query = select(Identity).where(Identity.member_id == member.id).order_by(col(Identity.id))
    for identity in desk.session.exec(query).all():
        # As for every private message: Slack's bots can begin a conversation, under the person's own id.
        room = identity.private_room or (identity.external_id if identity.chat in desk.setup.modal_chats else "")
        if identity.chat in desk.setup.chats and room:
            return Place(chat=identity.chat, room=room)
    return None
