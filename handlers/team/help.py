"""Help: the commands that a person may use, grouped by the role they need; and the menu of a chat that has one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import groupby

from handlers.cards import Card, Fact, Paragraph, Style, paragraph, text
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command
from handlers.registry import Entry, registry
from handlers.spelling import typed_here
from handlers.team.roster import ROLES
from handlers.words import N_, Translator
from models.errors import NotFound
from models.member import Member, Role, holders

#: What a menu begins with: what people do every day.
DAILY = ("post", "inbox", "queue", "home", "reply", "approve", "status", "help")


@registry.command(
    "help", N_("List what you can do here, or explain one command"), usage=N_("[COMMAND]"), strangers=True
)
def help_(desk: Desk, command: Command) -> Iterator[Effect]:
    """Everything the person may use, or one command."""
    verb = command.text.strip().lower().removeprefix("/")
    yield Whisper(card=_one(desk, verb) if verb else _all(desk))


def menu(roles: Sequence[str], t: Translator) -> list[tuple[str, str]]:
    """(verb, what it does) of every command for a member with these roles; with none, for a stranger."""
    reader = Member(name="", roles=list(roles), created_at=datetime.now(UTC)) if roles else None
    return [(entry.verb, t(entry.help_line)) for entry in _usable(reader, DAILY)]


def _usable(reader: Member | None, order: Sequence[str] = ()) -> Iterable[Entry]:
    """The commands the person may use: those in `order` first, the others by role and name."""
    roles: list[Role | None] = [None, *ROLES]

    def place(entry: Entry) -> tuple[int, int, str]:
        daily = order.index(entry.verb) if entry.verb in order else len(order)
        return daily, roles.index(entry.role), entry.verb

    for entry in sorted(registry.commands.values(), key=place):
        if entry.strangers or (reader and (entry.role is None or reader.has(entry.role))):
            yield entry


def _all(desk: Desk) -> Card:
    t = desk.t
    body = []
    for role, entries in groupby(_usable(desk.member_or_none), lambda entry: entry.role):
        spans = [text(t("For {role}:", role=t(ROLES[role])), Style.BOLD)] if role else []
        for entry in entries:
            spans += [
                text("\n" if spans else ""),
                text(_typed(desk, entry), Style.CODE),
                text(f" {t(entry.help_line)}"),
            ]
        body.append(Paragraph(spans=tuple(spans)))
    footer = t("“{command}” explains one command.", command=typed_here(desk, "help post"))
    return Card(title=t("What you can do here"), body=tuple(body), footer=footer)


def _one(desk: Desk, verb: str) -> Card:
    t, entry = desk.t, registry.commands.get(verb)
    if entry is None:
        near = get_close_matches(verb, registry.commands, 1)
        if near:
            raise NotFound("I do not know “{verb}”. Did you mean “{near}”?", verb=verb[:40], near=near[0])
        raise NotFound("I do not know “{verb}”. “help” lists what I know.", verb=verb[:40])
    facts = []
    if entry.role:
        names = ", ".join(holders(desk.session, entry.role)) or t("nobody yet")
        facts.append(Fact(label=t("Needs the role"), value=t(ROLES[entry.role])))
        facts.append(Fact(label=t("Members who have it"), value=names))
    usage = Paragraph(spans=(text(_typed(desk, entry), Style.CODE),))
    return Card(title=verb, body=(paragraph(t(entry.help_line)), usage), facts=tuple(facts))


def _typed(desk: Desk, entry: Entry) -> str:
    return typed_here(desk, f"{entry.verb} {desk.t(entry.usage)}".strip())
