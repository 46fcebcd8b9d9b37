"""A network on paper: answers the reader what it was told to, for what no real server does on demand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from handlers.setup import OurAccount
from models.approval import Policy
from platforms.contract import Can, CommentEvent, Page, RemoteComment

Script = list[Page | Exception]


@dataclass
class DeafNetwork:
    """Can nothing at all."""

    can: Can = Can()


@dataclass
class PaperNetwork(DeafNetwork):
    """Reads comments and streams. An exception in a script is raised; after its end there is nothing new."""

    pages: Script = field(default_factory=list)
    streams: list[list[CommentEvent | None] | Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  #: the cursors
    opened: int = 0

    def comments(self, cursor: str) -> Page:
        self.asked.append(cursor)
        said = self.pages.pop(0) if self.pages else Page((), cursor)
        if isinstance(said, Exception):
            raise said
        return said

    def comment(self, remote_id: str) -> RemoteComment:
        raise AssertionError(remote_id)

    def stream(self) -> Iterator[CommentEvent | None]:
        self.opened += 1
        said = self.streams.pop(0) if self.streams else []
        if isinstance(said, Exception):
            raise said
        return iter(said)


def account(network: DeafNetwork, name: str = "acme") -> OurAccount:
    """An account on it."""
    return OurAccount(name=name, title=name, platform=network, policy=Policy())  # type: ignore[arg-type]  # only what the reader asks for
