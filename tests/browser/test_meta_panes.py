"""Facebook's and Instagram's panes: what a Page shows, what the public does there, and what money does for a post."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from sandbox.meta.person import Public
from support.ads_client import Ads
from support.meta_client import PAGE, Graph
from support.page_world import Looking


@pytest.fixture
def meta(world: dict[str, Any]) -> Graph:
    """The pretend Meta, called as the bot would, with the token of the Page Acme."""
    return Graph(world["meta"]["address"])


@pytest.fixture
def nora(meta: Graph) -> Public:
    return Public(meta.address, "nora")


def published(meta: Graph, text: str, **more: str) -> str:
    """A post of the Page's; its id."""
    return str(meta.post(f"{PAGE}/feed", message=text, **more)["id"])


def opened(looking: Looking, network: str) -> Locator:
    """The network's pane, chosen as one does."""
    looking.page.locator("#networks").get_by_role("tab", name=network).click()
    return looking.page.locator(f"#{network.lower()}")


def test_a_page_shows_its_posts_and_a_comment_made_there_arrives(looking: Looking, meta: Graph, nora: Public) -> None:
    post = published(meta, "Bread at <b>seven</b>", link="https://acme.example/bread")
    pane = opened(looking, "Facebook")
    expect(pane.locator(".status")).to_contain_text("Bread at <b>seven</b>")
    expect(pane.get_by_role("link", name="acme.example")).to_have_attribute("href", "https://acme.example/bread")
    nora.comment(post, "Is it still warm?")
    expect(pane.locator(".comment")).to_contain_text("Is it still warm?")


def test_a_visitor_comments_answers_reacts_edits_and_deletes(looking: Looking, meta: Graph, nora: Public) -> None:
    page = looking.page
    post = published(meta, "Bread at seven")
    pane = opened(looking, "Facebook")
    pane.get_by_role("button", name="Comment").click()
    page.keyboard.type("Is it <i>warm</i>?")
    page.keyboard.press("Enter")
    comment = pane.locator(".comment").first
    expect(comment).to_contain_text("Is it <i>warm</i>?")
    comment.get_by_role("button", name="Reply").click()
    page.keyboard.type("It was.")
    page.keyboard.press("Enter")
    reply = comment.locator(".comment")
    expect(reply).to_contain_text("It was.")
    reply.get_by_label("Edit or delete").click()
    page.get_by_role("menuitem", name="Edit").click()
    pane.get_by_label("Your words").fill("It was, at seven.")
    pane.get_by_role("button", name="Save").click()
    expect(reply).to_contain_text("edited")
    pane.locator("article").get_by_role("button", name="Like").click()
    page.get_by_role("menuitem", name="Wow").click()
    expect(pane.locator("article").get_by_role("button", name="Wow")).to_have_attribute("aria-pressed", "true")
    assert nora.page()["posts"][0]["reactions"] == [{"from": {"id": "3001", "name": "Nora Nowak"}, "type": "WOW"}]
    reply.get_by_label("Edit or delete").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(pane.locator(".comment")).to_have_count(1)
    meta.stage("pages/hide", id=nora.page()["posts"][0]["comments"][0]["id"])
    expect(comment).to_contain_text("Hidden by the Page")
    pane.get_by_label("Write on Acme’s Page").fill("Thank you")
    pane.get_by_role("button", name="Post", exact=True).click()
    expect(pane.locator(".status")).to_have_count(2)
    assert post in {one["id"] for one in nora.page()["posts"]}


def test_instagram_is_liked_and_commented_on_and_says_when_comments_are_off(looking: Looking, meta: Graph) -> None:
    page = looking.page
    media = meta.stage("instagram/post", text="Crust")["id"]
    pane = opened(looking, "Instagram")
    expect(pane.locator("form.composer")).to_be_hidden()
    like = pane.locator("article").get_by_role("button", name="Like")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    pane.get_by_role("button", name="Comment").click()
    page.keyboard.type("Lovely")
    page.keyboard.press("Enter")
    expect(pane.locator(".comment")).to_contain_text("Nora Nowak")
    pane.locator(".comment").get_by_label("Delete").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(pane.locator(".comment")).to_have_count(0)
    assert meta.post(media, comment_enabled=False)["success"]
    expect(pane.locator(".badge")).to_have_text("Comments are off")
    expect(pane.get_by_role("button", name="Comment")).to_be_disabled()


def test_a_boost_has_a_badge_and_its_meter_moves_with_the_clock(looking: Looking, meta: Graph) -> None:
    made = Ads(meta.address).boost(daily_budget=2400)
    pane = opened(looking, "Facebook")
    boost = pane.locator(".status", has_text="New in the shop").locator(".boost")
    expect(boost).to_contain_text("Boosted")
    expect(boost).to_contain_text("of €24.00 spent today")
    expect(boost).to_contain_text("€0.00 in all")
    pane.get_by_label("Let an hour pass here").click()
    expect(pane.locator(".toast")).to_contain_text("Here it is")
    # A twenty-fourth of the day's budget, or nearly so on the days on which the clocks change.
    expect(boost).to_contain_text(re.compile(r"€(0\.9|1\.0)\d in all"))
    Ads(meta.address).post(made["ad"], status="PAUSED")
    expect(boost).to_contain_text("Boost paused")


def test_the_page_of_a_post_opens_in_its_pane(looking: Looking, meta: Graph) -> None:
    post = published(meta, "Bread at seven")
    page = looking.page
    expect(page.locator("#facebook .status")).to_have_count(1)
    page.fill("#slack .main > .composer textarea", f"Look: {meta.address}/www/{post}")
    page.press("#slack .main > .composer textarea", "Enter")
    page.locator("#slack .message a").last.click()
    expect(page.locator("#facebook .status")).to_be_visible()
    expect(page.locator("#networks").get_by_role("tab", name="Facebook")).to_have_attribute("aria-selected", "true")


def test_on_a_phone_the_panes_of_meta_are_tabs_too_and_nothing_sticks_out(
    browser: Browser, world: dict[str, Any], meta: Graph, nora: Public
) -> None:
    looking = Looking(browser, world, width=390, height=844)
    page = looking.page
    post = published(meta, f"https://acme.example/{'long' * 40}", link=f"https://acme.example/{'long' * 40}")
    expect(page.locator(".tab-facebook.news").first).to_be_visible()
    reply = nora.comment(nora.comment(post, "Is " * 60), "no" * 80)
    nora.comment(reply, "Below")
    Ads(meta.address).boost()
    for network in ("instagram", "facebook"):
        page.click(f"#tabs [data-pane={network}]")
        expect(page.locator(f"#{network}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#facebook .comment")).to_have_count(3)
    wide = page.evaluate("document.querySelector('#facebook .scroll').scrollWidth")
    assert wide <= page.evaluate("document.querySelector('#facebook .scroll').clientWidth")
    assert looking.quiet() == []
    page.close()


def test_everything_to_press_in_the_panes_of_meta_has_a_name(looking: Looking, meta: Graph, nora: Public) -> None:
    nora.comment(published(meta, "Bread at seven"), "Warm?")
    pane = opened(looking, "Facebook")
    expect(pane.locator(".comment")).to_have_count(1)
    nameless = pane.evaluate(
        """pane => [...pane.querySelectorAll('button, a, textarea, progress')].filter((one) =>
            !one.textContent.trim() && !one.getAttribute('aria-label')).map((one) => one.outerHTML)"""
    )
    assert nameless == []
