"""A publication: one variant on its way to, or on, one account."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, Index, UniqueConstraint, bindparam, false, text, update
from sqlmodel import Field, Session, col, select

from models.base import Numbered
from models.delivery import UNDER_WAY, Delivery, DeliveryState

#: Delivery states in which a publication counts as being there or on its way.
ALIVE = (*UNDER_WAY, DeliveryState.DONE)
#: How long after it was published a publication is measured first.
FIRST_MEASURED = timedelta(hours=1)
#: What is measured again; so many rows has its index.
MEASURED = text("measure_at IS NOT NULL")
#: What has had its first day, and what of it was not weighed yet.
FIRST_DAYS, WEIGHED = text("first_day IS NOT NULL"), text("weigh_at IS NOT NULL")


class Publication(Numbered, table=True):
    """One account's share of a post. Its state is its delivery's."""

    __table_args__ = (
        UniqueConstraint("post_id", "account", "revision"),
        Index("ix_publication_measured", "measure_at", sqlite_where=MEASURED, postgresql_where=MEASURED),
        Index("ix_publication_weighed", "weigh_at", sqlite_where=WEIGHED, postgresql_where=WEIGHED),
        Index(
            "ix_publication_first_day",
            "account",
            "published_at",
            sqlite_where=FIRST_DAYS,
            postgresql_where=FIRST_DAYS,
        ),
    )

    post_id: int = Field(foreign_key="post.id", index=True)
    account: str = Field(foreign_key="account.name", index=True)
    revision: int
    digest: str  #: the approved digest: what leaves is hashed again and compared with it
    identity: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  #: the account's remote id then, if known
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    remote_id: str = Field(default="", index=True)
    url: str = ""
    part_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    published_at: datetime | None = None
    removed_at: datetime | None = None  #: when a member took it down again
    comments_closed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: by us
    reposted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: by us
    reach: int | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None
    clicks: int | None = None
    saves: int | None = None
    measure_at: datetime | None = None  #: when it is measured next; None: not any more
    first_day: int | None = None  #: how many people it had reached after a day, or how often it was seen
    weigh_at: datetime | None = None  #: set once that is known, until it was weighed against the others

    @property
    def code(self) -> str:
        """Its name in chat: U5."""
        return f"U{self.id}"

    @property
    def is_in_part(self) -> bool:
        """Whether the first parts of a chain stand there, and the rest does not."""
        return bool(self.part_ids) and self.published_at is None and self.removed_at is None

    def stands(self, remote_id: str, url: str, part_ids: list[str], at: datetime) -> None:
        """It is on the network, and measured from now on."""
        self.remote_id, self.url, self.part_ids, self.published_at = remote_id, url, part_ids, at
        self.measure_at = at + FIRST_MEASURED if remote_id else None

    def stands_in_part(self, remote_id: str, url: str, part_ids: list[str]) -> None:
        """The first parts of a chain are on the network; the rest may still follow."""
        self.remote_id, self.url, self.part_ids = remote_id, url, part_ids

    def found_at(self, remote_id: str, url: str) -> None:
        """A member told where it stands."""
        self.remote_id, self.url, self.part_ids = remote_id, url, [remote_id]

    def remove(self, now: datetime) -> None:
        """It was taken down."""
        self.removed_at, self.measure_at = now, None

    def begin_anew(self, delivery_id: int, digest: str, identity: str) -> None:
        """On its way once more, after the way before was given up and nothing of it stands."""
        self.delivery_id, self.digest, self.identity = delivery_id, digest, identity
        self.remote_id, self.url, self.part_ids, self.removed_at = "", "", [], None
        self.comments_closed = self.reposted = False
        self.measure_at = None


_OF_POST = (
    select(Publication, Delivery)
    .where(Publication.delivery_id == Delivery.id, Publication.post_id == bindparam("post"))
    .order_by(Publication.account, col(Publication.id))
)


def of_post(session: Session, post_id: int) -> list[tuple[Publication, Delivery]]:
    """All publications of a post with their deliveries, by account, the newest revision of each last."""
    return list(session.exec(_OF_POST, params={"post": post_id}).all())


def current(session: Session, post_id: int) -> dict[str, tuple[Publication, Delivery]]:
    """Account name -> its last publication, unless that was cancelled before anything of it stood there."""
    found = of_post(session, post_id)
    return {p.account: (p, d) for p, d in found if d.state != DeliveryState.CANCELLED or p.is_in_part}


def vouched(session: Session, account: str, was: str, is_now: str) -> None:
    """The account is the same under another remote id: what voices are given on from now on is for that one.

    What was published without a note of whose account it was is the former one's: that id was the only one until now.
    """
    ours, published = col(Publication.account) == account, col(Publication.published_at).is_not(None)
    theirs = col(Publication.identity) == was
    session.exec(update(Publication).where(ours, theirs, ~published).values(identity=is_now))
    session.exec(update(Publication).where(ours, col(Publication.identity) == "", published).values(identity=was))
