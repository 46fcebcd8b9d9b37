"""The public's numbers of a publication: kept as they come, and shown on the post's card."""

from collections.abc import Iterator
from datetime import timedelta

from babel.numbers import format_decimal

from handlers.desk import Desk
from handlers.effects import Effect, Redraw
from handlers.words import N_, Translator
from models.measurement import COUNTS, Measurement, next_time
from models.publication import Publication
from platforms.contract import Numbers

DAY = timedelta(days=1)
#: How long after it a count still stands for the first day. A network that wants a pause is waited for; what is counted
#: after the bot was down had more time than the others, and is weighed against none.
LATE = timedelta(hours=2)
#: How each count is called on a card, English catalogue keys.
NAMES = {
    "reach": N_("reach {count}"),
    "views": N_("views {count}"),
    "likes": N_("reactions {count}"),
    "comments": N_("comments {count}"),
    "reposts": N_("shares {count}"),
    "clicks": N_("clicks {count}"),
    "saves": N_("saves {count}"),
}


def measured(desk: Desk, publication: Publication, numbers: Numbers) -> Iterator[Effect]:
    """Keep what the network counted now; the card is drawn anew where it shows something else."""
    counts = {name: getattr(numbers, name) for name in COUNTS}
    desk.session.add(Measurement(publication_id=publication.number, at=desk.now, **counts))
    changed = any(getattr(publication, name) != count for name, count in counts.items())
    for name, count in counts.items():
        setattr(publication, name, count)
    seen = numbers.reach if numbers.reach is not None else numbers.views
    age = desk.now - publication.published_at if publication.published_at else timedelta()
    if publication.first_day is None and DAY <= age <= DAY + LATE and seen is not None:
        publication.first_day, publication.weigh_at = seen, desk.now
    later(desk, publication)
    if changed:
        yield Redraw(subject=f"P{publication.post_id}")


def later(desk: Desk, publication: Publication) -> None:
    """It is measured again at its next hour, if it is still young enough."""
    begun = publication.published_at
    publication.measure_at = next_time(begun, desk.now) if begun and not publication.removed_at else None


def in_words(t: Translator, publication: Publication) -> str:
    """The last counts, as a card shows them; "" before the first."""
    shown = [
        t(NAMES[name], count=format_decimal(count, locale=t.lang))
        for name in COUNTS
        if (count := getattr(publication, name)) is not None
    ]
    return " · ".join(shown)
