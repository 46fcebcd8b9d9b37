"""Containers, in which Instagram and Threads take in what is to be published, and how far they are (meta.md 4.1, 5)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.meta.errors import GraphError
from sandbox.meta.fetching import NotFetched, fetch
from sandbox.meta.params import File
from sandbox.meta.world import Json, Node, World

State = Literal["IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"]
#: A container that is not published by then has expired.
LIFE = timedelta(hours=24)
#: In what order the states of its children decide about a carousel.
WORST: tuple[State, ...] = ("ERROR", "EXPIRED", "IN_PROGRESS")


@dataclass(kw_only=True)
class Container(Node):
    """What is to be published. It is IN_PROGRESS until `ready` and for the first `polls` looks at its status.

    `sort` is what it will become, `params` what it was made with, `outcome` what becomes of it (FINISHED, ERROR,
    EXPIRED) and `error` why; `published` is the id of the media once there is one.
    """

    sort: str
    at: datetime
    ready: datetime
    app: str = ""
    params: Json = field(default_factory=dict)
    file: File | None = None
    cover: str = ""
    children: list[str] = field(default_factory=list)
    child: bool = False
    polls: int = 0
    looks: int = 0
    outcome: str = "FINISHED"
    error: str = ""
    published: str = ""


async def fetched(address: str) -> File:
    """The file at an address. Raises GraphError 9004/2207052 where it cannot be had or the address is not ASCII."""
    reason = "the address is not ASCII"
    if address.isascii():
        try:
            return await fetch(address)
        except NotFetched as error:
            reason = str(error)
    raise GraphError(
        9004, "Only photo or video can be accepted as media type.", subcode=2207052, title="Media download has failed",
        user_message=f"The media could not be fetched from this URI: {address} ({reason})",
    )  # fmt: skip


def begin(world: World, container: Container, *, film: bool) -> None:
    """Set how long it takes and how it ends, by the settings; an error that is known already stays."""
    settings = world.settings
    seconds = settings.video_seconds if film else settings.container_seconds
    container.ready = world.now() + timedelta(seconds=seconds)
    container.polls = settings.video_polls if film else settings.container_polls
    if container.outcome == "FINISHED":
        container.outcome, container.error = settings.container_outcome, settings.container_error
    if film and settings.video_fails:
        container.outcome = "ERROR"


def state(world: World, container: Container) -> State:
    """How far it is; a carousel is no further than its children."""
    if container.published:
        return "PUBLISHED"
    if container.outcome == "EXPIRED" or world.now() - container.at >= LIFE:
        return "EXPIRED"
    if world.now() < container.ready or (container.polls and container.looks <= container.polls):
        return "IN_PROGRESS"
    if container.outcome == "ERROR":
        return "ERROR"
    states = {state(world, child) for child in children(world, container)}
    return next((found for found in WORST if found in states), "FINISHED")


def children(world: World, container: Container) -> list[Container]:
    """The containers of a carousel, in order."""
    found = (world.objects.get(name) for name in container.children)
    return [child for child in found if isinstance(child, Container)]


def looked_at(world: World, container: Container) -> None:
    """Somebody asks for its status: it gets on by that, and its children with it."""
    container.looks += 1
    for child in children(world, container):
        child.looks += 1
