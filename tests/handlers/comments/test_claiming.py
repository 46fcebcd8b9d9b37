"""Who holds a comment, and that nobody works past them."""

from datetime import timedelta

from handlers.intents import Filled, Pressed
from models.conversation import CommentState, Reply
from support.inbox_bench import InboxBench

HELD = "C1 is held by Chiara until Mon 23 Nov 2026, 10:30 (Europe/Rome)"
ACTS = ("like", "unlike", "repost", "unrepost", "mute", "unmute", "block", "unblock", "report")


def pressed(desk: InboxBench, who: str, verb: str, subject: str = "C1") -> str:
    desk.act(Pressed(origin=desk.origin(who), verb=verb, subject=subject))
    return desk.handled.refusal


def test_taking_shows_everybody_who_holds_it_and_until_when(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1", chat="telegram")
    assert "You hold C1 until Mon 23 Nov 2026, 10:30" in desk.whispered("Chiara", chat="telegram")
    for chat in ("slack", "telegram"):
        assert "Held by: Chiara, until Mon 23 Nov 2026, 10:30 (Europe/Rome)" in desk.shown("C1", chat=chat)
        assert "Take" not in desk.labels("C1", chat=chat)
    assert "took" in desk.audited()


def test_no_button_or_form_works_past_the_member_who_holds_it(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    for verb in ("take", "reply", "done", *ACTS):
        assert HELD in pressed(desk, "Elena", verb), verb
    values = {"text": "mine", "reason": "spam"}
    for verb in ("reply", "report"):
        desk.act(Filled(origin=desk.origin("Elena"), verb=verb, subject="C1", revision=1, values=values))
        assert HELD in desk.handled.refusal, verb
    desk.say("Elena", "reply C1 mine")
    assert HELD in desk.whispered("Elena")
    assert desk.comment().state == CommentState.OPEN
    assert desk.deliveries("act") == []
    assert desk.rows(Reply) == []


def test_the_holder_takes_it_again_for_longer(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    desk.wait(timedelta(minutes=20))
    assert pressed(desk, "Chiara", "take") == ""
    assert "until Mon 23 Nov 2026, 10:50" in desk.shown("C1")


def test_only_the_holder_or_an_admin_releases_it(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    assert "Chiara holds C1; only they or an admin can release it." in pressed(desk, "Elena", "release")
    desk.press("Chiara", "Release", "C1")
    assert "Held by" not in desk.shown("C1")
    assert "Nobody holds C1." in pressed(desk, "Chiara", "release")
    desk.press("Elena", "Take", "C1")
    assert pressed(desk, "Dario", "release") == ""
    assert desk.comment().taken_by is None


def test_a_claim_ends_by_itself_and_visibly(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    desk.wait(timedelta(minutes=29))
    assert "Held by" in desk.shown("C1")
    desk.wait(timedelta(minutes=1))
    assert "Held by" not in desk.shown("C1")
    assert "Take" in desk.labels("C1")
    assert desk.audited().count("claim ended") == 1
    desk.wait(timedelta(minutes=1))
    assert desk.audited().count("claim ended") == 1
    assert pressed(desk, "Elena", "take") == ""


def test_a_claim_that_ended_holds_nobody_back_even_before_the_clock_ticks(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    desk.now += timedelta(minutes=31)
    assert pressed(desk, "Elena", "take") == ""


def test_done_and_reopened_by_the_holder_only(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Take", "C1")
    desk.press("Chiara", "Done", "C1")
    assert desk.labels("C1") == ["Reopen"]
    assert "1, 0 of them open" in desk.shown("V1")
    assert "C1 is done, so that is not possible now." in pressed(desk, "Elena", "take")
    assert "C1 is done" in pressed(desk, "Elena", "done")
    desk.press("Elena", "Reopen", "C1")
    assert desk.comment().state == CommentState.OPEN
    assert "C1 is open" in pressed(desk, "Elena", "reopen_comment")
    assert [a for a in desk.audited() if a in {"took", "done", "reopened"}] == ["took", "done", "reopened"]


def test_members_without_the_role_and_strangers_are_told_so(desk: InboxBench) -> None:
    desk.commented()
    for verb in ("take", "release", "done", "reopen_comment", "reply", *ACTS):
        assert "needs the role “moderator”" in pressed(desk, "Ada", verb), verb
        assert "Chiara, Dario, Elena" in desk.handled.refusal
        assert "not a member of this team" in pressed(desk, "Mallory", verb), verb
        assert "There is no C99 here." in pressed(desk, "Chiara", verb, "C99"), verb
        assert "is not a code like C12" in pressed(desk, "Chiara", verb, "V1"), verb
