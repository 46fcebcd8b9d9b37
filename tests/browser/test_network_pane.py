"""The network's pane: visitors answer, like, edit, hide and show, and see only what they may."""

import requests
from playwright.sync_api import expect

from support.page_world import Looking
from support.patience import PATIENCE


def published(looking: Looking, text: str, **more: str) -> str:
    """A post of acme's, made as the bot would; its id."""
    network = looking.world["mastodon"]
    headers = {"Authorization": f"Bearer {network['tokens']['acme']}"}
    answer = requests.post(
        f"{network['base_url']}/api/v1/statuses", {"status": text, **more}, headers=headers, timeout=PATIENCE
    )
    return str(answer.json()["id"])


def test_a_visitor_replies_likes_boosts_and_changes_their_words(looking: Looking) -> None:
    page = looking.page
    published(looking, "Doors open on Saturday")
    post = page.locator("#mastodon .status", has_text="Doors open")
    post.get_by_label("Reply (0)").click()
    field = page.get_by_label("What is on your mind?")
    expect(field).to_have_value("@acme ")
    field.fill("@acme Is it <i>free</i>?")
    page.get_by_role("button", name="Post", exact=True).click()
    reply = page.locator("#mastodon .status.nested")
    expect(reply).to_contain_text("Is it <i>free</i>?")
    post.get_by_label("Favourite (0)").click()
    post.get_by_label("Boost (0)").click()
    expect(page.locator("#mastodon .thread-box").last.get_by_label("Favourite (1)")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("#mastodon .boosted")).to_contain_text("Nora boosted")
    reply.get_by_label("Edit or delete").click()
    page.get_by_role("menuitem", name="Edit").click()
    field.fill("@acme Is it for children?")
    page.get_by_role("button", name="Save").click()
    expect(reply).to_contain_text("for children?")
    expect(reply.get_by_text("Edited", exact=True)).to_be_visible()
    reply.get_by_label("Edit or delete").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(reply).to_have_count(0)


def test_a_picture_carries_its_words_and_a_warning_folds_the_post(looking: Looking) -> None:
    page = looking.page
    page.locator("#mastodon").get_by_label("Add a picture").click()
    page.get_by_role("menuitem", name="A sample picture").click()
    page.locator("#mastodon .attachment input").fill("A lake in the evening")
    page.get_by_role("button", name="CW").click()
    page.get_by_label("Content warning").fill("holidays")
    page.get_by_label("What is on your mind?").fill("Wish you were here")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Wish you were here")).to_be_hidden()
    page.get_by_text("holidays").click()
    expect(page.get_by_text("Wish you were here")).to_be_visible()
    expect(page.get_by_alt_text("A lake in the evening")).to_be_visible()


def test_what_is_meant_for_one_visitor_another_does_not_see(looking: Looking) -> None:
    page = looking.page
    published(looking, "@nora between us", visibility="direct")
    expect(page.locator("#mastodon .timeline")).to_contain_text("between us")
    page.select_option("#mastodon-who", "Oleg")
    expect(page.locator("#mastodon .timeline")).not_to_contain_text("between us")


def test_trouble_is_made_for_the_next_post_alone(looking: Looking) -> None:
    page = looking.page
    page.get_by_label("Make trouble for the next post").click()
    page.get_by_role("menuitem", name="Refuse the next post").click()
    expect(page.locator("#mastodon .toast")).to_have_text("The next post of the desk will be refused.")
    network = looking.world["mastodon"]
    headers = {"Authorization": f"Bearer {network['tokens']['acme']}"}
    answer = requests.post(
        f"{network['base_url']}/api/v1/statuses", {"status": "One"}, headers=headers, timeout=PATIENCE
    )
    assert answer.status_code == 422
    assert "Validation failed" in answer.json()["error"]
    published(looking, "Two")
    expect(page.locator("#mastodon .timeline")).to_contain_text("Two")
