"""The desk's memory as JSON lines, for other tools and for keeping."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from models.approval import Approval
from models.audit import AuditEntry
from models.conversation import Comment, Reply
from models.post import Post
from models.publication import of_post


class What(StrEnum):
    """What can be exported."""

    POSTS = "posts"
    COMMENTS = "comments"
    AUDIT = "audit"


def lines(session: Session, what: What) -> Iterator[str]:
    """One JSON object per row, oldest first; rows are read as they are written, never all at once."""
    match what:
        case What.POSTS:
            for post in session.exec(select(Post).order_by(col(Post.id))).yield_per(500):
                yield _json(
                    {
                        **_plain(post),
                        "publications": _publications(session, post),
                        "approvals": _approvals(session, post),
                    }
                )
        case What.COMMENTS:
            for comment in session.exec(select(Comment).order_by(col(Comment.id))).yield_per(500):
                sent = select(Reply).where(Reply.comment_id == comment.id, col(Reply.delivery_id).is_not(None))
                replies = session.exec(sent).all()
                yield _json({**_plain(comment), "replies": [_plain(reply) for reply in replies]})
        case What.AUDIT:
            for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).yield_per(500):
                yield _json(_plain(entry))


def _publications(session: Session, post: Post) -> list[dict[str, Any]]:
    return [{**_plain(publication), "state": delivery.state} for publication, delivery in of_post(session, post.number)]


def _approvals(session: Session, post: Post) -> list[dict[str, Any]]:
    found = session.exec(select(Approval).where(Approval.post_id == post.id).order_by(col(Approval.id))).all()
    return [_plain(approval) for approval in found]


def _plain(row: SQLModel) -> dict[str, Any]:
    return row.model_dump(mode="json")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
