"""Answering the public: nothing leaves before its writer has seen it and said Send."""

from datetime import timedelta
from itertools import product

import pytest
from sqlmodel import select

from handlers.intents import Filled, Pressed, Quoted, Said
from models.conversation import CommentState, Reply
from models.member import Member
from support.bench import INBOX
from support.inbox_bench import InboxBench
from support.paper import words


def pressed(desk: InboxBench, who: str, verb: str, subject: str = "R1") -> str:
    desk.act(Pressed(origin=desk.origin(who), verb=verb, subject=subject))
    return desk.handled.refusal


def test_a_reply_is_seen_before_it_leaves_and_stands_where_it_belongs(desk: InboxBench) -> None:
    post = desk.publication()
    said = desk.nora.reply(post, "When do you open?")["id"]
    desk.look()
    desk.press("Chiara", "Reply", "C1")
    assert desk.form.intro == "Nora (@nora@social.example):\n@acme When do you open?"
    desk.fill("Chiara", desk.form, text="At seven.")
    seen = words(desk.aside("Chiara"))
    assert "This goes out in public as acme\nAt seven.\nIt answers C1:\n@acme When do you open?" in seen
    assert "Mentions: @nora@social.example\nVisibility: public\nLength: 15 / 500\n[Send] [Edit] [Cancel]" in seen
    assert desk.answers(said) == []
    assert desk.deliveries("reply") == []
    desk.press_aside("Send", "Chiara")
    (answer,) = desk.answers(said)
    assert answer["text"] == "@nora@social.example At seven."
    assert "Chiara replied (public): At seven." in desk.shown("C1")
    assert any(s.url == answer["url"] for p in desk.card("C1").body for s in p.spans)
    assert desk.comment().state == CommentState.DONE
    assert "1, 0 of them open" in desk.shown("V1")
    assert [a for a in desk.audited() if a.startswith("repl")] == ["replied", "reply stands"]


def warned(desk: InboxBench) -> str:
    """Nora's comment behind a content warning; its remote id."""
    said = desk.commented("Are there eggs in it?")
    desk.nora.edit(said, "@acme Are there eggs in it?", warning="food")
    desk.look()
    return said


def test_the_answer_to_what_is_hidden_behind_a_warning_is_hidden_behind_it_too(desk: InboxBench) -> None:
    said = warned(desk)
    desk.press("Chiara", "Reply", "C1")
    assert [(f.name, f.value) for f in desk.form.fields] == [("text", ""), ("warning", "food")]
    desk.fill("Chiara", desk.form, text="Two.")
    assert "Content warning: food" in desk.whispered("Chiara")
    desk.press_aside("Send", "Chiara")
    assert [(a["text"], a["warning"]) for a in desk.answers(said)] == [("@nora@social.example Two.", "food")]


def test_the_warning_of_an_answer_can_be_changed_and_taken_away(desk: InboxBench) -> None:
    said = warned(desk)
    desk.preview(text="Two.")
    assert "Content warning: food" in desk.whispered("Chiara")
    desk.press_aside("Edit", "Chiara")
    desk.fill("Chiara", desk.form, warning="eggs")
    desk.press_aside("Edit", "Chiara")
    assert [f.value for f in desk.form.fields] == ["Two.", "eggs"]
    desk.fill("Chiara", desk.form, warning="")
    assert "Content warning" not in desk.whispered("Chiara")
    desk.press_aside("Send", "Chiara")
    assert [a["warning"] for a in desk.answers(said)] == [""]


