"""What leaves is what was approved, byte for byte, by members whose approvals still count; all else is held."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from handlers.delivery.copies import BEGINS
from models.account import Account
from models.delivery import DeliveryState
from models.media import path_of
from models.member import Member, Role
from models.post import PostState
from models.publication import Publication
from support.bench import DeskBench
from support.posts import approved
from support.stage import Stage

#: To nine in Rome tomorrow.
DAY = timedelta(hours=23)


def behind(bench: DeskBench, table: str = "post", **changes: Any) -> None:
    """Somebody changes what is stored of P1 in the database."""
    with bench.store.write() as session:
        stored = session.execute(text(f"SELECT content_json FROM {table}")).scalar_one()
        content = {**(json.loads(stored) if isinstance(stored, str) else stored), **changes}
        session.execute(text(f"UPDATE {table} SET content_json = :c"), {"c": json.dumps(content)})


def member(bench: DeskBench, who: str, **changes: Any) -> None:
    """A member is changed behind everybody's back."""
    with bench.store.write() as session:
        found = session.exec(select(Member).where(Member.name == who)).one()
        for name, value in changes.items():
            setattr(found, name, value)


def archived(bench: DeskBench) -> Path:
    """Where the file of P1 lies."""
    return path_of(bench.setup.media_folder, bench.post().content.media[0].sha256)


def state(bench: DeskBench) -> str:
    return bench.deliveries()[0].state


def nothing_left(bench: DeskBench) -> None:
    assert bench.public("acme") + bench.public("acme_it") == []
    assert state(bench) == DeliveryState.HELD


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"text": "Never approved"}, "Never approved"),
    ({"text": "Hello, world\n---\nAnd a second part"}, "And a second part"),
    ({"wording": {"acme": "Other words here"}}, "Other words"),
    ({"link": "https://elsewhere.example"}, "Link: – → https://elsewhere.example"),
    ({"warning": "spoiler"}, "Content warning: – → spoiler"),
    ({"visibility": "direct"}, "Visibility: – → direct"),
    ({"language": "de"}, "Language: – → de"),
    ({"format": "story"}, "Format: Post → Story"),
    ({"first_comment": "Buy now"}, "Buy now"),
    ({"accounts": ["acme", "acme_it"]}, "Accounts: acme → acme, acme_it"),
    ({"media": []}, "1 file taken out"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=lambda given: str(given)[:30])
def test_whatever_was_changed_behind_the_desk_is_held_and_told_with_what_differs(
    bench: DeskBench, change: dict[str, Any], said: str
) -> None:
    approved(bench, when="tomorrow 9:00", files=(bench.picture(),), alt="a red square")
    behind(bench, **change)
    bench.wait(DAY)
    nothing_left(bench)
    for told in (bench.told()[-1], bench.direct("Ada")[-1], bench.direct("Bruno")[-1]):
        assert "P1 is held and did not go out on acme: it is not what was approved." in told
        assert said in told
        assert "[Show the post] [Edit]" in told
    assert "P1 · In review" in bench.shown("P1")
    assert "held: it is not what was approved" in bench.shown("P1")
    assert "held" in bench.actions()


def test_an_alt_text_that_was_changed_behind_the_desk_is_held(bench: DeskBench) -> None:
    approved(bench, files=(bench.picture(),), alt="a red square")
    media = bench.post().content_json["media"]
    behind(bench, media=[{**media[0], "alt": "a blue circle"}])
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)
    assert "Alt text: a red square → a blue circle" in bench.told()[-1]


