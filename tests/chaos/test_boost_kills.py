"""The process is killed at the steps of a boost's deliveries: one campaign, always known, and the ledger is even."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chaos import ledger
from chaos.page import BAKERY, Page, page_in
from chaos.test_kills import ABSENT, PRESENT, hanging, steps
from models.store import Store
from sandbox.slack.person import all_text
from support.chaos_desk import Supervised
from support.chaos_story import PATIENCE, Story
from support.team import title_of
from support.world import eventually, world_in

#: Units that a month may cost, and that the boost does.
CAP, AMOUNT = 60, 20


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with world_in(tmp_path) as world, page_in(world) as made:
        yield made


@pytest.fixture
def story(page: Page) -> Iterator[Story]:
    """People, and a desk with a Page that dies where it is told to."""
    with Supervised(page.config(CAP)) as desk:
        yield Story(page.world, desk)


def card(story: Story) -> dict[str, Any] | None:
    """The boost's card in the review room."""
    found = [m for m in story.bruno.messages("review") if title_of(m).startswith("B1 · ")]
    return found[-1] if found else None


def until_card(story: Story, state: str) -> None:
    """Its title says so."""
    story.until(lambda: (shown := card(story)) and title_of(shown) == f"B1 · {state}", f"B1 {state}")


def wished(story: Story) -> None:
    """Ada wants a boost of the post that stands on the Page."""
    story.ada.say("dm", "boost P1")
    story.press(story.ada, "Open the form", "Boost P1", story.ada.modal)
    story.ada.fill({"amount": str(AMOUNT), "days": "2", "countries": "CH"})


def pressed(story: Story, label: str, state: str) -> None:
    """Bruno presses it, and again until the card says what follows."""
    story.press(story.bruno, label, f"P1 on {BAKERY}", lambda: (c := card(story)) and state in title_of(c))


@pytest.mark.timeout(900)
def test_deaths_at_every_step_of_a_boost_order_it_once(page: Page, story: Story) -> None:
    text = story.approved()
    story.published(text)
    story.until(lambda: any(post["text"] == text for post in page.posts()), "the post on the Page")

    wished(story)
    story.until(lambda: (shown := card(story)) and "People within reach" in all_text(shown), "the price of B1")

    ordered = (*steps("boost", (*ABSENT, *PRESENT)), "sent:boost_switch", "sent:boost_report")
    story.desk.arm(*ordered)
    pressed(story, "Approve", "· Being ordered")
    story.died(*ordered)
    until_card(story, "Running")
    assert len(page.books().running) == 1

    page.ahead(3600)  # something is spent
    story.desk.arm("sent:boost_switch")
    pressed(story, "Stop", "stopped")
    story.died("sent:boost_switch")
    until_card(story, "Stopped")
    assert_even(page)


def assert_even(page: Page) -> None:
    """One campaign with its parts, all known, nothing running, and the ledger as the network's books."""
    books = page.books()
    assert sorted(part.kind for part in books.parts) == ["ad", "ad_set", "campaign", "creative"]
    assert sum(books.spent.values()) > 0
    store = Store(f"sqlite:///{page.world.folder / 'data' / 'bottega.db'}")
    eventually(lambda: not hanging(store), PATIENCE, "the end of everything")
    with store.read() as session:
        assert [*ledger.violations(session, books, CAP * 100), *ledger.uneven(session, books)] == []
    store.close()
