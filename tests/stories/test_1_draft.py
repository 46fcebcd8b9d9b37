"""A team drafts posts: in Slack by command, form, shortcut and mention; in Telegram by command, photo and question."""

from sandbox.slack.person import content, labels
from support.files import picture
from support.story import Desk
from support.team import Team, button_of, code_of, labels_of, newest, read, title_of


def test_slash_post_opens_a_form_and_its_draft_shows_how_it_will_stand(team: Team) -> None:
    ada = team.ada.slack
    ada.command("review", "/social", "post")
    ada.wait_modal("New post")
    photo = content("boat.png", "image/png", picture("navy", "PNG"))
    answered = ada.fill(
        {
            "Text": "Our new boat",
            "Add pictures or a video": [photo],
            "Alt text": "A boat on the sea",
            "Content warning": "water",
            "Link": "https://boats.example/new",
            "When": "tomorrow 9:00",
        }
    )
    assert "closed" in answered, answered
    card = team.until(lambda: newest(ada, "review", "Our new boat", "Draft"))
    shown = read(card)
    assert "acme, acme_it · " in shown
    assert "/ 500" in shown
    assert "Content warning: water" in shown
    assert "https://boats.example/new" in shown
    assert "09:00 (Europe/London)" in shown
    assert "Author: Ada" in shown
    image = next(block for block in card["blocks"] if block["type"] == "image")
    assert image["alt_text"] == "A boat on the sea"
    assert labels(card["blocks"])[0] == "Submit"
    echoed = team.until(lambda: newest(ada, "review", "shall go out", "once it is approved"))
    assert "(Europe/London)" in read(echoed)


def test_slash_post_with_a_text_prefills_the_form(team: Team) -> None:
    ada = team.ada.slack
    ada.command("review", "/social", "post A text that stands there already")
    modal = ada.wait_modal("New post")
    texts = [b["element"].get("initial_value") for b in modal["blocks"] if b["type"] == "input"]
    assert "A text that stands there already" in texts
    ada.submit()
    team.until(lambda: newest(ada, "review", "A text that stands there already", "Draft"))


def test_a_command_where_the_bot_is_not_still_makes_a_draft(team: Team) -> None:
    ada = team.ada.slack
    ada.command("random", "/social", "post Written far away")
    ada.wait_modal("New post")
    ada.submit()
    card = team.until(lambda: newest(ada, "random", "Written far away") or newest(ada, "dm", "Written far away"))
    assert "Submit" in labels(card["blocks"])


def test_a_shortcut_makes_a_draft_of_a_message_with_its_file(team: Team) -> None:
    ada, bruno = team.ada.slack, team.bruno.slack
    photo = content("cake.jpg", "image/jpeg", picture("orange"))
    ts = bruno.say("review", "The cake is *ready* & waits <here>", files=[photo])
    message = team.until(lambda: next((m for m in ada.messages("review") if m["ts"] == ts), None))
    ada.shortcut("draft_from_message", message=message)
    ada.wait_modal("New post")
    ada.submit()
    card = team.until(lambda: newest(ada, "review", "Draft", "waits <here>"))
    assert "The cake is *ready* & waits <here>" in read(card)
    assert any(block["type"] == "image" for block in card["blocks"])
    assert "File 1 has no description" in read(card)


def test_a_mention_drafts_inside_a_thread_where_slash_commands_do_not_work(team: Team) -> None:
    ada = team.ada.slack
    ts = ada.say("review", "What do we post on Monday?")
    ada.mention("review", "post Monday is soup day", thread_ts=ts)
    card = team.until(lambda: newest(ada, "review", "Monday is soup day", "Draft"))
    assert card["thread_ts"] == ts
    ada.press("Submit", message=card)
    team.until(lambda: team.button(code_of(card), "Approve"))


def test_a_mention_without_a_text_offers_the_form(team: Team) -> None:
    ada = team.ada.slack
    ts = ada.say("review", "And on Tuesday?")
    ada.mention("review", "post", thread_ts=ts)
    offer = team.until(lambda: newest(ada, "review", "What shall it say?"))
    assert "Open the form" in labels(offer["blocks"])
    ada.press("Open the form", message=offer)
    ada.wait_modal("New post")
    ada.fill({"Text": "Tuesday is pasta day"})
    team.until(lambda: newest(ada, "review", "Tuesday is pasta day", "Draft"))


def test_telegram_post_with_a_text_makes_the_draft_at_once(team: Team) -> None:
    team.ada.review.say("/post Short and good")
    card = team.ada.review.wait_text("Short and good")
    assert " · Draft" in card["text"]
    assert "14 / 500" in card["text"]
    assert labels_of(card)[0] == "Submit"
    team.ada.review.press("Submit", card)
    code = card["text"].split(" ")[0]
    team.until(lambda: team.button(code, "Approve"), "the card in Slack's review")


