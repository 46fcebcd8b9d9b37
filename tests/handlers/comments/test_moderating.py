"""Acts on comments and their authors: done once, shown when done, told when not."""

import pytest

from handlers.delivery.checking import AGAIN
from handlers.intents import Filled, Pressed
from models.audit import AuditEntry
from models.delivery import DeliveryState
from support.inbox_bench import InboxBench


def pressed(desk: InboxBench, who: str, verb: str, subject: str = "C1") -> str:
    desk.act(Pressed(origin=desk.origin(who), verb=verb, subject=subject, revision=desk.fence(subject)))
    return desk.handled.refusal


@pytest.mark.parametrize(
    ("label", "undo", "mark", "seen"),
    [
        ("Like", "Unlike", "liked", lambda state: state["timeline"][-1]["favourited_by_us"] == ["acme"]),
        ("Repost", "Undo repost", "reposted", lambda state: state["timeline"][-1]["reblogged_by_us"] == ["acme"]),
        ("Mute", "Unmute", "author muted", lambda state: ["acme", "nora"] in state["mutes"]),
        ("Block", "Unblock", "author blocked", lambda state: ["acme", "nora"] in state["blocks"]),
    ],
)
def test_an_act_is_done_shown_and_can_be_undone(desk: InboxBench, label: str, undo: str, mark: str, seen) -> None:  # type: ignore[no-untyped-def]
    desk.commented()
    desk.press("Chiara", label, "C1")
    assert seen(desk.mastodon.state())
    for chat in ("slack", "telegram"):
        assert mark in desk.card("C1", chat=chat).footer
        assert label not in desk.labels("C1", chat=chat)
    desk.press("Chiara", undo, "C1")
    assert not seen(desk.mastodon.state())
    assert mark not in desk.card("C1").footer
    assert label in desk.labels("C1")


def test_a_block_asks_first(desk: InboxBench) -> None:
    desk.commented()
    assert "Block @nora@social.example?" in desk.button("Block", "C1").confirm


