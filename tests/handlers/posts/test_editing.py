"""Editing a post: what changes, what becomes void, and how the difference is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.cards import Card
from handlers.forms import Form
from handlers.posts.changes import MOST, _words, difference
from handlers.posts.draftform import described
from models.member import Identity, Member
from models.post import Content, MediaUse, PostState, Revision
from support.bench import DeskBench
from support.paper import words
from support.posts import approved, draft, published, submitted

DAMAGED = "“{name}” is damaged and cannot be read. Save it anew and send it again."


def labels(bench: DeskBench, code: str = "P1", chat: str = "slack") -> list[str]:
    return [button.label for button in bench.card(code, chat=chat).buttons]


def whispered(bench: DeskBench, chat: str = "slack"):  # type: ignore[no-untyped-def]
    return bench.papers[chat].whispers[-1][1]


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
    bench.fill("Ada", bench.form, kept=(str(dog.media_id),), files=(cow,))
    assert [(u.media_id, u.alt) for u in bench.post().content.media] == [(dog.media_id, "dog"), (cow.media_id, "")]


def test_a_file_that_is_taken_out_and_attached_again_keeps_its_description(bench: DeskBench) -> None:
    cat = bench.picture("cat.png")
    draft(bench, files=(cat,), alt="a cat")
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, kept=[], files=(cat,))
    assert [u.alt for u in bench.post().content.media] == ["a cat"]


def test_every_description_stays_with_its_picture_whatever_else_is_edited(bench: DeskBench) -> None:
    cat, dog, owl = bench.picture("cat.png"), bench.picture("dog.png", "blue"), bench.picture("owl.png", "green")
    draft(bench, files=(cat, dog, owl))
    bench.press("Ada", "Alt text", "P1")
    bench.fill("Ada", bench.form, alt1="a cat", alt2="a dog\non a mat", alt3="an owl")
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, text="Other words")
    assert [u.alt for u in bench.post().content.media] == ["a cat", "a dog\non a mat", "an owl"]
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form, kept=(str(dog.media_id), str(owl.media_id)))
    assert [u.alt for u in bench.post().content.media] == ["a dog\non a mat", "an owl"]


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


def test_an_hour_that_comes_after_the_approval_is_refused_and_not_lost(bench: DeskBench) -> None:
    draft(bench)
    bench.press("Ada", "Edit", "P1")
    form = bench.form
    bench.press("Ada", "Submit", "P1")
    bench.press("Bruno", "Approve", "P1")
    handled = bench.fill("Ada", form, when="tomorrow 8:00")
    assert (handled.field, handled.refusal) == ("when", "P1 is approved by now: set its hour with Schedule.")
    bench.fill("Ada", form, text="Other words")
    assert (bench.post().state, bench.post().revision) == (PostState.REVIEW, 2)


def test_an_hour_and_words_that_come_together_both_count(bench: DeskBench) -> None:
    submitted(bench)
    bench.press("Ada", "Edit", "P1")
    bench.set_policy(approvals=0)
    bench.fill("Ada", bench.form, text="Other words", when="tomorrow 8:00")
    assert (bench.post().state, bench.post().wall) == (PostState.SCHEDULED, "2026-11-24T08:00:00")


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


def test_a_new_text_may_begin_on_its_own_line(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "edit P1\nNew words\n\n  indented", chat="telegram")
    assert bench.post().content.text == "New words\n\n  indented"


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
    assert "\nThe shop opens at − nine + ten on Monday\n" in told
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
    told = told_difference(bench, Content(text="more " * 20 + "one"), Content(text="more " * 20 + "two"))
    assert "… " in told
    assert told.endswith("more − one + two")
    assert told_difference(bench, Content(text="a b"), Content(text="a  b")) != "Text"


# -- texts


@given(st.text())
def test_the_pieces_of_a_text_make_the_text(text: str) -> None:
    assert "".join(_words(text)) == text


def test_lines_describe_the_files_in_their_order_or_by_their_number() -> None:
    media = tuple(MediaUse(media_id=n, sha256="") for n in (1, 2))
    for lines in ("a cat\n\na dog", "2: a dog\n1: a cat", "1) a cat\n2. a dog"):
        assert [use.alt for use in described(media, lines)] == ["a cat", "a dog"]
    assert described(media[:1], "a cat\non a mat")[0].alt == "a cat\non a mat"


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
