"""What networks told us by calling: comments stored once, in whatever order and however often they were told."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from bot.leading import Duty
from bot.reader import Reader, as_it_stands
from handlers import outbox
from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Post
from handlers.setup import Setup
from models.account import Account
from models.conversation import Comment
from models.inbound import Inbound, InboundState
from models.store import TROUBLE, Store
from models.trace import new_trace, traced
from platforms.contract import (
    AccessLost,
    CommentEvent,
    CommentGone,
    CommentTouched,
    Platform,
    ReadsComments,
    RemoteComment,
    TryLater,
)
from platforms.spec import Spec

log = structlog.get_logger()

#: Seconds between looks for calls that another process has stored.
LOOK = 1.0
#: Calls read in one look.
CALLS = 50
#: Events stored by one transaction; a call may hold a thousand.
TOGETHER = 50
#: Beside what was told: how many of an account's events are stored, where a network had to be asked and was away.
KEPT = "kept"
#: How long a network that is away is left alone at least, and after which nobody reads a call any more: by then the
#: collector, which asks the network itself, has found what it spoke of.
PAUSE, OLDEST = timedelta(minutes=1), timedelta(hours=36)


def source_of(platform: str) -> str:
    """Under which name a network's calls are stored."""
    return f"hook:{platform}"


class Told:
    """One process at a time reads what the networks called to say; a call that was half read is read again."""

    def __init__(
        self,
        store: Store,
        setup: Setup,
        networks: Mapping[str, Spec],
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when cards may have to be drawn."""
        self._store = store
        self._setup = setup
        self._hooks = {source_of(name): found.hooks for name, found in networks.items() if found.hooks}
        self._titles = {source_of(name): found.title for name, found in networks.items()}
        self._now = now
        self._wake = wake
        self.duty = Duty("hooks", self._work)

    async def _work(self) -> None:
        """Read until cancelled; what is being read then ends."""
        reader = Reader(self._store, self._setup, self._now, self._wake)
        reading: asyncio.Future[int] | None = None
        try:
            while True:
                reading = asyncio.ensure_future(asyncio.to_thread(self.read, reader))
                if not await asyncio.shield(reading):
                    await asyncio.sleep(LOOK)
        finally:
            reader.over.set()
            if reading is not None:
                await asyncio.wait([reading])

    def read(self, reader: Reader) -> int:
        """Read what waits, oldest first; returns how many calls are over."""
        over = 0
        for number in self._waiting():
            if reader.over.is_set():
                break
            try:
                over += self._read(number, reader)
            except TROUBLE:
                log.exception("the database is in trouble; a network's call is read again", call=number)
                break
            except Exception:
                bug = new_trace()
                log.exception("a network's call met a bug", call=number, bug=bug)
                over += self._failed(number, bug)
        return over

    def _waiting(self) -> list[int]:
        query = (
            select(Inbound.id)
            .where(Inbound.state == InboundState.NEW, col(Inbound.source).in_(self._hooks))
            .where(Inbound.due_at <= self._now())
            .order_by(col(Inbound.id))
        )
        with self._store.read() as session:
            return [number for number in session.exec(query.limit(CALLS)).all() if number is not None]

    def _read(self, number: int, reader: Reader) -> bool:
        """One call; returns whether it is over."""
        with self._store.read() as session:
            call = session.get_one(Inbound, number)
            heard, kept = self._heard(session, call), Counter(call.body.get(KEPT, {}))
        waits: list[TryLater | AccessLost] = []
        with traced(call.trace, source=call.source):
            for account, events in heard.items():
                try:
                    for first in range(kept[account], len(events), TOGETHER):
                        some = events[first : first + TOGETHER]
                        self._keep(reader, account, some)
                        if reader.over.is_set():
                            return False  # what came too late was not stored
                        kept[account] += len(some)
                except (TryLater, AccessLost) as wait:
                    waits.append(wait)
        if waits:
            return self._later(number, kept, waits)
        with self._store.write() as session:
            session.get_one(Inbound, number, with_for_update=True).done()
        return True

    def _heard(self, session: Session, call: Inbound) -> Mapping[str, Sequence[CommentEvent | CommentTouched]]:
        """Account -> what the call says of it, in its order."""
        platform = call.source.partition(":")[2]
        ours = {
            remote_id: name
            for name, remote_id, other in session.exec(
                select(Account.name, Account.remote_id, Account.other).where(
                    Account.platform == platform, Account.remote_id != ""
                )
            ).all()
            if name in self._setup.accounts and not (other and other.get("twin"))
        }
        found: dict[str, list[CommentEvent | CommentTouched]] = defaultdict(list)
        strange: set[str] = set()
        for remote_id, event in self._hooks[call.source].read(call.body["told"]):
            if remote_id in ours:
                found[ours[remote_id]].append(event)
            else:
                strange.add(remote_id)
        if strange:
            log.info("a network tells of what is not ours", platform=platform, accounts=sorted(strange))
        return found

    def _keep(self, reader: Reader, account: str, events: Sequence[CommentEvent | CommentTouched]) -> None:
        """Store some of what was told in one transaction; the network is asked before it begins."""
        ours = self._setup.accounts[account]
        reader.confirm(ours)
        doubtful = self._doubtful(account, events)
        reader.keep(account, list(_settled(ours.platform, events, doubtful)))

    def _doubtful(self, account: str, events: Iterable[CommentEvent | CommentTouched]) -> set[str]:
        """Remote ids of comments that are known, or were told to be gone: what is told of them may be older.

        That a comment is gone may be told before that it was written, so it is remembered, among the events.
        """
        remote_ids = {event.remote_id for event in events}
        source = f"gone:{account}"
        stored = select(Comment.remote_id).where(Comment.account == account, col(Comment.remote_id).in_(remote_ids))
        gone = select(Inbound.event_id).where(Inbound.source == source, col(Inbound.event_id).in_(remote_ids))
        with self._store.write() as session:
            known = {*session.exec(stored).all(), *session.exec(gone).all()}
            unheard = {event.remote_id for event in events if isinstance(event, CommentGone)} - known
            now = self._now()
            for remote_id in unheard:
                row = Inbound(source=source, event_id=remote_id, body={}, due_at=now, received_at=now)
                row.done()
                session.add(row)
        return known | unheard

    def _later(self, number: int, kept: Mapping[str, int], waits: Sequence[TryLater | AccessLost]) -> bool:
        """A network must be asked and cannot be now; returns whether nobody asks any more."""
        with self._store.write() as session:
            call = session.get_one(Inbound, number, with_for_update=True)
            if call.received_at < self._now() - OLDEST:
                log.warning("a network's call was given up", call=number, reason=waits[0].reason)
                call.done()
                return True
            pauses = [wait.after for wait in waits if isinstance(wait, TryLater) and wait.after]
            call.due_at = self._now() + max([*pauses, PAUSE])
            if kept != call.body.get(KEPT):
                call.body = {**call.body, KEPT: dict(kept)}
        return False

    def _failed(self, number: int, bug: str) -> bool:
        """A bug met it: tried some times more, as it may be the network's answer; returns whether it is set aside."""
        now = self._now()
        with self._store.write() as session:
            call = session.get_one(Inbound, number, with_for_update=True)
            if call.again(bug, now):
                return False
            desk = Desk(session=session, now=now, setup=self._setup, language=self._setup.language)
            told = desk.room_t(
                "What {network} told me of the public met a fault of mine: comments may be missing here, look there. "
                "It is kept: tell whoever runs me the id {bug}.",
                network=self._titles[call.source],
                bug=bug,
            )
            outbox.keep(desk, [Post(place=place, card=sentence(told)) for place in self._setup.inbox])
        self._wake()
        return True


def _settled(
    platform: Platform, events: Iterable[CommentEvent | CommentTouched], doubtful: Iterable[str]
) -> Iterator[CommentEvent]:
    """The events; what may have been overtaken is asked for instead of believed, since calls come in no order."""
    known, asked = set(doubtful), set[str]()
    for event in events:
        if isinstance(event, CommentGone):
            yield event
        elif isinstance(event, RemoteComment) and event.remote_id not in known:
            known.add(event.remote_id)
            yield event
        elif event.remote_id not in asked:
            asked.add(event.remote_id)
            assert isinstance(platform, ReadsComments), "who tells of comments lets them be read"
            if (now := as_it_stands(platform, event.remote_id)) is not None:
                yield now
