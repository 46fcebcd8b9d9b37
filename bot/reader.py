"""Reads what the public wrote to an account, and stores it with how far was read: every event once, none lost."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, and_, col, or_, select

from handlers import outbox
from handlers.cards import sentence
from handlers.comments import inbox
from handlers.delivery import access, identity
from handlers.desk import Desk
from handlers.effects import Post
from handlers.setup import OurAccount, Setup
from models.account import Access, Account
from models.base import new_key
from models.conversation import Comment, CommentState
from models.inbound import Inbound
from models.store import TROUBLE, Store
from models.trace import current, new_trace, traced
from platforms.contract import (
    AccessLost,
    AccountLocked,
    CommentEvent,
    CommentGone,
    Gone,
    NotPermitted,
    Permanent,
    PlatformError,
    ReadsComments,
    TryLater,
)

log = structlog.get_logger()

#: Pages read of one account in one look; what is left follows at once in the next.
PAGES = 10
#: Comments read again in one look, and how old they may be: open, and done. Networks do not tell us of every edit and
#: deletion (Mastodon streams those of followed people only), so comments are read anew, some in each look, in turn.
REREAD, REREAD_SPAN, REREAD_DONE = 10, timedelta(days=7), timedelta(days=1)
#: Seconds before an account is tried again that only a person can mend.
REFUSED = 300.0


@dataclass(frozen=True)
class Look:
    """What came of one look: the account's state for `status`, and whether the next look is to wait at least so long.

    `more`: the next look is to follow at once.
    """

    state: str
    wait: float = 0.0  #: seconds
    more: bool = False
    reason: str = field(default="", compare=False)  #: for the log


class Reader:
    """Thread-safe; the looks at one account follow one another, `keep` may be called meanwhile."""

    def __init__(
        self,
        store: Store,
        setup: Setup,
        now: Callable[[], datetime],
        wake: Callable[[], None],
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`wake` is called when deliveries may have been written; `step` is told each step just taken."""
        self._store = store
        self._setup = setup
        self._now = now
        self._wake = wake
        self._step = step
        self._reread: dict[str, int] = {}  #: account -> id of the comment that was read again last
        self.over = threading.Event()  #: once set, nothing is stored any more

    def look(self, account: OurAccount) -> Look:
        """Read what is new, then some of what may have changed."""
        with traced(account=account.name):
            return self._look(account)

    def _look(self, account: OurAccount) -> Look:
        platform = account.platform
        assert isinstance(platform, ReadsComments)
        if not self._has_access(account.name):
            return Look("no access")  # not asked: handlers.delivery.checking asks whether that is over
        try:
            self.confirm(account)
            if self._read_new(account.name, platform):
                return Look("polling", more=True)
            self._read_again(account.name, platform)
        except access.OtherIdentity as other:
            return Look("no access", reason=other.reason)  # told already
        except AccessLost as lost:
            if self._still_answers(account, lost):
                return Look("refused", REFUSED, reason=lost.reason)
            with self._store.write() as session:
                desk = self._desk(session)
                outbox.keep(desk, access.lost(desk, account.name, lost, account.version))
            self._wake()
            return Look("no access", reason=lost.reason)
        except TryLater as later:
            return Look("unreachable", later.after.total_seconds() if later.after else 0.0, reason=later.reason)
        except Permanent as refusal:
            return Look("refused", REFUSED, reason=refusal.reason)
        return Look("polling")

    @staticmethod
    def _still_answers(account: OurAccount, lost: AccessLost) -> bool:
        """Whether the token is refused for comments alone: some servers say 401 where they mean that."""
        if isinstance(lost, AccountLocked):
            return False
        try:
            account.platform.whoami()
        except NotPermitted:
            return True
        except PlatformError:
            return False
        return True

    def confirm(self, account: OurAccount) -> None:
        """See handlers.delivery.identity: what another identity hears is not ours."""
        identity.confirm(self._store, self._setup, self._now, account)

    def keep(self, name: str, events: Iterable[CommentEvent], cursor: str | None = None) -> None:
        """Store the events and how far was read, in one transaction; an event that meets a bug is set aside.

        Raises the database's trouble, which is not the event's: all of it is read again.
        """
        if self.over.is_set():
            return
        told = tuple(events)
        with traced(current(), account=name):
            self._keep(name, told, cursor)
        self._wake()

    def _keep(self, name: str, told: tuple[CommentEvent, ...], cursor: str | None) -> None:
        try:
            self._store_all(name, told, cursor, trouble=(*TROUBLE, IntegrityError))
        except IntegrityError:
            # Somebody may have been quicker to write the same; what fails once more is the event's own fault.
            self._store_all(name, told, cursor, trouble=TROUBLE)

    def _store_all(
        self,
        name: str,
        events: tuple[CommentEvent, ...],
        cursor: str | None,
        trouble: tuple[type[Exception], ...],
    ) -> None:
        with self._store.write() as session:
            # Locked first: what the stream tells and what a look finds is stored one after the other.
            row = session.get(Account, name, with_for_update=True)
            assert row is not None, "every configured account has its row"
            desk = self._desk(session)
            for event in events:
                try:
                    with session.begin_nested():
                        outbox.keep(desk, inbox.arrived(desk, name, event))
                except trouble:
                    raise
                except Exception:
                    bug = new_trace()
                    log.exception("a comment met a bug and was set aside", account=name, bug=bug)
                    self._set_aside(session, name, event, bug)
            if cursor is not None:
                row.cursor = cursor

    def _has_access(self, name: str) -> bool:
        with self._store.read() as session:
            return session.exec(select(Account.access).where(Account.name == name)).one() != Access.LOST

    def _read_new(self, name: str, platform: ReadsComments) -> bool:
        """Page by page; returns whether there is more."""
        for _ in range(PAGES):
            with self._store.read() as session:
                cursor = session.exec(select(Account.cursor).where(Account.name == name)).one()
            page = platform.comments(cursor)
            self._step("collected")
            if page.events or page.cursor != cursor:
                self.keep(name, page.events, page.cursor)
            self._step("kept")
            if not page.more or page.cursor == cursor:
                return False
        return True

    def _read_again(self, name: str, platform: ReadsComments) -> None:
        """The next few comments that may have changed, as they stand now."""
        query = select(Comment.id, Comment.remote_id).where(
            Comment.account == name,
            or_(
                and_(Comment.state == CommentState.OPEN, Comment.at >= self._now() - REREAD_SPAN),
                and_(Comment.state == CommentState.DONE, Comment.at >= self._now() - REREAD_DONE),
            ),
            col(Comment.id) > self._reread.get(name, 0),
        )
        with self._store.read() as session:
            found = session.exec(query.order_by(col(Comment.id)).limit(REREAD)).all()
        self._reread[name] = found[-1][0] or 0 if len(found) == REREAD else 0
        events: list[CommentEvent] = []
        try:
            for _, remote_id in found:
                if (event := as_it_stands(platform, remote_id)) is not None:
                    events.append(event)
        finally:
            if events:
                self.keep(name, events)

    def _set_aside(self, session: Session, name: str, event: CommentEvent, bug: str) -> None:
        """Keep it, and say so where comments arrive."""
        now = self._now()
        body = {key: str(value) for key, value in asdict(event).items()}
        row = Inbound(source=f"account:{name}", event_id=new_key(), body=body, due_at=now, received_at=now)
        row.set_aside(bug)
        session.add(row)
        desk = self._desk(session)
        told = desk.room_t(
            "A comment on {account} met a fault of mine and cannot be shown; look on the network itself. "
            "It is kept: tell whoever runs me the id {bug}.",
            account=name,
            bug=bug,
        )
        outbox.keep(desk, [Post(place=place, card=sentence(told)) for place in self._setup.inbox])

    def _desk(self, session: Session) -> Desk:
        return Desk(session=session, now=self._now(), setup=self._setup, language=self._setup.language)


def as_it_stands(platform: ReadsComments, remote_id: str) -> CommentEvent | None:
    """The comment as it stands, or that it is gone; None where the network does not show just this one."""
    try:
        return platform.comment(remote_id)
    except Gone:
        return CommentGone(remote_id)
    except AccessLost:
        raise
    except Permanent as refusal:
        log.info("a comment could not be read again", comment=remote_id, reason=refusal.reason)
        return None
