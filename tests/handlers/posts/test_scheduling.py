"""The hour of a post, and publishing now."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.posts.hours import realign
from models.delivery import Delivery
from models.post import PostState
from support.bench import DeskBench
from support.posts import approved, draft, published, submitted


def test_the_hour_is_said_back_with_weekday_date_and_zone(bench: DeskBench) -> None:
    approved(bench)
    bench.press("Bruno", "Schedule", "P1")
    bench.fill("Bruno", bench.form, when="fri 18:30")
    assert "P1 goes out Fri 27 Nov 2026, 18:30 (Europe/Rome).\n[Another hour]" in bench.whispered("Bruno")
    assert "Bruno scheduled P1: Fri 27 Nov 2026, 18:30 (Europe/Rome)." in bench.told()
    assert "When: Fri 27 Nov 2026, 18:30 (Europe/Rome)" in bench.shown("P1", chat="telegram")
    assert bench.post().state == PostState.SCHEDULED


def test_an_hour_may_stand_on_its_own_line(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1\nfri 18:30", chat="telegram")
    assert bench.post().wall == "2026-11-27T18:30:00"


def test_how_something_ambiguous_was_read_is_said(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1 9:00")
    assert "That hour is over for today, so I took tomorrow" in bench.whispered("Bruno")


def test_an_hour_that_cannot_be_read_keeps_the_form_open_at_its_field(bench: DeskBench) -> None:
    approved(bench)
    bench.press("Bruno", "Schedule", "P1")
    handled = bench.fill("Bruno", bench.form, when="some day")
    assert handled.field == "when"
    assert bench.post().state == PostState.APPROVED


def test_a_command_without_an_hour_asks_for_it(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1")
    assert bench.form.verb == "schedule"
    bench.say("Bruno", "schedule P1", chat="telegram")
    bench.answer("Bruno", "tomorrow 9:00")
    assert bench.post().state == PostState.SCHEDULED


def test_before_approval_an_hour_is_a_wish_of_the_author(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "schedule P1 tomorrow 9:00")
    assert "once it is approved" in bench.whispered("Ada")
    bench.press("Ada", "Submit", "P1")
    bench.say("Ada", "schedule P1 tomorrow 10:00")
    assert "Ada wishes Tue 24 Nov 2026, 10:00 (Europe/Rome) for P1." in bench.told()[-1]
    assert bench.deliveries() == []


def test_after_approval_only_a_publisher_sets_the_hour(bench: DeskBench) -> None:
    approved(bench)
    for typed in ("schedule P1 tomorrow 9:00", "publish P1"):
        bench.say("Ada", typed)
        assert "the role “publisher”" in bench.whispered("Ada")
        assert "These members have it: Bruno, Dario." in bench.whispered("Ada")
    bench.press("Ada", "Schedule", "P1")
    assert "role “publisher”" in bench.whispered("Ada")
    assert bench.post().state == PostState.APPROVED


def test_a_rescheduled_post_leaves_at_the_new_hour_only(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.press("Bruno", "Reschedule", "P1")
    assert bench.form.fields[0].value == "2026-11-24 09:00"
    bench.fill("Bruno", bench.form, when="tomorrow 11:00")
    bench.wait(timedelta(hours=24))
    assert bench.public() == []
    bench.wait(timedelta(hours=1))
    assert len(bench.public()) == 1


def test_a_draft_is_submitted_first_even_where_nobody_has_to_approve(bench: DeskBench) -> None:
    bench.set_policy(approvals=0)
    draft(bench)
    bench.say("Bruno", "publish P1")
    assert bench.whispered("Bruno") == "P1 is still a draft. Submit it first."


def test_an_hour_can_be_taken_back_and_the_approvals_hold(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.press("Bruno", "Cancel schedule", "P1")
    assert (bench.post().state, bench.post().due_at) == (PostState.APPROVED, None)
    bench.wait(timedelta(days=2))
    assert bench.public() == []
    bench.press("Bruno", "Schedule", "P1")
    bench.fill("Bruno", bench.form, when="tomorrow 9:00")
    bench.wait(timedelta(hours=23))
    assert len(bench.public()) == 1


def test_a_post_without_an_hour_has_none_to_take(bench: DeskBench) -> None:
    draft(bench, when="tomorrow 9:00")
    press = bench.button("Edit", "P1").model_copy(update={"verb": "unschedule"})
    bench.act(bench.pressed("Ada", press))
    assert bench.post().due_at is None
    bench.act(bench.pressed("Ada", press))
    assert bench.whispered("Ada") == "P1 has no hour."


def test_posts_near_each_other_on_one_account_are_named(bench: DeskBench) -> None:
    approved(bench, "One", when="tomorrow 9:00")
    draft(bench, "Two")
    bench.press("Ada", "Submit", "P2")
    bench.press("Bruno", "Approve", "P2")
    bench.say("Bruno", "schedule P2 tomorrow 9:10")
    near = "P1 goes out on acme close to it: Tue 24 Nov 2026, 09:00 (Europe/Rome)."
    assert near in bench.whispered("Bruno")
    assert near in bench.shown("P2")
    bench.say("Bruno", "schedule P2 tomorrow 9:15")
    assert near not in bench.shown("P2")


def test_a_wish_near_another_wish_is_named(bench: DeskBench) -> None:
    submitted(bench, "One", when="tomorrow 9:00")
    draft(bench, "Two", when="tomorrow 9:05")
    assert "P1 goes out on acme close to it" in bench.shown("P2")
    draft(bench, "Three", accounts=("acme_it",), when="tomorrow 9:05")
    assert "close to it" not in bench.shown("P3")


@pytest.mark.parametrize("typed", ["schedule P1 tomorrow 9:00", "publish P1"])
def test_what_is_over_gets_no_hour(bench: DeskBench, typed: str) -> None:
    published(bench)
    bench.say("Bruno", typed)
    assert bench.whispered("Bruno").startswith("P1 is published, so")


# -- now


def test_a_post_in_review_is_not_published_and_it_is_said_who_is_missing(bench: DeskBench) -> None:
    submitted(bench)
    bench.press("Bruno", "Publish now", "P1")
    assert bench.whispered("Bruno") == (
        "P1 cannot go out before it is approved: 1 approval is missing. These members can approve it: Bruno, Chiara."
    )
    assert bench.public() == []


def test_a_scheduled_post_can_go_out_now(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1
    bench.wait(timedelta(days=2))
    assert len(bench.public()) == 1


def test_two_publishers_at_once_publish_once(bench: DeskBench) -> None:
    approved(bench)
    press = bench.pressed("Bruno", bench.button("Publish now", "P1"))
    other = bench.pressed("Dario", bench.button("Publish now", "P1"), chat="slack")
    with bench.store.write() as session:
        bench.router.handle(session, press, bench.now)
    bench.act(other)
    assert bench.whispered("Dario") == "P1 is on its way already."
    assert len(bench.public()) == 1


def test_the_same_press_twice_publishes_once(bench: DeskBench) -> None:
    approved(bench)
    button = bench.button("Publish now", "P1")
    bench.act(bench.pressed("Bruno", button))
    bench.act(bench.pressed("Bruno", button))
    assert "P1 is published, so that is not possible now." in bench.whispered("Bruno")
    assert len(bench.public()) == 1


def test_a_post_that_stands_on_all_its_accounts_is_not_sent_again(bench: DeskBench) -> None:
    published(bench, accounts=("acme", "acme_it"))
    with bench.store.write() as session:
        bench.desk(session, "Bruno").post("P1").state = PostState.APPROVED.value
    bench.say("Bruno", "publish P1")
    assert "stands on all its accounts already" in bench.whispered("Bruno")


# -- when the rules of a zone change


def test_the_clock_on_the_wall_wins_when_a_zone_changes_its_rules(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    with bench.store.write() as session:
        desk = bench.desk(session, "Ada")
        assert realign(desk) == 0
        wrong = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
        post = desk.post("P1")
        post.set_hour(wrong, post.wall, post.zone, bench.now)
        delivery = session.get(Delivery, bench.deliveries()[0].id)
        assert delivery
        delivery.due_at = wrong
    with bench.store.write() as session:
        assert realign(bench.desk(session, "Ada")) == 1
    assert bench.post().due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert bench.deliveries()[0].due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
