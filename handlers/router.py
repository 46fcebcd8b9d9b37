"""From an intent to its effects: who asks, whether they may, which handler, and what is stored of the answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from handlers import asking, outbox
from handlers.cards import Card, sentence
from handlers.delivery.pressing import Outdated
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Home, Reveal, Show, Whisper
from handlers.forms import FieldRefused, Form
from handlers.intents import Command, Filled, Happened, Intent, Pressed, Said
from handlers.registry import Entry, Registry
from handlers.setup import Setup
from handlers.spelling import chat_title, typed_here
from handlers.words import language_for
from models.card import Question
from models.errors import NotAllowed, NotFound, NotYet, Refused, Unfit
from models.member import Identity, Member, Role, find_member, holders
from models.store import TROUBLE
from models.trace import current, new_trace

log = structlog.get_logger()


@dataclass(frozen=True)
class Handled:
    """What came of an intent: forms to open at once, and for a filled form the refusal to show in it."""

    forms: tuple[Form, ...] = ()
    refusal: str = ""
    field: str = ""
    bug: str = ""  #: id of a bug that is in the log; the event must be kept


class Router:
    """Handles one intent in the caller's transaction."""

    def __init__(self, setup: Setup, registry: Registry) -> None:
        self.setup = setup
        self.registry = registry

    def handle(self, session: Session, intent: Intent, now: datetime, *, show_refusals: bool = True) -> Handled:
        """Handle it. A refusal or bug changes nothing but what the person is told. Raises the database's trouble,
        and NotYet.

        With `show_refusals` false the refusal of a filled form is only returned: the chat shows it in the form.
        """
        desk = self._desk(session, intent, now)
        question = asking.open_question(desk) if asking.is_answer(desk, intent) else None
        pressed = isinstance(intent, Pressed)
        try:
            if question is not None:
                taken = asking.take(desk, question, intent, self._check(question))
                if isinstance(taken, Card):
                    return Handled(forms=tuple(outbox.keep(desk, [Whisper(card=taken, instead=pressed)])))
                intent = taken
            with session.begin_nested():
                effects = _confirmed(desk, intent, _with_home(intent, list(self._dispatch(desk, intent))))
                if question is not None:
                    session.delete(question)
                    effects = _closing(desk, effects, pressed=pressed)
                else:
                    effects = [*effects, *_if_split(desk, intent, effects)]
                forms = outbox.keep(desk, effects)
            return Handled(forms=tuple(forms))
        except Refused as refused:
            told = desk.t(refused.sentence, **refused.params)
            field = refused.field if isinstance(refused, FieldRefused) else ""
            if question is not None:
                outbox.keep(desk, [Whisper(card=_ask_again(desk, question, told, field), instead=pressed)])
            elif show_refusals or not isinstance(intent, Filled):
                outbox.keep(desk, [self._refusal(desk, refused, told)])
            return Handled(refusal=told, field=field)
        except (*TROUBLE, IntegrityError, NotYet):
            raise  # a deadlock, or somebody was quicker to write the same: the whole of it is done again
        except Exception:
            bug = current() or new_trace()
            log.exception("a bug met an intent", bug=bug, intent=type(intent).__name__)
            if question is not None and question.step >= len(question.form["fields"]):
                asking.step_back(question, "")
            told = desk.t(
                "Something is wrong in me, not in what you did. Nothing was changed. "
                "Tell whoever runs me the id {bug}.",
                bug=bug,
            )
            outbox.keep(desk, [Whisper(card=sentence(told))])
            return Handled(refusal=told, bug=bug)

    def uses_files(self, session: Session, intent: Intent, now: datetime) -> bool:
        """Whether the files of an intent are worth fetching: a member's, and not those of what is only a note."""
        found = find_member(session, intent.origin.chat, intent.origin.actor)
        if found is None or not found[0].active:
            return False
        if not isinstance(intent, Said):
            return True
        desk = Desk(session=session, now=now, setup=self.setup, member_or_none=found[0], origin=intent.origin)
        return asking.open_question(desk) is not None and asking.is_answer(desk, intent)

    def tell(self, session: Session, intent: Intent, sentence_in_words: str, now: datetime) -> None:
        """Whisper a refusal that could not be shown in its form any more."""
        outbox.keep(self._desk(session, intent, now), [Whisper(card=sentence(sentence_in_words))])

    def tell_set_aside(self, session: Session, intent: Intent, bug: str, now: datetime) -> None:
        """Say that nothing came of an event after several tries."""
        desk = self._desk(session, intent, now)
        told = desk.t(
            "I tried several times and could not do that; nothing was changed. "
            "Try once more, and if it fails again tell whoever runs me the id {bug}.",
            bug=bug,
        )
        outbox.keep(desk, [Whisper(card=sentence(told))])

    def tell_form_unopened(self, session: Session, intent: Intent, now: datetime) -> None:
        """Say that a form did not open, and what to do."""
        desk = self._desk(session, intent, now)
        told = desk.t("The form could not be opened this time. Nothing was changed; please do that once more.")
        outbox.keep(desk, [Whisper(card=sentence(told))])

    def tick(self, session: Session, now: datetime) -> None:
        """Let the desk itself do what time demands. Raises the database's trouble, which is no tick's."""
        desk = Desk(session=session, now=now, setup=self.setup, language=self.setup.language)
        for tick in self.registry.ticks:
            try:
                with session.begin_nested():
                    outbox.keep(desk, tick(desk))
            except TROUBLE:
                raise
            except Exception:
                log.exception("a bug met a tick; the others go on", tick=tick.__name__)

    def _desk(self, session: Session, intent: Intent, now: datetime) -> Desk:
        origin = intent.origin
        known = find_member(session, origin.chat, origin.actor)
        member, identity = known or (None, None)
        if member and identity:
            _remember(member, identity, intent)
        chosen = member.language if member else ""
        language = language_for(chosen, identity.language if identity else "", origin.language, self.setup.language)
        active = member if member and member.active else None
        return Desk(session=session, now=now, setup=self.setup, member_or_none=active, origin=origin, language=language)

    def _refusal(self, desk: Desk, refused: Refused, told: str) -> Whisper:
        """The sentence; where a button was of an earlier attempt, with the living card and what can be pressed now."""
        if not isinstance(refused, Outdated):
            return Whisper(card=sentence(told))
        own = desk.addressing(desk.member.number) if desk.member_or_none else desk
        card = self.registry.cards[refused.subject[0]](own, refused.subject)
        given = {"body": (*sentence(told).body, *card.body), "buttons": (*refused.buttons, *card.buttons)}
        return Whisper(card=card.model_copy(update=given), subject=refused.subject)

    def _dispatch(self, desk: Desk, intent: Intent) -> Iterable[Effect]:
        match intent:
            case Command():
                return self._run(desk, self._command(desk, intent.verb), intent)
            case Pressed():
                return self._run(desk, self._known(self.registry.buttons, intent.verb), intent)
            case Filled():
                return self._run(desk, self._known(self.registry.forms, intent.verb), intent)
            case Happened():
                return [e for handle in self.registry.events.get(intent.name, []) for e in handle(desk, intent)]
            case Said(answers="") if intent.origin.private:
                return self._spoken(desk, intent)
            case Said():
                return ()  # a note among members: it stays in the chat
            case _:
                raise TypeError(intent)

    def _check(self, question: Question) -> asking.FormCheck | None:
        entry = self.registry.forms.get(question.form["verb"])
        return entry.check if entry else None

    def _run(self, desk: Desk, entry: Entry, intent: Intent) -> list[Effect]:
        if not entry.strangers:
            if desk.member_or_none is None:
                raise self._stranger(desk)
            if entry.role is not None:
                desk.need(entry.role)
        return list(entry.handle(desk, intent))

    def _spoken(self, desk: Desk, said: Said) -> list[Effect]:
        """What is written to the bot alone: a command without its slash, or something that wants a hint."""
        verb, *rest = said.text.split(maxsplit=1) or [""]
        entry = self.registry.commands.get(verb.lower())
        if entry and not said.forwarded:
            text = rest[0] if rest else ""
            return self._run(desk, entry, Command(origin=said.origin, verb=entry.verb, text=text, files=said.files))
        if desk.member_or_none is None:
            raise self._stranger(desk)
        raise Unfit("I do not know what to do with that. Begin with “post” to draft a post; “help” lists what I know.")

    def _command(self, desk: Desk, verb: str) -> Entry:
        entry = self.registry.commands.get(verb.lower())
        if entry is None:
            near = get_close_matches(verb.lower(), self.registry.commands, 1)
            if near:
                raise NotFound(
                    "I do not know “{verb}”. Did you mean “{near}”? “help” lists what I know.",
                    verb=verb[:40],
                    near=near[0],
                )
            raise NotFound("I do not know “{verb}”. “help” lists what I know.", verb=verb[:40])
        return entry

    def _known(self, entries: dict[str, Entry], verb: str) -> Entry:
        entry = entries.get(verb)
        if entry is None:
            raise NotFound("That button is not one of mine, or too old. Open the card again and press there.")
        return entry

    def _stranger(self, desk: Desk) -> NotAllowed:
        admins = holders(desk.session, Role.ADMIN)
        if not admins:
            return NotAllowed(
                "You are not a member of this team yet, and nobody is: put the first admin into config.toml "
                "(your id here is {id}).",
                id=desk.origin.actor if desk.origin else "",
            )
        return NotAllowed(
            "You are not a member of this team yet. Ask {admins} for an invitation code, then type “{command}”.",
            admins=", ".join(admins),
            command=typed_here(desk, "link CODE"),
        )


