"""A chain of which only the beginning came through: what is known of it, and that no part stands twice."""

from datetime import timedelta
from typing import Any

import pytest

from models.account import Account
from models.delivery import DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.posts import approved

POSTING = "POST /api/v1/statuses"
DELETING = "DELETE /api/v1/statuses/*"
READING = "GET /api/v1/accounts/*/statuses"
CHAIN = "One\n---\nTwo\n---\nThree"


def labels(bench: DeskBench) -> list[str]:
    return [button.label for button in bench.card("P1").buttons]


def public(bench: DeskBench) -> list[str]:
    return [status["text"] for status in reversed(bench.public())]


def stopped(bench: DeskBench, **fault: Any) -> None:
    """P1, of which the network takes the first part and not the second."""
    approved(bench, CHAIN)
    bench.mastodon.fault(POSTING, "slow", times=1, seconds=0)
    bench.mastodon.fault(POSTING, "status", **fault)
    bench.press("Bruno", "Publish now", "P1")


def broken(bench: DeskBench) -> None:
    """P1, of which the network refuses the second part, and refuses to take down the first."""
    bench.mastodon.fault(DELETING, "status", status=403, body='{"error": "Not allowed"}')
    stopped(bench, status=422, body='{"error": "Text is banned here"}')
    assert public(bench) == ["One"]


def busy(bench: DeskBench) -> None:
    """P1, of which the second part waits for the network."""
    stopped(bench, status=429, body='{"error": "Too many requests"}', headers={"X-RateLimit-Remaining": "0"})
    assert public(bench) == ["One"]


def test_a_half_published_chain_is_told_as_one_with_what_can_be_done(bench: DeskBench) -> None:
    broken(bench)
    told = bench.told()[-1]
    assert "P1 does not stand on acme as a whole: 1 of 3 parts stands there, the rest was not taken" in told
    assert "[Retry] [Leave] [Open on acme] [Delete what stands on acme]" in told
    assert "acme: 1 of 3 parts stands there; not published: Text is banned here" in bench.shown("P1")
    assert labels(bench) == ["Retry", "Leave", "Open on acme", "Delete what stands on acme"]
    assert any(button.url == bench.public()[0]["url"] for button in bench.card("P1").buttons)


def test_what_waited_in_part_and_was_then_taken_down_by_the_network_is_free_again(bench: DeskBench) -> None:
    busy(bench)
    assert "1 of 3 parts stands there" in bench.shown("P1")
    bench.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is banned here"}')
    bench.wait(timedelta(hours=1))
    assert public(bench) == []
    assert "parts stand" not in bench.shown("P1")
    assert labels(bench) == ["Edit", "Withdraw", "Retry", "Leave"]
    bench.press("Bruno", "Retry", "U1")
    assert public(bench) == ["One", "Two", "Three"]


def test_a_retry_sends_the_rest_only(bench: DeskBench) -> None:
    broken(bench)
    bench.press("Bruno", "Retry", "U1")
    assert public(bench) == ["One", "Two", "Three"]
    assert bench.post().state == PostState.PUBLISHED


@pytest.mark.parametrize("leave_it", [False, True])
@pytest.mark.parametrize("typed", ["edit P1 Quite different", "withdraw P1"])
def test_what_stands_in_part_is_neither_edited_nor_withdrawn(bench: DeskBench, typed: str, leave_it: bool) -> None:
    broken(bench)
    if leave_it:
        bench.press("Bruno", "Leave", "U1")
    bench.say("Bruno", typed)
    assert bench.whispered("Bruno") == (
        "The beginning of P1 stands on acme already. Delete that first, or let the rest follow."
    )
    assert bench.post().state == PostState.UNFINISHED


@pytest.mark.parametrize("typed", ["edit P1 Quite different", "withdraw P1"])
def test_nor_is_it_while_the_rest_waits(bench: DeskBench, typed: str) -> None:
    busy(bench)
    assert "acme: 1 of 3 parts stands there; waiting: The network asks us to slow down" in bench.shown("P1")
    assert labels(bench) == ["Publish now", "Reschedule", "Open on acme", "Delete what stands on acme"]
    bench.say("Bruno", typed)
    assert "The beginning of P1 stands on acme already" in bench.whispered("Bruno")
    bench.wait(timedelta(hours=1))
    assert public(bench) == ["One", "Two", "Three"]


