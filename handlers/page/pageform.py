"""The form in which a page is changed: what it asks for, and how the answers are read."""

from typing import Any

import regex

from handlers.desk import Desk
from handlers.forms import Field, FieldRefused, Form, Kind, web_address
from handlers.intents import Filled
from handlers.page.profiles import DAYS, PICTURES, TEXTS, hours_in_words
from models.errors import Unfit
from models.profile import Profile

VERB = "page_change"
#: Characters that a network takes of each part (Facebook's help pages; it refuses what is too long in any case).
LONGEST = {"about": 255, "description": 3000, "website": 500, "phone": 64, "hours": 700}
#: A span of the day: "09:00-13:00".
_SPAN = regex.compile(r"([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d")


def form(desk: Desk, found: Profile, only: str) -> Form:
    """What stands there, or is proposed, to be changed; one part of it where the chat asks for them one by one."""
    t, stands = desk.t, {**found.info, **found.change}
    fields = []
    for name, label in TEXTS.items():
        value = hours_in_words(stands.get(name) or {}) if name == "hours" else str(stands.get(name) or "")
        kind = Kind.LINE if name in {"website", "phone"} else Kind.TEXT
        hint = t("A line for each day, like “mon 09:00-13:00, 15:00-19:00”.") if name == "hours" else ""
        fields.append(Field(name=name, kind=kind, label=t(label), value=value, hint=hint, longest=LONGEST[name]))
    fields += [Field(name=name, kind=Kind.FILES, label=t(label)) for name, label in PICTURES.items()]
    return Form(
        verb=VERB,
        title=t("Change the page"),
        submit=t("Propose"),
        subject=found.code,
        revision=found.revision,
        fields=tuple(field for field in fields if not only or field.name == only),
    )


def read(filled: Filled, found: Profile) -> dict[str, Any]:
    """What is to be otherwise than it stands. Raises FieldRefused at the first answer that cannot be used."""
    change: dict[str, Any] = {}
    for name in TEXTS:
        if name in filled.values:
            typed = str(filled.values[name] or "").replace("\r\n", "\n").strip()
            value = _hours(typed) if name == "hours" else typed
            if len(typed) > LONGEST[name]:
                raise FieldRefused(name, Unfit("At most {most} characters fit here.", most=LONGEST[name]))
            if value != (found.info.get(name) or ({} if name == "hours" else "")):
                change[name] = value
    web_address("website", change.get("website", ""))
    if (phone := change.get("phone")) and not regex.fullmatch(r"[-+()/.\d\s]*\d[-+()/.\d\s]*", phone):
        raise FieldRefused("phone", Unfit("“{phone}” is not a phone number: digits, like +39 02 1234567.", phone=phone))
    for name in PICTURES:
        files = filled.files.get(name, ())
        if len(files) > 1:
            raise FieldRefused(name, Unfit("Only one picture fits here: take the others out."))
        for file in files:
            if file.problem:
                raise FieldRefused(name, Unfit(file.problem, **file.params))
            change[name] = {"media_id": file.media_id, "sha256": file.sha256}
    return change


def _hours(typed: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in typed.splitlines():
        day, _, spans = line.strip().partition(" ")
        wanted = [span.strip() for span in spans.split(",")]
        if day.lower() not in DAYS or not all(_SPAN.fullmatch(span) for span in wanted) or len(wanted) > 2:
            raise FieldRefused(
                "hours",
                Unfit("“{line}” cannot be read: write it like “mon 09:00-13:00, 15:00-19:00”.", line=line.strip()[:60]),
            )
        found[day.lower()] = ", ".join(wanted)
    return found