def test_what_was_changed_goes_out_once_it_is_approved_as_it_reads_now(bench: DeskBench) -> None:
    approved(bench)
    behind(bench, text="New words")
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)
    assert bench.post().revision == 2
    bench.press("Bruno", "Publish now", "P1")
    assert "cannot go out before it is approved" in bench.whispered("Bruno")
    bench.press("Chiara", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert [s["text"] for s in bench.public()] == ["New words"]
    assert bench.post().state == PostState.PUBLISHED


def test_the_author_puts_the_approved_words_back_and_they_are_approved_again(bench: DeskBench) -> None:
    approved(bench)
    behind(bench, text="Smuggled in")
    bench.press("Bruno", "Publish now", "P1")
    bench.say("Ada", "edit P1 Hello, world")
    assert bench.post().state == PostState.REVIEW
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert [s["text"] for s in bench.public()] == ["Hello, world"]


def test_an_edit_back_to_the_approved_words_counts_as_a_change_where_the_stored_ones_are_others(
    bench: DeskBench,
) -> None:
    approved(bench)
    behind(bench, text="Smuggled in")
    bench.say("Ada", "edit P1 Hello, world")
    assert (bench.post().content.text, bench.post().state) == ("Hello, world", PostState.REVIEW)


def test_where_what_was_approved_is_not_kept_either_it_is_held_all_the_same(bench: DeskBench) -> None:
    approved(bench)
    behind(bench, text="Never approved")
    behind(bench, "revision", text="Not this one either")
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)
    assert "it is not what was approved" in bench.told()[-1]
    assert "Not this one" not in bench.told()[-1]


def test_a_digest_that_was_changed_with_the_content_helps_nobody(bench: DeskBench) -> None:
    approved(bench)
    with bench.store.write() as session:
        publication = bench.post()
        content = publication.content.model_copy(update={"text": "Never approved"})
        given = {"d": content.digest(), "c": json.dumps(content.model_dump(mode="json"))}
        session.execute(text("UPDATE post SET content_json = :c, digest = :d"), given)
    bench.press("Bruno", "Publish now", "P1")
    assert bench.public() == []
    assert bench.post().state == PostState.REVIEW


# -- the bytes of files -----------------------------------------------------------------------------------------------


def with_picture(bench: DeskBench) -> bytes:
    """P1 is approved with a picture; returns its bytes."""
    approved(bench, files=(bench.picture(),), alt="a red square")
    return archived(bench).read_bytes()


def test_a_file_that_was_overwritten_is_held_and_goes_out_once_the_approved_one_is_back(bench: DeskBench) -> None:
    red = with_picture(bench)
    archived(bench).write_bytes(red[:-1] + b"x")
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)
    told = bench.told()[-1]
    assert "File 1 in the archive is not the one that was approved: somebody has overwritten it." in told
    assert "[Show the post] [Edit] [Publish now] [Cancel schedule]" in told
    assert any("somebody has overwritten it" in said for said in bench.direct("Ada"))
    archived(bench).write_bytes(red)
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()[0]["media"]) == 1
    assert bench.post().state == PostState.PUBLISHED


def test_a_file_that_is_missing_is_held_and_the_post_goes_out_with_another(bench: DeskBench) -> None:
    with_picture(bench)
    archived(bench).unlink()
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)
    assert "File 1 is missing from the archive." in bench.told()[-1]
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, files=(bench.picture("dog.png", "blue"),), kept=[])
    bench.press("Bruno", "Approve", "P1")
    bench.say("Bruno", "publish P1")
    assert len(bench.public()) == 1


def test_a_file_that_is_overwritten_after_the_claim_does_not_leave(bench: DeskBench) -> None:
    with_picture(bench)

    def step(name: str) -> None:
        if name == "claimed:publication":
            archived(bench).write_bytes(b"something else entirely")

    bench.steps = step
    bench.press("Bruno", "Publish now", "P1")
    nothing_left(bench)


def test_a_row_of_the_archive_that_names_another_file_changes_nothing_of_what_leaves(bench: DeskBench) -> None:
    with_picture(bench)
    bench.picture("dog.png", "blue")
    with bench.store.write() as session:
        blue = session.execute(text("SELECT sha256 FROM media WHERE id = 2")).scalar_one()
        session.execute(text("UPDATE media SET sha256 = 'x' WHERE id = 2"))
        session.execute(text("UPDATE media SET sha256 = :s WHERE id = 1"), {"s": blue})
    bench.press("Bruno", "Publish now", "P1")
    assert bench.public()[0]["media"][0]["description"] == "a red square"
    assert bench.post().content.media[0].sha256 != blue


