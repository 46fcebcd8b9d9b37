"""The door: how many connections are open at once, who keeps a place, and who has to go.

uvicorn bounds neither connections nor the time of a head or a body, and where descriptors run out asyncio logs a
traceback for each connection that waits. So the door accepts by itself, and each guest is a connection of uvicorn's
that knows how far its request has come. Places are given by proof: a guest who was answered with success on a path
that verifies has proven itself. Guests without proof have three quarters of the places; one more costs the place of
the one for whom the door has waited longest.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable

from bot.seldom import Seldom
from bot.web.guest import Guest, Phase, Times, Why

#: Seconds between looks at the clock.
LOOK = 0.5
#: Connections taken at a time, before the desk's other work has its turn; those that wait in the kernel.
AT_A_TIME, BACKLOG = 32, 1024
#: Seconds without taking anybody where the system has no descriptor left.
BREATH = 1.0
#: What accept says then.
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
#: What uvicorn logs of what any stranger can send; the door counts it.
STRANGERS = ("Invalid HTTP request received.", "Unsupported upgrade request.", "No supported WebSocket library")

_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\n"
    b"Content-Type: text/plain\r\n"
    b"Content-Length: 10\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"Too slow.\n"
)

_errors = logging.getLogger("uvicorn.error")
_errors.addFilter(lambda record: not record.getMessage().startswith(STRANGERS))


class Door:
    """The places of one port. Of one event loop."""

    def __init__(self, places: int, dropped: Callable[[str], None], times: Times) -> None:
        """`places`: connections at once; `dropped` is told of each that had to go, with the reason."""
        self.times = times
        self._places = places
        self._for_unproven = max(1, places - places // 4)
        self._dropped = dropped
        self._seldom = Seldom()
        self.guests: set[Guest] = set()
        self._unproven = 0
        #: Whoever may be sent away: those without proof whom we wait for, and the proven at rest; longest first.
        self._waiting: dict[Guest, None] = {}
        self._resting: dict[Guest, None] = {}
        self._coming: set[asyncio.Task[None]] = set()
        self._socket: socket.socket | None = None
        self._make: Callable[[], Guest] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- taking guests in ----------------------------------------------------------------------------------------------

    def open(self, bound: socket.socket, make: Callable[[], Guest]) -> None:
        """Begin to take connections; `make` makes the protocol of one."""
        self._loop = asyncio.get_running_loop()
        self._socket, self._make = bound, make
        bound.setblocking(False)
        bound.listen(BACKLOG)
        self._loop.add_reader(bound.fileno(), self._arrived)
        self._timer = self._loop.call_later(LOOK, self._look)

    def close(self) -> None:
        """Take nobody any more; who is here stays."""
        if self._loop and self._socket:
            self._loop.remove_reader(self._socket.fileno())
            self._socket = None
        if self._timer:
            self._timer.cancel()

    def _arrived(self) -> None:
        for _ in range(AT_A_TIME):
            if self._socket is None:
                return
            try:
                connection, _address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._out_of(error)
                return
            if not self._has_room():
                connection.close()
                self.drop(None, Why.FULL)
                continue
            assert self._loop
            task = self._loop.create_task(self._seat(connection))
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)

    async def _seat(self, connection: socket.socket) -> None:
        assert self._loop
        assert self._make
        connection.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(self._make, connection)
        except OSError:
            connection.close()  # it went before it was here

    def _has_room(self) -> bool:
        coming = len(self._coming)
        full = len(self.guests) + coming >= self._places
        if not full and self._unproven + coming < self._for_unproven:
            return True
        if self._give_way(self._waiting):
            return True
        return full and self._unproven + coming < self._for_unproven and self._give_way(self._resting)

    def _give_way(self, among: dict[Guest, None]) -> bool:
        guest = next(iter(among), None)
        if guest is None:
            return False
        self.drop(guest, Why.ROOM)
        return True

    def _out_of(self, error: OSError) -> None:
        """No descriptor is left: one guest gives its back, and nobody is taken for a moment."""
        if error.errno not in EXHAUSTED:
            self._seldom.warning("a connection could not be taken", reason=error.strerror)
            return
        assert self._loop
        assert self._socket
        self.drop(next(iter(self._waiting), None), Why.DESCRIPTORS)
        bound = self._socket
        self._loop.remove_reader(bound.fileno())
        self._loop.call_later(BREATH, self._again, bound)

    def _again(self, bound: socket.socket) -> None:
        if self._socket is bound and self._loop:
            self._loop.add_reader(bound.fileno(), self._arrived)

    # -- the book ------------------------------------------------------------------------------------------------------

    def came(self, guest: Guest) -> None:
        """A connection is open."""
        self.guests.add(guest)
        self._unproven += 1
        self.moved(guest)

    def went(self, guest: Guest) -> None:
        """A connection is closed; harmless where that is known."""
        if guest in self.guests:
            self.guests.discard(guest)
            self._unproven -= not guest.proven
        self._waiting.pop(guest, None)
        self._resting.pop(guest, None)

    def proves(self, guest: Guest) -> None:
        """The guest has proven who it is: its place is not for strangers any more."""
        if not guest.proven and guest in self.guests:
            guest.proven = True
            self._unproven -= 1
            self._waiting.pop(guest, None)

    def moved(self, guest: Guest) -> None:
        """Its request has come to another phase."""
        self._waiting.pop(guest, None)
        self._resting.pop(guest, None)
        if guest not in self.guests:
            return
        if not guest.proven and (guest.phase != Phase.ANSWER or guest.unread_since):
            self._waiting[guest] = None
        elif guest.phase == Phase.REST:
            self._resting[guest] = None

    def drop(self, guest: Guest | None, why: Why) -> None:
        """Send a guest away (None: one that was not let in), count it, and say so in one line a minute."""
        self._dropped(why)
        counts = {"open": len(self.guests), "places": self._places, "proven": len(self.guests) - self._unproven}
        self._seldom.warning(f"connections are dropped: {why}", **counts)
        if guest is not None:
            self.went(guest)
            guest.transport.abort()

    def _look(self) -> None:
        assert self._loop
        now = self._loop.time()
        for guest in [guest for guest in self.guests if now > guest.patience]:
            polite = guest.phase in {Phase.HEAD, Phase.BODY} and not guest.is_answering
            if polite:
                guest.transport.write(_TOO_SLOW)
            if polite or guest.phase == Phase.REST:
                self._ended(guest)
            else:
                self.drop(guest, Why.SLOW)
        self._timer = self._loop.call_later(LOOK, self._look)

    def _ended(self, guest: Guest) -> None:
        """Close it after what was written; who only rested too long did nothing that is worth a line."""
        if guest.phase != Phase.REST:
            self.drop(None, Why.SLOW)
        if guest.transport.get_write_buffer_size():
            guest.transport.abort()  # it does not read what it is told
        guest.transport.close()
