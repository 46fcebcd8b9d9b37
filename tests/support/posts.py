"""Posts on the bench, as far along as a test needs them."""

from typing import Any

from models.delivery import Delivery
from models.member import named
from models.post import Content, Post, Revision
from models.publication import Publication
from support.bench import DeskBench


def draft(bench: DeskBench, text: str = "Hello, world", *, accounts: tuple[str, ...] = ("acme",), **more: Any) -> str:
    """Ada's draft; returns its code."""
    bench.say("Ada", f"post {text}")
    bench.fill("Ada", bench.form, accounts=accounts, **more)
    newest = max(post.number for post in bench.posts())
    return f"P{newest}"


def submitted(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post in review."""
    code = draft(bench, text, **more)
    bench.press("Ada", "Submit", code)
    return code


def approved(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post, approved by Bruno."""
    code = submitted(bench, text, **more)
    bench.press("Bruno", "Approve", code)
    return code


def published(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post, sent on its way by Bruno."""
    code = approved(bench, text, **more)
    bench.press("Bruno", "Publish now", code)
    return code


def stands(bench: DeskBench, account: str, remote_id: str, text: str = "Hello, world", **content: Any) -> int:
    """The number of a publication of a post of Ada's that is said to stand there; nothing was sent."""
    said = Content(text=text, accounts=(account,), **content)
    now = bench.now
    with bench.store.write() as session:
        ada = named(session, "Ada").number
        session.add(post := Post.draft(said, ada, now))
        session.add(sent := Delivery(kind="publication", lane=f"account:{account}", due_at=now, created_at=now))
        session.flush()
        session.add(Revision.of(post, ada, now))
        sent.subject = post.code
        sent.claim("bench", now)
        sent.deliver({}, now)
        made = Publication(
            post_id=post.number, account=account, revision=1, digest=post.digest, delivery_id=sent.number
        )
        made.stands(remote_id, "", [remote_id], now)
        for step in ("submit", "accept", "schedule", "complete"):
            getattr(post, step)(now)
        session.add(made)
        session.flush()
        return made.number
