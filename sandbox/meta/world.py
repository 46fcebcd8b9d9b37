"""What exists on the pretend Meta: nodes with ids, the people of the public, and what the products keep there."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sandbox.meta.errors import missing_object
from sandbox.meta.settings import Settings
from sandbox.meta.tokens import Tokens
from sandbox.meta.webhooks import Webhooks
from sandbox.service import Refusal

#: Ids that tests and the demo rely on.
PAGE, SECOND_PAGE, OWNER, SYSTEM_USER = "1001", "1002", "2001", "2002"
INSTAGRAM_ACCOUNT, THREADS_USER, AD_ACCOUNT = "17841400000000001", "26000000000000001", "act_5001"


@dataclass(kw_only=True)
class Node:
    """Anything with an id. `holder` is the id of the account (Page, Instagram account, ad account…) it belongs to."""

    kind: ClassVar[str] = ""
    id: str
    holder: str = ""


@dataclass(kw_only=True)
class Person(Node):
    """Somebody with a profile: of the public, or of ours. The id is what apps see (a PSID towards Pages)."""

    kind: ClassVar[str] = "User"
    name: str
    username: str
    ours: bool = False


#: The public that comes by, by the name the stage calls them, and who owns the Pages.
PUBLIC = (("3001", "Nora Nowak", "nora"), ("3002", "Oleg Olsen", "oleg"), ("3003", "Pia Però", "pia"))

N = TypeVar("N", bound=Node)


@dataclass
class World:
    """The state. `now` is the sandbox clock, `changed` tells watchers, `address` is where the sandbox listens."""

    now: Callable[[], datetime]
    changed: Callable[[], None]
    settings: Settings = field(default_factory=Settings)
    objects: dict[str, Node] = field(default_factory=dict)
    address: str = ""

    def __post_init__(self) -> None:
        self.tokens = Tokens(self)
        self.webhooks = Webhooks(self)
        self._serial = itertools.count(1)

    def clear(self) -> None:
        """Only the people, the tokens and the apps are left."""
        self.objects.clear()
        self.settings = Settings()
        self._serial = itertools.count(1)
        for node_id, name, username in PUBLIC:
            self.add(Person(id=node_id, name=name, username=username))
        self.add(Person(id=OWNER, name="Ada Admin", username="ada", ours=True))
        self.add(Person(id=SYSTEM_USER, name="Acme System User", username="acme_system", ours=True))
        self.tokens.settle()
        self.webhooks.clear()

    def new_id(self, prefix: str = "9") -> str:
        """A growing decimal id; never one of the fixed ones."""
        return f"{prefix}{next(self._serial):011d}"

    def add(self, node: N) -> N:
        """Keep a node under its id."""
        self.objects[node.id] = node
        return node

    def get(self, node_id: str, kind: type[N], method: str = "get") -> N:
        """The node of that class with that id. Raises GraphError 100/33 where there is none."""
        node = self.objects.get(node_id)
        if not isinstance(node, kind):
            raise missing_object(node_id, method)
        return node

    def all(self, kind: type[N], holder: str | None = None) -> list[N]:
        """Every node of a class, oldest first; with `holder` only that account's."""
        found = (n for n in self.objects.values() if isinstance(n, kind))
        return [n for n in found if holder is None or n.holder == holder]

    def file(self, node: Node) -> str:
        """Where the bytes of a node that has them (`data`, `mime`) are served."""
        return f"{self.address}/cdn/{node.id}"

    def link(self, node: Node) -> str:
        """Where people look at something on the web (a plain page of the sandbox)."""
        return f"{self.address}/www/{node.id}"

    def person(self, name: object) -> Person:
        """A person by id, username or name. Raises Refusal where there is none."""
        people: Iterable[Person] = self.all(Person)
        found = next((p for p in people if name in {p.id, p.username, p.name}), None)
        if found is None:
            raise Refusal(f"There is nobody called {name} here.")
        return found


def unix(moment: datetime) -> int:
    """Seconds since 1970, as webhooks and schedules count."""
    return int(moment.timestamp())


def stamp(moment: datetime) -> str:
    """A time as reads give it: 2019-01-02T18:31:28+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


Json = dict[str, Any]
