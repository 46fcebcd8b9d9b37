"""Drafts: how they are made, what they refuse, how they are taken back."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.intents import Arrived, Quoted
from models.post import PostState
from support.bench import REVIEW, DeskBench
from support.paper import words
from support.posts import approved, draft, published, submitted

DAMAGED = "“{name}” is damaged and cannot be read. Save it anew and send it again."


def labels(bench: DeskBench, code: str = "P1", chat: str = "slack") -> list[str]:
    return [button.label for button in bench.card(code, chat=chat).buttons]


# -- making a draft


def test_a_command_with_text_opens_the_form_filled_in_where_the_chat_has_forms(bench: DeskBench) -> None:
    bench.say("Ada", "post Hello there")
    values = {field.name: field.value for field in bench.form.fields}
    assert values["text"] == "Hello there"
    assert values["accounts"] == ("acme", "acme_it")
    assert bench.posts() == []


def test_a_command_with_text_makes_the_draft_at_once_where_the_chat_has_no_forms(bench: DeskBench) -> None:
    bench.say("Ada", "post Hello there", chat="telegram")
    assert "Hello there" in bench.shown("P1", chat="telegram")
    assert labels(bench, chat="telegram") == ["Submit", "Schedule", "Edit", "Wording", "Withdraw"]
    assert bench.post().content.accounts == ("acme", "acme_it")


def test_pictures_with_a_caption_make_a_draft_with_pictures(bench: DeskBench) -> None:
    cat, dog = bench.picture("cat.png"), bench.picture("dog.png", "blue")
    bench.say("Ada", "post Two friends", chat="telegram", files=(cat, dog, cat))
    card = bench.card("P1", chat="telegram")
    assert [picture.media_id for picture in card.pictures] == [cat.media_id, dog.media_id]
    assert "File 2 has no description" in words(card)


def test_a_message_becomes_a_draft_with_its_text_and_files(bench: DeskBench) -> None:
    cat = bench.picture()
    quoted = Quoted(text="A nice photo", message_id="9", files=(cat,))
    bench.say("Ada", "post", quoted=quoted)
    kept = next(field for field in bench.form.fields if field.name == "kept")
    bench.fill("Ada", bench.form)
    content = bench.post().content
    assert kept.value == (str(cat.media_id),)
    assert (content.text, [use.media_id for use in content.media]) == ("A nice photo", [cat.media_id])
    bench.say("Ada", "post", quoted=quoted, chat="telegram")
    assert bench.post("P2").content.text == "A nice photo"


def test_a_mention_in_a_thread_makes_the_draft_there(bench: DeskBench) -> None:
    bench.say("Ada", "post From the thread", thread="t1")
    assert bench.sheet("P1").place.thread == "t1"


def test_a_mention_without_text_offers_the_form(bench: DeskBench) -> None:
    bench.say("Ada", "post", thread="t1")
    assert "[Open the form]" in bench.whispered("Ada")
    actor, card = bench.papers["slack"].whispers[-1]
    bench.act(bench.pressed("Ada", card.buttons[0]))
    assert bench.form.verb == "draft"
    assert actor == "UADA"


def test_an_empty_command_asks_question_by_question_where_the_chat_has_no_forms(bench: DeskBench) -> None:
    bench.say("Ada", "post", chat="telegram")
    assert bench.whispered("Ada", chat="telegram").startswith("New post\nText")
    bench.answer("Ada", "Typed as an answer")
    bench.act(
        bench.pressed(
            "Ada",
            next(b for b in whispered(bench, "telegram").buttons if b.label in {"Keep it", "Continue"}),
            chat="telegram",
        )
    )
    skip(bench)
    bench.answer("Ada", "tomorrow 9:00")
    assert bench.post().content.text == "Typed as an answer"
    assert "Tue 24 Nov 2026, 09:00" in bench.shown("P1", chat="telegram")


def whispered(bench: DeskBench, chat: str = "slack"):  # type: ignore[no-untyped-def]
    return bench.papers[chat].whispers[-1][1]


def skip(bench: DeskBench) -> None:
    button = next(b for b in whispered(bench, "telegram").buttons if b.label == "Skip")
    bench.act(bench.pressed("Ada", button, chat="telegram"))


def test_a_draft_keeps_everything_that_was_filled_in(bench: DeskBench) -> None:
    draft(
        bench,
        "Hello\n---\nMore",
        files=(bench.picture(),),
        alt="a red square",
        link="https://example.com/news",
        warning="food",
        visibility="unlisted",
        language="IT",
        when="fri 18:30",
    )
    content = bench.post().content
    assert (content.warning, content.visibility, content.language) == ("food", "unlisted", "it")
    assert content.media[0].alt == "a red square"
    assert content.parts("acme") == ("Hello\n\nhttps://example.com/news", "More")
    shown = bench.shown("P1")
    for said in ("P1 · Draft", "part 1 of 2 · 34 / 500", "Fri 27 Nov 2026, 18:30 (Europe/Rome)", "Ada", "revision 1"):
        assert said in shown
    assert "P1 shall go out Fri 27 Nov 2026, 18:30 (Europe/Rome), once it is approved." in bench.whispered("Ada")


def test_hidden_characters_that_turn_the_writing_are_named(bench: DeskBench) -> None:
    draft(bench, "Pay to \u202egnp.exe")
    assert "turns the writing direction" in bench.shown("P1")


def test_the_same_words_again_on_the_same_account_are_named(bench: DeskBench) -> None:
    published(bench, "Open on Sunday")
    draft(bench, "Open on Sunday")
    assert "P1 has the same words on acme." in bench.shown("P2")
    draft(bench, "Open on Sunday", accounts=("acme_it",))
    assert "the same words" not in bench.shown("P3")
    bench.wait(timedelta(days=31))
    draft(bench, "Open on Sunday")
    assert "P1 has the same words" not in bench.shown("P4")


# -- bad input: refused where it was typed, and nothing is made of it


@pytest.mark.parametrize(
    ("field", "answers", "sentence"),
    [
        ("text", {"text": "  \n "}, "There is nothing to publish: write a text or add a picture."),
        ("text", {"text": "x" * 501}, "acme: The text has 501 characters of at most 500: shorten it by 1."),
        ("text", {"text": "x" * 20_001}, "That is 20001 characters; at most 20000 fit here."),
        ("text", {"text": "be\x07ll"}, "The text contains invisible control characters: type it anew."),
        (
            "text",
            {"text": "one\n---\n" + "y" * 501},
            "acme: Part 2 has 501 characters of at most 500: shorten it by 1.",
        ),
        ("accounts", {"accounts": ()}, "Choose at least one account."),
        (
            "accounts",
            {"accounts": ("acme", "nobody")},
            "There is no account called “nobody”. There are: acme, acme_it.",
        ),
        (
            "link",
            {"link": "javascript:alert(1)"},
            "“javascript:alert(1)” is not a web address. It begins with https://.",
        ),
        ("warning", {"warning": "w" * 490}, "acme: The text has 502 characters of at most 500: shorten it by 2."),
        ("visibility", {"visibility": "secret"}, "acme: Mastodon has no visibility “secret”"),
        ("language", {"language": "italiano!"}, "acme: “italiano!” is no language code"),
        ("when", {"when": "someday"}, "I cannot read “someday” as a time."),
        ("when", {"when": "yesterday"}, "is already past"),
        ("when", {"when": "2020-01-01 10:00"}, "is already past."),
        ("when", {"when": "2027-03-28 02:30"}, "does not exist"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    bench: DeskBench, field: str, answers: dict[str, Any], sentence: str
) -> None:
    bench.say("Ada", "post Hello, world")
    handled = bench.fill("Ada", bench.form, **{"accounts": ("acme",), **answers})
    assert handled.field == field
    assert sentence in handled.refusal
    assert bench.posts() == []


@pytest.mark.parametrize("unseen", ["\u200b\u200b", "\u2060", "\u202e", "\u3164 \ufe0f", "\u2800"])
def test_a_text_of_which_nobody_would_see_anything_is_no_text(bench: DeskBench, unseen: str) -> None:
    bench.say("Ada", "post Hello, world")
    handled = bench.fill("Ada", bench.form, text=unseen)
    assert handled.field == "text"
    assert handled.refusal == "There is nothing to publish: write a text or add a picture."
    bench.say("Ada", f"post {unseen}", chat="telegram")
    assert bench.posts() == []
    bench.say("Ada", "post Hello, world")
    bench.fill("Ada", bench.form, text=f"One\n---\n{unseen}\n---\n👩‍🚀")
    assert bench.post().content.parts("acme") == ("One", "👩‍🚀")
    bench.say("Ada", f"edit P1 {unseen}")
    assert "There is nothing to publish" in bench.whispered("Ada")


def test_files_that_cannot_be_used_are_refused_at_their_field(bench: DeskBench) -> None:
    bench.say("Ada", "post Hello, world")
    broken = Arrived(name="x.png", problem=DAMAGED, params={"name": "x.png"})
    handled = bench.fill("Ada", bench.form, files=(bench.picture(), broken))
    assert (handled.field, handled.refusal) == ("files", DAMAGED.format(name="x.png"))
    many = tuple(bench.picture(f"{n}.png", size=(10 + n, 10)) for n in range(10))
    bench.say("Ada", "post Hello, world")
    handled = bench.fill("Ada", bench.form, files=many)
    assert (handled.field, handled.refusal) == ("files", "acme: There are 10 pictures of at most 4: take some out.")
    bench.say("Ada", "post Hello, world")
    handled = bench.fill("Ada", bench.form, files=many[:2], alt="3: a third")
    assert (handled.field, handled.refusal) == ("alt", "There is no file 3: this post has 2.")
    bench.say("Ada", "post Hello, world")
    handled = bench.fill("Ada", bench.form, files=many[:1], alt="a" * 1501)
    assert handled.field == "alt"
    assert "The description of file 1 is longer than 1500 characters" in handled.refusal


def test_a_broken_file_with_a_typed_post_is_named_and_no_draft_is_made(bench: DeskBench) -> None:
    broken = Arrived(name="x.png", problem=DAMAGED, params={"name": "x.png"})
    bench.say("Ada", "post Look", chat="telegram", files=(broken,))
    assert bench.whispered("Ada", chat="telegram") == DAMAGED.format(name="x.png")
    assert bench.posts() == []


def test_a_typed_post_that_is_too_long_becomes_a_draft_that_says_so(bench: DeskBench) -> None:
    bench.say("Ada", "post " + "x" * 501, chat="telegram")
    assert "⛔ The text has 501 characters of at most 500" in bench.shown("P1", chat="telegram")
    bench.press("Ada", "Submit", "P1", chat="telegram")
    assert "acme: The text has 501 characters" in bench.whispered("Ada", chat="telegram")
    assert bench.post().state == PostState.DRAFT


def test_only_authors_draft(bench: DeskBench) -> None:
    bench.say("Chiara", "post Hello")
    assert "role “author”" in bench.whispered("Chiara")
    assert "Ada, Dario" in bench.whispered("Chiara")
    bench.say("Zoe", "post Hello")
    assert "You are not a member of this team yet" in bench.whispered("Zoe")
    assert bench.posts() == []


def test_without_accounts_a_draft_says_what_to_do(bench: DeskBench) -> None:
    bench.reshape(accounts={})
    bench.say("Ada", "post Hello")
    assert "No account is set up yet" in bench.whispered("Ada")


# -- taking back


def test_a_withdrawn_post_is_over_until_it_is_reopened(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.press("Ada", "Withdraw", "P1")
    assert bench.post().state == PostState.WITHDRAWN
    assert labels(bench) == ["Reopen"]
    bench.wait(timedelta(days=2))
    assert bench.public() == []
    bench.press("Ada", "Reopen", "P1")
    assert (bench.post().state, bench.post().due_at) == (PostState.DRAFT, None)


def test_the_author_learns_that_somebody_else_took_the_post_back(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Bruno", "withdraw P1")
    assert bench.direct("Ada") == ["Bruno took P1 back."]
    bench.say("Bruno", "withdraw P1")
    assert "P1 is withdrawn" in bench.whispered("Bruno")


def test_what_stands_on_a_network_is_not_withdrawn(bench: DeskBench) -> None:
    published(bench)
    bench.say("Ada", "withdraw P1")
    assert "P1 stands on a network already." in bench.whispered("Ada")


def test_open_shows_the_card_here_and_a_copy_where_it_stands_already(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Chiara", "open p1", room="COTHER")
    assert bench.papers["slack"].sheets[-1].place.room == "COTHER"
    bench.say("Chiara", "open P1", room="COTHER")
    assert "P1 · Draft" in bench.whispered("Chiara")
    bench.say("Chiara", "open P99")
    assert bench.whispered("Chiara") == "There is no P99 here."
    bench.say("Chiara", "open sesame")
    assert "“sesame” is not a code like P12." in bench.whispered("Chiara")


def test_a_submitted_card_stands_in_every_review_place(bench: DeskBench) -> None:
    submitted(bench)
    for place in REVIEW:
        assert any(s.place.room == place.room and not s.reply_to for s in bench.papers[place.chat].sheets)


def test_whose_typed_text_may_have_been_split_is_told_where_its_parts_are_put_together(bench: DeskBench) -> None:
    for chat, private in (("telegram", True), ("slack", False)):
        bench.say("Ada", "post " + "word " * 700, chat=chat, private=private, room="somewhere")
    told = [words(card) for _, card in bench.papers["telegram"].whispers]
    assert [said for said in told if "If Telegram split your text, only its first part is there: press Edit" in said]
    assert "split your text" not in bench.whispered("Ada")
    bench.say("Ada", "post word", chat="telegram", private=True, room="somewhere")
    assert len([card for _, card in bench.papers["telegram"].whispers if "split your" in words(card)]) == 1
