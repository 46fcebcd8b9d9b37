"""The desk's memory as JSON lines, for other tools and for keeping."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from models.approval import Approval
from models.audit import AuditEntry
from models.conversation import Comment, Reply
from models.delivery import Delivery
from models.member import Member
from models.post import Post
from models.publication import of_post


class What(StrEnum):
    """What can be exported."""

    POSTS = "posts"
    COMMENTS = "comments"
    AUDIT = "audit"
    DESK = "desk"  #: every row and file, for “bottega import”; `bot.keeping` writes it


def lines(session: Session, what: What) -> Iterator[str]:
    """One JSON object per row, oldest first, members by name; rows are read as they are written, never all at once.

    Times are ISO 8601 in UTC.
    """
    names = dict(session.exec(select(Member.id, Member.name)).all())
    match what:
        case What.POSTS:
            for post in session.exec(select(Post).order_by(col(Post.id))).yield_per(500):
                yield _json({**_plain(post), "author": names[post.author_id], **_fate(session, post, names)})
        case What.COMMENTS:
            for comment in session.exec(select(Comment).order_by(col(Comment.id))).yield_per(500):
                yield _json({**_plain(comment), "replies": _replies(session, comment, names)})
        case What.AUDIT:
            for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).yield_per(500):
                yield _json(_plain(entry))


def _fate(session: Session, post: Post, names: Mapping[int | None, str]) -> dict[str, Any]:
    """Who said what of the post, and what became of it on each account."""
    found = session.exec(select(Approval).where(Approval.post_id == post.id).order_by(col(Approval.id))).all()
    return {
        "approvals": [{**_plain(approval), "member": names[approval.member_id]} for approval in found],
        "publications": [
            {**_plain(publication), "state": delivery.state} for publication, delivery in of_post(session, post.number)
        ],
    }


def _replies(session: Session, comment: Comment, names: Mapping[int | None, str]) -> list[dict[str, Any]]:
    """What was sent in answer; what was only previewed stays among the team."""
    query = select(Reply, Delivery).where(Reply.delivery_id == Delivery.id, Reply.comment_id == comment.id)
    found = session.exec(query.order_by(col(Reply.id))).all()
    return [{**_plain(reply), "member": names[reply.member_id], "state": delivery.state} for reply, delivery in found]


def _plain(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
