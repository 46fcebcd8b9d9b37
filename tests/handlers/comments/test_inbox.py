"""What the public writes arrives, once, where it belongs; and the list of what is open."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PIL import Image

from handlers.intents import Pressed
from models.account import Account
from models.conversation import Comment, CommentState, Conversation
from models.publication import Publication
from platforms.contract import CommentGone, RemoteAuthor, RemoteComment, RemoteMedia
from support.bench import START
from support.inbox_bench import InboxBench

PIA = RemoteAuthor("77", "pia@far.example", "Pia")
HEARD = RemoteComment("500", PIA, "What a loaf!", START, parent_id="499")


def test_a_comment_arrives_under_the_post_it_is_about_in_every_chat(desk: InboxBench) -> None:
    post = desk.publication("We bake at dawn.")
    desk.nora.reply(post, "When do you open?")
    desk.look()
    for chat in ("slack", "telegram"):
        above, card = desk.sheet("V1", chat=chat), desk.sheet("C1", chat=chat)
        assert card.reply_to == above.message_id
        assert card.place == above.place
        assert "Comments on P1 · acme\nWe bake at dawn.\nComments: 1, 1 of them open" in desk.shown("V1", chat=chat)
        assert [b.url for b in above.card.buttons] == [desk.public()[0]["url"]]
        shown = desk.shown("C1", chat=chat)
        assert "C1 · Nora (@nora@social.example)\n@acme When do you open?" in shown
        assert "Written: Mon 23 Nov 2026, 10:00 (Europe/Rome)" in shown
        assert "only Reply is public" in shown
    assert desk.card("C1").facts[0].url == desk.comment().url
    assert "comment arrived" in desk.audited()


def test_the_same_comment_streamed_and_polled_is_one_card(desk: InboxBench) -> None:
    said = desk.nora.mention("acme", "Hello!")
    platform = desk.setup.accounts["acme"].platform
    heard = platform.comment(said["id"])  # type: ignore[attr-defined]  # Mastodon reads comments
    desk.hear(heard)
    desk.look()
    desk.hear(heard, heard)
    assert len(desk.rows(Comment)) == 1
    assert len([s for s in desk.papers["slack"].sheets if s.card.title.startswith("C1")]) == 1
    assert desk.told().count("C1") == 0


def test_everything_under_one_post_is_one_conversation(desk: InboxBench) -> None:
    first = desk.publication("Part one\n---\nPart two")
    (second,) = (s["id"] for s in desk.public() if s["reply_to"] == first)
    to_first = desk.nora.reply(first, "to the first part")
    desk.nora.reply(second, "to the second part")
    desk.oleg.reply(to_first["id"], "@acme to Nora")
    desk.look()
    desk.replied(text="To Nora.")
    (ours,) = desk.answers(to_first["id"])
    desk.oleg.reply(ours["id"], "to our reply")
    desk.look()
    assert [c.conversation_id for c in desk.rows(Comment)] == [1, 1, 1, 1]
    assert "4, 3 of them open" in desk.shown("V1")


def test_mentions_out_of_the_blue_are_conversations_of_their_own(desk: InboxBench) -> None:
    first = desk.nora.mention("acme", "Do you ship?")
    desk.oleg.mention("acme", "Something else")
    desk.look()
    desk.oleg.reply(first["id"], "@acme I ask the same")
    other = desk.nora.post("Bread, anybody?")
    desk.oleg.reply(other["id"], "try @acme")
    desk.look()
    assert [c.conversation_id for c in desk.rows(Comment)] == [1, 2, 1, 3]
    assert desk.card("V1").title == "V1 · Mention of acme"
    assert desk.card("V1").buttons == ()


def test_a_comment_quicker_than_our_own_books_joins_its_post_later(desk: InboxBench) -> None:
    desk.publication()
    with desk.store.write() as session:
        publication = session.get_one(Publication, 1)
        publication.remote_id, publication.part_ids = "", []
    desk.hear(HEARD)
    assert desk.card("V1").title == "V1 · Mention of acme"
    with desk.store.write() as session:
        session.get_one(Publication, 1).remote_id = "499"
    desk.hear(replace(HEARD, remote_id="501"))
    assert [c.conversation_id for c in desk.rows(Comment)] == [1, 1]
    assert "Comments on P1" in desk.shown("V1")


def test_a_long_post_is_shown_by_its_beginning(desk: InboxBench) -> None:
    desk.nora.reply(desk.publication("dough" * 60), "long!")
    desk.look()
    assert f"acme\n{'dough' * 40}…\n" in desk.shown("V1")


def test_what_we_write_ourselves_is_no_comment(desk: InboxBench) -> None:
    with desk.store.write() as session:
        session.get_one(Account, "acme").remote_id = PIA.remote_id
    desk.hear(HEARD)
    assert desk.rows(Comment) == []
    desk.hear(HEARD, account="acme_it")
    assert [c.account for c in desk.rows(Comment)] == ["acme_it"]


def test_an_edit_by_the_public_is_shown_with_what_stood_before(desk: InboxBench) -> None:
    said = desk.commented("Bad bread")
    desk.nora.edit(said, "@acme Good bread")
    desk.look()
    assert "Good bread" in desk.shown("C1")
    assert "Edited: Mon 23 Nov 2026" in desk.shown("C1")
    assert "C1 was edited. Before:\n@acme Bad bread" in desk.told()[-1]
    told = len(desk.told())
    desk.look()
    assert len(desk.told()) == told


def test_what_is_edited_after_it_was_done_is_open_again(desk: InboxBench) -> None:
    said = desk.commented()
    desk.press("Chiara", "Done", "C1")
    platform = desk.setup.accounts["acme"].platform
    desk.nora.edit(said, "@acme One more question")
    desk.hear(platform.comment(said))  # type: ignore[attr-defined]  # Mastodon reads comments
    assert desk.comment().state == CommentState.OPEN
    assert "1, 1 of them open" in desk.shown("V1")


def test_old_news_of_a_comment_changes_nothing(desk: InboxBench) -> None:
    edited = replace(HEARD, text="What a nice loaf!", edited_at=START + timedelta(minutes=5))
    desk.hear(HEARD, edited, HEARD, replace(edited, text="earlier", edited_at=START + timedelta(minutes=1)))
    assert (desk.comment().text, desk.comment().edits) == ("What a nice loaf!", 1)


def test_an_edit_that_the_network_gives_no_time_for_is_shown_too(desk: InboxBench) -> None:
    desk.hear(HEARD, replace(HEARD, text="Nice"), replace(HEARD, text="Nicer"))
    assert desk.comment().edits == 2
    assert "Edited: since it arrived" in desk.shown("C1")


def test_a_picture_at_another_address_is_no_edit(desk: InboxBench) -> None:
    one, two = (RemoteMedia(f"https://files.example/{n}.png", "image/*") for n in (1, 2))
    desk.hear(replace(HEARD, media=(one,)), replace(HEARD, media=(two,)))
    assert (desk.comment().edits, desk.comment().media[0]["url"]) == (0, two.url)
    desk.hear(replace(HEARD, media=(one,), edited_at=START + timedelta(minutes=1)))
    assert desk.comment().edits == 1


def test_a_deletion_by_the_public_is_shown_and_told_once(desk: InboxBench) -> None:
    said = desk.commented("Something rash")
    desk.press("Chiara", "Take", "C1")
    desk.nora.delete(said)
    desk.look()
    desk.hear(CommentGone(said), CommentGone("never heard of"))
    assert "The author has deleted this comment. It said:\n@acme Something rash" in desk.shown("C1")
    assert sum("C1 was deleted by its author." in told for told in desk.told()) == 1
    assert desk.labels("C1") == ["Mute", "Block"]
    assert "1, 0 of them open" in desk.shown("V1")
    desk.hear(replace(HEARD, remote_id=said, text="back?"))
    assert desk.comment().state == CommentState.GONE


def test_a_card_names_warning_files_and_visibility_and_fetches_nothing(desk: InboxBench, tmp_path: Path) -> None:
    picture = tmp_path / "burnt.png"
    Image.new("RGB", (8, 8)).save(picture)
    desk.nora.follow("acme")
    desk.nora.reply(desk.publication(), "look", visibility="unlisted", media=[picture])
    desk.look()
    assert "Attached: a picture" in desk.shown("C1")
    assert "Visibility: unlisted" in desk.shown("C1")
    url = desk.comment().media[0]["url"]
    assert any(span.url == url for p in desk.card("C1").body for span in p.spans)
    desk.hear(replace(HEARD, warning="food", text="", media=(RemoteMedia("https://files.example/a", alt="a loaf"),)))
    assert "Content warning: food\n(no text)\nAttached: a loaf" in desk.shown("C2")
    assert desk.mastodon.requests("GET /media/*") == []


def test_markup_in_a_comment_stays_text(desk: InboxBench) -> None:
    desk.commented("<b>*_`[x](y)`_*</b> <!channel> &amp;")
    (quoted,) = (p for p in desk.card("C1").body if p.quote)
    assert [(s.text, s.style, s.url) for s in quoted.spans] == [
        ("@acme <b>*_`[x](y)`_*</b> <!channel> &amp;", "plain", "")
    ]


def test_an_account_that_is_not_set_up_any_more_can_do_nothing(desk: InboxBench) -> None:
    desk.commented()
    desk.reshape(accounts={})
    desk.press("Chiara", "Take", "C1")
    assert desk.labels("C1") == ["Release", "Done"]
    desk.say("Chiara", "inbox")
    assert "[Open]" in desk.whispered("Chiara")
    assert "[Reply]" not in desk.whispered("Chiara")


# -- the list ----------------------------------------------------------------------------------------------------------


def test_an_empty_inbox_says_so(desk: InboxBench) -> None:
    desk.commented()
    desk.press("Chiara", "Done", "C1")
    desk.say("Ada", "inbox")
    assert "The inbox is empty" in desk.whispered("Ada")


def test_the_list_shows_what_is_open_oldest_first_page_by_page(desk: InboxBench) -> None:
    for n in range(7):
        desk.hear(
            replace(
                HEARD,
                remote_id=str(n),
                text=f"number {n} " + "x" * 200 * (n == 1),
                at=HEARD.at - timedelta(hours=n * 9),
            )
        )
    desk.press("Chiara", "Take", "C7")
    desk.say("Chiara", "inbox")
    page = desk.aside("Chiara")
    said = ["".join(s.text for s in row.spans) for row in page.rows]
    assert page.title == "7 open comments"
    assert page.footer == "Page 1 of 2"
    assert said[0] == "C7 · @pia@far.example · acme · 2 days · held by Chiara\nnumber 6 "
    assert said[1].startswith("C6 · @pia@far.example · acme · 45 hours · nobody holds it\n")
    assert [b.label for b in page.rows[0].buttons] == ["Open", "Reply"]
    assert [b.label for b in page.rows[1].buttons] == ["Open", "Take", "Reply"]
    desk.press_aside("Next", "Chiara")
    assert "x…" in desk.whispered("Chiara")
    assert "0 minutes" in desk.whispered("Chiara")
    assert [b.label for b in desk.aside("Chiara").buttons] == ["Previous"]
    desk.press_aside("Previous", "Chiara")
    assert desk.aside("Chiara").footer == "Page 1 of 2"
    desk.press_aside("Take", "Chiara", subject="C6")
    assert desk.comment(6).taken_by is not None
    for strange in ("99999999999", "x"):
        desk.act(Pressed(origin=desk.origin("Chiara"), verb="inbox", value=strange))
        assert "open comments" in desk.whispered("Chiara")


def test_the_list_opens_a_comments_card(desk: InboxBench) -> None:
    desk.commented("Where are you?")
    desk.say("Chiara", "inbox", chat="telegram")
    desk.press_aside("Open", "Chiara", chat="telegram")
    assert "C1 · Nora (@nora@social.example)\n@acme Where are you?" in desk.whispered("Chiara", chat="telegram")
    desk.press_aside("Reply", "Chiara", chat="telegram")
    assert "Your public reply" in desk.whispered("Chiara", chat="telegram")


def test_a_desk_without_an_inbox_place_keeps_its_comments(desk: InboxBench) -> None:
    desk.reshape(inbox=())
    desk.commented()
    desk.say("Chiara", "inbox")
    assert "1 open comment" in desk.whispered("Chiara")
    assert len(desk.rows(Conversation)) == 1