def test_where_a_comment_has_no_warning_none_is_asked(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Reply", "C1")
    assert [f.name for f in desk.form.fields] == ["text"]


def test_send_pressed_twice_sends_once(desk: InboxBench) -> None:
    said = desk.commented()
    desk.replied()
    assert "was sent already" in pressed(desk, "Chiara", "send_reply")
    assert len(desk.answers(said)) == 1
    assert "was sent already" in pressed(desk, "Chiara", "drop_reply")
    assert "was sent already" in pressed(desk, "Chiara", "edit_reply")


@pytest.mark.parametrize(
    ("visibility", "told"), [("unlisted", "unlisted"), ("private", "private"), ("direct", "direct")]
)
def test_a_reply_is_never_seen_by_more_people_than_the_comment(desk: InboxBench, visibility: str, told: str) -> None:
    desk.mastodon.visit("follow", "acme", whom="nora")
    said = desk.commented(visibility=visibility)
    desk.preview()
    assert f"Visibility: {told}" in desk.whispered("Chiara")
    desk.press_aside("Send", "Chiara")
    assert [a["visibility"] for a in desk.answers(said)] == [visibility]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", "The reply is empty."),
        ("  \n\t ", "The reply is empty."),
        ("\u200b\u2060", "The reply is empty."),
        ("x" * 501, "characters of at most 500"),
        ("a\x07b", "invisible control characters"),
    ],
)
def test_what_the_network_would_refuse_is_refused_at_the_field(desk: InboxBench, typed: str, refusal: str) -> None:
    desk.commented()
    desk.press("Chiara", "Reply", "C1")
    handled = desk.fill("Chiara", desk.form, text=typed)
    assert refusal in handled.refusal
    assert handled.field == "text"
    assert desk.rows(Reply) == []


def test_the_mention_counts_and_a_warning_is_shown(desk: InboxBench) -> None:
    desk.commented()
    desk.preview(text="y" * 494)
    assert "500 / 500" in desk.whispered("Chiara")
    desk.preview(text="y" * 495)
    assert "shorten it by 1" in desk.whispered("Chiara")
    desk.preview(text="evil \u202e text")
    assert "hidden characters: check how it reads" in desk.whispered("Chiara")


def test_markup_in_a_reply_stays_text(desk: InboxBench) -> None:
    said = desk.commented()
    text = "<script>alert(1)</script> *not bold* & {braces} %s"
    desk.replied(text=text)
    assert desk.answers(said)[0]["text"].endswith(text)
    assert "<script>" not in desk.answers(said)[0]["html"]
    assert text in desk.shown("C1")


