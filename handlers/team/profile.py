"""What members choose for themselves: the language they read and the zone in which they mean times."""

from collections.abc import Iterator

from sqlmodel import select

from handlers.cards import Button, Card, Tone, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.registry import registry
from handlers.spelling import language_name
from handlers.team.inviting import subject_of
from handlers.times.when import describe
from handlers.times.zones import find_zone, similar_zones
from handlers.words import N_, language_for, languages, translator
from models.errors import Unfit
from models.member import Identity

#: Typed instead of a language or zone: what the chat profile tells, else the desk's.
AUTO = "auto"


@registry.command("language", N_("Choose the language in which I speak to you"), usage="[en | it | auto]")
def language(desk: Desk, command: Command) -> Iterator[Effect]:
    """Change it, or ask with buttons."""
    wish = command.text.strip()
    yield Whisper(card=_spoken(desk, wish) if wish else _language_card(desk))


@registry.button("language", N_("Chooses a language"))
def language_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Change it."""
    yield Whisper(card=_spoken(desk, pressed.value))


def _language_card(desk: Desk) -> Card:
    t, chosen = desk.t, desk.member.language
    now = t("I speak {language} to you.", language=language_name(desk.language, t.lang))
    follows = t("You chose that.") if chosen else t("That follows your chat profile.")
    buttons = [
        Button(
            verb="language",
            label=language_name(known, known).capitalize(),
            value=known,
            tone=Tone.PRIMARY if known == chosen else Tone.PLAIN,
        )
        for known in languages()
    ]
    buttons.append(Button(verb="language", label=t("As in my chat"), value=AUTO))
    return sentence(f"{now} {follows}", *buttons)


def _spoken(desk: Desk, wish: str) -> Card:
    """The choice is kept and confirmed in the language that was chosen."""
    member, before = desk.member, desk.member.language
    member.language = "" if wish.lower() == AUTO else _read_language(desk, wish)
    desk.audit("chose a language", subject_of(member), before={"language": before}, after={"language": member.language})
    query = select(Identity.language).where(Identity.member_id == member.id, Identity.chat == _chat(desk))
    told = desk.session.exec(query).first() or ""
    t = translator(language_for(member.language, told, desk.setup.language))
    spoken = t("I speak {language} to you.", language=language_name(t.lang, t.lang))
    return sentence(spoken if member.language else f"{spoken} {t('That follows your chat profile.')}")


def _chat(desk: Desk) -> str:
    return desk.origin.chat if desk.origin else ""


def _read_language(desk: Desk, wish: str) -> str:
    """A code, or a name in any of our languages. Raises Unfit with the languages there are."""
    wanted = wish.casefold()
    for known in languages():
        names = {language_name(known, reader).casefold() for reader in languages()}
        if wanted in names or wanted.replace("_", "-").partition("-")[0] == known:
            return known
    offered = ", ".join(f"{known} ({language_name(known, desk.t.lang)})" for known in languages())
    raise Unfit("I do not speak “{language}”. I speak: {languages}.", language=wish[:40], languages=offered)


# -- zone --------------------------------------------------------------------------------------------------------------


@registry.command("zone", N_("Choose the time zone in which you type and read times"), usage="[Europe/Rome | auto]")
def zone(desk: Desk, command: Command) -> Iterator[Effect]:
    """Show it, change it, or offer what may be meant."""
    wish = command.text.strip()
    yield Whisper(card=_zoned(desk, wish) if wish else sentence(_zone_now(desk)))


@registry.button("zone", N_("Chooses a time zone"))
def zone_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Change it to one that was offered."""
    yield Whisper(card=_zoned(desk, pressed.value))


def _zone_now(desk: Desk) -> str:
    return desk.t(
        "You mean times in {zone}; there it is {time} now.",
        zone=desk.zone,
        time=describe(desk.now, desk.zone, desk.t.lang),
    )


def _zoned(desk: Desk, wish: str) -> Card:
    member, found = desk.member, "" if wish.lower() == AUTO else find_zone(wish)
    if found is None:
        similar = similar_zones(wish)
        if not similar:
            raise Unfit(
                "I know no zone called “{zone}”. Type one like Europe/Rome, or a large city in it.", zone=wish[:60]
            )
        question = desk.t("I know no zone called “{zone}”. Did you mean one of these?", zone=wish[:60])
        return sentence(question, *(Button(verb="zone", label=name, value=name) for name in similar))
    before, member.zone = member.zone, found
    desk.audit("chose a zone", subject_of(member), before={"zone": before}, after={"zone": found})
    return sentence(_zone_now(desk))
