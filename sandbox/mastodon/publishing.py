"""Writing, editing and deleting statuses, with the checks of the real server."""

from datetime import datetime, timedelta

from sandbox.mastodon import refusals, text
from sandbox.mastodon.notices import forget_status, notify, retract, spread
from sandbox.mastodon.state import VISIBILITIES, Draft, Media, Person, Scheduled, Status, Version, World

#: Languages the server knows well enough to keep; any other becomes the default silently.
LANGUAGES = frozenset(
    "ar bg ca cs da de el en es eu fa fi fr ga gl he hi hr hu "
    "id it ja ko nl no pl pt ro ru sk sl sv th tr uk vi zh".split()
)
#: A status can be scheduled this far ahead at the least; how many may wait in all and for one day (networks.md 5.2).
SOONEST = timedelta(minutes=5)
MOST_SCHEDULED, MOST_SCHEDULED_A_DAY = 300, 25


def create(world: World, author: Person, draft: Draft, status_id: str = "") -> Status:
    """Publish and tell everybody concerned; refuses (422, 404) what the real server refuses, then nothing is stored.

    `status_id`: the id it is to have, a new one where it is empty.
    """
    _settle_warning(draft)
    media = attachable(world, author, draft.media, None)
    check(world, author, draft, bool(media))
    status = Status(
        id=status_id or world.new_id(),
        author=author.id,
        text=draft.text,
        at=world.now(),
        warning=draft.warning,
        sensitive=draft.sensitive or bool(draft.warning),
        visibility=draft.visibility,
        language=draft.language if draft.language in LANGUAGES else "en",
        reply_to=draft.reply_to,
        application=draft.application,
        media=[m.id for m in media],
        mentions=_mentioned(world, draft.text),
    )
    for item in media:
        item.status = status.id
    world.statuses[status.id] = status
    status.history.append(_version(world, status))
    for account in status.mentions:
        notify(world, account, "mention", author.id, status)
    spread(world, status, "update")
    return status


def check(world: World, author: Person, draft: Draft, with_media: bool) -> None:
    """Refuse a draft that can never be published: empty, too long, unknown visibility, answering what is not there."""
    if draft.reply_to is not None:
        above = world.statuses.get(draft.reply_to)
        if above is None or not world.visible(above, author.id):
            raise refusals.Refused(404, refusals.NO_THREAD)
    problems = []
    if not draft.text.strip() and not with_media:
        problems.append("Text can't be blank")
    limit = world.settings.max_characters
    if text.length(draft.text, draft.warning) > limit:
        problems.append(f"Text character limit of {limit} exceeded")
    if draft.visibility not in VISIBILITIES:
        problems.append("Visibility is not included in the list")
    if problems:
        raise refusals.invalid(*problems)


def attachable(world: World, author: Person, ids: list[str], status: str | None) -> list[Media]:
    """The author's files in the order asked; refuses (422) too many, unknown, taken, mixed or unfinished ones."""
    limit = world.settings.max_media
    if len(ids) > limit:
        raise refusals.Refused(422, refusals.TOO_MANY_MEDIA.format(limit=limit))
    found = [world.media[i] for i in dict.fromkeys(ids) if i in world.media]
    found = [m for m in found if m.owner == author.id and m.status in {None, status}]
    missing = [i for i in ids if i not in {m.id for m in found}]
    if missing:
        raise refusals.Refused(422, refusals.MEDIA_GONE.format(ids=", ".join(missing)))
    if len(found) > 1 and any(m.kind in {"video", "audio", "gifv"} for m in found):
        raise refusals.Refused(422, refusals.MIXED_MEDIA)
    if any(m.failed or m.ready_at > world.now() for m in found):
        raise refusals.Refused(422, refusals.NOT_READY)
    return found