def test_what_is_left_in_part_stays_on_the_card(bench: DeskBench) -> None:
    broken(bench)
    bench.press("Bruno", "Leave", "U1")
    shown = "acme: 1 of 3 parts stands there; left as it is; not published: Text is banned here"
    assert shown in bench.shown("P1")
    assert labels(bench) == ["Open on acme", "Delete what stands on acme"]


@pytest.mark.parametrize("waits", [False, True])
def test_once_what_stood_is_deleted_the_post_can_be_edited_and_stands_once(bench: DeskBench, waits: bool) -> None:
    busy(bench) if waits else broken(bench)
    bench.press("Bruno", "Delete what stands on acme", "U1")
    bench.wait(timedelta(hours=1))
    assert public(bench) == []
    assert bench.told()[-1] == "P1 was taken down from acme."
    assert labels(bench) == ["Edit", "Withdraw"]
    bench.say("Ada", "edit P1 Uno\n---\nDue")
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert public(bench) == ["Uno", "Due"]


def test_what_was_deleted_can_be_published_again_as_it_was(bench: DeskBench) -> None:
    broken(bench)
    bench.press("Bruno", "Delete what stands on acme", "U1")
    bench.say("Bruno", "publish P1")
    assert public(bench) == ["One", "Two", "Three"]
    assert bench.post().state == PostState.PUBLISHED


def test_a_deletion_that_fails_leaves_the_beginning_known(bench: DeskBench) -> None:
    broken(bench)
    bench.mastodon.fault(DELETING, "status", status=403, body='{"error": "Not allowed"}')
    bench.press("Bruno", "Delete what stands on acme", "U1")
    assert "acme: 1 of 3 parts stands there" in bench.shown("P1")
    bench.say("Bruno", "publish P1")
    bench.say("Bruno", "edit P1 Other words")
    assert "The beginning of P1 stands on acme already" in bench.whispered("Bruno")
    assert public(bench) == ["One"]
    bench.press("Bruno", "Delete what stands on acme", "U1")
    assert public(bench) == []


def test_while_nobody_knows_of_the_rest_nothing_is_deleted(bench: DeskBench) -> None:
    approved(bench, CHAIN)
    bench.mastodon.fault(POSTING, "slow", times=1, seconds=0)
    bench.mastodon.fault(POSTING, "drop_after")
    bench.mastodon.fault(READING, "status", status=403, times=50, body='{"error": "This is hidden"}')
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(seconds=50))
    assert labels(bench) == ["It is live", "It is not, send it", "Leave it"]
    assert "1 of 3 parts stands there; nobody knows whether" in bench.shown("P1")
    button = bench.button("It is live", "U1").model_copy(update={"verb": "delete"})
    bench.act(bench.pressed("Bruno", button))
    assert bench.whispered("Bruno") == "It is not known yet whether P1 stands on acme. Settle that first."
    bench.press("Bruno", "Leave it", "U1")
    bench.press("Bruno", "Delete what stands on acme", "U1")
    assert public(bench) == ["Two"], "what nobody knows of stays, and is never sent again"
    bench.say("Bruno", "publish P1")
    assert "or was left there as it is" in bench.whispered("Bruno")
    assert bench.deliveries()[0].state == DeliveryState.FAILED


def test_a_chain_that_a_member_found_live_keeps_the_address_of_its_beginning(bench: DeskBench) -> None:
    approved(bench, CHAIN)
    bench.mastodon.fault(POSTING, "slow", times=2, seconds=0)
    bench.mastodon.fault(POSTING, "drop_after")
    bench.mastodon.fault(READING, "status", status=403, times=50, body='{"error": "This is hidden"}')
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(seconds=50))
    bench.press("Bruno", "It is live", "U1")
    assert bench.post().state == PostState.PUBLISHED
    assert labels(bench) == ["Open on acme", "Repost on acme", "Delete on acme"]


def known_as(bench: DeskBench, remote_id: str) -> None:
    """The account's identity on its network, as far as the desk knows it."""
    with bench.store.write() as session:
        session.get_one(Account, "acme").remote_id = remote_id


def test_the_rest_goes_to_nobody_else_and_follows_once_the_account_is_its_own_again(bench: DeskBench) -> None:
    known_as(bench, "1")
    busy(bench)
    known_as(bench, "2")
    bench.wait(timedelta(hours=1))
    assert public(bench) == ["One"]
    assert "its beginning is live on the account that acme was then, and it is another one now" in bench.told()[-1]
    known_as(bench, "1")
    bench.press("Bruno", "Publish now", "P1")
    assert public(bench) == ["One", "Two", "Three"]
