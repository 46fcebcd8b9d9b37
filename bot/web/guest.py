"""A guest: one connection of uvicorn's, which knows how far its request has come and how long that may take."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

if TYPE_CHECKING:
    from bot.web.door import Door


@dataclass(frozen=True)
class Times:
    """Seconds that a guest has."""

    head: float = 10.0  #: to begin its first request, and for the head of each
    rest: float = 75.0  #: between two requests: longer than the 60 of nginx, which then closes first
    body: float = 10.0  #: for a body; and a second more for each so many bytes that came
    pace: int = 16 * 1024
    unread: float = 30.0  #: until it reads on in an answer
    answer: float = 300.0  #: for an answer in all


class Why(StrEnum):
    """Why a connection was dropped; a label of the metric."""

    ROOM = "room"  #: another needed its place
    FULL = "full"  #: every place is at work
    SLOW = "slow"  #: its head, body or reading took too long
    UNREADABLE = "unreadable"  #: it is no HTTP
    DESCRIPTORS = "descriptors"  #: the system has none left


class Phase(StrEnum):
    """How far a guest's request has come."""

    REST = "rest"  #: none has begun
    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"  #: it is whole, and being answered


class Guest(H11Protocol):
    """One connection of uvicorn's."""

    def __init__(self, door: "Door", **given: Any) -> None:
        """`given` is uvicorn's."""
        super().__init__(**given)
        self.app_state = {"guest": self}  # by which the gate finds who asked
        self._door = door
        self._mark: tuple[Phase, object] = (Phase.REST, None)
        self._began = self.loop.time()  #: the phase
        self._length = 0  #: bytes of the body so far
        self.proven = False
        self.unread_since = 0.0  #: when the answer began to wait for the guest to read; 0: it does not
        self.phase = Phase.REST

    @property
    def _request(self) -> RequestResponseCycle | None:
        """The newest one, answered or not."""
        return self.cycle

    @property
    def is_answering(self) -> bool:
        """Whether bytes of an answer have left."""
        return bool(self._request and self._request.response_started and not self._request.response_complete)

    @property
    def patience(self) -> float:
        """The loop's time until which its phase may last."""
        times = self._door.times
        if self.unread_since:
            return self.unread_since + times.unread
        match self.phase:
            case Phase.REST:
                return self._began + (times.rest if self._request else times.head)
            case Phase.HEAD:
                return self._began + times.head
            case Phase.BODY:
                return self._began + times.body + self._length / times.pace
            case Phase.ANSWER:
                return self._began + times.answer

    # -- what asyncio and uvicorn call ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """It is open."""
        super().connection_made(transport)
        self._door.came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._door.went(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        if self.transport.is_closing():
            return
        if self.phase == Phase.BODY:
            self._length += len(data)
        super().data_received(data)
        self._moved()

    def on_response_complete(self) -> None:
        """A request is answered."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.transport.close()  # answered before it was heard to its end: nobody reads the rest
        self._moved()

    def pause_writing(self) -> None:
        """It does not read what it is told."""
        super().pause_writing()
        self.unread_since = self.loop.time()
        self._door.moved(self)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self.unread_since = 0.0
        self._door.moved(self)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused; where an answer is on its way already, it ends."""
        self._door.drop(None, Why.UNREADABLE)
        if self._request and not self._request.response_complete:
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def shutdown(self) -> None:
        """The process stops."""
        if not self.transport.is_closing():
            super().shutdown()

    def _moved(self) -> None:
        mark = (self._look(), self._request)
        if mark != self._mark:
            self._mark, self.phase = mark, mark[0]
            self._began, self._length = self.loop.time(), 0
            self._door.moved(self)

    def _look(self) -> Phase:
        if self._request and not self._request.response_complete:
            return Phase.BODY if self._request.more_body else Phase.ANSWER
        return Phase.HEAD if self.conn.trailing_data[0] else Phase.REST