def test_telegram_photo_with_a_caption_becomes_a_draft_that_warns_of_the_missing_alt_text(team: Team) -> None:
    ada = team.ada.telegram
    ada.start()
    ada.photo(picture("red"), "/post Look at this")
    card = ada.wait_text("Look at this")
    assert " · Draft" in card["text"]
    assert "⚠️" in card["text"]
    assert "description" in card["text"] or "alt" in card["text"].lower()
    assert [m for m in ada.messages() if m["from"]["is_bot"] and m["kind"] == "photo"], "a thumbnail"
    ada.press("Alt text", card)
    ada.wait_for(lambda m: m["from"]["is_bot"] and "/cancel" in m["text"])
    ada.say("A red field")
    ada.wait_for(lambda m: m["id"] == card["id"] and "A red field" in m["text"])


def test_telegram_album_with_a_caption_becomes_one_draft(team: Team) -> None:
    ada = team.ada.telegram
    ada.start()
    ada.album([picture("green"), picture("blue"), picture("gold")], "/post Three fields")
    card = ada.wait_text("Three fields")
    assert len([m for m in ada.messages() if m["from"]["is_bot"] and m["kind"] == "photo"]) >= 3
    assert len([m for m in ada.messages() if "Three fields" in m["text"] and m["from"]["is_bot"]]) == 1
    assert button_of(card, "Submit")


def test_telegram_reply_makes_a_draft_of_the_answered_message(team: Team) -> None:
    said = team.bruno.review.say("We open at ten on Sunday")
    team.ada.review.reply(said, "/post")
    card = team.ada.review.wait_text("We open at ten on Sunday")
    assert " · Draft" in card["text"]
    assert "24 / 500" in card["text"]


def test_telegram_asks_question_by_question_and_a_restart_loses_no_answer(desk: Desk) -> None:
    with desk() as team:
        ada = team.ada.telegram
        ada.start()
        ada.say("/post")
        asked = ada.wait_text("Question 1 of")
        assert "Text" in asked["text"]
        ada.say("Written in two lives")
        ada.wait_text("Question 2 of")
    with desk() as team:
        ada = team.ada.telegram
        accounts = ada.wait_text("Question 2 of")
        ada.press("✓ acme_it", accounts)
        chosen = ada.wait_for(lambda m: button_of(m, "Continue") is not None and button_of(m, "✓ acme_it") is None)
        assert button_of(chosen, "✓ acme")
        ada.press("Continue", chosen)
        files = ada.wait_text("Question 3 of")
        ada.photo(picture("pink"))
        files = ada.wait_for(lambda m: m["id"] > files["id"] and button_of(m, "Continue") is not None)
        ada.press("Continue", files)
        ada.wait_text("Question 4 of")
        ada.say("domani alle 9")
        card = ada.wait_text(" · Draft")
        assert "Written in two lives" in card["text"]
        assert "Accounts: acme\n" in card["text"]
        assert "09:00" in card["text"]
        ada.wait_text("shall go out")


def test_telegram_cancel_forgets_the_questions_and_says_so(team: Team) -> None:
    ada = team.ada.telegram
    ada.start()
    ada.say("/post")
    ada.wait_text("Question 1 of")
    ada.say("/cancel")
    ada.wait_text("Stopped. Nothing was changed.")
    ada.say("This is not an answer any more")
    ada.say("/cancel")
    ada.wait_text("I was not asking you anything here")
    assert not [m for m in ada.messages() if "not an answer" in m["text"] and m["from"]["is_bot"]]


def test_an_account_of_its_own_wording_shows_a_preview_of_its_own(team: Team) -> None:
    code = team.drafted("The same for everybody")
    ada = team.ada.slack
    ada.press("Wording", message=team.card(code, "dm"))
    modal = ada.wait_modal()
    label = next(
        b["label"]["text"] for b in modal["blocks"] if b["type"] == "input" and "acme_it" in b["label"]["text"]
    )
    ada.fill({label: "Lo stesso per tutti"})
    shown = team.until(lambda: newest(ada, "dm", code, "Lo stesso per tutti"))
    assert "The same for everybody" in read(shown)
    assert title_of(shown) == f"{code} · Draft"


def test_a_thread_shows_its_parts_numbered(team: Team) -> None:
    code = team.drafted("First part\n---\nSecond part")
    shown = read(team.card(code, "dm"))
    assert "part 1 of 2" in shown
    assert "part 2 of 2" in shown
    assert "First part" in shown
    assert "---" not in shown
