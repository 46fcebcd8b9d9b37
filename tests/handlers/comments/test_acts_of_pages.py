"""What a Page can do about comments: hide, remove; and what its cards say of them."""

from models.conversation import CommentState
from platforms.contract import CommentGone, RemoteAuthor, RemoteComment
from support.bakery_inbox import BakeryInbox
from support.inbox_bench import InboxBench

NORA = RemoteAuthor("3001", "Nora", "Nora")


def test_the_card_offers_what_the_page_can(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says()
    for chat in ("slack", "telegram"):
        assert bakery_inbox.labels("C1", chat=chat) == [
            "Take",
            "Reply",
            "Reply privately",
            "Like",
            "Done",
            "Hide",
            "Block",
            "Remove",
        ]


def test_a_network_without_these_acts_offers_none(desk: InboxBench) -> None:
    desk.commented()
    assert not {"Hide", "Remove", "Reply privately"} & set(desk.labels("C1"))


def test_a_comment_is_hidden_and_shown_again(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says("Rude words")
    bakery_inbox.press("Chiara", "Hide", "C1")
    assert bakery_inbox.under()[0]["hidden"]
    for chat in ("slack", "telegram"):
        assert "hidden" in bakery_inbox.card("C1", chat=chat).footer
        assert "Hide" not in bakery_inbox.labels("C1", chat=chat)
    bakery_inbox.press("Chiara", "Show again", "C1")
    assert not bakery_inbox.under()[0]["hidden"]
    assert "hidden" not in bakery_inbox.card("C1").footer


def test_hiding_whose_answer_was_lost_is_repeated(bakery_inbox: BakeryInbox) -> None:
    said = bakery_inbox.nora_says()
    bakery_inbox.meta.fault(f"POST /facebook/v26.0/{said}", "drop_after")
    bakery_inbox.press("Chiara", "Hide", "C1")
    bakery_inbox.settle()
    assert "hidden" in bakery_inbox.card("C1").footer


def test_a_comment_is_removed_after_a_question(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says("Buy pills")
    assert bakery_inbox.button("Remove", "C1").confirm == "Remove C1 for everybody? That cannot be undone."
    bakery_inbox.press("Chiara", "Remove", "C1")
    assert bakery_inbox.under() == []
    assert bakery_inbox.comment().state == CommentState.GONE
    shown = bakery_inbox.shown("C1")
    assert "We have removed this comment. It said:" in shown
    assert "Buy pills" in shown
    assert bakery_inbox.labels("C1") == ["Block"]
    bakery_inbox.look("bakery")
    assert not any("deleted by its author" in told for told in bakery_inbox.told())


def test_a_removal_that_the_network_tells_before_it_answers_is_ours(bakery_inbox: BakeryInbox) -> None:
    said = bakery_inbox.nora_says()
    bakery_inbox.meta.fault(f"DELETE /facebook/v26.0/{said}", "drop_after")
    bakery_inbox.press("Chiara", "Remove", "C1")
    bakery_inbox.hear(CommentGone(said), account="bakery")
    assert "We have removed this comment." in bakery_inbox.shown("C1")
    bakery_inbox.settle()
    assert not any("deleted by its author" in told for told in bakery_inbox.told())


def test_nothing_is_done_about_a_removed_comment(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says()
    like, reply = bakery_inbox.button("Like", "C1"), bakery_inbox.button("Reply", "C1")
    bakery_inbox.press("Chiara", "Remove", "C1")
    for button in (like, reply):
        refusal = bakery_inbox.act(bakery_inbox.pressed("Chiara", button)).refusal
        assert refusal == "C1 was removed by us, so nothing can be done about it."


def test_a_reply_does_not_leave_once_its_comment_was_removed(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says()
    bakery_inbox.preview()
    bakery_inbox.press("Chiara", "Remove", "C1")
    assert "C1 was removed by us" in bakery_inbox.press_aside("Send", "Chiara").refusal


def test_a_comment_under_an_ad_says_so(bakery_inbox: BakeryInbox) -> None:
    told = RemoteComment("1_1", NORA, "Nice ad", bakery_inbox.now, on_ad=True)
    bakery_inbox.hear(told, account="bakery")
    for chat in ("slack", "telegram"):
        assert "Where: under an ad" in bakery_inbox.shown("C1", chat=chat)


def test_a_comment_that_is_hidden_elsewhere_shows_it_and_an_old_call_does_not_undo_it(
    bakery_inbox: BakeryInbox,
) -> None:
    was = RemoteComment("1_1", NORA, "Hm", bakery_inbox.now)
    bakery_inbox.hear(was, account="bakery")
    bakery_inbox.hear(RemoteComment("1_1", NORA, "Hm", bakery_inbox.now, hidden=True), account="bakery")
    assert "hidden" in bakery_inbox.card("C1").footer
    bakery_inbox.hear(was, account="bakery")
    assert "hidden" in bakery_inbox.card("C1").footer
