"""Private replies: read by one person, sent once, never repeated by themselves."""

from datetime import timedelta

from models.conversation import CommentState, Reply
from models.delivery import DeliveryState
from support.bakery_inbox import BakeryInbox

MESSAGES = "POST /facebook/v26.0/1001/messages"


def previewed(desk: BakeryInbox, text: str = "We are sorry.") -> None:
    """Nora's comment, and Chiara's private reply before her."""
    desk.nora_says("My bread was stale")
    desk.press("Chiara", "Reply privately", "C1")
    desk.fill("Chiara", desk.form, text=text)


def test_it_is_shown_before_it_leaves_and_reaches_its_author_alone(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    assert bakery_inbox.messages() == []
    preview = bakery_inbox.whispered("Chiara")
    assert preview.startswith("Bakery writes this to Nora")
    assert "We are sorry." in preview
    assert "My bread was stale" in preview
    bakery_inbox.press_aside("Send", "Chiara")
    assert bakery_inbox.messages() == ["We are sorry."]
    assert [c["text"] for c in bakery_inbox.under()] == ["My bread was stale"]
    assert "Chiara replied privately (sent): We are sorry." in bakery_inbox.shown("C1")
    assert bakery_inbox.comment().state == CommentState.DONE
    assert "replied privately" in bakery_inbox.audited()


def test_it_is_offered_once(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    button = bakery_inbox.button("Reply privately", "C1")
    bakery_inbox.press_aside("Send", "Chiara")
    bakery_inbox.press("Chiara", "Reopen", "C1")
    assert "Reply privately" not in bakery_inbox.labels("C1")
    refusal = bakery_inbox.act(bakery_inbox.pressed("Chiara", button)).refusal
    assert refusal == "C1 was answered privately already, and the network allows that once."


def test_an_empty_one_is_refused_in_the_form(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says()
    bakery_inbox.press("Chiara", "Reply privately", "C1")
    assert bakery_inbox.fill("Chiara", bakery_inbox.form, text=" \u200b ").field == "text"


def test_one_that_is_too_long_is_refused_in_the_form(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox, "x" * 2001)
    assert bakery_inbox.handled.field == "text"
    assert bakery_inbox.handled.refusal == "The text has 2001 characters of at most 2000: shorten it by 1."
    assert bakery_inbox.rows(Reply) == []


LATE = "Facebook lets a comment be answered privately for 7 days, and they are over. Answer it in public."


def test_after_a_week_it_is_not_offered_any_more_and_a_form_that_is_open_still_leads_nowhere(
    bakery_inbox: BakeryInbox,
) -> None:
    bakery_inbox.nora_says()
    button = bakery_inbox.button("Reply privately", "C1")
    bakery_inbox.press("Chiara", "Reply privately", "C1")
    form = bakery_inbox.form
    bakery_inbox.wait(timedelta(days=8))
    assert bakery_inbox.act(bakery_inbox.pressed("Chiara", button)).refusal == LATE
    assert bakery_inbox.fill("Chiara", form, text="Sorry!").refusal == LATE
    bakery_inbox.press("Chiara", "Take", "C1")
    assert "Reply privately" not in bakery_inbox.labels("C1")
    assert bakery_inbox.rows(Reply) == []


def test_a_preview_that_was_left_for_a_week_is_not_sent(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    bakery_inbox.wait(timedelta(days=8))
    bakery_inbox.press_aside("Send", "Chiara")
    assert bakery_inbox.handled.refusal == LATE
    assert bakery_inbox.deliveries("reply") == []


def test_a_second_is_not_written_while_nobody_knows_of_the_first(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says("My bread was stale")
    button = bakery_inbox.button("Reply privately", "C1")
    bakery_inbox.press("Chiara", "Reply privately", "C1")
    form = bakery_inbox.form
    bakery_inbox.fill("Chiara", form, text="We are sorry.")
    bakery_inbox.meta.fault(MESSAGES, "drop_after")
    bakery_inbox.press_aside("Send", "Chiara")
    underway = "Another reply to C1 is on its way. Wait until its card shows how that ended."
    assert bakery_inbox.act(bakery_inbox.pressed("Chiara", button)).refusal == underway
    assert bakery_inbox.fill("Chiara", form, text="Once more").refusal == underway
    assert bakery_inbox.messages() == ["We are sorry."]


def test_it_can_be_edited_and_dropped(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    bakery_inbox.press_aside("Edit", "Chiara")
    assert (bakery_inbox.form.verb, bakery_inbox.form.fields[0].value) == ("private_reply", "We are sorry.")
    bakery_inbox.fill("Chiara", bakery_inbox.form, text="Very sorry.")
    bakery_inbox.press_aside("Cancel", "Chiara")
    assert bakery_inbox.messages() == []
    assert bakery_inbox.deliveries("reply") == []


def test_it_does_not_answer_a_text_that_changed_meanwhile(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    bakery_inbox.meta.act("pages/edit", **{"as": "nora", "id": bakery_inbox.under()[0]["id"], "text": "All is well"})
    bakery_inbox.press_aside("Send", "Chiara")
    assert bakery_inbox.messages() == []
    assert "its author edited it meanwhile" in bakery_inbox.told()[-1]


def test_one_that_the_network_refuses_is_told(bakery_inbox: BakeryInbox) -> None:
    previewed(bakery_inbox)
    body = '{"error": {"message": "Too late for that", "code": 10, "error_subcode": 2018278}}'
    bakery_inbox.meta.fault(MESSAGES, "status", status=400, body=body)
    bakery_inbox.press_aside("Send", "Chiara")
    assert "The reply to C1 did not go out: Too late for that" in bakery_inbox.told()[-1]
    bakery_inbox.press("Chiara", "Retry", "R1")
    assert bakery_inbox.messages() == ["We are sorry."]


def unsure(desk: BakeryInbox, kind: str) -> None:
    previewed(desk)
    desk.meta.fault(MESSAGES, kind)
    desk.press_aside("Send", "Chiara")
    desk.settle()


def test_one_whose_answer_was_lost_is_never_repeated_by_itself(bakery_inbox: BakeryInbox) -> None:
    unsure(bakery_inbox, "drop_after")
    bakery_inbox.settle()
    assert bakery_inbox.messages() == ["We are sorry."]
    assert bakery_inbox.deliveries("reply")[0].state == DeliveryState.UNSURE
    assert "Nobody can tell whether the reply to C1 went out." in bakery_inbox.told()[-1]
    bakery_inbox.press("Chiara", "It is live", "R1")
    assert "Chiara replied privately (sent)" in bakery_inbox.shown("C1")
    assert bakery_inbox.messages() == ["We are sorry."]


def test_a_member_who_knows_that_it_was_not_received_sends_it(bakery_inbox: BakeryInbox) -> None:
    unsure(bakery_inbox, "drop_before")
    assert bakery_inbox.messages() == []
    bakery_inbox.press("Chiara", "It is not, send it", "R1")
    assert bakery_inbox.messages() == ["We are sorry."]
