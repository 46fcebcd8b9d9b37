"""History: everything the audit log knows of a post, comment, conversation or member, page by page."""

from collections.abc import Iterator, Sequence

from sqlmodel import col, func, or_, select

from handlers.cards import Button, Card, Paragraph, Span, Style, number_of, page_of, sentence, text
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.posts.changes import difference
from handlers.registry import registry
from handlers.spelling import typed_here
from handlers.team.deeds import changes, deed
from handlers.team.inviting import subject_of
from handlers.times.when import describe
from handlers.words import N_
from models import audit
from models.audit import AuditEntry
from models.conversation import Comment
from models.errors import NotFound
from models.member import Role, named
from models.post import Revision

#: Entries on a page.
PAGE = 8


@registry.command("log", N_("Show the whole history of a post, comment, conversation or member"), usage="[P12]")
def log(desk: Desk, command: Command) -> Iterator[Effect]:
    """The last page of it; alone, what was done last in the whole desk (admins)."""
    subject = _subject(desk, command.text.strip())
    yield Whisper(card=_page(desk, subject, 0), secret=_is_for_admins(subject))


@registry.button("log", N_("Turns a page of a history"))
def turn(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """An older or a newer page."""
    page = page_of(pressed.value)
    yield Whisper(card=_page(desk, pressed.subject, page), secret=_is_for_admins(pressed.subject))


def _is_for_admins(subject: str) -> bool:
    """The whole desk's history, and a member's."""
    return not subject or subject.startswith("M")


def _subject(desk: Desk, words: str) -> str:
    """The code as the log has it; a member is found by name. Raises NotFound."""
    code = words.upper()
    if not words or (code[:1] in "PCVMBTG" and code[1:].isdecimal() and code.isascii()):
        return code
    if code[:1] in "UR" and code[1:].isdecimal():
        raise NotFound(
            "The history of {subject} is in that of its post or comment. Type “{post}” or “{comment}”.",
            subject=code,
            post=typed_here(desk, "log P12"),
            comment=typed_here(desk, "log C7"),
        )
    return subject_of(named(desk.session, words))


def _page(desk: Desk, subject: str, page: int) -> Card:
    """The newest first; page 0 is the newest."""
    t = desk.t
    if _is_for_admins(subject):
        desk.need(Role.ADMIN)
    about = [or_(*(AuditEntry.subject == code for code in _codes(desk, subject)))] if subject else []
    count = desk.session.exec(select(func.count()).select_from(AuditEntry).where(*about)).one()
    if not count:
        if subject:
            raise NotFound("There is no {subject} here.", subject=subject)
        return sentence(t("Nothing was done here yet."))
    pages = -(-count // PAGE)
    page = max(0, min(page, pages - 1))
    query = select(AuditEntry).where(*about).order_by(col(AuditEntry.id).desc()).offset(page * PAGE).limit(PAGE)
    entries = desk.session.exec(query).all()
    buttons = []
    if page < pages - 1:
        buttons.append(Button(verb="log", label=t("Older"), subject=subject, value=str(page + 1)))
    if page:
        buttons.append(Button(verb="log", label=t("Newer"), subject=subject, value=str(page - 1)))
    title = t("History of {subject}", subject=subject) if subject else t("What was done last")
    footer = t("Page {page} of {pages}", page=page + 1, pages=pages)
    body = tuple(line for entry in entries for line in _entry(desk, entry, subject))
    return Card(title=title, body=body, buttons=tuple(buttons), footer=f"{footer} · {_chain(desk, entries)}")


def _codes(desk: Desk, subject: str) -> list[str]:
    """The subject and, for a conversation, its comments."""
    if not subject.startswith("V"):
        return [subject]
    query = select(Comment.id).where(Comment.conversation_id == number_of(subject, "V"))
    return [subject, *(f"C{comment_id}" for comment_id in desk.session.exec(query).all())]


def _entry(desk: Desk, entry: AuditEntry, subject: str) -> Iterator[Paragraph]:
    about = f" · {entry.subject}" if entry.subject != subject else ""
    spans: list[Span] = [
        text(f"{describe(entry.at, desk.zone, desk.t.lang)}\n"),
        text(entry.actor or desk.setup.name, Style.BOLD),
        text(f"{about} · {deed(desk, entry)}"),
    ]
    spans += [text(f"\n{line}", Style.ITALIC) for line in changes(desk, entry)]
    yield Paragraph(spans=tuple(spans))
    if entry.action == "edited" and entry.subject.startswith("P"):
        yield from _edited(desk, entry)


def _edited(desk: Desk, entry: AuditEntry) -> Iterator[Paragraph]:
    """The log has the digests; the revisions have the words."""
    numbers = (entry.before.get("revision"), entry.after.get("revision"))
    query = select(Revision).where(Revision.post_id == int(entry.subject[1:]), col(Revision.number).in_(numbers))
    found = desk.session.exec(query.order_by(col(Revision.number))).all()
    if len(found) == len(numbers):
        yield from difference(desk, found[0].content, found[1].content)


def _chain(desk: Desk, shown: Sequence[AuditEntry]) -> str:
    """Whether what is shown here is as it was written; the whole log is looked through by `bottega doctor`."""
    t = desk.t
    for entry in shown:
        if not audit.fits(desk.session, entry):
            return t("THE LOG WAS ALTERED: entry {number} does not fit the chain of hashes.", number=entry.id)
    return t("This is as it was written.")
