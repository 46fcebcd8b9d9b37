"""The Telegram pane works with a real Telegram bot behind it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.telegram.person import TelegramPerson
from support.page_world import Looking

pytestmark = pytest.mark.timeout(90)
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
