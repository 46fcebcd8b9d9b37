"""The collector: a thread per account that looks for comments, and one that listens where the network streams."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from bot.leading import Duty
from bot.reader import Look, Reader
from handlers.setup import Setup
from models.store import Store
from platforms.contract import Permanent, ReadsComments, Streams, TryLater

log = structlog.get_logger()

#: While a stream is open, looks are so much rarer: they only guard against what it may have missed.
STREAMING_FACTOR = 5
#: Seconds before a stream is opened again: doubled at each that did not last, at most the second; refused, the third.
FIRST_PAUSE, LAST_PAUSE, REFUSED_PAUSE = 1.0, 60.0, 3600.0
#: Seconds that the end of a watch waits for what is being stored.
STOP_SECONDS = 3.0


@dataclass
class Watch:
    """One account being watched, from when this process leads until it does so no more."""

    name: str  #: of the account, which is looked up anew at each look: its token may be another
    reader: Reader
    news: threading.Event = field(default_factory=threading.Event)  #: look at once
    again: threading.Event = field(default_factory=threading.Event)  #: try to open the stream at once
    streaming: bool = False
    last: Look = field(default_factory=lambda: Look("polling"))

    def end(self) -> None:
        """Nothing more is stored."""
        self.reader.over.set()
        self.news.set()
        self.again.set()


class Collector:
    """Watches accounts whose network lets comments be read: each is a duty, which one process at a time has.

    All threads are daemons: one may be blocked in a read of the network for a minute, and must not hold up the end of
    the process. What it would have stored then is read again after the next start.
    """

    def __init__(
        self,
        store: Store,
        setup: Setup,
        now: Callable[[], datetime],
        wake: Callable[[], None],
        poll_seconds: float,
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`poll_seconds`: between looks where nothing streams. For `wake` and `step` see Reader."""
        self._reader = partial(Reader, store, setup, now, wake, step)
        self._accounts = setup.accounts
        self._poll_seconds = poll_seconds
        self._names = [a.name for a in setup.accounts.values() if isinstance(a.platform, ReadsComments)]
        self._watches: dict[str, Watch] = {}
        self.duties: Sequence[Duty] = [Duty(f"comments:{name}", partial(self._watch, name)) for name in self._names]

    def states(self) -> Mapping[str, str]:
        """Account name -> "streaming", "polling", "unreachable", "refused", "failing", "no access" or "elsewhere"."""
        return {name: self._state(self._watches.get(name)) for name in self._names}

    def renewed(self, name: str) -> None:
        """The account has another adapter: look, and open its stream, at once with that."""
        if watch := self._watches.get(name):
            watch.news.set()
            watch.again.set()

    @staticmethod
    def _state(watch: Watch | None) -> str:
        if watch is None:
            return "elsewhere"
        return "streaming" if watch.streaming and watch.last.state == "polling" else watch.last.state

    async def _watch(self, name: str) -> None:
        """Begin with what was missed and go on until cancelled; then store nothing more, within STOP_SECONDS."""
        watch = self._watches[name] = Watch(name, self._reader())
        looking = threading.Thread(target=self._look, args=(watch,), name=f"look {name}", daemon=True)
        looking.start()
        if isinstance(self._accounts[name].platform, Streams):
            threading.Thread(target=self._listen, args=(watch,), name=f"listen {name}", daemon=True).start()
        try:
            await asyncio.Event().wait()
        finally:
            watch.end()
            del self._watches[name]
            await asyncio.to_thread(looking.join, STOP_SECONDS)

    def _look(self, watch: Watch) -> None:
        """Look again and again."""
        while not watch.reader.over.is_set():
            watch.news.clear()
            before = watch.last.state
            try:
                watch.last = watch.reader.look(self._accounts[watch.name])
            except Exception:
                log.exception("comments could not be collected; the next look follows", account=watch.name)
                watch.last = Look("failing")
            if watch.last.state != before:
                log.info("reading comments", account=watch.name, state=watch.last.state, reason=watch.last.reason)
            if before == "no access" and watch.last.state != before:
                watch.again.set()  # the stream may be open to us again too
            guards = watch.streaming and watch.last.state == "polling"
            pause = self._poll_seconds * (STREAMING_FACTOR if guards else 1)
            if not watch.last.more and not watch.reader.over.is_set():
                watch.news.wait(max(pause, watch.last.wait))

    def _listen(self, watch: Watch) -> None:
        """Keep a stream open; each time it opens, a look closes the gap before it."""
        pause, said = FIRST_PAUSE, ""
        while not watch.reader.over.is_set():
            begun = time.monotonic()
            try:
                self._hear(watch)
                said = ""
            except (TryLater, Permanent) as refusal:
                if refusal.reason != said:
                    said = refusal.reason
                    log.info("an account is only polled", account=watch.name, reason=said)
                pause = REFUSED_PAUSE if isinstance(refusal, Permanent) else pause
            except Exception:
                log.exception("a stream broke", account=watch.name)
            watch.streaming = False
            if time.monotonic() - begun > LAST_PAUSE:
                pause = FIRST_PAUSE
            watch.again.wait(pause)
            watch.again.clear()
            pause = min(pause * 2, LAST_PAUSE)

    def _hear(self, watch: Watch) -> None:
        account = self._accounts[watch.name]
        watch.reader.confirm(account)
        platform = account.platform
        assert isinstance(platform, Streams)
        for event in platform.stream():
            if watch.reader.over.is_set():
                return
            if not watch.streaming:
                watch.streaming = True
                watch.news.set()
            if event is not None:
                watch.reader.keep(watch.name, [event])
            if self._accounts[watch.name].platform is not platform:
                return  # it has another token