def test_an_edited_preview_takes_the_place_of_the_first(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview(text="At sevn.")
    desk.press_aside("Edit", "Chiara")
    assert desk.form.fields[0].value == "At sevn."
    desk.fill("Chiara", desk.form, text="At seven.")
    assert "you made a newer one" in pressed(desk, "Chiara", "send_reply", "R1")
    assert desk.answers(said) == []
    assert pressed(desk, "Chiara", "send_reply", "R2") == ""
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example At seven."]


def test_a_cancelled_preview_never_leaves(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    desk.press_aside("Cancel", "Chiara")
    assert "Nothing was sent to @nora@social.example." in desk.whispered("Chiara")
    for verb in ("send_reply", "edit_reply", "drop_reply"):
        assert "was cancelled" in pressed(desk, "Chiara", verb)
    desk.preview(text="Another")
    assert "was cancelled" in pressed(desk, "Chiara", "send_reply", "R1")
    assert desk.answers(said) == []


def test_only_its_writer_sends_a_preview(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    for verb in ("send_reply", "edit_reply", "drop_reply"):
        assert "Chiara wrote that reply, and only they can send it." in pressed(desk, "Elena", verb)
        assert "moderator" in pressed(desk, "Ada", verb)
        assert "not a member" in pressed(desk, "Mallory", verb)
    assert "There is no R9 here." in pressed(desk, "Chiara", "send_reply", "R9")
    assert desk.answers(said) == []


def test_who_lost_the_role_meanwhile_cannot_send(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    with desk.store.write() as session:
        session.exec(select(Member).where(Member.name == "Chiara")).one().roles = ["author"]
    assert "moderator" in pressed(desk, "Chiara", "send_reply")
    assert desk.answers(said) == []


def test_a_preview_holds_the_comment_and_two_people_do_not_both_answer(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview("Chiara")
    assert "Held by: Chiara" in desk.shown("C1")
    desk.preview("Elena", "Me too")
    assert "C1 is held by Chiara" in desk.whispered("Elena")
    desk.wait(timedelta(minutes=31))
    desk.preview("Elena", "My turn")
    assert "C1 is held by Elena" in pressed(desk, "Chiara", "send_reply")
    desk.press_aside("Send", "Elena")
    assert "C1 is done" in pressed(desk, "Chiara", "send_reply")
    assert len(desk.answers(said)) == 1


def test_no_second_reply_leaves_while_one_is_on_its_way(desk: InboxBench) -> None:
    said = desk.commented()
    desk.mastodon.fault("POST /api/v1/statuses", "status", status=429, headers={"Retry-After": "3600"})
    desk.replied()
    desk.wait(timedelta(minutes=31))
    desk.preview("Elena", "Are you there?")
    assert "Another reply to C1 is on its way." in desk.press_aside("Send", "Elena").refusal
    desk.wait(timedelta(minutes=60))
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example At seven."]


def test_an_edit_while_the_form_is_open_is_not_answered_unseen(desk: InboxBench) -> None:
    said = desk.commented("Is it good?")
    desk.press("Chiara", "Reply", "C1")
    form = desk.form
    desk.nora.edit(said, "@acme Is it bad?")
    desk.look()
    handled = desk.fill("Chiara", form, text="Yes!")
    assert "It says now: “@acme Is it bad?”" in handled.refusal
    assert desk.rows(Reply) == []


def test_an_edit_while_the_preview_is_open_is_not_answered_unseen(desk: InboxBench) -> None:
    said = desk.commented("Is it good?")
    desk.preview(text="Yes!")
    desk.nora.edit(said, "@acme Is it bad?")
    desk.look()
    assert "It says now: “@acme Is it bad?”" in pressed(desk, "Chiara", "send_reply")
    assert desk.answers(said) == []
    desk.press("Chiara", "Reply", "C1")
    desk.fill("Chiara", desk.form, text="No!")
    desk.press_aside("Send", "Chiara")
    assert [a["text"] for a in desk.answers(said)] == ["@nora@social.example No!"]


def test_what_was_deleted_cannot_be_answered(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    desk.nora.delete(said)
    desk.look()
    for verb, subject in (("send_reply", "R1"), ("edit_reply", "R1"), ("reply", "C1")):
        assert "there is nothing to answer" in pressed(desk, "Chiara", verb, subject)


def test_what_is_done_must_be_reopened_first(desk: InboxBench) -> None:
    desk.commented()
    desk.replied()
    assert "Reopen it first" in pressed(desk, "Chiara", "reply", "C1")
    desk.press("Chiara", "Reopen", "C1")
    desk.replied(text="And on Sundays at eight.")
    assert "Chiara replied (public): At seven.\nChiara replied (public): And on Sundays at eight." in desk.shown("C1")


def test_a_token_that_may_not_write_is_found_out_once_and_draws_no_reply_button_then(desk: InboxBench) -> None:
    said = desk.commented()
    desk.mastodon.act("settings", scopes={"acme": "read"})
    desk.replied()
    assert "The reply to C1 did not go out: This action is outside the authorized scopes" in desk.told()[-1]
    assert desk.labels("C1") == ["Release", "Like", "Done", "Mute", "Block", "Report"]
    assert "acme cannot reply: its token does not allow it." in pressed(desk, "Chiara", "reply", "C1")
    assert desk.answers(said) == []


# -- typed -------------------------------------------------------------------------------------------------------------


def test_the_command_without_a_text_opens_the_form(desk: InboxBench) -> None:
    desk.commented()
    desk.say("Chiara", "reply c1")
    assert desk.form.subject == "C1"


@pytest.mark.parametrize("typed", ["reply", "reply hello", "reply C", "reply C1x y"])
def test_the_command_must_say_which_comment(desk: InboxBench, typed: str) -> None:
    desk.commented()
    desk.say("Chiara", typed)
    assert "Say which comment" in desk.whispered("Chiara")
    desk.say("Chiara", typed, quoted=Quoted(text="anything", message_id="unknown"))
    assert "Say which comment" in desk.whispered("Chiara")


def test_the_command_as_an_answer_to_the_card_means_its_comment(desk: InboxBench) -> None:
    said = desk.commented()
    room = INBOX[1].room
    card = Quoted(text="", message_id=desk.sheet("C1", chat="telegram").message_id)
    for typed in ("reply At seven.", "reply C1 At seven."):
        desk.say("Chiara", typed, chat="telegram", quoted=card, room=room)
        assert "This goes out in public as acme\nAt seven.\n" in desk.whispered("Chiara", chat="telegram")
    desk.say("Chiara", "reply C4 is great", chat="telegram", quoted=card, room=room)
    assert "You answer the card of C1 but write C4." in desk.whispered("Chiara", chat="telegram")
    conversation = Quoted(text="", message_id=desk.sheet("V1", chat="telegram").message_id)
    desk.say("Chiara", "reply hi", chat="telegram", quoted=conversation, room=room)
    assert "Say which comment" in desk.whispered("Chiara", chat="telegram")
    assert desk.answers(said) == []


def test_the_command_as_an_answer_to_a_message_about_a_comment_means_it_too(desk: InboxBench) -> None:
    said = desk.commented()
    desk.nora.edit(said, "@acme Since when?")
    desk.look()
    note = next(s for s in desk.papers["slack"].sheets if "was edited" in words(s.card))
    desk.say("Chiara", "reply Since 1990.", quoted=Quoted(message_id=note.message_id), room=note.place.room)
    assert "It answers C1" in desk.whispered("Chiara")


def test_in_telegram_the_text_is_asked_for_and_then_previewed(desk: InboxBench) -> None:
    said = desk.commented()
    desk.press("Chiara", "Reply", "C1", chat="telegram")
    assert "When do you open?" in desk.whispered("Chiara", chat="telegram")
    desk.answer("Chiara", "At seven.")
    assert "This goes out in public" in desk.whispered("Chiara", chat="telegram")
    assert desk.answers(said) == []
    desk.press_aside("Send", "Chiara", chat="telegram")
    assert len(desk.answers(said)) == 1


def test_a_preview_survives_a_restart(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    desk.restart()
    assert pressed(desk, "Chiara", "send_reply") == ""
    assert len(desk.answers(said)) == 1


# -- what is said stays in the team ------------------------------------------------------------------------------------


def test_a_note_in_a_comments_thread_never_becomes_public(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview("Elena", "Not sent yet")
    for text in ("At seven.", "reply C1 At seven.", "/reply C1 At seven.", "Send", "@nora At seven."):
        for who, chat in product(("Chiara", "Elena", "Ada", "Mallory"), ("slack", "telegram")):
            card = desk.sheet("C1", chat=chat)
            origin = desk.origin(who, chat, room=card.place.room, thread=card.message_id)
            desk.act(Said(origin=origin, text=text))
            desk.act(Said(origin=origin, text=text, answers=card.message_id))
    desk.settle()
    assert desk.deliveries("reply") == []
    assert [reply.text for reply in desk.rows(Reply)] == ["Not sent yet"]
    assert desk.answers(said) == []
    assert desk.public("acme") == []


def test_a_note_while_a_question_is_open_becomes_at_most_a_preview(desk: InboxBench) -> None:
    desk.commented()
    card = desk.sheet("C1", chat="telegram")
    origin = desk.origin("Chiara", "telegram", room=card.place.room)
    desk.act(Pressed(origin=origin, verb="reply", subject="C1"))
    desk.act(Said(origin=origin, text="Is she the one from last week?", answers=card.message_id))
    desk.act(Said(origin=origin, text="Send", answers=card.message_id))
    desk.settle()
    assert desk.deliveries("reply") == []
    assert desk.public("acme") == []


def test_a_form_of_a_comment_that_never_was_is_refused(desk: InboxBench) -> None:
    desk.act(Filled(origin=desk.origin("Chiara"), verb="reply", subject="C5", revision=1, values={"text": "hi"}))
    assert "There is no C5 here." in desk.handled.refusal
