"""What exists on Pages: the Page, its posts, photos, videos and stories, and the comments of everybody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sandbox.meta.world import Json, Node


@dataclass(kw_only=True)
class Page(Node):
    """A Page. `hours` maps mon_1_open and the like to "HH:MM"; `cover` and `portrait` are ids of photos.

    `daily` counts what insights tell, by day (YYYY-MM-DD) and name; `details` holds what else its profile says.
    """

    kind: ClassVar[str] = "Page"
    name: str
    username: str
    category: str = "Brand"
    about: str = ""
    bio: str = ""
    description: str = ""
    website: str = ""
    phone: str = ""
    emails: list[str] = field(default_factory=list)
    hours: dict[str, str] = field(default_factory=dict)
    details: Json = field(default_factory=dict)
    cover: str = ""
    cover_offset: tuple[int, int] = (0, 50)
    portrait: str = ""
    instagram: str = ""
    fans: int = 120
    is_published: bool = True
    tasks: tuple[str, ...] = ("ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE")
    settings: dict[str, Any] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)
    daily: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(kw_only=True)
class PageAccount(Node):
    """A row of /me/accounts: a Page together with the token that the asking person gets for it."""

    kind: ClassVar[str] = "PageAccount"
    page: Page
    token: str


@dataclass(kw_only=True)
class Engaged(Node):
    """What people may react to and comment on. `reactions` maps a person (or Page) to LIKE, LOVE…"""

    author: str
    at: datetime
    message: str = ""
    updated: datetime | None = None
    hidden: bool = False
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class PagePost(Engaged):
    """A post on a Page: of the Page itself or of a visitor. `scheduled` is set until it is published.

    `story`: it stands among the stories and on no feed.
    """

    kind: ClassVar[str] = "PagePost"
    app: str = ""
    link: str = ""
    media: list[str] = field(default_factory=list)
    published: bool = True
    scheduled: datetime | None = None
    status_type: str = "mobile_status_update"
    shares: int = 0
    extra: Json = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    promotion: str = "inactive"
    story: bool = False
    pinned: bool = False


@dataclass(kw_only=True)
class Comment(Engaged):
    """A comment on a post, photo or video (`object`), or a reply to a comment (`parent`)."""

    kind: ClassVar[str] = "Comment"
    object: str
    parent: str = ""
    app: str = ""
    attachment: str = ""
    private_reply: str = ""
    ad: bool = False


@dataclass(kw_only=True)
class Photo(Engaged):
    """A photo. `post` is the PagePost it was published with; `used` where a story, cover or post took it."""

    kind: ClassVar[str] = "Photo"
    data: bytes
    mime: str
    width: int
    height: int
    alt_text: str = ""
    published: bool = True
    temporary: bool = False
    post: str = ""
    used: str = ""


@dataclass(kw_only=True)
class Video(Engaged):
    """A video, reel or video story and how far it is. `begun` is when its bytes were complete."""

    kind: ClassVar[str] = "Video"
    sort: str
    app: str = ""
    title: str = ""
    data: bytes = b""
    mime: str = "video/mp4"
    size: int = 0
    session: str = ""
    finished: bool = False
    begun: datetime | None = None
    failed: str = ""
    state: str = ""
    scheduled: datetime | None = None
    published: bool = True
    post: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class Story(Node):
    """A story of a Page, as it is listed; `post` is what people react to. It is shown for a day."""

    kind: ClassVar[str] = "Story"
    post: str
    media: str
    media_type: str
    at: datetime


@dataclass(kw_only=True)
class Message(Node):
    """A private reply that the Page sent to the author of a comment or of a visitor's post."""

    kind: ClassVar[str] = "Message"
    recipient: str
    about: str
    text: str
    at: datetime
