"""What exists on Threads: profiles, and posts of everybody (replies, quotes and reposts are posts, too)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sandbox.meta.containers import Container
from sandbox.meta.world import Json, Node


@dataclass(kw_only=True)
class ThreadsProfile(Node):
    """A profile. `daily` is what insights count by day (YYYY-MM-DD) and name; `deleted` when posts were deleted by
    apps, which has a quota; `demographics` are followers by breakdown and value.
    """

    kind: ClassVar[str] = "ThreadsProfile"
    username: str
    name: str
    biography: str = ""
    followers: int = 0
    daily: dict[str, dict[str, int]] = field(default_factory=dict)
    demographics: dict[str, dict[str, int]] = field(default_factory=dict)
    deleted: list[datetime] = field(default_factory=list)


@dataclass(kw_only=True)
class ThreadsContainer(Container):
    """A container as a node of the graph."""

    kind: ClassVar[str] = "ThreadsContainer"


@dataclass(kw_only=True)
class ThreadsMedia(Node):
    """A post. `author` is a profile of ours or a person; `holder` the profile under whose post it stands, if of ours.

    `sort` is TEXT_POST, IMAGE, VIDEO, CAROUSEL_ALBUM or REPOST_FACADE. `replied_to` and `root` are of replies, `album`
    of the children of a carousel. `numbers` are what only insights know.
    """

    kind: ClassVar[str] = "ThreadsMedia"
    author: str
    at: datetime
    sort: str = "TEXT_POST"
    app: str = ""
    text: str = ""
    data: bytes | None = None
    mime: str = ""
    alt_text: str = ""
    children: list[str] = field(default_factory=list)
    album: str = ""
    replied_to: str = ""
    root: str = ""
    quoted: str = ""
    reposted: str = ""
    link: str = ""
    topic: str = ""
    audience: str = "everyone"
    hidden: bool = False
    likes: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
