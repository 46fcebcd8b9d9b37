"""What must hold once everything is calm again. Looks at the network, the chats, the database and the logs; changes
nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models import audit as log
from models.conversation import Reply
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.post import Post
from models.publication import of_post

Seen = dict[str, Any]
#: What no chat ever shows.
TRACES = re.compile(r"Traceback|File \"/|\.py\b.* line \d+|sqlalchemy|psycopg|Errno", re.IGNORECASE)
#: A bug, in the words that the chats and the log have for one.
BUG_TOLD, BUG_LOGGED = "the id ", "a bug met"
ENDED = (DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class Outside:
    """What people can see."""

    posts: Sequence[str]  #: texts of all posts that were to go out
    comments: Mapping[str, str]  #: what the public wrote -> our answer to it, or ""
    accounts: Sequence[str]
    network: Sequence[tuple[str, str]]  #: (account, text) of every status that stands there
    inbox: Mapping[str, Sequence[str]]  #: chat -> what each message of its inbox shows
    chats: Mapping[str, Sequence[str]]  #: chat -> what every message anybody sees shows
    asked: Sequence[str]  #: what the messages show that have the button "It is live"


def unsettled(session: Session) -> list[str]:
    """What has not come to an end. A question to a member is an end: what follows is not the desk's to do."""
    rows = session.exec(select(Delivery).where(col(Delivery.state).not_in(ENDED))).all()
    events = session.exec(select(Inbound).where(Inbound.state == InboundState.NEW)).all()
    return [
        *(
            f"{r.kind} {r.number} of {r.subject or r.lane}: {r.state}, due {r.due_at}, {r.error}"
            for r in rows
            if not r.is_asked
        ),
        *(f"event {e.event_id} of {e.source}: new, due {e.due_at}, {e.error}" for e in events),
    ]


def violations(session: Session, outside: Outside, logs: Mapping[str, str]) -> list[str]:
    """Every promise that was broken, a sentence each; empty when all hold. `logs`: process -> what it wrote."""
    return [
        *_posts(session, outside),
        *_comments(session, outside),
        *_chats(outside),
        *_rows(session),
        *_logs(logs),
    ]


def asked(session: Session) -> int:
    """How many deliveries are left to a member's answer."""
    return sum(
        row.is_asked for row in session.exec(select(Delivery).where(Delivery.state == DeliveryState.UNSURE)).all()
    )


def _posts(session: Session, outside: Outside) -> Iterator[str]:
    ways = _ways(session)
    for text in outside.posts:
        for account in outside.accounts:
            stand = sum(where == account and text in words for where, words in outside.network)
            deliveries = ways.get((text, account), [])
            if stand > 1:
                yield f"doubled: {text!r} stands {stand} times on {account}"
            if stand:
                if not any(d.state == DeliveryState.DONE or d.is_asked for d in deliveries):
                    yield f"unknown: {text!r} stands on {account}, and the desk does not know it: {_told(deliveries)}"
                continue
            if any(d.state == DeliveryState.DONE for d in deliveries):
                yield f"lost: the desk says that {text!r} stands on {account}, and it does not"
            elif not any(d.is_asked for d in deliveries):
                yield f"lost: {text!r} does not stand on {account}: {_told(deliveries)}"
            elif not any(d.subject in shown for d in deliveries for shown in outside.asked):
                yield f"not asked: nobody knows whether {text!r} stands on {account}, and no card says so"


def _ways(session: Session) -> dict[tuple[str, str], list[Delivery]]:
    """(text, account) -> the deliveries that carry it."""
    found: dict[tuple[str, str], list[Delivery]] = {}
    for post in session.exec(select(Post)).all():
        for publication, delivery in of_post(session, post.number):
            found.setdefault((post.content.text, publication.account), []).append(delivery)
    return found


def _told(deliveries: Sequence[Delivery]) -> str:
    return ", ".join(f"{d.state} ({d.error} {d.reason})" for d in deliveries) or "it never was on its way"


def _comments(session: Session, outside: Outside) -> Iterator[str]:
    for text, answer in outside.comments.items():
        for chat, shown in outside.inbox.items():
            count = sum(text in words and re.match(r"C\d+ · ", words) is not None for words in shown)
            if count != 1:
                yield f"comment {text!r} is shown {count} times in {chat}"
        if answer:
            yield from _answer(session, outside, answer)


def _answer(session: Session, outside: Outside, answer: str) -> Iterator[str]:
    stand = sum(answer in words for _, words in outside.network)
    query = select(Delivery).where(Reply.delivery_id == Delivery.id, Reply.text == answer)
    deliveries = session.exec(query).all()
    sent = sum(d.state == DeliveryState.DONE for d in deliveries)
    if stand > 1:
        yield f"doubled: the reply {answer!r} stands {stand} times"
    if sent and stand != 1:
        yield f"the desk says that the reply {answer!r} was sent, and it stands {stand} times"
    if not stand and not any(d.is_asked for d in deliveries):
        yield f"lost: the reply {answer!r} does not stand: {_told(deliveries)}"


def _chats(outside: Outside) -> Iterator[str]:
    for chat, messages in outside.chats.items():
        for words in messages:
            if found := TRACES.search(words):
                yield f"{chat} shows {found[0]!r}: {words[:200]!r}"
            if BUG_TOLD in words:
                yield f"{chat} tells of a bug: {words[:200]!r}"


def _rows(session: Session) -> Iterator[str]:
    chain = log.chain(session)
    if chain.broken_at is not None:
        yield f"the audit log is broken at entry {chain.broken_at}"
    for row in session.exec(select(Delivery).where(Delivery.state == DeliveryState.SENDING)).all():
        yield f"left in SENDING: {row.kind} {row.number} of {row.subject or row.lane}"
    for line in unsettled(session):
        yield f"left over: {line}"
    for event in session.exec(select(Inbound).where(Inbound.state == InboundState.BROKEN)).all():
        yield f"event {event.event_id} of {event.source} was set aside: {event.error}"
    failed = select(Delivery).where(Delivery.state == DeliveryState.FAILED)
    for row in session.exec(failed).all():
        if not row.is_to_account and row.kind != "whisper" and row.error != "Abandoned":
            yield f"a chat was never told: {row.kind} of {row.subject} in {row.lane}: {row.error} {row.reason}"


def _logs(logs: Mapping[str, str]) -> Iterator[str]:
    for who, written in logs.items():
        told: Counter[str] = Counter()
        for line in written.splitlines():
            if BUG_LOGGED in line:
                told[_brief(line)] += 1
        for line, count in told.items():
            yield f"{who} met a bug, {count} times: {line}"


def _brief(line: str) -> str:
    """The event and the end of its stack trace."""
    try:
        event = json.loads(line)
    except ValueError:
        return line[:300]
    trace = str(event.get("exception", "")).strip().splitlines()
    return f"{event.get('event')}: {trace[-1][:300] if trace else ''}"
