"""Containers: what Instagram and Threads want made, waited for and then published."""

from dataclasses import dataclass
from typing import Any

from platforms.contract import ContentRefused, Gone, MediaNotReady, Progress
from platforms.graph.calls import Graph
from platforms.graph.refusals import LOOK_AGAIN
from platforms.graph.shapes import made_of, needed_id
from platforms.shapes import text_of, words_of

#: Subcodes in the words of a container's failure that another attempt may get past (Instagram Platform, "Error codes").
PASSING = ("2207001", "2207003", "2207020", "2207032", "2207053", "2207082")

#: Looks at a container, a minute apart, before it is given up: five minutes ("Content publishing").
LOOKS = 6


@dataclass(frozen=True, slots=True)
class Names:
    """What a network calls things."""

    make: str  #: path, with a {} for the account
    publish: str
    status: str  #: field of a container
    why: str  #: field that explains a failure


INSTAGRAM = Names("/{}/media", "/{}/media_publish", "status_code", "status")
THREADS = Names("/{}/threads", "/{}/threads_publish", "status", "error_message")


class Containers:
    """The containers of one account; their ids are kept in a publication's progress under the names given.

    Making one is safe to repeat: nobody sees it, and it expires within a day (they count to a daily quota, though).
    """

    def __init__(self, graph: Graph, names: Names, owner: str) -> None:
        self._graph = graph
        self._names = names
        self._owner = owner

    def make(self, name: str, progress: Progress, **params: Any) -> str:
        """The container's id: the one in the progress, or a new one."""
        if known := progress.load(name):
            return known
        made = needed_id(self._graph.write(self._names.make, self._owner, safe=True, **params))
        progress.save(name, made)
        return made

    def ready(self, name: str, progress: Progress) -> bool:
        """Whether the container can be published; false where it is PUBLISHED: it must never be again.

        Raises MediaNotReady while the network works on it (or has lost it: the next attempt makes another), and
        ContentRefused with the network's reason where it cannot be, or after five minutes.
        """
        body = self._look(progress.load(name) or "")
        match text_of(body, self._names.status):
            case "FINISHED":
                return True
            case "PUBLISHED":
                return False
            case "EXPIRED" | "":
                progress.save(name, "")
                raise MediaNotReady("The prepared post has expired; it is prepared again.", LOOK_AGAIN)
            case "ERROR":
                progress.save(name, "")
                why = words_of(body, self._names.why) or "The network could not prepare the post."
                if any(number in why for number in PASSING):
                    raise MediaNotReady(why, LOOK_AGAIN)
                raise ContentRefused(why)
        looks = int(progress.load(f"{name}:looks") or 0) + 1
        progress.save(f"{name}:looks", str(looks % LOOKS))
        if looks == LOOKS:
            # The container stays: it may be ready when a member tries again.
            raise ContentRefused("The network has not finished within five minutes: try again, or a smaller file.")
        raise MediaNotReady("The network is still working on it.", LOOK_AGAIN)

    def is_published(self, container: str) -> bool:
        """Whether it stands already: what `find` asks after a lost answer."""
        return text_of(self._look(container), self._names.status) == "PUBLISHED"

    def publish(self, container: str) -> str:
        """The id of what stands now, which is not the container's; call it only after `ready` said so.

        Raises MediaNotReady where the network is not ready after all, OutcomeUnknown.
        """
        return made_of(self._graph.write(self._names.publish, self._owner, creation_id=container))

    def _look(self, container: str) -> Any:
        fields = f"{self._names.status},{self._names.why}"
        try:
            return self._graph.read("/{}", container, fields=fields) if container else {}
        except Gone:
            return {}
