"""What follows by itself once a post has its approvals: it is accepted, and scheduled where it has an hour."""

from collections.abc import Iterator

from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.posts.quorum import standing
from handlers.posts.sending import put_on_way
from handlers.times.when import describe
from models.post import Post, PostState


def advance(desk: Desk, post: Post) -> Iterator[Effect]:
    """Accept the post if its approvals are complete; with an hour still to come it is scheduled at once."""
    stand = standing(desk, post)
    if post.state != PostState.REVIEW or stand.missing:
        return
    post.accept(desk.now)
    desk.audit("accepted", post.code, after={"revision": post.revision, "digest": post.digest, "by": list(stand.names)})
    t = desk.room_t
    if post.due_at is None:
        yield Tell(
            subject=post.code,
            card=sentence(t("{post} is approved. It has no hour yet: schedule or publish it.", post=post.code)),
        )
    elif post.due_at <= desk.now:
        post.set_hour(None, "", "", desk.now)
        yield Tell(
            subject=post.code,
            card=sentence(
                t("{post} is approved, but its hour is over. Give it a new one or publish it now.", post=post.code)
            ),
        )
    else:
        when = describe(post.due_at, post.zone, t.lang)
        put_on_way(desk, post, post.due_at)
        post.schedule(desk.now)
        desk.audit(
            "scheduled", post.code, after={"due_at": post.due_at.isoformat(), "wall": post.wall, "zone": post.zone}
        )
        yield Tell(
            subject=post.code, card=sentence(t("{post} is approved and goes out {when}.", post=post.code, when=when))
        )
    yield Redraw(subject=post.code)
