"""What people do with statuses and with each other: favourite, reblog, follow, block, mute."""

from datetime import timedelta

from sandbox.mastodon import refusals
from sandbox.mastodon.notices import forget_sender, notify, retract, spread
from sandbox.mastodon.state import Mute, Person, Status, World


def favourite(world: World, person: Person, status: Status) -> None:
    """Like a status; liking again changes nothing."""
    if person.id not in status.favourites:
        status.favourites.append(person.id)
        notify(world, status.author, "favourite", person.id, status)


def unfavourite(world: World, person: Person, status: Status) -> None:
    """Take the like back, and its notification; without one nothing happens."""
    if person.id in status.favourites:
        status.favourites.remove(person.id)
        _unsay(world, status, "favourite", person)


def reblog(world: World, person: Person, status: Status, visibility: str = "") -> Status:
    """Reblog a status and answer the reblog (the existing one if there is one); refuses (403) private and direct ones.

    A private status may be reblogged by its own author, privately.
    """
    own_private = status.visibility == "private" and status.author == person.id
    if status.visibility not in {"public", "unlisted"} and not own_private:
        raise refusals.not_allowed()
    existing = reblog_by(world, person, status)
    if existing:
        return existing
    wanted = status.visibility if own_private else (visibility or "public")
    made = Status(world.new_id(), person.id, "", world.now(), visibility=wanted, reblog_of=status.id)
    world.statuses[made.id] = made
    notify(world, status.author, "reblog", person.id, status)
    spread(world, made, "update")
    return made


def unreblog(world: World, person: Person, status: Status) -> None:
    """Take the reblog back; without one nothing happens."""
    made = reblog_by(world, person, status)
    if made:
        retract(world, made)
        del world.statuses[made.id]
        _unsay(world, status, "reblog", person)


def reblog_by(world: World, person: Person, status: Status) -> Status | None:
    """That person's reblog of the status, or None."""
    return next((s for s in world.reblogs(status.id) if s.author == person.id), None)


def follow(world: World, person: Person, target: Person) -> None:
    """Follow somebody; refuses (403) oneself and those between whom there is a block."""
    blocked = (person.id, target.id) in world.blocks or (target.id, person.id) in world.blocks
    if person.id == target.id or blocked:
        raise refusals.not_allowed()
    if (person.id, target.id) not in world.follows:
        world.follows.add((person.id, target.id))
        notify(world, target.id, "follow", person.id)


def unfollow(world: World, person: Person, target: Person) -> None:
    """Stop following; also when one did not follow."""
    world.follows.discard((person.id, target.id))


def block(world: World, person: Person, target: Person) -> None:
    """Block somebody: ends following in both directions and removes what they caused in the notifications."""
    if person.id == target.id:
        raise refusals.not_allowed()
    world.blocks.add((person.id, target.id))
    world.follows -= {(person.id, target.id), (target.id, person.id)}
    forget_sender(world, person.id, target.id)


def unblock(world: World, person: Person, target: Person) -> None:
    """Lift a block; what it ended does not come back."""
    world.blocks.discard((person.id, target.id))


def mute(world: World, person: Person, target: Person, notifications: bool, seconds: int) -> None:
    """Mute somebody, by default also in the notifications; 0 seconds is for good."""
    if person.id == target.id:
        raise refusals.not_allowed()
    until = world.now() + timedelta(seconds=seconds) if seconds else None
    world.mutes[person.id, target.id] = Mute(notifications, until)
    if notifications:
        forget_sender(world, person.id, target.id)


def unmute(world: World, person: Person, target: Person) -> None:
    """Lift a mute."""
    world.mutes.pop((person.id, target.id), None)


def _unsay(world: World, status: Status, kind: str, person: Person) -> None:
    about = (status.author, kind, person.id, status.id)
    world.notices = {i: n for i, n in world.notices.items() if (n.owner, n.kind, n.sender, n.status) != about}
    world.held = [n for n in world.held if (n.owner, n.kind, n.sender, n.status) != about]
