"""Drafts: how they are made, what they refuse, how they are edited and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cards import Card
from handlers.changes import MOST, _words, difference
from handlers.draftform import alt_lines, described
from handlers.forms import Form
from handlers.intents import Arrived, Quoted
from models.member import Identity, Member
from models.post import Content, MediaUse, PostState, Revision
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
        ("when", {"when": "yesterday"}, "I cannot read “yesterday” as a time."),
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


# -- editing


def test_an_edit_of_a_draft_changes_what_was_asked_and_nothing_else(bench: DeskBench) -> None:
    draft(bench, files=(bench.picture(),), alt="a cat", when="fri 18:30")
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, text="Hello, moon")
    post = bench.post()
    assert (post.content.text, post.content.media[0].alt, post.revision) == ("Hello, moon", "a cat", 2)
    assert post.wall == "2026-11-27T18:30:00"
    assert [r.number for r in bench.rows(Revision)] == [1, 2]
    assert bench.actions() == ["drafted", "hour_wished", "edited"]


def test_files_can_be_taken_out_and_added(bench: DeskBench) -> None:
    cat, dog, cow = bench.picture("cat.png"), bench.picture("dog.png", "blue"), bench.picture("cow.png", "green")
    draft(bench, files=(cat, dog), alt="1: cat\n2: dog")
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, kept=(str(dog.media_id),), files=(cow,), alt="dog\ncow")
    assert [(u.media_id, u.alt) for u in bench.post().content.media] == [(dog.media_id, "dog"), (cow.media_id, "cow")]


def test_an_hour_can_be_wished_for_and_given_up_in_the_form(bench: DeskBench) -> None:
    draft(bench)
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, when="tomorrow 8:00")
    assert bench.post().wall == "2026-11-24T08:00:00"
    assert bench.post().revision == 1
    bench.press("Ada", "Edit", "P1")
    assert bench.form.fields[-1].value == "2026-11-24 08:00"
    bench.fill("Ada", bench.form, when="")
    assert bench.post().due_at is None


def test_a_form_shows_the_hour_on_the_clock_of_who_looks_and_keeps_it(bench: DeskBench) -> None:
    draft(bench, when="fri 18:30")
    with bench.store.write() as session:
        chiara = session.get(Member, 3)
        assert chiara
        chiara.zone = "America/New_York"
    due = bench.post().due_at
    bench.press("Chiara", "Edit", "P1")
    assert bench.form.fields[-1].value == "2026-11-27 12:30"
    bench.fill("Chiara", bench.form, text="Edited abroad")
    assert bench.post().due_at == due


def test_saving_without_a_change_says_so(bench: DeskBench) -> None:
    draft(bench)
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form)
    assert bench.whispered("Ada") == "Nothing changed."
    assert bench.post().revision == 1


def test_an_edit_of_an_older_revision_is_refused_and_overwrites_nothing(bench: DeskBench) -> None:
    draft(bench)
    bench.press("Ada", "Edit", "P1")
    mine: Form = bench.form
    bench.say("Bruno", "edit P1 Bruno was quicker")
    handled = bench.fill("Ada", mine, text="Ada was slower")
    assert "P1 has changed since" in handled.refusal
    assert bench.post().content.text == "Bruno was quicker"


def test_where_the_chat_has_no_forms_one_thing_is_edited_at_a_time(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "edit P1", chat="telegram")
    menu = whispered(bench, "telegram")
    assert [b.label for b in menu.buttons][:2] == ["Text", "Accounts"]
    bench.act(bench.pressed("Ada", next(b for b in menu.buttons if b.label == "Link"), chat="telegram"))
    bench.answer("Ada", "https://example.com")
    assert bench.post().content.link == "https://example.com"
    assert bench.post().content.text == "Hello, world"


def test_an_edit_in_review_voids_approvals_and_shows_the_difference(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench, "The shop opens at nine on Monday", accounts=("acme", "acme_it"))
    bench.press("Bruno", "Approve", "P1")
    assert "1 of 2 (Bruno)" in bench.shown("P1")
    bench.press("Ada", "Edit", "P1")
    bench.fill(
        "Ada", bench.form, text="The shop opens at ten on Monday", accounts=("acme",), link="https://example.com"
    )
    told = bench.told()[-1]
    assert "Ada changed P1; earlier approvals are void." in told
    assert "… The shop opens at − nine + ten on Monday …" in told
    assert "Link: – → https://example.com" in told
    assert "Accounts: acme, acme_it → acme" in told
    assert "0 of 2" in bench.shown("P1", chat="telegram")
    assert bench.post().state == PostState.REVIEW


def test_an_edit_after_scheduling_cancels_what_waits(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    assert bench.post().state == PostState.SCHEDULED
    bench.say("Ada", "edit P1 Quite different")
    assert bench.post().state == PostState.REVIEW
    assert [d.state for d in bench.deliveries()] == ["cancelled"]
    bench.wait(timedelta(days=2))
    assert bench.public() == []


def test_an_edit_back_does_not_bring_the_old_approval_back(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench, "First words")
    bench.press("Bruno", "Approve", "P1")
    bench.say("Ada", "edit P1 Other words")
    bench.say("Ada", "edit P1 First words")
    assert "0 of 2" in bench.shown("P1")
    bench.press("Bruno", "Approve", "P1")
    assert "1 of 2 (Bruno)" in bench.shown("P1")


def test_a_published_post_is_not_edited(bench: DeskBench) -> None:
    published(bench)
    bench.say("Ada", "edit P1 Too late")
    assert "P1 is published and cannot be edited" in bench.whispered("Ada")


def test_a_member_without_a_writers_role_does_not_edit(bench: DeskBench) -> None:
    draft(bench)
    with bench.store.write() as session:
        member = Member(name="Emil", roles=["moderator"], created_at=bench.now)
        session.add(member)
        session.flush()
        session.add(Identity(member_id=member.number, chat="slack", external_id="UEMIL", linked_at=bench.now))
    bench.press("Emil", "Edit", "P1")
    assert "role “author”" in bench.whispered("Emil")


# -- what differs inside a post


def test_each_picture_is_described_in_its_own_field(bench: DeskBench) -> None:
    draft(bench, files=(bench.picture(), bench.picture("dog.png", "blue")))
    bench.press("Ada", "Alt text", "P1")
    assert [f.label for f in bench.form.fields] == ["Picture 1 of 2", "Picture 2 of 2"]
    bench.fill("Ada", bench.form, alt1="a cat", alt2="a dog")
    assert [u.alt for u in bench.post().content.media] == ["a cat", "a dog"]


def test_a_new_description_in_review_voids_approvals(bench: DeskBench) -> None:
    approved(bench, files=(bench.picture(),), alt="a cat")
    bench.press("Ada", "Alt text", "P1")
    bench.fill("Ada", bench.form, alt1="a tiger")
    assert "Alt text: a cat → a tiger" in bench.told()[-1]
    assert bench.post().state == PostState.REVIEW


def test_each_account_can_have_its_own_wording(bench: DeskBench) -> None:
    submitted(bench, "Good morning", accounts=("acme", "acme_it"))
    bench.press("Ada", "Wording", "P1")
    bench.fill("Ada", bench.form, acme="Good morning", acme_it="Buongiorno")
    assert "Text on acme_it" in bench.told()[-1]
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert (bench.public("acme")[0]["text"], bench.public("acme_it")[0]["text"]) == ("Good morning", "Buongiorno")


def test_a_wording_that_the_network_refuses_is_refused_at_its_field(bench: DeskBench) -> None:
    draft(bench, accounts=("acme", "acme_it"))
    bench.press("Ada", "Wording", "P1")
    assert bench.fill("Ada", bench.form, acme_it="x" * 501).field == "acme_it"


# -- the difference


def told_difference(bench: DeskBench, old: Content, new: Content) -> str:
    with bench.store.write() as session:
        return words(Card(body=tuple(difference(bench.desk(session, "Ada"), old, new))))


def test_the_difference_names_every_kind_of_change(bench: DeskBench) -> None:
    one, two = (MediaUse(media_id=n, sha256=str(n)) for n in (1, 2))
    old = Content(text="Same", media=(one, two), wording={"acme": "A"})
    new = Content(
        text="Same", media=(two, one), warning="food", visibility="public", language="it", wording={"acme": "B"}
    )
    told = told_difference(bench, old, new)
    for said in ("Text on acme", "− A + B", "warning: – → food", "Visibility: – → public", "Language: – → it"):
        assert said in told
    assert "The files are in another order." in told
    assert told_difference(bench, Content(media=(one, two)), Content()) == "2 files taken out"
    assert told_difference(bench, Content(), Content(media=(one,))) == "1 file added"


def test_a_long_difference_is_shortened_and_says_so(bench: DeskBench) -> None:
    old = "\n".join(f"line {n} stays here" for n in range(20))
    told = told_difference(bench, Content(text=old), Content(text=old.replace("line", "row")))
    assert f"… and {20 - MOST} more changes" in told
    assert "…" in told_difference(bench, Content(text=""), Content(text="x" * 400))
    assert told_difference(bench, Content(text="a b"), Content(text="a  b")) != "Text"


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


# -- texts


@given(st.text())
def test_the_pieces_of_a_text_make_the_text(text: str) -> None:
    assert "".join(_words(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, max_size=10))
def test_descriptions_survive_the_form(alts: list[str]) -> None:
    media = tuple(MediaUse(media_id=n, sha256="", alt=alt) for n, alt in enumerate(alts))
    bare = [use.model_copy(update={"alt": ""}) for use in media]
    if len(alts) > 1 or not alts[0].startswith("1"):
        assert described(bare, alt_lines(media)) == media


def test_a_file_that_left_the_archive_is_named(bench: DeskBench) -> None:
    draft(bench)
    with bench.store.write() as session:
        desk = bench.desk(session, "Ada")
        post = desk.post("P1")
        content = Content(text="Hi", accounts=("acme",), media=(MediaUse(media_id=99, sha256="0"),))
        post.revise(content, bench.now)
    bench.say("Ada", "submit P1")
    assert "is not in the archive any more" in bench.whispered("Ada")
    bench.say("Ada", "open P1")
    assert "is not in the archive any more" in bench.whispered("Ada")
