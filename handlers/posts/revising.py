"""Changing what a post says: approvals become void, what waits is cancelled, and the thread sees the difference."""

from collections.abc import Iterator

from handlers.cards import Card, paragraph, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Show, Tell, Whisper
from handlers.posts.advancing import advance
from handlers.posts.changes import difference
from handlers.posts.quorum import need_any
from handlers.posts.sending import refuse_in_part, refuse_in_the_air, take_back
from models import approval
from models.errors import WrongMoment
from models.member import Role
from models.post import Content, Post, PostState, Revision

#: Who may work on the words of a post.
WRITERS = (Role.AUTHOR, Role.APPROVER, Role.PUBLISHER)


def editable(desk: Desk, subject: str) -> Post:
    """The post, if the acting member may edit it and it can be edited now. Raises NotAllowed, WrongMoment."""
    post = desk.post(subject)
    need_any(desk, *WRITERS)
    if not post.is_editable:
        raise WrongMoment(
            "{post} is {state} and cannot be edited. Draft a new post instead.",
            post=post.code,
            state=PostState(post.state),
        )
    refuse_in_the_air(desk, post)
    refuse_in_part(desk, post)
    return post


def revised(desk: Desk, post: Post, content: Content) -> Iterator[Effect]:
    """Take new content. Nothing that was approved before counts or leaves any more."""
    if content.digest() == post.digest == post.content.digest():
        yield Whisper(card=sentence(desk.t("Nothing changed.")))
        return
    old, was, before = post.content, post.state, {"revision": post.revision, "digest": post.digest}
    take_back(desk, post)
    post.revise(content, desk.now)
    # An edit back to words that were approved once does not bring those approvals back.
    approval.void(desk.session, post)
    desk.add(Revision.of(post, desk.member.number, desk.now))
    desk.audit("edited", post.code, before, {"revision": post.revision, "digest": post.digest})
    yield Redraw(subject=post.code)
    if was != PostState.DRAFT:
        who = desk.member.name
        told = desk.room_t("{member} changed {post}; earlier approvals are void.", member=who, post=post.code)
        yield Tell(subject=post.code, card=Card(body=(paragraph(told), *difference(desk, old, content))))
        for place in desk.setup.review:
            yield Show(subject=post.code, place=place)
        yield from advance(desk, post)
