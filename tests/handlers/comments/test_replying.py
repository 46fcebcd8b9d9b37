"""Replies on their way: once, or told; and what a member can do about one that failed or that nobody knows of."""

import pytest

from handlers.delivery.checking import AGAIN
from handlers.intents import Pressed
from models.conversation import CommentState
from models.delivery import DeliveryState
from support.inbox_bench import InboxBench

STATUSES = "POST /api/v1/statuses"
OWN = "GET /api/v1/accounts/*/statuses"


def pressed(desk: InboxBench, who: str, verb: str, subject: str = "R1") -> str:
    desk.act(Pressed(origin=desk.origin(who), verb=verb, subject=subject, revision=desk.fence(subject)))
    return desk.handled.refusal


def failed(desk: InboxBench) -> str:
    """Chiara's reply that the network refused; returns what it answered."""
    said = desk.commented()
    desk.mastodon.fault(STATUSES, "status", status=422, body='{"error": "Validation failed: Text is rude"}')
    desk.replied()
    return said


def unsure(desk: InboxBench, kind: str = "drop_after") -> str:
    """Chiara's reply of which nobody can tell whether it stands; returns what it answered."""
    said = desk.commented()
    desk.mastodon.fault(STATUSES, kind)
    desk.replied()
    desk.mastodon.fault(OWN, "status", status=403, body='{"error": "This action is not allowed"}', times=9)
    desk.settle()
    desk.mastodon.calm()
    return said


def test_a_reply_that_failed_is_told_with_the_reason_and_what_to_do(desk: InboxBench) -> None:
    said = failed(desk)
    for chat in ("slack", "telegram"):
        told = desk.told(chat=chat)[-1]
        assert "The reply to C1 did not go out: Validation failed: Text is rude\n[Retry] [Edit] [Leave it]" in told
    assert "did not go out" in desk.direct("Chiara")[-1]
    assert "Chiara replied (not sent): At seven." in desk.shown("C1")
    assert desk.comment().state == CommentState.OPEN
    desk.press("Chiara", "Retry", "R1")
    assert len(desk.answers(said)) == 1
    assert "is not failed any more" in pressed(desk, "Chiara", "retry_reply")
    assert "retried reply" in desk.audited()


def test_a_failed_reply_is_edited_into_a_new_one(desk: InboxBench) -> None:
    said = failed(desk)
    desk.press("Chiara", "Edit", "R1")
    desk.fill("Chiara", desk.form, text="At seven, please.")
    desk.press_aside("Send", "Chiara")
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example At seven, please."]
    assert "C1 is done" in pressed(desk, "Chiara", "retry_reply")
    assert "C1 is done" in pressed(desk, "Chiara", "edit_reply")


def test_a_failed_reply_is_left_as_it_is(desk: InboxBench) -> None:
    said = failed(desk)
    desk.press("Chiara", "Leave it", "R1")
    assert desk.deliveries("reply")[0].state == DeliveryState.CANCELLED
    assert "settled already" in pressed(desk, "Chiara", "leave_reply")
    assert "is not failed any more" in pressed(desk, "Chiara", "retry_reply")
    assert desk.answers(said) == []


@pytest.mark.parametrize("verb", ["retry_reply", "leave_reply", "reply_is_live", "reply_not_there"])
def test_nobody_settles_a_reply_past_the_member_who_holds_the_comment(desk: InboxBench, verb: str) -> None:
    failed(desk)
    assert "C1 is held by Chiara" in pressed(desk, "Elena", verb)
    assert "moderator" in pressed(desk, "Ada", verb)
    assert "There is no R7 here." in pressed(desk, "Chiara", verb, "R7")


def test_an_edit_that_only_the_network_knows_of_stops_the_reply(desk: InboxBench) -> None:
    said = desk.commented("Is it good?")
    desk.preview(text="Yes!")
    desk.nora.edit(said, "@acme Is it bad?")
    desk.press_aside("Send", "Chiara")
    assert desk.answers(said) == []
    told = "did not go out: its author edited it meanwhile. It says now: “@acme Is it bad?”\n[Edit] [Leave it]"
    assert told in desk.told()[-1]
    assert "@acme Is it bad?" in desk.shown("C1")
    assert "It says now" in pressed(desk, "Chiara", "retry_reply")
    desk.press("Chiara", "Edit", "R1")
    assert "Is it bad?" in desk.form.intro
    desk.fill("Chiara", desk.form, text="No!")
    desk.press_aside("Send", "Chiara")
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example No!"]


def test_a_comment_that_cannot_be_read_just_now_is_answered_all_the_same(desk: InboxBench) -> None:
    said = desk.commented()
    desk.mastodon.fault(f"GET /api/v1/statuses/{said}", "status", status=403, body='{"error": "no"}')
    desk.replied()
    assert len(desk.answers(said)) == 1


def waiting(desk: InboxBench) -> str:
    """Chiara's reply that the network wants an hour later; returns what it answers."""
    said = desk.commented("Is it good?")
    desk.mastodon.fault(STATUSES, "status", status=429, headers={"Retry-After": "3600"})
    desk.replied()
    assert desk.deliveries("reply")[0].state == DeliveryState.WAITING
    assert "Chiara replied (on its way)" in desk.shown("C1")
    return said