def test_no_copy_of_an_attempt_stays_behind(bench: DeskBench) -> None:
    with_picture(bench)
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1
    assert list(bench.setup.media_folder.glob(f"{BEGINS}*")) == []


# -- whose account it is ----------------------------------------------------------------------------------------------


def known_as(bench: DeskBench, remote_id: str) -> None:
    """The account's identity on its network, as far as the desk knows it."""
    with bench.store.write() as session:
        session.get_one(Account, "acme").remote_id = remote_id


def test_a_post_for_an_account_that_is_another_by_now_is_approved_again_or_does_not_leave(bench: DeskBench) -> None:
    known_as(bench, "1")
    approved(bench, when="tomorrow 9:00")
    known_as(bench, "2")
    bench.wait(DAY)
    nothing_left(bench)
    assert "acme is another account on its network than it was when this was approved" in bench.told()[-1]
    bench.press("Chiara", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_what_was_scheduled_before_identities_were_kept_goes_out_once(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    known_as(bench, "2")
    assert bench.rows(Publication)[0].identity == ""
    bench.wait(DAY)
    bench.wait(DAY)
    assert len(bench.public()) == 1


# -- whose approvals count --------------------------------------------------------------------------------------------


def held_by_a_stop(bench: DeskBench) -> None:
    """P1 is scheduled with Bruno's approval, its hour comes, and its account is stopped."""
    approved(bench, when="tomorrow 9:00")
    bench.say("Ada", "stop acme")
    bench.wait(DAY)
    nothing_left(bench)


@pytest.mark.parametrize(
    "lost", [{"active": False}, {"roles": [Role.PUBLISHER.value]}], ids=["removed", "without the role"]
)
def test_what_was_held_does_not_leave_with_an_approval_that_does_not_count_any_more(
    bench: DeskBench, lost: dict[str, Any]
) -> None:
    held_by_a_stop(bench)
    member(bench, "Bruno", **lost)
    bench.say("Dario", "resume acme")
    bench.wait(timedelta(minutes=1))
    nothing_left(bench)
    assert "P1 · In review" in bench.shown("P1")
    for told in (bench.told()[-1], bench.direct("Ada")[-1]):
        assert "its approvals do not suffice any more, 1 approval is missing." in told
        assert "These members can approve it: Chiara." in told
    assert "review_reopened" in bench.actions()
    bench.press("Chiara", "Approve", "P1")
    bench.press("Dario", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_a_policy_that_wants_more_by_now_asks_for_what_is_missing_and_keeps_what_was_given(bench: DeskBench) -> None:
    held_by_a_stop(bench)
    bench.set_policy(approvals=2)
    bench.say("Dario", "resume acme")
    bench.wait(timedelta(minutes=1))
    nothing_left(bench)
    assert "any more, 1 approval is missing." in bench.told()[-1]
    bench.press("Chiara", "Approve", "P1")
    bench.press("Dario", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_who_gets_the_role_back_can_approve_again(bench: DeskBench) -> None:
    held_by_a_stop(bench)
    member(bench, "Bruno", roles=[])
    bench.say("Dario", "resume acme")
    bench.wait(timedelta(minutes=1))
    member(bench, "Bruno", roles=[Role.APPROVER.value, Role.PUBLISHER.value])
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_the_other_account_of_a_post_that_is_reviewed_again_waits_in_silence(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00", accounts=("acme", "acme_it"))
    behind(bench, text="Never approved")
    bench.wait(DAY)
    nothing_left(bench)
    assert [row.state for row in bench.deliveries()] == [DeliveryState.HELD] * 2
    assert len([said for said in bench.direct("Ada") if "is held" in said]) == 1
    bench.press("Chiara", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert (len(bench.public("acme")), len(bench.public("acme_it"))) == (1, 1)


def test_a_post_that_is_held_can_be_withdrawn(bench: DeskBench, mastodon: Stage) -> None:
    approved(bench)
    behind(bench, text="Never approved")
    bench.press("Bruno", "Publish now", "P1")
    bench.press("Ada", "Withdraw", "P1")
    assert state(bench) == DeliveryState.CANCELLED
    assert bench.post().state == PostState.WITHDRAWN
