"""A network on paper: answers the reader what it was told to, for what no real server does on demand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from handlers.setup import OurAccount
from models.approval import Policy
from platforms.contract import AccessLost, Can, CommentEvent, Page, RemoteComment, Who

Script = list[Page | Exception]


@dataclass
class DeafNetwork:
    """Can nothing at all."""

    name: ClassVar[str] = "paper"

    can: Can = field(default_factory=Can)

    refusal: Exception | None = None

    def whoami(self) -> Who:
        """The same, unless its token was refused last."""
        if self.refusal:
            raise self.refusal
        return Who("1", "paper", "Paper", "")


@dataclass
class PaperNetwork(DeafNetwork):
    """Reads comments and streams. An exception in a script is raised; after its end there is nothing new."""

    pages: Script = field(default_factory=list)
    streams: list[list[CommentEvent | None] | Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  #: the cursors
    opened: int = 0
    stands: dict[str, RemoteComment] = field(default_factory=dict)  #: what it told of

    def comments(self, cursor: str) -> Page:
        self.asked.append(cursor)
        said = self.pages.pop(0) if self.pages else Page((), cursor)
        self.refusal = said if isinstance(said, AccessLost) else None
        if isinstance(said, Exception):
            raise said
        self._tell(said.events)
        return said

    def comment(self, remote_id: str) -> RemoteComment:
        return self.stands[remote_id]

    def stream(self) -> Iterator[CommentEvent | None]:
        self.opened += 1
        said = self.streams.pop(0) if self.streams else []
        if isinstance(said, Exception):
            raise said
        self._tell(said)
        return iter(said)

    def _tell(self, events: Iterable[CommentEvent | None]) -> None:
        self.stands |= {event.remote_id: event for event in events if isinstance(event, RemoteComment)}


def account(network: DeafNetwork, name: str = "acme") -> OurAccount:
    """An account on it."""
    return OurAccount(name=name, title=name, platform=network, policy=Policy())  # type: ignore[arg-type]  # only what the reader asks for
