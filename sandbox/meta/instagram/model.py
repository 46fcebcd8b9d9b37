"""What exists on Instagram: accounts, their media, everybody's comments, and private replies."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sandbox.meta.containers import Container
from sandbox.meta.world import Json, Node


@dataclass(kw_only=True)
class InstagramAccount(Node):
    """A professional account. `page` is the Page it is linked to, `scoped_id` its id as an app of Instagram Login
    sees it, `daily` what insights count by day (YYYY-MM-DD) and name, `demographics` people by breakdown and value.
    """

    kind: ClassVar[str] = "IGUser"
    username: str
    name: str
    scoped_id: str
    page: str = ""
    biography: str = ""
    website: str = ""
    followers: int = 0
    follows: int = 0
    daily: dict[str, dict[str, int]] = field(default_factory=dict)
    demographics: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(kw_only=True)
class InstagramContainer(Container):
    """A container as a node of the graph; `uploading` while its bytes have not come (resumable upload)."""

    kind: ClassVar[str] = "IGContainer"
    uploading: bool = False


@dataclass(kw_only=True)
class Cover(Node):
    """The picture that stands for a reel."""

    kind: ClassVar[str] = "IGCover"
    data: bytes
    mime: str


@dataclass(kw_only=True)
class Media(Node):
    """A picture, album, reel, story or live video; `album` is the one that it is a child of.

    `author` is an account of ours or a person. `product` is FEED, REELS, STORY or LIVE; `sort` IMAGE, VIDEO or
    CAROUSEL_ALBUM. `numbers` are what only insights know. `ineligible` says why it cannot be boosted.
    """

    kind: ClassVar[str] = "IGMedia"
    author: str
    at: datetime
    product: str = "FEED"
    sort: str = "IMAGE"
    app: str = ""
    caption: str = ""
    alt_text: str = ""
    data: bytes | None = None
    mime: str = ""
    cover: str = ""
    children: list[str] = field(default_factory=list)
    album: str = ""
    shared_to_feed: bool = True
    ai_generated: bool = False
    comment_enabled: bool = True
    likes: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    crossposted: bool = False
    ended: bool = False
    ineligible: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class InstagramComment(Node):
    """A comment on media, or a reply (`parent`) to one; `ad` is the ad under which it was written."""

    kind: ClassVar[str] = "IGComment"
    author: str
    media: str
    text: str
    at: datetime
    parent: str = ""
    app: str = ""
    hidden: bool = False
    likes: set[str] = field(default_factory=set)
    ad: str = ""


@dataclass(kw_only=True)
class PrivateReply(Node):
    """A message to the author of a comment."""

    kind: ClassVar[str] = "IGMessage"
    recipient: str
    comment: str
    text: str
    at: datetime