def _with_home(intent: Intent, effects: list[Effect]) -> list[Effect]:
    """A press in a home, which is in no room, may have changed what the home shows."""
    is_home = isinstance(intent, Pressed) and not intent.origin.room
    drawn = any(isinstance(effect, Home) for effect in effects)
    return [*effects, Home()] if is_home and not drawn else effects


def _confirmed(desk: Desk, intent: Intent, effects: list[Effect]) -> list[Effect]:
    """A press on a message that is never drawn anew changes nothing before the person's eyes: so it is confirmed."""
    is_aside = isinstance(intent, Pressed) and intent.origin.aside
    if is_aside and not any(isinstance(effect, Whisper | Ask | Show | Home | Reveal) for effect in effects):
        return [*effects, Whisper(card=sentence(desk.t("Done.")))]
    return effects


def _if_split(desk: Desk, intent: Intent, effects: list[Effect]) -> list[Effect]:
    """What to do where a typed command's text went on in messages that nobody takes for a part of it."""
    if not isinstance(intent, Command | Said) or not effects or len(intent.text) < asking.LONG:
        return []
    if intent.origin.chat in desk.setup.modal_chats:
        return []
    told = desk.t(
        "That was a long message. If {chat} split your text, only its first part is there: press Edit and send all of "
        "it again, I put the parts together there.",
        chat=chat_title(intent.origin.chat),
    )
    return [Whisper(card=sentence(told))]


