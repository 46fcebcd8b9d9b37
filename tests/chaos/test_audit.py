"""The audit finds what it is there for: each violation, planted alone into a desk where all is well, is named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select, text

from chaos.audit import Outside, violations
from models.account import Account
from models.audit import AuditEntry, append, seal
from models.conversation import Comment, Conversation, Reply
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound
from models.member import Member
from models.post import Content, Post
from models.publication import Publication
from support.desks import copied

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
D = DeliveryState
ACCOUNTS = ("acme", "acme_it")
WELL = Outside(
    posts=["Hello."],
    comments={"Nice.": "Thanks."},
    accounts=ACCOUNTS,
    network=[("acme", "Hello."), ("acme_it", "Hello."), ("acme", "@nora Thanks.")],
    inbox={"slack": ["C1 · Nora\nNice."], "telegram": ["C1 · Nora\nNice."]},
    chats={"slack": ["P1 · Published"], "telegram": ["P1 · Published"]},
    asked=[],
)


@dataclass
class Planted:
    """A desk where all is well but for what a test changes."""

    session: Session
    outside: Outside = WELL
    logs: dict[str, str] = field(default_factory=dict)

    def found(self) -> list[str]:
        self.session.flush()
        return violations(self.session, self.outside, self.logs)

    def delivery(self, lane: str) -> Delivery:
        return self.session.exec(select(Delivery).where(Delivery.lane == lane).order_by("id")).first()  # type: ignore[return-value]

    def sees(self, **changed: Any) -> None:
        self.outside = replace(self.outside, **changed)


@pytest.fixture
def planted(migrated: Path, tmp_path: Path) -> Iterator[Planted]:
    store = copied(migrated, tmp_path)
    with store.write() as session:
        session.add(Member(id=1, name="Ada", created_at=NOW))
        session.add_all(Account(name=name, platform="mastodon") for name in ACCOUNTS)
        session.flush()
        session.add(post := Post.draft(Content(text="Hello.", accounts=ACCOUNTS), 1, NOW))
        session.add(conversation := Conversation(account="acme", root_id="1", created_at=NOW))
        session.flush()
        for name in ACCOUNTS:
            sent = _sent(session, f"account:{name}", "publication", "P1")
            given: dict[str, Any] = {"revision": 1, "digest": post.digest, "delivery_id": sent.number}
            session.add(Publication(post_id=post.number, account=name, **given))
        words: dict[str, Any] = {"author_id": "7", "author_handle": "nora", "author_name": "Nora", "text": "Nice."}
        times: dict[str, Any] = {"at": NOW, "arrived_at": NOW}
        session.add(Comment(conversation_id=conversation.number, account="acme", remote_id="2", **words, **times))
        session.flush()
        answer = _sent(session, "account:acme", "reply", "C1")
        given = {"answers": 0, "text": "Thanks.", "visibility": "public", "at": NOW}
        session.add(Reply(comment_id=1, member_id=1, delivery_id=answer.number, **given))
        for number in range(3):
            append(
                session, AuditEntry(at=NOW, actor="Ada", action=f"deed {number}", subject="P1", previous="", hash="")
            )
        seal(session)
        yield Planted(session)
    store.close()


def _sent(session: Session, lane: str, kind: str, subject: str) -> Delivery:
    row = Delivery(kind=kind, lane=lane, subject=subject, state=D.DONE.value, due_at=NOW, created_at=NOW)
    session.add(row)
    session.flush()
    return row


def test_where_all_is_well_nothing_is_found(planted: Planted) -> None:
    assert planted.found() == []


def doubled(planted: Planted) -> None:
    planted.sees(network=[*WELL.network, ("acme", "Hello.")])


def lost(planted: Planted) -> None:
    planted.sees(network=[status for status in WELL.network if status != ("acme_it", "Hello.")])


def given_up(planted: Planted) -> None:
    lost(planted)
    planted.delivery("account:acme_it").state = D.FAILED.value


def not_asked(planted: Planted) -> None:
    lost(planted)
    planted.delivery("account:acme_it").state = D.UNSURE.value


def not_known(planted: Planted) -> None:
    planted.delivery("account:acme_it").state = D.CANCELLED.value


def comment_missed(planted: Planted) -> None:
    planted.sees(inbox={**WELL.inbox, "telegram": []})


def comment_twice(planted: Planted) -> None:
    planted.sees(inbox={**WELL.inbox, "slack": [*WELL.inbox["slack"]] * 2})


def reply_twice(planted: Planted) -> None:
    planted.sees(network=[*WELL.network, ("acme", "@nora Thanks.")])


def reply_missed(planted: Planted) -> None:
    planted.sees(network=list(WELL.network[:2]))


def chain_broken(planted: Planted) -> None:
    planted.session.flush()
    planted.session.execute(text("DROP TRIGGER audit_no_update"))
    planted.session.execute(text("UPDATE audit SET actor = 'Eve' WHERE id = 2"))
    planted.session.expire_all()


def left_sending(planted: Planted) -> None:
    _sent(planted.session, "account:acme", "act", "C1").state = D.SENDING.value


def left_waiting(planted: Planted) -> None:
    _sent(planted.session, "slack:C1", "message", "P1").state = D.WAITING.value


def event_left(planted: Planted) -> None:
    planted.session.add(Inbound(source="slack", event_id="e", body={}, due_at=NOW, received_at=NOW))


def event_aside(planted: Planted) -> None:
    planted.session.add(Inbound(source="slack", event_id="e", body={}, due_at=NOW, received_at=NOW, state="broken"))


def chat_untold(planted: Planted) -> None:
    _sent(planted.session, "slack:C1", "card", "P1").state = D.FAILED.value


def trace_shown(planted: Planted) -> None:
    planted.sees(chats={**WELL.chats, "slack": ["Traceback (most recent call last)"]})


def bug_logged(planted: Planted) -> None:
    planted.logs = {"desk": '{"event": "a bug met an intent", "exception": "ZeroDivisionError"}'}


@pytest.mark.parametrize(
    ("plant", "named"),
    [
        (doubled, "doubled: 'Hello.'"),
        (lost, "lost: the desk says that 'Hello.' stands on acme_it"),
        (given_up, "lost: 'Hello.' does not stand on acme_it: failed"),
        (not_asked, "not asked: nobody knows whether 'Hello.'"),
        (not_known, "unknown: 'Hello.' stands on acme_it"),
        (comment_missed, "comment 'Nice.' is shown 0 times in telegram"),
        (comment_twice, "comment 'Nice.' is shown 2 times in slack"),
        (reply_twice, "doubled: the reply 'Thanks.'"),
        (reply_missed, "the desk says that the reply 'Thanks.' was sent, and it stands 0 times"),
        (chain_broken, "the audit log is broken at entry 2"),
        (left_sending, "left in SENDING: act"),
        (left_waiting, "left over: message"),
        (event_left, "left over: event e"),
        (event_aside, "event e of slack was set aside"),
        (chat_untold, "a chat was never told: card"),
        (trace_shown, "slack shows 'Traceback'"),
        (bug_logged, "desk met a bug"),
    ],
)
def test_what_is_planted_is_found(planted: Planted, plant: Callable[[Planted], None], named: str) -> None:
    plant(planted)
    found = planted.found()
    assert any(line.startswith(named) for line in found), found


def test_what_nobody_knows_and_a_card_asks_about_is_no_violation(planted: Planted) -> None:
    not_asked(planted)
    planted.sees(asked=["P1 · Scheduled"])
    assert planted.found() == []
