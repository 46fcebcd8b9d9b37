"""What the public writes, as a network tells it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RemoteAuthor:
    """A person outside."""

    remote_id: str
    handle: str  #: without @; "" where the network has none
    name: str
    url: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """A picture or film in a comment, as an address; it is never fetched without the SSRF-safe session."""

    url: str
    mime: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RemoteComment:
    """What a person outside wrote to us or about us: a reply, a mention, a review. `text` is plain, never markup."""

    remote_id: str
    author: RemoteAuthor
    text: str
    at: datetime
    url: str = ""
    visibility: str = "public"
    parent_id: str = ""  #: remote id of what it answers, "" for a mention out of the blue
    root_id: str = ""  #: remote id of the top of the conversation where the network tells
    warning: str = ""
    media: tuple[RemoteMedia, ...] = ()
    edited_at: datetime | None = None
    hidden: bool = False  #: hidden from the public by us
    on_ad: bool = False  #: written under an ad, not under the publication itself


@dataclass(frozen=True, slots=True)
class CommentGone:
    """The public deleted a comment."""

    remote_id: str


CommentEvent = RemoteComment | CommentGone


@dataclass(frozen=True, slots=True)
class CommentTouched:
    """Something happened to a comment, and the network did not say what: it is to be read."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what is new, oldest first, and the cursor that continues after it. `more`: ask again at once."""

    events: tuple[CommentEvent, ...]
    cursor: str
    more: bool = False
