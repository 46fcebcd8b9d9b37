"""The page with the real bot behind it: one post's life, done with the mouse and the keyboard."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from support.page_desk import desk
from support.page_world import ROOT, Looking

pytestmark = pytest.mark.timeout(600)
TEXT = "Our doors are open on Saturday."


@pytest.fixture(scope="module")
def at_the_desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    with desk(tmp_path_factory.mktemp("desk")) as world:
        looking = Looking(browser, world)
        yield looking
        assert looking.quiet() == []
        looking.page.close()


def test_a_post_is_drafted_approved_in_both_chats_published_and_answered(at_the_desk: Looking) -> None:
    page, slack, telegram = at_the_desk.page, "#slack .main", "#telegram"
    page.locator("[data-step=draft] button").click()
    expect(page.locator(f"{slack} > .composer textarea")).to_have_value("/social post ")
    page.keyboard.type(TEXT)
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New post")
    expect(form.get_by_label(re.compile("^Text"))).to_have_value(TEXT)
    for other in ("acme_it", "bakery", "bakery_ig"):
        form.get_by_label(other, exact=True).uncheck()
    form.get_by_role("button", name="Add files").click()
    page.get_by_role("menuitem", name="A sample picture").click()
    form.get_by_label("Alt text").fill("A lake in the evening")
    form.locator("footer .primary").click()
    expect(form).to_be_hidden()
    card = page.locator(f"{slack} .message", has_text="P1 · Draft")
    expect(card.get_by_alt_text("A lake in the evening")).to_be_visible()
    page.locator(slack).get_by_role("button", name="Submit", exact=True).click()
    at_the_desk.be("Bruno")
    keys = page.locator(f"{telegram} .keyboard")
    keys.get_by_role("button", name="Approve", exact=True).click()
    at_the_desk.be("Chiara")
    expect(page.locator(slack)).to_contain_text("1 of 2 (Bruno)")
    page.locator(slack).get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(slack)).to_contain_text("P1 · Approved")
    at_the_desk.be("Bruno")
    page.locator(slack).get_by_role("button", name="Publish now", exact=True).click()
    page.locator("#slack .dialog").get_by_role("button", name="Publish now", exact=True).click()
    status = page.locator("#mastodon .status", has_text=TEXT)
    expect(status.get_by_alt_text("A lake in the evening")).to_be_visible()
    page.locator("[data-step=answer] button").click()
    status.get_by_label("Reply (0)").click()
    page.keyboard.type("Is it fine for children?")
    page.get_by_role("button", name="Post", exact=True).click()
    page.locator(f"{slack} .thread-line").click()
    drawer = page.locator("#slack .drawer")
    drawer.get_by_role("button", name="Take", exact=True).click()
    expect(drawer).to_contain_text("Chiara")
    drawer.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_label("La tua risposta pubblica").fill("Very much so.")
    page.locator("#slack .modal footer .primary").click()
    drawer.locator(".block-button", has_text="Invia").click()
    expect(page.locator("#mastodon .status.ours.nested")).to_contain_text("Very much so.")


def test_the_whole_story_is_told() -> None:
    played = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "demo", "--play"],
        capture_output=True,
        text=True,
        timeout=580,
        cwd=ROOT,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "The story is told" in played.stdout