def test_a_comment_deleted_while_its_reply_waits_is_not_answered(desk: InboxBench) -> None:
    said = waiting(desk)
    desk.nora.delete(said)
    desk.look()
    desk.now = desk.now.replace(hour=desk.now.hour + 2)
    desk.deliver()
    assert desk.public("acme") == []
    assert "did not go out: C1 was deleted by its author before that.\n[Leave it]" in desk.told()[-1]


def test_a_comment_edited_while_its_reply_waits_is_not_answered(desk: InboxBench) -> None:
    said = waiting(desk)
    desk.nora.edit(said, "@acme Is it bad?")
    desk.look()
    desk.now = desk.now.replace(hour=desk.now.hour + 2)
    desk.deliver()
    assert desk.answers(said) == []
    assert "It says now: “@acme Is it bad?”" in desk.told()[-1]
    assert "[Edit] [Leave it]" in desk.told()[-1]


def test_a_comment_edited_while_its_reply_leaves_stays_open(desk: InboxBench) -> None:
    said = desk.commented("Is it good?")
    desk.mastodon.fault(STATUSES, "drop_after")
    desk.replied()
    desk.nora.edit(said, "@acme Is it bad?")
    desk.look()
    desk.settle()
    assert len(desk.answers(said)) == 1
    assert desk.comment().state == CommentState.OPEN
    assert "Chiara replied (public)" in desk.shown("C1")


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_cut_connection_makes_neither_two_replies_nor_none(desk: InboxBench, kind: str) -> None:
    said = desk.commented()
    desk.mastodon.fault(STATUSES, kind)
    desk.replied()
    assert "nobody knows yet whether it went out" in desk.shown("C1")
    desk.settle()
    desk.settle()
    assert len(desk.answers(said)) == 1
    assert desk.comment().state == CommentState.DONE


def test_what_nobody_can_look_up_is_asked_and_found_live(desk: InboxBench) -> None:
    said = unsure(desk)
    assert "Nobody can tell whether the reply to C1 went out." in desk.told()[-1]
    assert "[It is live] [It is not, send it] [Leave it]" in desk.told()[-1]
    desk.press("Chiara", "It is live", "R1")
    assert desk.comment().state == CommentState.DONE
    assert "settled already" in pressed(desk, "Chiara", "reply_is_live")
    assert len(desk.answers(said)) == 1


def test_what_nobody_can_look_up_is_asked_and_sent(desk: InboxBench) -> None:
    said = unsure(desk, "drop_before")
    desk.press("Chiara", "It is not, send it", "R1")
    desk.settle()
    assert len(desk.answers(said)) == 1
    assert "C1 is done" in pressed(desk, "Chiara", "reply_not_there")


def test_what_nobody_can_look_up_is_asked_and_left(desk: InboxBench) -> None:
    said = unsure(desk)
    desk.press("Chiara", "Leave it", "R1")
    assert "Chiara replied (nobody knows whether it went out)" in desk.shown("C1")
    assert "is not failed any more" in pressed(desk, "Chiara", "retry_reply")
    assert "settled already" in pressed(desk, "Chiara", "leave_reply")
    assert "settled already" in pressed(desk, "Chiara", "reply_not_there")
    desk.settle()
    assert len(desk.answers(said)) == 1


def held(desk: InboxBench) -> str:
    """Chiara's reply that finds the access lost; returns what it answers."""
    said = desk.commented()
    desk.mastodon.act("settings", revoke_token="acme")
    desk.replied()
    assert desk.deliveries("reply")[0].state == DeliveryState.HELD
    return said


def regained(desk: InboxBench) -> None:
    desk.mastodon.act("settings", restore_token="acme")
    desk.wait(AGAIN)
    desk.wait(AGAIN)


def test_a_reply_is_held_while_access_is_lost_and_goes_out_when_it_works_again(desk: InboxBench) -> None:
    said = held(desk)
    told = "The reply to C1 is held: access to acme is lost. It goes out by itself when that works again."
    for chat in ("slack", "telegram"):
        assert f"{told}\n[Edit] [Do not send it]" in desk.told(chat=chat)[-1]
    assert told in desk.direct("Chiara")[-1]
    assert "Chiara replied (held until access to the account works again): At seven." in desk.shown("C1")
    desk.look()
    assert desk.posted("acme has lost access") == 1
    desk.preview(text="At eight.")
    assert "Another reply to C1 is on its way" in desk.press_aside("Send", "Chiara").refusal
    regained(desk)
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example At seven."]
    assert desk.comment().state == CommentState.DONE


def test_a_held_reply_can_be_taken_back(desk: InboxBench) -> None:
    said = held(desk)
    desk.press("Chiara", "Do not send it", "R1")
    regained(desk)
    assert desk.answers(said) == []
    assert "Chiara replied (not sent)" in desk.shown("C1")


def test_a_held_reply_is_edited_into_a_new_one(desk: InboxBench) -> None:
    said = held(desk)
    desk.press("Chiara", "Edit", "R1")
    desk.fill("Chiara", desk.form, text="At eight.")
    desk.press_aside("Send", "Chiara")
    regained(desk)
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example At eight."]


def test_an_account_taken_out_of_the_settings_is_named(desk: InboxBench) -> None:
    waiting(desk)
    desk.reshape(accounts={})
    desk.now = desk.now.replace(hour=desk.now.hour + 2)
    desk.deliver()
    assert "There is no account called “acme”" in desk.told()[-1]
