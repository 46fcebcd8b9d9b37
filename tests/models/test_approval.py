"""Approvals: how many are missing, whose count, and what voids them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from models.approval import Approval, Policy, Verdict, missing, verdicts, void
from models.member import Member, Role
from models.post import Content, Post
from support.desks import copied

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MEMBERS = {
    1: Member(id=1, name="Ada", roles=["author", "approver"], created_at=NOW),
    2: Member(id=2, name="Bruno", roles=["approver"], created_at=NOW),
    3: Member(id=3, name="Chiara", roles=["moderator"], created_at=NOW),
    4: Member(id=4, name="Dario", roles=["admin"], created_at=NOW),
    5: Member(id=5, name="Emil", roles=["approver"], active=False, created_at=NOW),
}


def vote(member_id: int, verdict: Verdict = Verdict.APPROVED) -> Approval:
    return Approval(post_id=1, revision=1, digest="d", member_id=member_id, verdict=verdict.value, chat="slack", at=NOW)


@pytest.mark.parametrize(
    ("policy", "voters", "left"),
    [
        (Policy(), [], 1),
        (Policy(), [2], 0),
        (Policy(), [1], 1),  # wrote it
        (Policy(author_may_approve=True), [1], 0),
        (Policy(), [3], 1),  # another role
        (Policy(), [4], 1),  # an admin approves nothing unless made an approver
        (Policy(), [5], 1),  # left the team
        (Policy(approvals=2), [2, 4], 1),
        (Policy(approvals=2, roles=(Role.APPROVER, Role.ADMIN)), [2, 4], 0),
        (Policy(approvals=0), [], 0),
    ],
)
def test_only_the_approvals_that_the_policy_counts_count(policy: Policy, voters: list[int], left: int) -> None:
    assert missing(policy, [vote(v) for v in voters], MEMBERS, writers={1}) == left


def test_a_wish_for_changes_approves_nothing() -> None:
    assert missing(Policy(), [vote(2, Verdict.CHANGES)], MEMBERS, writers={1}) == 1


@given(st.lists(st.sampled_from(sorted(MEMBERS)), unique=True), st.integers(0, 10))
def test_what_is_missing_never_grows_with_another_vote(voters: list[int], wanted: int) -> None:
    policy = Policy(approvals=wanted)
    left = [missing(policy, [vote(v) for v in voters[:n]], MEMBERS, {1}) for n in range(len(voters) + 1)]
    assert left == sorted(left, reverse=True)
    assert all(0 <= n <= wanted for n in left)


@pytest.mark.parametrize("bad", [{"approvals": -1}, {"approvals": 11}, {"roles": ("boss",)}, {"aprovals": 1}])
def test_a_policy_that_makes_no_sense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(bad)


def test_a_verdict_is_of_one_digest_one_member_once_and_can_be_voided(migrated: Path, tmp_path: Path) -> None:
    store = copied(migrated, tmp_path)
    with store.write() as session:
        for member in (1, 2):
            session.add(Member(id=member, name=str(member), created_at=NOW))
        session.flush()
        post = Post.draft(Content(text="Hi"), 1, NOW)
        session.add(post)
        session.flush()
        for digest in (post.digest, "another"):
            row = vote(2)
            row.post_id, row.digest = post.number, digest
            session.add(row)
    with store.write() as session:
        post = session.get(Post, 1) or post
        assert [v.member_id for v in verdicts(session, post)] == [2]
        twin = vote(2)
        twin.digest = post.digest
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(twin)
        void(session, post)
        assert verdicts(session, post) == []
        assert session.get(Approval, 2)
    store.close()
