"""The hour of a post: how forms show and read it, and what its accounts' policies ask of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from handlers.desk import Desk
from handlers.posts.quorum import policies
from handlers.times.when import Moment, parse, utc_of
from models.delivery import Delivery, DeliveryState
from models.errors import Unfit
from models.post import Post, PostState


def standing_hour(desk: Desk, post: Post) -> str:
    """The post's hour as a form shows it, on the clock of the member who looks; "" for none."""
    return f"{post.due_at.astimezone(ZoneInfo(desk.zone)):%Y-%m-%d %H:%M}" if post.due_at else ""


def read_hour(desk: Desk, typed: str) -> Moment:
    """The time that the member means. Raises Unfit."""
    return parse(typed.strip(), desk.zone, desk.now, (desk.language, "en", "it"))


def set_hour(desk: Desk, post: Post, moment: Moment | None) -> None:
    """Give the post that hour, or none. Raises Unfit where its approvals could not be there in time."""
    if moment is None:
        post.set_hour(None, "", "", desk.now)
        return
    if post.state == PostState.REVIEW:
        refuse_too_near(desk, post, moment.utc)
    post.set_hour(moment.utc, moment.wall.isoformat(), moment.zone, desk.now)


def refuse_too_near(desk: Desk, post: Post, hour: datetime) -> None:
    """Raise Unfit where the approvals that are wanted could not be there in time for the hour."""
    lead = max((policy.lead_minutes for policy in policies(desk, post) if policy.approvals), default=0)
    if lead and hour - timedelta(minutes=lead) <= desk.now:
        raise Unfit("Approvals must be there {count} minutes before. Take a later hour.", count=lead)


def hour_of(post: Post) -> dict[str, str | None]:
    """The hour as the audit log keeps it."""
    return {"due_at": post.due_at.isoformat() if post.due_at else None, "wall": post.wall, "zone": post.zone}


def realign(desk: Desk) -> int:
    """Let the clock on the wall win where a zone's rules have changed since an hour was set; returns how many moved.

    For the start of the process, when a new tzdata may have come. What was tried already keeps its next try.
    """
    moved = 0
    posts = select(Post).where(col(Post.due_at) > desk.now, Post.wall != "", Post.state != PostState.WITHDRAWN)
    for post in desk.session.exec(posts.with_for_update()).all():
        assert post.due_at is not None
        meant = _meant(post.wall, post.zone, post.due_at)
        if meant == post.due_at:
            continue
        desk.audit("realigned", post.code, hour_of(post), {"due_at": meant.isoformat()})
        post.set_hour(meant, post.wall, post.zone, desk.now)
        waiting = select(Delivery).where(
            Delivery.subject == post.code,
            Delivery.kind == "publication",
            Delivery.state == DeliveryState.WAITING,
            Delivery.attempts == 0,
            Delivery.wall == post.wall,
        )
        for delivery in desk.session.exec(waiting.with_for_update()).all():
            delivery.move(meant, post.wall, post.zone)
        moved += 1
    return moved


def _meant(wall: str, zone: str, planned: datetime) -> datetime:
    return utc_of(datetime.fromisoformat(wall), zone, planned)
