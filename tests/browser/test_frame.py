"""The page around the panes: phone, colours, keyboard, and what happens when a sandbox refuses."""

from typing import Any

from playwright.sync_api import Browser, expect

from sandbox.mastodon.person import Visitor
from support.page_world import Looking, sandboxes


def test_on_a_phone_the_panes_become_tabs_and_nothing_sticks_out(browser: Browser, world: dict[str, Any]) -> None:
    looking = Looking(browser, world, width=390, height=844)
    page = looking.page
    expect(page.locator("#slack")).to_be_visible()
    expect(page.locator("#telegram")).to_be_hidden()
    Visitor(world["mastodon"]["address"], "nora").post("Hello")
    expect(page.locator(".tab-mastodon.news")).to_be_visible()
    for pane in ("telegram", "mastodon", "slack"):
        page.click(f"#tabs [data-pane={pane}]")
        expect(page.locator(f"#{pane}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".tab.news")).to_have_count(0)
    assert looking.quiet() == []
    page.close()


def test_colours_follow_the_system_until_somebody_chooses(looking: Looking) -> None:
    page = looking.page

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    page.emulate_media(color_scheme="dark")
    assert background() != light
    page.get_by_label("Light colours").click()
    assert background() == light


def test_a_step_of_the_story_takes_one_there(looking: Looking) -> None:
    page = looking.page
    looking.be("Dario")
    page.locator("[data-step=draft] button").click()
    expect(page.locator("#slack .main > .composer textarea")).to_have_value("/social post ")
    expect(page.locator("#slack-who")).to_have_value("Ada")
    page.locator("[data-step=answer] button").click()
    expect(page.locator("#slack .room-head h3").first).to_contain_text("inbox")
    expect(page.get_by_role("tab", name="Inbox")).to_have_attribute("aria-selected", "true")
    page.locator("[data-step=boost] button").click()
    expect(page.locator("#facebook")).to_be_visible()
    expect(page.locator("#slack-who")).to_have_value("Ada")


def test_a_refusal_is_shown_as_its_sentence(looking: Looking) -> None:
    page = looking.page
    looking.be("Eve")
    expect(page.locator("#slack .rooms")).not_to_contain_text("inbox")
    page.locator("#telegram .chats").get_by_role("button", name="Bottega").click()
    expect(page.get_by_role("button", name="START", exact=True)).to_be_visible()
    page.fill("#mastodon .composer textarea", "x" * 501)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("#mastodon .toast")).to_contain_text("Text character limit of 500 exceeded")
    expect(page.locator("#mastodon .composer textarea")).to_have_value("x" * 501)


def test_the_page_goes_on_when_the_demo_runs_again(browser: Browser) -> None:
    with sandboxes() as world:
        looking = Looking(browser, world)
        lost = looking.page.get_by_role("alert")
        expect(lost).to_be_hidden()
    expect(lost).to_contain_text("The sandboxes do not answer.")
    with sandboxes(port=int(world["page"].rpartition(":")[2])) as world:
        expect(lost).to_be_hidden()
        Visitor(world["mastodon"]["address"], "nora").post("Hello again")
        expect(looking.page.locator("#mastodon .status")).to_contain_text("Hello again")
        looking.page.close()


def test_everything_to_press_has_a_name(looking: Looking) -> None:
    Visitor(looking.world["mastodon"]["address"], "nora").post("Hello")
    expect(looking.page.locator("#mastodon .status")).to_have_count(1)
    nameless = looking.page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([hidden]), select, textarea')].filter((one) =>
            !one.textContent.trim() && !one.getAttribute('aria-label') && !one.labels?.length)
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
