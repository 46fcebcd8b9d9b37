"""What Mastodon would refuse, said before anyone waits for it; no network here."""

from collections.abc import Iterator

import regex

from platforms.contract import Attachment, Limits, Outgoing, Problem
from platforms.mastodon.text import characters, count
from platforms.mastodon.wire import VISIBILITIES

_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BIDI = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")


def texts(outgoing: Outgoing) -> tuple[str, ...]:
    """The parts as they are sent: the first one begins with the person answered, unless it names them already.

    A short name typed at the beginning ("@nora") means that person, not one of that name on our own server.
    """
    first, *others = outgoing.parts or ("",)
    name = f"@{outgoing.mention.lstrip('@')}"
    short = regex.match(rf"@{regex.escape(name[1:].partition('@')[0])}(?![\w@-]|\.\w)", first, regex.IGNORECASE)
    if outgoing.mention and short:
        first = name + first[short.end() :]
    named = regex.search(rf"(?<![\w@/]){regex.escape(name)}(?![\w@-]|\.\w)", first, regex.IGNORECASE)
    if outgoing.mention and not named:
        first = f"{name} {first}".rstrip()
    return (first, *others)


def length(outgoing: Outgoing, part: int, limits: Limits) -> int:
    """The length of a part, the content warning included, which every part carries; links in that have no price."""
    return count(texts(outgoing)[part], limits.url_length or 0) + characters(outgoing.warning)


def problems(outgoing: Outgoing, limits: Limits) -> list[Problem]:
    """Every problem of the texts and files, in the order a person would mend them."""
    return [*_texts(outgoing, limits), *_warning(outgoing), *_choices(outgoing), *_media(outgoing.media, limits)]


def _texts(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    chain = len(outgoing.parts) > 1
    if not outgoing.parts and not outgoing.media:
        yield Problem("There is nothing to publish: write a text or add a picture.")
    for n, text in enumerate(outgoing.parts):
        where = {"part": n + 1} if chain else {}
        if not text.strip() and (n or not outgoing.media):
            yield (
                Problem("Part {part} is empty: write its text or take it out.", where)
                if chain
                else Problem("The text is empty: write a text or add a picture.")
            )
        long = length(outgoing, n, limits)
        if long > limits.text:
            given = {**where, "length": long, "limit": limits.text, "over": long - limits.text}
            yield (
                Problem("Part {part} has {length} characters of at most {limit}: shorten it by {over}.", given)
                if chain
                else Problem("The text has {length} characters of at most {limit}: shorten it by {over}.", given)
            )
        if _CONTROL.search(text):
            yield (
                Problem("Part {part} contains invisible control characters: type it anew.", where)
                if chain
                else Problem("The text contains invisible control characters: type it anew.")
            )
        if _BIDI.search(text):
            yield (
                Problem(
                    "Part {part} turns the writing direction with hidden characters: check how it reads.",
                    where,
                    warning=True,
                )
                if chain
                else Problem(
                    "The text turns the writing direction with hidden characters: check how it reads.",
                    where,
                    warning=True,
                )
            )


def _warning(outgoing: Outgoing) -> Iterator[Problem]:
    if outgoing.warning and not outgoing.warning.strip():
        yield Problem("The content warning is blank: write it or take it away.")
    if _CONTROL.search(outgoing.warning):
        yield Problem("The content warning contains invisible control characters: type it anew.")


def _choices(outgoing: Outgoing) -> Iterator[Problem]:
    if outgoing.visibility and outgoing.visibility not in VISIBILITIES:
        given = {"visibility": outgoing.visibility, "known": ", ".join(reversed(VISIBILITIES))}
        yield Problem("Mastodon has no visibility “{visibility}”: choose one of {known}.", given)
    if outgoing.language and not regex.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", outgoing.language):
        yield Problem("“{language}” is no language code: use one like en or it.", {"language": outgoing.language})


def _media(media: tuple[Attachment, ...], limits: Limits) -> Iterator[Problem]:
    alone = [file for file in media if _alone(file)]
    if alone and len(media) > len(alone):
        yield Problem("A video and pictures cannot go together: keep the video or the pictures.")
    elif len(alone) > limits.videos:
        yield Problem("Only {limit} video fits into a post: take the others out.", {"limit": limits.videos})
    elif len(media) > limits.images:
        given = {"count": len(media), "limit": limits.images}
        yield Problem("There are {count} pictures of at most {limit}: take some out.", given)
    for n, file in enumerate(media, start=1):
        yield from _file(n, file, limits)


def _file(n: int, file: Attachment, limits: Limits) -> Iterator[Problem]:
    most = limits.video_bytes if _alone(file) else limits.image_bytes
    if limits.mime_types and file.mime not in limits.mime_types:
        yield Problem("File {n} is of a kind ({mime}) that this server does not take.", {"n": n, "mime": file.mime})
    if file.size > most:
        given = {"n": n, "size": f"{file.size / 1e6:.1f}", "limit": f"{most / 1e6:.1f}"}
        yield Problem("File {n} has {size} MB of at most {limit} MB: make it smaller.", given)
    if not file.size:
        yield Problem("File {n} is empty: add it again.", {"n": n})
    if not _alone(file) and file.width * file.height > limits.image_pixels:
        given = {"n": n, "width": file.width, "height": file.height, "limit": f"{limits.image_pixels / 1e6:.1f}"}
        yield Problem("Picture {n} measures {width} × {height}, more than {limit} megapixels: make it smaller.", given)
    if characters(file.alt) > limits.alt_text:
        given = {"n": n, "limit": limits.alt_text}
        yield Problem("The description of file {n} is longer than {limit} characters: shorten it.", given)
    if not file.alt.strip():
        given = {"n": n}
        yield Problem("File {n} has no description: people who cannot see it will miss it.", given, warning=True)


def _alone(file: Attachment) -> bool:
    return file.is_video or file.mime.startswith("audio/")
