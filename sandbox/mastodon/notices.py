"""Who is told what: notifications with their blocks, mutes and policy, and the events of the open streams."""

from sandbox.mastodon.ids import order
from sandbox.mastodon.state import Notice, Status, World


def notify(world: World, owner: str, kind: str, sender: str, status: Status | None = None) -> None:
    """Tell `owner` unless that is the sender, the sender is blocked or muted, or it was told before."""
    if owner == sender or (owner, sender) in world.blocks or not world.people[owner].ours:
        return
    mute = world.muting(owner, sender)
    if mute and mute.notifications:
        return
    if status and any(owner in s.muted_by for s in (status, *world.ancestors(status))):
        return
    about = status.id if status else None
    same = [n for n in _all(world) if (n.owner, n.kind, n.sender, n.status) == (owner, kind, sender, about)]
    if same and kind != "update":
        return
    for old in same:
        world.notices.pop(old.id, None)
    for _ in range(2 if world.settings.notifications == "doubled" else 1):
        _add(
            world, Notice(world.serial(), owner, kind, sender, world.now(), about, _unasked(world, owner, kind, status))
        )


def release(world: World) -> None:
    """Hand out the notifications kept back while they were paused."""
    held, world.held = world.held, []
    for notice in held:
        _add(world, notice)


def forget_sender(world: World, owner: str, sender: str) -> None:
    """Remove everything that `sender` caused in the notifications of `owner` (blocking, muting with notifications)."""
    world.notices = {i: n for i, n in world.notices.items() if (n.owner, n.sender) != (owner, sender)}
    world.held = [n for n in world.held if (n.owner, n.sender) != (owner, sender)]


def forget_status(world: World, status_id: str) -> None:
    """Remove the notifications about a status that is gone."""
    world.notices = {i: n for i, n in world.notices.items() if n.status != status_id}
    world.held = [n for n in world.held if n.status != status_id]


def home_of(world: World, status: Status) -> list[str]:
    """Our accounts in whose home timeline the status stands: the author's own and the followers' who may see it."""
    ours = [p.id for p in world.people.values() if p.ours]
    return [a for a in ours if in_home(world, status, a)]


def in_home(world: World, status: Status, account: str) -> bool:
    """Whether a status belongs in the account's home timeline; replies to people it does not follow do not."""
    if status.author == account:
        return True
    if (account, status.author) not in world.follows or not world.visible(status, account):
        return False
    if status.visibility == "direct" or world.filtered(status, account):
        return False
    above = world.statuses.get(status.reply_to or "")
    return above is None or above.author in {account, status.author} or (account, above.author) in world.follows


def spread(world: World, status: Status, event: str) -> None:
    """Send `update` or `status.update` to the streams of those in whose home timeline the status stands."""
    for account in home_of(world, status):
        world.tell(account, event, status)


def retract(world: World, status: Status) -> None:
    """Send `delete` to the home timelines and to whoever was mentioned."""
    mentioned = [a for a in status.mentions if world.people[a].ours]
    for account in dict.fromkeys(home_of(world, status) + mentioned):
        world.tell(account, "delete", status.id)


def _all(world: World) -> list[Notice]:
    return sorted([*world.notices.values(), *world.held], key=lambda n: order(n.id))


def _add(world: World, notice: Notice) -> None:
    if world.settings.notifications == "paused":
        world.held.append(notice)
        return
    world.notices[notice.id] = notice
    if not notice.filtered:
        world.tell(notice.owner, "notification", notice)


def _unasked(world: World, owner: str, kind: str, status: Status | None) -> bool:
    """The default policy of Mastodon >= 4.3: private mentions from people not followed are filtered unless answers."""
    if kind != "mention" or status is None or status.visibility != "direct" or (owner, status.author) in world.follows:
        return False
    return not any(s.author == owner and status.author in s.mentions for s in world.ancestors(status))
