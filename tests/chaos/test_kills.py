"""The process is killed at every step of the intake and of the delivery machine: nothing is lost, nothing doubled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from models.audit import chain
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.post import Post
from models.store import Store
from support.chaos_desk import Supervised
from support.chaos_story import PATIENCE, Story
from support.world import TOKENS, World, eventually, world_in

POSTING = "POST /api/v1/statuses"
SPEAKING = "POST /api/chat.postMessage"
#: Deaths of one delivery after the other, as they can follow each other: nothing had left; it had; its end was stored.
ABSENT = ("claimed", "looking", "looked", "settled", "recorded")
PRESENT = ("sent", "looked", "settled")
ROUNDS = (ABSENT, PRESENT)
#: Steps that are only taken when the network answers otherwise -> how it does.
OTHERWISE: dict[str, dict[str, Any]] = {
    "lost": {"kind": "drop_after"},
    "postponed": {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "refused": {"kind": "status", "status": 422, "body": '{"error": "Validation failed"}'},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


@pytest.fixture
def story(world: World) -> Iterator[Story]:
    """People, and a desk that dies where it is told to."""
    with Supervised(world.config()) as desk:
        yield Story(world, desk)


def assert_whole(story: Story) -> None:
    """Each post and answer once on the network, each comment once in each chat, and nothing left hanging."""
    for text in story.posts:
        assert [len(story.on_network(text, account)) for account in TOKENS] == [1, 1], text
    for text in story.answers:
        assert len(story.on_network(text)) == 1, text
    for text in story.comments:
        assert len(story.seen(story.bruno, "inbox", text)) == 1, text
        assert len(story.in_telegram(text)) == 1, text
    store = Store(f"sqlite:///{story.world.folder / 'data' / 'bottega.db'}")
    try:
        eventually(lambda: not hanging(store), PATIENCE, "the end of everything")
    except TimeoutError as late:
        raise TimeoutError(f"{late}; there are: {hanging(store)}") from None
    with store.read() as session:
        assert chain(session).broken_at is None
        assert sorted(post.content.text for post in session.exec(select(Post)).all()) == sorted(story.drafts)
        ends = (DeliveryState.FAILED, DeliveryState.CANCELLED)
        assert not session.exec(select(Delivery).where(col(Delivery.state).in_(ends))).all()
    store.close()


def hanging(store: Store) -> list[object]:
    """What has not come to an end."""
    ended = (DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.CANCELLED)
    with store.read() as session:
        events = session.exec(select(Inbound).where(Inbound.state != InboundState.DONE)).all()
        return [*events, *session.exec(select(Delivery).where(col(Delivery.state).not_in(ended))).all()]


def steps(kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}:{kind}" for name in names)


@pytest.mark.timeout(1200)
def test_deaths_at_every_step_of_a_publication_publish_it_once(story: Story) -> None:
    for names in (*ROUNDS, *((name,) for name in OTHERWISE)):
        text, deadly = story.approved(), steps("publication", names)
        if fault := OTHERWISE.get(names[0]):
            story.world.mastodon.fault(POSTING, **fault)
        story.desk.arm(*deadly)
        story.published(text)
        story.died(*deadly)
    assert_whole(story)


@pytest.mark.timeout(1200)
def test_deaths_at_every_step_of_a_reply_answer_once(story: Story) -> None:
    root = story.published(story.approved())
    for names in (*ROUNDS, *((name,) for name in OTHERWISE)):
        text, deadly = story.previewed(story.commented(root)), steps("reply", names)
        if fault := OTHERWISE.get(names[0]):
            story.world.mastodon.fault(POSTING, **fault)
        story.desk.arm(*deadly)
        story.answered(text)
        story.died(*deadly)
    assert_whole(story)


@pytest.mark.timeout(1200)
def test_deaths_at_every_step_of_a_card_show_each_comment_once(story: Story) -> None:
    root = story.published(story.approved())
    for names in (*ROUNDS, ("lost",)):
        deadly = steps("card", names)
        if fault := OTHERWISE.get(names[0]):
            story.world.slack.fault(SPEAKING, **fault)
        story.desk.arm(*deadly)
        story.commented(root)
        story.died(*deadly)
    assert_whole(story)


@pytest.mark.timeout(1200)
def test_deaths_at_every_step_of_a_message_tell_the_team_once(story: Story) -> None:
    for names in (*ROUNDS, ("lost",)):
        text, deadly = story.submitted(), steps("message", names)
        if fault := OTHERWISE.get(names[0]):
            story.world.slack.fault(SPEAKING, **fault)
        story.desk.arm(*deadly)
        story.approve(text)
        story.died(*deadly)
    assert_whole(story)
    for number in range(1, len(story.drafts) + 1):
        assert len(story.seen(story.bruno, "review", f"Bruno approves P{number}.")) == 1


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_deaths_at_every_step_of_the_intake_handle_each_event_once(story: Story, chat: str) -> None:
    story.drafted(chat)
    for name in ("stored", "read", "deciding", "handled"):
        story.desk.arm(name)
        story.drafted(chat)
        story.died(name)
    assert_whole(story)


@pytest.mark.timeout(1200)
def test_deaths_while_comments_are_read_keep_each_once(story: Story) -> None:
    root = story.published(story.approved())
    for name in ("collected", "kept"):
        story.desk.arm(name)
        story.commented(root)
        story.died(name)
    assert_whole(story)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("chat", ["slack", "telegram", "mastodon"])
def test_a_death_while_a_request_is_under_way_doubles_nothing(story: Story, chat: str) -> None:
    stage, request = {
        "slack": (story.world.slack, SPEAKING),
        "telegram": (story.world.telegram, "POST /bot*/sendMessage"),
        "mastodon": (story.world.mastodon, POSTING),
    }[chat]
    stage.fault(request, "slow", seconds=0.5)
    killed = False

    def kill_when_it_has_left() -> None:
        nonlocal killed  # the supervisor counts a death later, and may have begun another life by then
        if not killed and stage.requests(request):
            killed = True
            story.desk.kill()

    story.watching = kill_when_it_has_left
    story.commented(story.published(story.approved()))
    assert_whole(story)
    assert story.desk.kills == 1
