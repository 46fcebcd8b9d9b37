"""The Telegram pane works with a real Telegram bot behind it."""

from typing import Any

from playwright.sync_api import FilePayload, expect

from sandbox.telegram.person import TelegramPerson
from support.page_world import Looking

Heard = list[dict[str, Any]]


def compose(looking: Looking, text: str) -> None:
    looking.page.fill("#telegram .composer textarea", text)
    looking.page.press("#telegram .composer textarea", "Enter")


def test_start_opens_the_private_chat_and_its_commands(looking: Looking, heard: Heard) -> None:
    page = looking.page
    page.locator("#telegram .chats").get_by_role("button", name="Bottega").click()
    page.get_by_role("button", name="START", exact=True).click()
    expect(page.locator("#telegram .bubbles")).to_contain_text("Welcome. Try /post.")
    page.locator("#telegram .bubbles").get_by_role("button", name="/post").click()
    expect(page.locator("#telegram .bubbles")).to_contain_text("P1 · Draft")
    page.get_by_label("Commands").click()
    expect(page.get_by_role("menuitem")).to_have_text(["/post  draft a post", "/queue  what goes out next"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_a_quiet_answer_is_a_note_and_a_loud_one_a_dialog(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "/post Hello")
    page.locator("#telegram .keyboard").get_by_role("button", name="Approve").click()
    expect(page.locator("#telegram .toast")).to_have_text("You pressed quiet.")
    page.locator("#telegram .keyboard").get_by_role("button", name="Edit").click()
    expect(page.locator("#telegram .dialog")).to_contain_text("You pressed loud.")
    page.keyboard.press("Escape")
    expect(page.locator("#telegram .dialog")).to_have_count(0)


def test_a_question_in_a_group_is_answered_by_replying(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "/ask")
    expect(page.locator("#telegram .reply-banner")).to_contain_text("Why?")
    expect(page.locator("#telegram .composer textarea")).to_have_attribute("placeholder", "In a word")
    compose(looking, "Because")
    expect(page.locator("#telegram .bubbles")).to_contain_text("You answered “Because” to “Why?”.")


def test_pictures_are_sent_as_an_album_with_its_words(looking: Looking, heard: Heard) -> None:
    page = looking.page
    for _ in range(2):
        page.locator("#telegram").get_by_label("Add a picture or file").click()
        page.get_by_role("menuitem", name="A sample picture").click()
    expect(page.locator("#telegram .attachment")).to_have_count(2)
    compose(looking, "/post two of them")
    expect(page.locator("#telegram .own .album img")).to_have_count(2)
    expect(page.locator("#telegram .bubbles blockquote")).to_have_text("17 letters")


def test_what_is_refused_stays_to_be_sent_again(looking: Looking) -> None:
    page = looking.page
    TelegramPerson(looking.world["telegram"]["address"], "Bruno", "Desk", "Review").say("Show us")
    bubble = page.locator("#telegram .bubble", has_text="Show us")
    bubble.hover()
    bubble.get_by_label("What to do with this message").click()
    page.get_by_role("menuitem", name="Reply").click()
    page.locator("#telegram").get_by_label("Add a picture or file").click()
    page.get_by_role("menuitem", name="A sample picture").click()
    compose(looking, "x" * 1025)
    expect(page.locator("#telegram .toast")).to_contain_text("1025 of at most 1024")
    expect(page.locator("#telegram .attachment")).to_have_count(1)
    expect(page.locator("#telegram .reply-banner")).to_contain_text("Show us")
    compose(looking, "Here")
    expect(page.locator("#telegram .own")).to_contain_text("Show us")
    expect(page.locator("#telegram .own img")).to_have_count(1)


def test_a_picture_that_cannot_be_drawn_is_sent_as_a_file(looking: Looking) -> None:
    broken: FilePayload = {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"}
    looking.page.set_input_files("#telegram .composer input[type=file]", broken)
    expect(looking.page.locator("#telegram .attachment")).to_have_count(1)
    compose(looking, "/post")
    expect(looking.page.locator("#telegram .own .document")).to_contain_text("broken.png")


def test_the_answer_to_a_press_comes_into_sight_and_a_button_leads_back_to_the_newest(
    looking: Looking, heard: Heard
) -> None:
    page = looking.page
    compose(looking, "/post Hello")
    bruno = TelegramPerson(looking.world["telegram"]["address"], "Bruno", "Desk", "Review")
    card = page.locator("#telegram .bubbles li", has_text="P1 · Draft")
    expect(card).to_be_visible()
    for number in range(12):
        bruno.say(f"Line {number}\n\nand more")
    last = page.locator("#telegram .bubbles li").last
    expect(last).to_contain_text("Line 11")
    expect(last).to_be_in_viewport()
    card.scroll_into_view_if_needed()
    back = page.locator("#telegram").get_by_label("To the newest message")
    expect(back).to_be_visible()
    bruno.say("Not to be followed")
    expect(page.get_by_text("Not to be followed", exact=True)).not_to_be_in_viewport()
    back.click()
    expect(last).to_be_in_viewport()
    expect(back).to_be_hidden()
    card.scroll_into_view_if_needed()
    card.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("What do you say?")).to_be_in_viewport()


def test_topics_are_apart_and_news_in_another_one_is_marked(looking: Looking) -> None:
    page = looking.page
    TelegramPerson(looking.world["telegram"]["address"], "Bruno", "Desk", "Inbox").say("Over here <b>plain</b>")
    expect(page.locator("#telegram .topics .dot")).to_have_count(1)
    expect(page.locator("#telegram .bubbles")).not_to_contain_text("Over here")
    page.get_by_role("tab", name="Inbox").click()
    expect(page.locator("#telegram .bubbles")).to_contain_text("Over here <b>plain</b>")
    expect(page.locator("#telegram .topics .dot")).to_have_count(0)


def test_ones_own_message_is_edited_and_deleted(looking: Looking) -> None:
    page = looking.page
    compose(looking, "A thought")
    bubble = page.locator("#telegram .own .bubble")
    bubble.hover()
    bubble.get_by_label("What to do with this message").click()
    page.get_by_role("menuitem", name="Edit").click()
    compose(looking, "A better thought")
    expect(bubble).to_contain_text("A better thought")
    bubble.hover()
    bubble.get_by_label("What to do with this message").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(bubble).to_have_count(0)