def test_what_is_so_already_is_not_done_again(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Like", "C1")
    assert "That is so already." in pressed(desk, "Elena", "like")
    assert "That is so already." in pressed(desk, "Elena", "unmute")
    assert len(desk.deliveries("act")) == 1


def test_what_is_done_about_an_author_shows_on_all_their_comments(desk: InboxBench) -> None:
    desk.commented("one")
    desk.nora.mention("acme", "two")
    desk.oleg.mention("acme", "mine")
    desk.look()
    desk.press("Chiara", "Block", "C1")
    assert "author blocked" in desk.card("C1").footer
    assert "author blocked" in desk.card("C2").footer
    assert "blocked" not in desk.card("C3").footer
    desk.press("Elena", "Unblock", "C2")
    assert "blocked" not in desk.card("C1").footer


def test_the_author_of_a_deleted_comment_can_still_be_blocked(desk: InboxBench) -> None:
    said = desk.commented("awful")
    desk.nora.delete(said)
    desk.look()
    assert "C1 was deleted by its author." in pressed(desk, "Chiara", "like")
    desk.press("Chiara", "Block", "C1")
    assert desk.mastodon.state()["blocks"] == [["acme", "nora"]]
    assert desk.labels("C1") == ["Mute", "Unblock"]


def test_a_report_needs_a_reason_and_is_filed_once(desk: InboxBench) -> None:
    said = desk.commented("Buy pills")
    desk.press("Chiara", "Report", "C1")
    form = desk.form
    assert [o.value for o in form.fields[0].options] == ["spam", "legal", "violation", "other"]
    assert desk.fill("Chiara", form, reason="because").field == "reason"
    desk.fill("Chiara", form, reason="spam")
    (filed,) = desk.mastodon.state()["reports"]
    assert (filed["category"], filed["target"]) == ("spam", "nora")
    assert said in str(filed)
    assert "reported" in desk.card("C1").footer
    assert "Report" not in desk.labels("C1")
    assert "C1 was reported already." in desk.fill("Elena", form, reason="spam").refusal
    assert len(desk.mastodon.state()["reports"]) == 1


def test_an_act_on_its_way_is_not_ordered_twice(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Report", "C1")
    form = desk.form
    desk.mastodon.fault("POST /api/v1/reports", "status", status=429, headers={"Retry-After": "60"})
    desk.fill("Chiara", form, reason="spam")
    assert "That is on its way already" in desk.fill("Elena", form, reason="legal").refusal
    assert "That is on its way already" in pressed(desk, "Elena", "report")
    assert pressed(desk, "Elena", "like") == ""
    assert "reported" not in desk.card("C1").footer
    desk.settle()
    assert len(desk.mastodon.state()["reports"]) == 1


def test_an_act_that_failed_is_told_and_can_be_tried_again(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.fault("POST */favourite", "status", status=403, body='{"error": "This action is not allowed"}')
    desk.press("Chiara", "Like", "C1")
    assert "“like” did not work on C1: This action is not allowed\n[Retry] [Leave it]" in desk.told()[-1]
    assert "liked" not in desk.card("C1").footer
    number = desk.deliveries("act")[0].number
    desk.press("Chiara", "Retry", f"D{number}")
    assert "liked" in desk.card("C1").footer
    assert "is done now" in pressed(desk, "Chiara", "retry_act", f"D{number}")
    assert "is done now" in pressed(desk, "Chiara", "leave_act", f"D{number}")


def test_the_log_tells_how_every_act_ended(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.fault("POST */reblog", "status", status=403, body='{"error": "This action is not allowed"}')
    for label in ("Like", "Repost"):
        desk.press("Chiara", label, "C1")
    desk.mastodon.fault("POST /api/v1/reports", "drop_after")
    desk.press("Chiara", "Report", "C1")
    desk.fill("Chiara", desk.form, reason="spam")
    desk.settle()
    entries = [e for e in desk.rows(AuditEntry, AuditEntry.subject == "C1") if e.action.startswith("act ")]
    assert [(e.actor, e.action, e.after["act"]) for e in entries] == [
        ("", "act done", "like"),
        ("", "act failed", "repost"),
        ("", "act unsure", "report"),
    ]
    assert entries[1].after["reason"] == "This action is not allowed"


def test_an_act_that_failed_can_be_left(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.fault("POST */reblog", "status", status=403, body='{"error": "This action is not allowed"}')
    desk.press("Chiara", "Repost", "C1")
    number = desk.deliveries("act")[0].number
    desk.press("Chiara", "Leave it", f"D{number}")
    assert desk.deliveries("act")[0].state == DeliveryState.CANCELLED
    assert "is cancelled now" in pressed(desk, "Chiara", "retry_act", f"D{number}")


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_cut_connection_is_simply_repeated_where_that_does_no_harm(desk: InboxBench, kind: str) -> None:
    desk.commented()
    desk.mastodon.fault("POST */favourite", kind)
    desk.press("Chiara", "Like", "C1")
    desk.settle()
    assert desk.mastodon.state()["timeline"][-1]["favourited_by_us"] == ["acme"]
    assert "liked" in desk.card("C1").footer


def unsure(desk: InboxBench, kind: str) -> str:
    """A report of which nobody can tell whether it was received; returns the code of its delivery."""
    desk.commented()
    desk.mastodon.fault("POST /api/v1/reports", kind)
    desk.press("Chiara", "Report", "C1")
    desk.fill("Chiara", desk.form, reason="spam")
    desk.settle()
    assert "Nobody can tell whether the report of C1 was received." in desk.told()[-1]
    return f"D{desk.deliveries('act')[0].number}"


def test_a_report_is_never_repeated_blindly_and_a_member_says_it_was_received(desk: InboxBench) -> None:
    code = unsure(desk, "drop_after")
    desk.press("Chiara", "It was received", code)
    desk.settle()
    assert len(desk.mastodon.state()["reports"]) == 1
    assert "reported" in desk.card("C1").footer
    assert "settled already" in pressed(desk, "Chiara", "act_happened", code)


def test_a_report_is_never_repeated_blindly_and_a_member_sends_it_again(desk: InboxBench) -> None:
    code = unsure(desk, "drop_before")
    assert desk.mastodon.state()["reports"] == []
    desk.press("Chiara", "It was not, send it", code)
    assert len(desk.mastodon.state()["reports"]) == 1


def test_a_report_is_never_repeated_blindly_and_a_member_leaves_it(desk: InboxBench) -> None:
    code = unsure(desk, "drop_after")
    desk.press("Chiara", "Leave it", code)
    desk.settle()
    assert len(desk.mastodon.state()["reports"]) == 1
    assert "reported" not in desk.card("C1").footer


@pytest.mark.parametrize("verb", ["retry_act", "leave_act", "act_happened"])
def test_nobody_settles_an_act_past_the_member_who_holds_the_comment(desk: InboxBench, verb: str) -> None:
    code = unsure(desk, "drop_after")
    desk.press("Chiara", "Take", "C1")
    assert "C1 is held by Chiara" in pressed(desk, "Elena", verb, code)
    assert "moderator" in pressed(desk, "Ada", verb, code)
    assert "There is no D1 here." in pressed(desk, "Chiara", verb, "D1")
    assert "There is no D999 here." in pressed(desk, "Chiara", verb, "D999")


def test_a_right_that_the_token_lacks_is_found_out_and_its_button_goes(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.act("settings", scopes={"acme": "read write:statuses"})
    desk.press("Chiara", "Mute", "C1")
    assert "“mute” did not work on C1: This action is outside the authorized scopes" in desk.told()[-1]
    assert "Mute" not in desk.labels("C1")
    assert "acme cannot do that" in pressed(desk, "Chiara", "mute")


def test_acts_are_held_while_access_is_lost_and_done_when_it_works_again(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.act("settings", revoke_token="acme")
    desk.press("Chiara", "Like", "C1")
    told = "“like” on C1 is held: access to acme is lost. It is done by itself when that works again.\n[Do not do it]"
    assert told in desk.told()[-1]
    assert "Held until access to the account works again: like" in desk.shown("C1")
    assert "on its way already" in pressed(desk, "Chiara", "like")
    desk.press("Chiara", "Mute", "C1")
    desk.press("Chiara", "Do not do it", f"D{desk.deliveries('act')[1].id}")
    assert desk.posted("acme has lost access to its network") == 1
    desk.mastodon.act("settings", restore_token="acme")
    desk.wait(AGAIN)
    desk.wait(AGAIN)
    assert [delivery.state for delivery in desk.deliveries("act")] == [DeliveryState.DONE, DeliveryState.CANCELLED]
    assert desk.comment().liked
    assert "Held until" not in desk.shown("C1")


def test_a_comment_that_never_was_cannot_be_reported(desk: InboxBench) -> None:
    desk.act(Filled(origin=desk.origin("Chiara"), verb="report", subject="C9", values={"reason": "spam"}))
    assert "There is no C9 here." in desk.handled.refusal