def _closing(desk: Desk, effects: list[Effect], *, pressed: bool) -> list[Effect]:
    """After the last answer: what the person is told takes a pressed question's place; nobody is left in silence."""
    first = next((n for n, effect in enumerate(effects) if isinstance(effect, Whisper)), None)
    if first is not None:
        told = effects[first].model_copy(update={"instead": pressed})
        return [*effects[:first], told, *effects[first + 1 :]]
    if pressed or not any(isinstance(effect, Show) for effect in effects):
        return [*effects, Whisper(card=sentence(desk.t("Done.")), instead=pressed)]
    return effects


def _ask_again(desk: Desk, question: Question, told: str, field: str) -> Card:
    """The refusal and the question it is about; every other answer stays."""
    if field or question.step >= len(question.form["fields"]):
        asking.step_back(question, field)
    card = asking.card_of(desk, question)
    return card.model_copy(update={"body": (*sentence(told).body, *card.body)})


def _remember(member: Member, identity: Identity, intent: Intent) -> None:
    """Keep what the chat profile tells: it decides the language, the zone, and where to write in private."""
    origin = intent.origin
    if origin.language and origin.language != identity.language:
        identity.language = origin.language
    if origin.private and origin.room != identity.private_room:
        identity.private_room = origin.room
    if origin.zone and not member.zone:
        member.zone = origin.zone
