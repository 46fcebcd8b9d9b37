"""The Slack pane works with a real Slack app behind it."""

from typing import Any

from playwright.sync_api import expect

from sandbox.slack.person import SlackPerson
from support.page_world import Looking

Heard = list[dict[str, Any]]


def compose(looking: Looking, text: str) -> None:
    looking.page.fill("#slack .main > .composer textarea", text)
    looking.page.press("#slack .main > .composer textarea", "Enter")


def test_a_form_keeps_what_was_typed_when_it_is_refused_and_brings_all_answers(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "/social post")
    form = page.get_by_role("dialog", name="New post")
    form.get_by_label("Text").fill("Doors open")
    form.get_by_label("acme", exact=True).check()
    form.get_by_label("Tone").select_option("calm")
    form.get_by_label("Add files").click()
    page.get_by_role("menuitem", name="A sample picture").click()
    expect(form.locator(".attachment")).to_have_count(1)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("There must be an x in it.")
    expect(form.get_by_label("Text")).to_have_value("Doors open")
    expect(form.get_by_label("acme", exact=True)).to_be_checked()
    form.get_by_label("Text").fill("Doors open, *xyz* <b>not bold</b>")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    expect(page.locator("#slack .messages blockquote")).to_have_text("Doors open, *xyz* <b>not bold</b>")
    assert heard[-1]["accounts"]["selected_options"][0]["value"] == "acme"
    assert heard[-1]["tone"]["selected_option"]["value"] == "calm"
    assert [file["mimetype"] for file in heard[-1]["files"]["files"]] == ["image/jpeg"]


def test_esc_leaves_a_form_after_asking(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "/social post")
    form = page.get_by_role("dialog", name="New post")
    form.get_by_label("Text").fill("half a thought")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stay").click()
    expect(form.get_by_label("Text")).to_have_value("half a thought")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave").click()
    expect(form).to_be_hidden()


def test_buttons_press_threads_open_and_whispers_are_marked(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "/social post")
    form = page.get_by_role("dialog", name="New post")
    form.get_by_label("Text").fill("x")
    form.get_by_label("acme", exact=True).check()
    form.get_by_role("button", name="Save").click()
    page.locator("#slack .main").get_by_role("button", name="Approve").click()
    expect(page.locator("#slack .message.ephemeral")).to_contain_text("Only visible to you")
    expect(page.locator("#slack .thread-line")).to_contain_text("1 reply")
    page.locator("#slack .thread-line").click()
    drawer = page.get_by_label("Thread", exact=True).first
    expect(drawer).to_contain_text("@Ada approved.")
    expect(drawer).to_contain_text("It is approved.")
    # Words about approval are none: a step is done when the card says so.
    expect(page.locator("[data-step=draft]")).to_have_class("step done")
    expect(page.locator("[data-step=approve]")).to_have_class("step")
    page.fill("#slack .drawer textarea", "Thank you, Ada")
    page.press("#slack .drawer textarea", "Enter")
    expect(drawer.locator(".message")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.locator("#slack .main").get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="No").click()
    expect(page.locator("#slack .block-header")).to_have_text("P1 · Draft")
    page.locator("#slack .main").get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.locator("#slack .messages >> nth=0")).to_contain_text("Gone")


def test_what_one_member_is_whispered_another_does_not_see(looking: Looking, heard: Heard) -> None:
    ada = SlackPerson(looking.world["slack"]["address"], "Ada")
    ada.command("review", "/social")
    ada.fill({"text": "x", "accounts": ["acme"]})
    ada.wait_button("Approve")
    ada.press("Approve")
    expect(looking.page.locator("#slack .ephemeral")).to_have_count(1)
    looking.be("Bruno")
    expect(looking.page.locator("#slack .block-header")).to_have_text("P1 · Draft")
    expect(looking.page.locator("#slack .ephemeral")).to_have_count(0)


def test_markup_typed_by_people_stays_text(looking: Looking) -> None:
    compose(looking, "<img src=x onerror=alert(1)> & <script>1</script> @Bruno https://example.com/a")
    message = looking.page.locator("#slack .message").last
    expect(message).to_contain_text("<img src=x onerror=alert(1)> & <script>1</script>")
    expect(message.locator(".mention")).to_have_text("@Bruno")
    expect(message.locator("a")).to_have_attribute("href", "https://example.com/a")
    expect(message.locator(".message-content img")).to_have_count(0)


def test_ones_own_message_is_edited_deleted_and_made_a_draft_of(looking: Looking, heard: Heard) -> None:
    page = looking.page
    compose(looking, "A thought")
    message = page.locator("#slack .message", has_text="thought").first
    for item in ("Draft a post from this", "Edit message"):
        message.hover()
        message.get_by_label("More actions for this message").click()
        page.get_by_role("menuitem", name=item).click()
    expect(page.locator("#slack .messages >> nth=0")).to_contain_text("Quoted: A thought")
    compose(looking, "A better thought")
    expect(message).to_contain_text("A better thought")
    expect(message).to_contain_text("(edited)")
    message.hover()
    message.get_by_label("More actions for this message").click()
    page.get_by_role("menuitem", name="Delete message").click()
    expect(page.locator("#slack .messages >> nth=0")).not_to_contain_text("better")


def test_commands_and_people_are_suggested(looking: Looking) -> None:
    page = looking.page
    field = page.locator("#slack .main > .composer textarea")
    field.click()
    page.keyboard.type("/so")
    page.keyboard.press("Tab")
    page.keyboard.type("qu")
    page.keyboard.press("Tab")
    expect(field).to_have_value("/social queue ")
    field.fill("")
    page.keyboard.type("Hello @chi")
    expect(page.locator("#slack .suggestions").first.get_by_role("option")).to_have_text(["@Chiara"])
    page.keyboard.press("Enter")
    expect(field).to_have_value("Hello @Chiara ")


def test_home_is_opened_and_an_unread_room_is_marked(looking: Looking, heard: Heard) -> None:
    page = looking.page
    page.locator("#slack .rooms").get_by_role("button", name="Home").click()
    expect(page.locator("#slack .home")).to_contain_text("What waits for you")
    SlackPerson(looking.world["slack"]["address"], "Bruno").say("general", "Anybody there?")
    expect(page.locator("#slack .room.unread")).to_contain_text("general")
    page.locator("#slack .room.unread").click()
    expect(page.locator("#slack .messages >> nth=0")).to_contain_text("Anybody there?")
    expect(page.locator("#slack .room.unread")).to_have_count(0)