def edit(world: World, status: Status, draft: Draft) -> None:
    """Replace text, warning and attachments (those not named are removed). An edit that changes nothing is none."""
    author = world.people[status.author]
    _settle_warning(draft)
    media = attachable(world, author, draft.media, status.id)
    draft.visibility, draft.reply_to = status.visibility, None
    check(world, author, draft, bool(media))
    for gone in set(status.media) - {m.id for m in media}:
        world.media[gone].status = None
    for item in media:
        item.status = status.id
        item.description = draft.media_notes.get(item.id, item.description)
    status.text, status.warning = draft.text, draft.warning
    status.sensitive = draft.sensitive or bool(draft.warning)
    status.media = [m.id for m in media]
    status.language = draft.language if draft.language in LANGUAGES else status.language
    version = _version(world, status)
    if _same(version, status.history[-1]):
        return
    status.edited_at = version.at
    status.history.append(version)
    status.mentions = list(dict.fromkeys(status.mentions + _mentioned(world, draft.text)))
    for account in status.mentions:
        notify(world, account, "mention", author.id, status)
    for reblog in world.reblogs(status.id):
        notify(world, reblog.author, "update", author.id, status)
    spread(world, status, "status.update")


def delete(world: World, status: Status, with_media: bool) -> None:
    """Remove a status, its reblogs and what was said about it; the files become free again unless `with_media`."""
    for reblog in world.reblogs(status.id):
        retract(world, reblog)
        del world.statuses[reblog.id]
    retract(world, status)
    forget_status(world, status.id)
    for media_id in status.media:
        if with_media:
            del world.media[media_id]
        else:
            world.media[media_id].status = None
    for reply in world.replies(status.id):
        reply.reply_to = None
    del world.statuses[status.id]


def schedule(world: World, author: Person, draft: Draft, at: datetime, params: dict[str, object]) -> Scheduled:
    """Keep a draft for later; refuses (422) less than five minutes ahead and more than 300 in all or 25 for one day."""
    media = attachable(world, author, draft.media, None)
    check(world, author, draft, bool(media))
    mine = [s for s in world.scheduled.values() if s.owner == author.id]
    check_time(world, at)
    if len(mine) >= MOST_SCHEDULED:
        raise refusals.invalid(f"You have exceeded the limit of {MOST_SCHEDULED} scheduled posts")
    if sum(s.at.date() == at.date() for s in mine) >= MOST_SCHEDULED_A_DAY:
        raise refusals.invalid(f"You have exceeded the limit of {MOST_SCHEDULED_A_DAY} scheduled posts for today")
    waiting = Scheduled(world.serial(), author.id, at, draft, params)
    world.scheduled[waiting.id] = waiting
    for item in media:
        item.status = f"scheduled {waiting.id}"
    return waiting


def unschedule(world: World, waiting: Scheduled) -> None:
    """Take a waiting status away; its files become free again."""
    del world.scheduled[waiting.id]
    for media_id in waiting.draft.media:
        world.media[media_id].status = None


def check_time(world: World, at: datetime) -> None:
    """Refuse (422) a time that is not at least five minutes ahead."""
    if at <= world.now() + SOONEST:
        raise refusals.invalid("Scheduled at date must be in the future")


def publish_due(world: World) -> int:
    """Publish the scheduled statuses whose time has come; answers how many."""
    due = [s for s in world.scheduled.values() if s.at <= world.now()]
    for waiting in sorted(due, key=lambda s: s.at):
        unschedule(world, waiting)
        draft = waiting.draft
        if draft.reply_to not in world.statuses:
            draft.reply_to = None
        create(world, world.people[waiting.owner], draft)
    return len(due)


def _settle_warning(draft: Draft) -> None:
    """A warning without text becomes the text, as on the real server."""
    if not draft.text.strip() and draft.warning:
        draft.text, draft.warning = draft.warning, ""


def _mentioned(world: World, words: str) -> list[str]:
    handles = [p.value for p in text.pieces(words) if p.kind == "mention"]
    return list(dict.fromkeys(person.id for h in handles if (person := world.person(h))))


def _version(world: World, status: Status) -> Version:
    media = [(i, world.media[i].description) for i in status.media]
    return Version(status.text, status.warning, status.sensitive, media, world.now())


def _same(new: Version, old: Version) -> bool:
    return (new.text, new.warning, new.sensitive, new.media) == (old.text, old.warning, old.sensitive, old.media)
