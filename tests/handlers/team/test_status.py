"""Status and accounts: how the desk is, in words; nothing of it is asked of the network while somebody waits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.account import Account
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys
from support.bench import START, DeskBench
from support.inbox_bench import InboxBench
from support.patience import CALLS
from support.posts import draft
from support.whispers import press


def status(bench: DeskBench, who: str = "Ada") -> str:
    bench.say(who, "status")
    return bench.whispered(who)


def waiting(bench: DeskBench, **fields: Any) -> None:
    """A delivery that stands there as described."""
    given: dict[str, Any] = {"kind": "publication", "lane": "elsewhere", "due_at": START, "created_at": START, **fields}
    with bench.store.write() as session:
        session.add(Delivery(**given))


def test_a_fresh_desk_is_quiet(bench: DeskBench) -> None:
    seen = status(bench)
    assert "Slack: no news" in seen
    assert "acme: not asked yet" in seen
    assert "Deliveries: nothing waits" in seen
    assert "Inbox: empty" in seen
    assert "late" not in seen
    assert "could not handle" not in seen


def test_the_live_state_of_chats_and_accounts_is_told(bench: DeskBench) -> None:
    state = {"slack": "connected", "telegram": "down: token refused", "acme": "streaming", "acme_it": "odd"}
    bench.reshape(health=lambda: state)
    seen = status(bench)
    assert "Slack: connected" in seen
    assert "Telegram: down: token refused" in seen
    assert "comments: heard at once" in seen
    assert "comments: odd" in seen


def test_an_account_tells_whether_its_token_works_and_when_that_was_seen(bench: DeskBench) -> None:
    with bench.store.write() as session:
        good, lost = session.get(Account, "acme"), session.get(Account, "acme_it")
        assert good
        assert lost
        good.met(remote_id="1", handle="acme@x.example", title="Acme", url="https://x.example/@acme", now=START)
        lost.lose_access("The access token was revoked", START)
    seen = status(bench)
    assert "acme: works, as seen Mon 23 Nov 2026, 10:00 (Europe/Rome)" in seen
    assert "acme_it: access lost: The access token was revoked (Mon 23 Nov 2026, 10:00 (Europe/Rome))" in seen


def test_deliveries_are_counted_by_state_and_lateness_told(bench: DeskBench) -> None:
    waiting(bench, due_at=START + timedelta(days=1))
    assert "Deliveries: 1 waiting" in status(bench)
    waiting(bench, state=DeliveryState.FAILED.value)
    waiting(bench, state=DeliveryState.SENDING.value, lease_until=START + timedelta(days=1))
    bench.now += timedelta(days=1, hours=2)
    press(bench, "Ada", "Refresh")
    seen = bench.whispered("Ada")
    assert "1 failed" in seen
    assert "The oldest is late by: 2 hours" in seen


def test_what_nobody_knows_the_end_of_is_listed_with_a_button(bench: DeskBench) -> None:
    draft(bench)
    waiting(bench, subject="P1", state=DeliveryState.UNSURE.value, reason="timed out")
    seen = status(bench)
    assert "1 without a known end" in seen
    assert "P1 · nobody knows whether it arrived: timed out [Open]" in seen
    press(bench, "Ada", "Open", "P1")
    assert "P1 · Draft" in bench.shown("P1")


def test_an_unsure_reply_opens_its_comment(desk: InboxBench) -> None:
    desk.commented("First?")
    waiting(desk, subject="C1", kind="nothing", state=DeliveryState.UNSURE.value)
    assert "C1 · nobody knows whether it arrived: – [Open]" in status(desk)
    press(desk, "Ada", "Open", "C1")
    assert "First?" in desk.whispered("Ada")


def test_the_inbox_is_counted_with_its_oldest_comment(desk: InboxBench) -> None:
    desk.commented("First?")
    desk.commented("Second?")
    desk.now += timedelta(hours=3, minutes=5)
    assert "Inbox: 2 open comments, the oldest for 3 hours" in status(desk)


def test_events_that_were_set_aside_are_named_with_their_bug(bench: DeskBench) -> None:
    with bench.store.write() as session:
        event = Inbound(source="slack", event_id="1", body={}, due_at=START, received_at=START)
        event.set_aside("3fa2")
        assert event.state == InboundState.BROKEN
        session.add(event)
    assert "Events I could not handle: slack 3fa2" in status(bench)


class AheadOfUs(Mastodon):
    """An account whose network's clock is ahead of ours."""

    ahead = timedelta(hours=2)

    @property
    def clock_skew(self) -> timedelta | None:
        return self.ahead


@pytest.mark.parametrize(
    ("ahead", "said"), [(timedelta(hours=2), True), (timedelta(hours=-2), True), (timedelta(), False)]
)
def test_a_network_whose_clock_is_off_is_named(bench: DeskBench, ahead: timedelta, said: bool) -> None:
    platform = AheadOfUs(
        base_url=bench.mastodon.address,
        keys=Keys("t"),
        options={},
        now=bench.clock,
        pause=lambda _: None,
        timeout=CALLS,
    )
    platform.ahead = ahead
    bench.reshape(accounts={"acme": replace(bench.setup.accounts["acme"], platform=platform)})
    assert ("its clock is 2 hours off" in status(bench)) == said


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_accounts_are_listed_with_what_they_can_and_take(bench: DeskBench) -> None:
    with bench.store.write() as session:
        good = session.get(Account, "acme")
        assert good
        good.met(remote_id="1", handle="acme@x.example", title="Acme", url="https://x.example/@acme", now=START)
    bench.say("Ada", "accounts")
    seen = bench.whispered("Ada")
    assert "2 accounts" in seen
    assert "acme · Mastodon · @acme@x.example · works, as seen" in seen
    assert "acme_it · Mastodon · – · not asked yet" not in seen
    assert "Can: threads, content warnings" in seen
    assert "Takes: 500 characters · 4 images" in seen
    assert "every link counts as 23" in seen


def test_a_desk_without_accounts_says_how_one_is_set_up(bench: DeskBench) -> None:
    bench.reshape(accounts={})
    bench.say("Ada", "accounts")
    assert "No account is set up yet" in bench.whispered("Ada")
