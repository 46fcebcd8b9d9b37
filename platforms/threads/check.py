"""What Threads would refuse, said before anyone waits for it; no network here.

Source where none is named: Threads API, guides "Posts" and "Overview" (limitations).
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import regex

from platforms.contract import Attachment, Limits, Outgoing, Problem
from platforms.graph.files import FILMS, undescribed, unfit, unlent
from platforms.graph.texts import hidden

NAME = "Threads"
PICTURES = frozenset({"image/jpeg", "image/png"})
#: A carousel's most files are `images`; a picture has 8 MB at most, a film 1 GB.
LIMITS = Limits(
    text=500,
    images=20,
    videos=20,
    alt_text=1000,
    image_bytes=8_388_608,
    video_bytes=1_000_000_000,
    mime_types=PICTURES | FILMS,
)
#: The longer side of a picture to the shorter, at most.
ASPECT = Fraction(10)

#: A user-perceived character that is drawn as an emoji: it counts as its bytes in UTF-8.
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")


def texts(outgoing: Outgoing) -> tuple[str, ...]:
    """The parts as they are sent; a link that cannot be shown as a preview, because there are files, ends the first."""
    first, *others = outgoing.parts or ("",)
    if outgoing.link and outgoing.media and outgoing.link not in first:
        first = f"{first}\n\n{outgoing.link}".strip()
    return (first, *others)


def count(text: str) -> int:
    """The length of a text as Threads counts it: Unicode characters, but of an emoji the bytes in UTF-8."""
    return sum(len(seen.encode()) if _EMOJI.search(seen) else len(seen) for seen in regex.findall(r"\X", text))


def length(outgoing: Outgoing, part: int) -> int:
    """The length of a part."""
    return count(texts(outgoing)[part])


def problems(outgoing: Outgoing, limits: Limits, *, has_shelf: bool) -> list[Problem]:
    """Every problem of the texts and files, in the order a person would mend them."""
    return [
        *_texts(outgoing, limits),
        *_files(outgoing, limits),
        *([unlent(NAME)] if outgoing.media and not has_shelf else []),
    ]


def _texts(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    chain = len(outgoing.parts) > 1
    for n, text in enumerate(texts(outgoing)):
        where: dict[str, Any] = {"part": n + 1} if chain else {}
        if not text.strip() and (n or not outgoing.media):
            yield (
                Problem("Part {part} is empty: write its text or take it out.", where)
                if chain
                else Problem("The text is empty: write a text or add a picture.")
            )
        long = count(text)
        if long > limits.text:
            given = {**where, "length": long, "limit": limits.text, "over": long - limits.text}
            yield (
                Problem("Part {part} has {length} characters of at most {limit}: shorten it by {over}.", given)
                if chain
                else Problem("The text has {length} characters of at most {limit}: shorten it by {over}.", given)
            )
    yield from hidden("\n".join(outgoing.parts))
    if outgoing.warning:
        yield Problem("{network} has no content warnings: this one will be left out.", {"network": NAME}, warning=True)
    if outgoing.format != "post":
        given = {"network": NAME, "format": outgoing.format, "known": "post"}
        yield Problem("{network} has no format “{format}”: choose one of {known}.", given)


def _files(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    if len(outgoing.media) > limits.images:
        given = {"count": len(outgoing.media), "limit": limits.images}
        yield Problem("There are {count} files of at most {limit}: take some out.", given)
    for n, file in enumerate(outgoing.media, start=1):
        yield from _file(n, file, limits)


def _file(n: int, file: Attachment, limits: Limits) -> Iterator[Problem]:
    most = limits.video_bytes if file.is_video else limits.image_bytes
    yield from unfit(n, file, limits, most, NAME)
    short, long = sorted((file.width, file.height))
    if not file.is_video and short and Fraction(long, short) > ASPECT:
        given = {"n": n, "width": file.width, "height": file.height}
        yield Problem("Picture {n} measures {width} × {height}: Threads takes none longer than 10:1. Crop it.", given)
    yield from undescribed(n, file, limits)
