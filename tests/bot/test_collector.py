"""The collector's threads: what the public writes is there at once, and again after every interruption."""

import asyncio
import time
from collections.abc import Callable, Coroutine

import pytest

from bot.collector import Collector
from models.account import Account
from models.conversation import Comment
from platforms.contract import (
    AccessLost,
    CommentEvent,
    CommentGone,
    NotPermitted,
    Page,
    RemoteAuthor,
    RemoteComment,
    Unreachable,
)
from support.bench import START
from support.duties import at_work
from support.inbox_bench import InboxBench
from support.paper_network import DeafNetwork, PaperNetwork, account
from support.patience import PATIENCE

HEARD = RemoteComment("500", RemoteAuthor("77", "pia@far.example", "Pia"), "What a loaf!", START)


async def until(there: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for it in real time."""
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(there):
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)


def made(desk: InboxBench, poll_seconds: float = 3600.0) -> Collector:
    return Collector(desk.store, desk.setup, desk.clock, desk.wake, poll_seconds)


def run(
    desk: InboxBench, story: Callable[[Collector], Coroutine[object, object, None]], poll_seconds: float = 3600.0
) -> Collector:
    """Run the story beside a collector."""
    collected = made(desk, poll_seconds)

    async def told() -> None:
        try:
            async with at_work(collected.duties):
                await story(collected)
        finally:
            desk.mastodon.act("streams/drop")

    asyncio.run(told())
    return collected


def texts(desk: InboxBench) -> list[str]:
    return [comment.text for comment in desk.rows(Comment)]


def streaming(collected: Collector) -> Callable[[], object]:
    return lambda: set(collected.states().values()) == {"streaming"}


def test_a_comment_is_there_at_once_where_the_network_streams(desk: InboxBench) -> None:
    async def story(collected: Collector) -> None:
        await until(streaming(collected))
        desk.nora.mention("acme", "hello")
        desk.nora.mention("acme_it", "ciao")
        await until(lambda: len(texts(desk)) == 2)

    run(desk, story)
    assert sorted(texts(desk)) == ["@acme hello", "@acme_it ciao"]
    assert desk.woken > 0
    desk.deliver()
    assert "hello" in desk.shown("C1") + desk.shown("C2")


def test_what_is_said_while_a_stream_is_cut_is_there_after_it_opens_again(desk: InboxBench) -> None:
    async def story(collected: Collector) -> None:
        await until(streaming(collected))
        desk.mastodon.act("settings", notifications="paused")
        desk.mastodon.act("streams/drop")
        await until(lambda: "polling" in collected.states().values())
        desk.nora.mention("acme", "unheard")
        desk.mastodon.act("settings", notifications="on")
        await until(lambda: texts(desk) == ["@acme unheard"])
        await until(streaming(collected))
        desk.nora.mention("acme", "heard")
        await until(lambda: texts(desk) == ["@acme unheard", "@acme heard"])

    run(desk, story)


def test_a_server_that_does_not_stream_is_polled(desk: InboxBench) -> None:
    desk.mastodon.act("settings", streaming=False)

    async def story(collected: Collector) -> None:
        await until(lambda: all(a.cursor for a in desk.rows(Account)))
        desk.nora.mention("acme", "hello")
        await until(lambda: texts(desk) == ["@acme hello"])
        assert set(collected.states().values()) == {"polling"}

    run(desk, story, poll_seconds=0.1)


def test_what_was_said_while_the_desk_was_closed_is_there_after_its_start(desk: InboxBench) -> None:
    desk.nora.mention("acme", "at night")

    async def story(collected: Collector) -> None:
        await until(lambda: texts(desk) == ["@acme at night"])

    run(desk, story)


def test_the_end_takes_seconds_though_a_stream_is_open_and_then_nothing_is_stored(desk: InboxBench) -> None:
    collected = made(desk)

    async def story() -> None:
        async with at_work(collected.duties):
            await until(streaming(collected))
            begun = time.monotonic()
        assert time.monotonic() - begun < PATIENCE  # the stream itself would never end
        assert set(collected.states().values()) == {"elsewhere"}
        desk.nora.mention("acme", "too late")
        await asyncio.sleep(0.3)

    asyncio.run(story())
    desk.mastodon.act("streams/drop")
    assert texts(desk) == []


def test_whoever_leads_again_goes_on_with_what_was_missed(desk: InboxBench) -> None:
    collected = made(desk)

    async def story() -> None:
        async with at_work(collected.duties):
            await until(streaming(collected))
        desk.nora.mention("acme", "meanwhile")
        async with at_work(collected.duties):
            await until(lambda: texts(desk) == ["@acme meanwhile"])
            await until(streaming(collected))
            desk.nora.mention("acme", "heard")
            await until(lambda: texts(desk) == ["@acme meanwhile", "@acme heard"])

    asyncio.run(story())
    desk.mastodon.act("streams/drop")


def test_a_lost_token_shows_in_the_state(desk: InboxBench) -> None:
    desk.mastodon.act("settings", revoke_token="acme")

    async def story(collected: Collector) -> None:
        await until(lambda: collected.states()["acme"] == "no access")

    run(desk, story)
    desk.deliver()
    assert desk.posted("acme has lost access") == 1


def test_access_that_works_again_is_noticed_with_the_next_look_and_the_stream_opened(desk: InboxBench) -> None:
    network = PaperNetwork(
        pages=[AccessLost("revoked"), Page((HEARD,), "1")], streams=[AccessLost("revoked"), [None], [None], [None]]
    )
    desk.reshape(accounts={"acme": account(network)})

    async def story(collected: Collector) -> None:
        await until(lambda: collected.states()["acme"] == "no access" and network.opened == 1)
        with desk.store.write() as session:
            session.get_one(Account, "acme").regain_access(desk.now)
        await until(lambda: texts(desk) == ["What a loaf!"])
        await until(lambda: network.opened > 1)

    run(desk, story, poll_seconds=0.3)


def test_a_bug_in_a_look_does_not_end_the_looking(desk: InboxBench) -> None:
    network = PaperNetwork(pages=[ZeroDivisionError("a bug"), Page((HEARD,), "1")], streams=[NotPermitted("no stream")])
    desk.reshape(accounts={"acme": account(network)})

    async def story(collected: Collector) -> None:
        await until(lambda: collected.states()["acme"] == "failing")
        await until(lambda: texts(desk) == ["What a loaf!"])

    run(desk, story, poll_seconds=0.3)


def test_much_news_is_read_without_a_pause(desk: InboxBench) -> None:
    pages = [Page((CommentGone(str(n)),), str(n), more=True) for n in range(12)]
    network = PaperNetwork(pages=list(pages), streams=[NotPermitted("no stream")])
    desk.reshape(accounts={"acme": account(network)})

    async def story(collected: Collector) -> None:
        await until(lambda: not network.pages)

    run(desk, story)
    assert desk.rows(Account, Account.name == "acme")[0].cursor == "11"


@pytest.mark.parametrize("trouble", [Unreachable("away"), ZeroDivisionError("a bug"), []])
def test_a_stream_that_does_not_last_is_opened_again(
    desk: InboxBench, trouble: Exception | list[CommentEvent | None]
) -> None:
    network = PaperNetwork(streams=[trouble, [None, HEARD]])
    desk.reshape(accounts={"acme": account(network)})

    async def story(collected: Collector) -> None:
        await until(lambda: texts(desk) == ["What a loaf!"])

    run(desk, story)
    assert network.opened >= 2


def test_a_stream_that_ends_at_once_is_not_opened_in_a_frenzy(desk: InboxBench) -> None:
    network = PaperNetwork()
    desk.reshape(accounts={"acme": account(network)})

    began = time.monotonic()  # before the first of them is opened

    async def story(_collected: Collector) -> None:
        await asyncio.sleep(1.5)
        opened = network.opened
        assert opened <= 2 * (time.monotonic() - began) / 1.5, "however long the sleep took"

    run(desk, story)


def test_an_account_that_cannot_be_read_is_not_watched(desk: InboxBench) -> None:
    desk.reshape(accounts={"acme": account(DeafNetwork())})
    assert made(desk).states() == {}
    assert made(desk).duties == []
