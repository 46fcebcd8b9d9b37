"""What Facebook would refuse, said before anyone waits for it; no network here."""

from collections.abc import Iterator
from datetime import timedelta

import regex

from platforms.contract import Attachment, Limits, Outgoing, Problem
from platforms.facebook.wire import FORMATS
from platforms.graph.private import late
from platforms.graph.texts import hidden

#: Of a message (Messenger Platform, "Send API", `message.text`).
PRIVATE_CHARACTERS = 2000


def text(outgoing: Outgoing) -> str:
    """The text as it is sent. Beside files there is no preview of a link, so that it stands in the text."""
    said = outgoing.parts[0] if outgoing.parts else ""
    beside = outgoing.link and (outgoing.media or outgoing.reply_to) and outgoing.link not in said
    return f"{said}\n\n{outgoing.link}".strip() if beside else said


def length(outgoing: Outgoing) -> int:
    """The length of the text in characters (code points), as Facebook counts them."""
    return len(text(outgoing))


def problems(outgoing: Outgoing, limits: Limits) -> list[Problem]:
    """Every problem of the text and the files, in the order a person would mend them."""
    return [*_text(outgoing, limits), *_choices(outgoing), *_form(outgoing, limits)]


def private(said: str, age: timedelta) -> list[Problem]:
    """Every problem of a private reply to a comment of that age."""
    found, long = list(late(age, "Facebook")), len(said)
    if long > PRIVATE_CHARACTERS:
        given = {"length": long, "limit": PRIVATE_CHARACTERS, "over": long - PRIVATE_CHARACTERS}
        found.append(Problem("The text has {length} characters of at most {limit}: shorten it by {over}.", given))
    return found


def _text(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    if len(outgoing.parts) > 1:
        yield Problem("Facebook has no chains of posts: put everything into one part.")
    said = text(outgoing)
    if outgoing.format != "story" and not said.strip() and not outgoing.media and not outgoing.link:
        yield Problem("The text is empty: write a text or add a picture.")
    long = len(said)
    if long > limits.text:
        given = {"length": long, "limit": limits.text, "over": long - limits.text}
        yield Problem("The text has {length} characters of at most {limit}: shorten it by {over}.", given)
    yield from hidden(said)


def _choices(outgoing: Outgoing) -> Iterator[Problem]:
    if outgoing.format not in FORMATS:
        given = {"format": outgoing.format, "known": ", ".join(FORMATS)}
        yield Problem("Facebook has no format “{format}”: choose one of {known}.", given)
    if outgoing.warning:
        yield Problem("Facebook has no content warnings: take it away or put it into the text.")
    if outgoing.visibility not in {"", "public"}:
        yield Problem("Everything on a Page is public: take the visibility away.")
    if outgoing.link and not regex.fullmatch(r"https?://\S+", outgoing.link):
        yield Problem("“{link}” is no web address.", {"link": outgoing.link})


def _form(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    videos = [file for file in outgoing.media if file.is_video]
    count = len(outgoing.media)
    if outgoing.reply_to and (videos or count > 1):
        yield Problem("A comment takes one picture and no video: take the others out.")
    elif outgoing.format == "reel" and (count != 1 or not videos):
        yield Problem("A reel is one video and nothing else: add it, and take everything else out.")
    elif outgoing.format == "story" and count != 1:
        yield Problem("A story is one picture or one video: add it, and take everything else out.")
    elif videos and count > len(videos):
        yield Problem("A video and pictures cannot go together: keep the video or the pictures.")
    elif len(videos) > limits.videos:
        yield Problem("Only {limit} video fits into a post: take the others out.", {"limit": limits.videos})
    elif count > limits.images:
        yield Problem(
            "There are {count} pictures of at most {limit}: take some out.", {"count": count, "limit": limits.images}
        )
    if outgoing.format == "story" and text(outgoing).strip():
        yield Problem("A story shows no text beside its file: the text will not be seen.", {}, warning=True)
    for n, file in enumerate(outgoing.media, start=1):
        yield from _file(n, file, limits)


def _file(n: int, file: Attachment, limits: Limits) -> Iterator[Problem]:
    most = limits.video_bytes if file.is_video else limits.image_bytes
    if file.mime not in limits.mime_types:
        yield Problem("File {n} is of a kind ({mime}) that Facebook does not take.", {"n": n, "mime": file.mime})
    if file.size > most:
        given = {"n": n, "size": f"{file.size / 1e6:.1f}", "limit": f"{most / 1e6:.1f}"}
        yield Problem("File {n} has {size} MB of at most {limit} MB: make it smaller.", given)
    if not file.size:
        yield Problem("File {n} is empty: add it again.", {"n": n})
    if len(file.alt) > limits.alt_text:
        given = {"n": n, "limit": limits.alt_text}
        yield Problem("The description of file {n} is longer than {limit} characters: shorten it.", given)
    if not file.is_video and not file.alt.strip():
        given = {"n": n}
        yield Problem("File {n} has no description: people who cannot see it will miss it.", given, warning=True)
