"""What profiles tell of people: name, language, zone; asked once an hour."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.slack.api import Api, within
from bot.slack.listen import member_id
from bot.slack.plain import NAMELESS
from handlers.intents import Command, Intent, Origin, Said
from platforms.contract import OutcomeUnknown, PlatformError

log = structlog.get_logger()

#: Seconds that a profile is believed, and profiles that are remembered.
FRESH = 3600.0
MOST = 1000
#: Seconds for a profile: a form must open within three of the press.
PATIENCE = 1.5
#: Names in one text that are looked up.
MOST_NAMES = 10


@dataclass(frozen=True)
class Profile:
    """A person of the workspace."""

    name: str = ""
    language: str = ""
    zone: str = ""


class People:
    """Profiles by member id."""

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Profile]] = OrderedDict()

    def known(self, actor: str) -> Profile:
        """What is remembered of the person, without asking."""
        found = self._known.get(member_id(actor))
        return found[1] if found else Profile()

    async def profile(self, actor: str) -> Profile:
        """The profile; what was known before, or nothing, where Slack does not tell now."""
        person = member_id(actor)
        at, known = self._known.get(person, (-FRESH, Profile()))
        if not person or self._clock() - at < FRESH:
            return known
        try:
            answer = await within(PATIENCE, self._api.read("users.info", user=person, include_locale=True))
        except (PlatformError, OutcomeUnknown) as error:
            log.info("a profile could not be read", error=str(error))
            return known
        found = answer.get("user") or {}
        told = found.get("profile") or {}
        name = told.get("display_name") or found.get("real_name") or told.get("real_name") or found.get("name") or ""
        language = str(found.get("locale") or "").replace("_", "-").partition("-")[0].lower()
        profile = Profile(name=str(name), language=language, zone=str(found.get("tz") or ""))
        self._known[person] = (self._clock(), profile)
        self._known.move_to_end(person)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return profile

    async def enrich(self, intent: Intent) -> Intent:
        """The intent with the acting person's profile, and with the names of those it mentions."""
        profile = await self.profile(intent.origin.actor)
        origin: Origin = intent.origin.model_copy(
            update={"name": profile.name, "language": profile.language, "zone": profile.zone}
        )
        changed: Intent = intent.model_copy(update={"origin": origin})
        if isinstance(changed, Said | Command):
            changed = changed.model_copy(update={"text": await self._named(changed.text)})
        if isinstance(changed, Command) and changed.quoted is not None:
            quoted = changed.quoted.model_copy(update={"text": await self._named(changed.quoted.text)})
            changed = changed.model_copy(update={"quoted": quoted})
        return changed

    async def _named(self, text: str) -> str:
        names = {}
        for person in list(dict.fromkeys(NAMELESS.findall(text)))[:MOST_NAMES]:
            names[person] = (await self.profile(person)).name

        def name(found: re.Match[str]) -> str:
            return f"@{names.get(found.group(1)) or found.group(1)}"

        return NAMELESS.sub(name, text)
