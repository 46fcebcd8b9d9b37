"""What Instagram would refuse, said before anyone waits for it; no network here.

Source where none is named: Instagram Platform, reference "IG User Media" and guide "Content publishing".
"""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import regex

from platforms.contract import Attachment, Limits, Outgoing, Problem
from platforms.graph.files import FILMS, undescribed, unfit, unlent
from platforms.graph.private import late
from platforms.graph.texts import hidden

NAME = "Instagram"
FORMATS = ("post", "reel", "story")
JPEG = "image/jpeg"
#: A carousel's most files are `images`; a picture has 8 MB at most, a reel 300 MB.
LIMITS = Limits(
    text=2200,
    images=10,
    videos=10,
    alt_text=1000,
    image_bytes=8_388_608,
    video_bytes=300_000_000,
    mime_types=frozenset({JPEG, *FILMS}),
)
STORY_BYTES = 100_000_000
HASHTAGS, MENTIONS = 30, 20
#: Width to height of a picture in the feed.
NARROWEST, WIDEST = Fraction(4, 5), Fraction(191, 100)
#: What a comment may hold (reference "IG Comment Replies"; not confirmed by a call, so they only warn).
COMMENT_CHARACTERS, COMMENT_HASHTAGS, COMMENT_LINKS = 300, 4, 1
#: A private reply has at most so many bytes in UTF-8 (Instagram Platform, "Private replies").
PRIVATE_BYTES = 1000

_HASHTAG = regex.compile(r"(?<![\w&])[#＃][\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*")
_MENTION = regex.compile(r"(?<![\w@/])@[A-Za-z0-9_.]+")
_LINK = regex.compile(r"https?://\S+|www\.\S+", regex.IGNORECASE)


def text(outgoing: Outgoing) -> str:
    """The caption or comment as it is sent: a comment begins with the person answered, unless it names them."""
    said = "\n\n".join(outgoing.parts)
    name = "@" + outgoing.mention.lstrip("@")
    named = regex.search(rf"(?<![\w@/]){regex.escape(name)}(?![\w.]*\w)", said, regex.IGNORECASE)
    return f"{name} {said}".rstrip() if outgoing.mention and not named else said


def length(outgoing: Outgoing) -> int:
    """The length of the caption in Unicode characters; Instagram does not say which it counts, this is the stricter."""
    return len(text(outgoing))


def problems(outgoing: Outgoing, limits: Limits, *, has_shelf: bool) -> list[Problem]:
    """Every problem of the text and files, in the order a person would mend them."""
    if outgoing.reply_to:
        return [*_words(outgoing, limits), *_comment(outgoing)]
    if outgoing.format not in FORMATS:
        known = ", ".join(FORMATS)
        given = {"network": NAME, "format": outgoing.format, "known": known}
        return [Problem("{network} has no format “{format}”: choose one of {known}.", given)]
    return [
        *_words(outgoing, limits),
        *_caption(outgoing),
        *_files(outgoing),
        *(problem for n, file in enumerate(outgoing.media, 1) for problem in _file(n, file, outgoing, limits)),
        *([unlent(NAME)] if outgoing.media and not has_shelf else []),
    ]


def private(said: str, age: timedelta) -> list[Problem]:
    """Every problem of a private reply to a comment of that age."""
    found, size = list(late(age, NAME)), len(said.encode())
    if size > PRIVATE_BYTES:
        given = {"length": size, "limit": PRIVATE_BYTES}
        found.append(
            Problem(
                "The text takes {length} bytes of at most {limit}; an accented letter takes 2, an emoji 4. Shorten it.",
                given,
            )
        )
    return found


def _words(outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    long = length(outgoing)
    if long > limits.text:
        given = {"length": long, "limit": limits.text, "over": long - limits.text}
        yield Problem("The text has {length} characters of at most {limit}: shorten it by {over}.", given)
    if len(outgoing.parts) > 1:
        yield Problem("Instagram has no chains of posts: put everything into one text.")
    yield from hidden(text(outgoing))
    if outgoing.warning:
        yield Problem("{network} has no content warnings: this one will be left out.", {"network": NAME}, warning=True)


def _caption(outgoing: Outgoing) -> Iterator[Problem]:
    said = text(outgoing)
    tags, names = len(_HASHTAG.findall(said)), len(_MENTION.findall(said))
    if tags > HASHTAGS:
        yield Problem(
            "There are {count} hashtags of at most {limit}: take some out.", {"count": tags, "limit": HASHTAGS}
        )
    if names > MENTIONS:
        yield Problem(
            "There are {count} mentions of at most {limit}: take some out.", {"count": names, "limit": MENTIONS}
        )
    if outgoing.format == "story" and said.strip():
        yield Problem("Instagram shows no text with a story: it will be left out.", {}, warning=True)
    elif _LINK.search(said) or outgoing.link:
        yield Problem("A link in a text on Instagram cannot be clicked: say where it is found.", {}, warning=True)


def _comment(outgoing: Outgoing) -> Iterator[Problem]:
    said = text(outgoing)
    if outgoing.media:
        yield Problem("A comment on Instagram takes no files: take them out.")
    if not said.strip():
        yield Problem("The text is empty: write one.")
    if len(said) > COMMENT_CHARACTERS:
        given = {"limit": COMMENT_CHARACTERS}
        yield Problem("Instagram may refuse a comment of more than {limit} characters.", given, warning=True)
    if len(_HASHTAG.findall(said)) > COMMENT_HASHTAGS:
        given = {"limit": COMMENT_HASHTAGS}
        yield Problem("Instagram may refuse a comment with more than {limit} hashtags.", given, warning=True)
    if len(_LINK.findall(said)) > COMMENT_LINKS:
        given = {"limit": COMMENT_LINKS}
        yield Problem("Instagram may refuse a comment with more than {limit} link.", given, warning=True)


def _files(outgoing: Outgoing) -> Iterator[Problem]:
    count, films = len(outgoing.media), sum(file.is_video for file in outgoing.media)
    if not count:
        yield Problem("Instagram publishes no text alone: add a picture or a film.")
    elif outgoing.format == "reel" and (count, films) != (1, 1):
        yield Problem("A reel is one film: take the other files out or publish a post.")
    elif outgoing.format == "story" and count > 1:
        yield Problem("A story is one picture or film: take the others out.")
    elif count > LIMITS.images:
        yield Problem(
            "There are {count} files of at most {limit}: take some out.", {"count": count, "limit": LIMITS.images}
        )
    shapes = {Fraction(f.width, f.height) for f in outgoing.media if f.width and f.height}
    if outgoing.format == "post" and len(shapes) > 1:
        yield Problem("The files differ in shape: Instagram crops them all to that of the first.", {}, warning=True)


def _file(n: int, file: Attachment, outgoing: Outgoing, limits: Limits) -> Iterator[Problem]:
    most = limits.image_bytes
    if file.is_video:
        most = STORY_BYTES if outgoing.format == "story" else limits.video_bytes
    yield from unfit(n, file, limits, most, NAME)
    if file.is_video or outgoing.format == "story":
        return  # of other shapes, and without a description
    if file.width and file.height and not NARROWEST <= Fraction(file.width, file.height) <= WIDEST:
        given = {"n": n, "width": file.width, "height": file.height}
        yield Problem(
            "Picture {n} measures {width} × {height}: Instagram takes shapes from 4:5 to 1.91:1. Crop it.", given
        )
    yield from undescribed(n, file, limits)
