"""Lasting trouble is told once, again when it gets worse, and once more when it is over; a restart repeats nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from handlers.cards import Button
from handlers.delivery import identity
from handlers.desk import Desk
from handlers.setup import Alerts
from models.account import Account
from models.alert import CALM, Alert
from models.delivery import Delivery, DeliveryState
from platforms.contract import Who
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys
from support.bench import TOKENS, DeskBench
from support.paper import buttons, words
from support.posts import published


class Expiring(Mastodon):
    """A network that tells when its token expires."""

    expires_at: datetime | None = None

    def whoami(self) -> Who:
        return replace(super().whoami(), expires_at=self.expires_at)


def outbox(bench: DeskBench, state: DeliveryState = DeliveryState.WAITING, **more: object) -> None:
    given = {"kind": "reply", "lane": "account:acme", "due_at": bench.now, "created_at": bench.now, **more}
    row = Delivery.model_validate({"state": state.value, "payload": {}, **given})
    with bench.store.write() as session:
        session.add(row)


def over(bench: DeskBench) -> None:
    """What waited or was unsure is gone."""
    with bench.store.write() as session:
        for row in session.exec(select(Delivery).where(Delivery.kind == "reply")).all():
            row.state = DeliveryState.CANCELLED.value


def tick(bench: DeskBench, **by: float) -> None:
    """Time passes at the desk alone; nothing of what is in its outbox for accounts is worked."""
    bench.now += timedelta(**by)
    with bench.store.write() as session:
        bench.router.tick(session, bench.now)
    for found in bench.deliverer.due():
        if not found.lane.startswith("account:"):
            bench.deliverer.attempt(found.id, "bench")


def ticks(bench: DeskBench, count: int, **by: float) -> None:
    for _ in range(count):
        tick(bench, **by)
    for _ in range(5):
        tick(bench, seconds=1)


def told(bench: DeskBench, part: str, chat: str = "slack") -> int:
    """How many messages say that, cards and what stands in their threads."""
    return sum(part in words(sheet.card) for sheet in bench.papers[chat].sheets)


def labels(bench: DeskBench, subject: str) -> set[str]:
    return {button.label for button in buttons(bench.card(subject))}


def test_late_deliveries_are_told_once_in_each_chat_and_their_end_once_more(bench: DeskBench) -> None:
    outbox(bench)
    ticks(bench, 9, minutes=1)
    assert told(bench, "should have left") == 0
    ticks(bench, 30, minutes=1)
    assert told(bench, "1 delivery should have left and still waits") == 1
    assert told(bench, "to: acme", chat="telegram") == 1
    assert labels(bench, "A1") == {"Status", "Queue"}
    over(bench)
    ticks(bench, 3, minutes=1)
    assert told(bench, "in time again") == 0, "it may come back at once"
    ticks(bench, 3, minutes=2)
    assert told(bench, "A1 · Over") == 1
    assert told(bench, "in time again") == 2, "on the card, and in its thread"
    ticks(bench, 10, minutes=1)
    assert told(bench, "in time again") == 2


def test_what_gets_much_worse_is_told_again_in_the_cards_thread(bench: DeskBench) -> None:
    outbox(bench)
    ticks(bench, 59, minutes=1)
    assert told(bench, "should have left") == 1
    ticks(bench, 10, minutes=1)
    assert told(bench, "should have left") == 2
    assert len(bench.rows(Alert)) == 1


def test_an_attempt_that_was_put_off_does_not_hide_how_late_it_is(bench: DeskBench) -> None:
    later = bench.now + timedelta(hours=5)
    outbox(bench, due_at=later, meant_at=bench.now)
    ticks(bench, 11, minutes=1)
    assert told(bench, "should have left") == 1


def test_trouble_that_comes_and_goes_is_one_alert(bench: DeskBench) -> None:
    for _ in range(6):
        outbox(bench, due_at=bench.now - timedelta(minutes=12))
        tick(bench, minutes=2)
        over(bench)
        tick(bench, minutes=2)
    assert len(bench.rows(Alert)) == 1


def test_a_restart_repeats_nothing(bench: DeskBench) -> None:
    outbox(bench)
    ticks(bench, 11, minutes=1)
    bench.deliverer = bench.new_deliverer()
    ticks(bench, 5, minutes=1)
    assert told(bench, "should have left") == 1


def test_a_token_that_expires_is_told_fourteen_three_and_one_day_before(bench: DeskBench) -> None:
    expires = bench.now + timedelta(days=16)
    with bench.store.write() as session:
        session.get_one(Account, "acme").expires_at = expires
    counts = []
    for _ in range(16):
        ticks(bench, 1, days=1)
        counts.append(told(bench, "The token of acme expires"))
    assert (counts[0], counts[2], counts[12], counts[13], counts[15]) == (0, 1, 2, 2, 3)
    assert told(bench, "BOTTEGA_ACCOUNTS__ACME__TOKEN", chat="telegram") == 3
    assert labels(bench, "A1") == {"Check again"}


def test_a_new_token_ends_the_alert_at_once(bench: DeskBench) -> None:
    with bench.store.write() as session:
        session.get_one(Account, "acme").expires_at = bench.now + timedelta(days=2)
    ticks(bench, 1, seconds=5)
    who = Who("1", "acme", "Acme", "https://social.example/@acme", expires_at=bench.now + timedelta(days=60))
    with bench.store.write() as session:
        acme = bench.setup.accounts["acme"]
        list(identity.met(Desk(session=session, now=bench.now, setup=bench.setup), acme, who, acme.mark()))
    ticks(bench, 1, seconds=5)
    assert told(bench, "acme has a token that holds.") == 2
    assert told(bench, "A1 · Over") == 1


def test_check_again_learns_until_when_the_token_holds(bench: DeskBench) -> None:
    expires = bench.now + timedelta(days=2)
    network = Expiring(base_url=bench.mastodon.address, keys=Keys(TOKENS["acme"]), options={})
    network.expires_at = expires
    bench.reshape(accounts={"acme": replace(bench.setup.accounts["acme"], platform=network)})
    button = Button(verb="check_access", label="Check again", value="acme")
    bench.act(bench.pressed("Dario", button))
    assert bench.rows(Account, Account.name == "acme")[0].expires_at == expires
    ticks(bench, 1, seconds=5)
    assert told(bench, "The token of acme expires") == 1


@pytest.mark.parametrize(("count", "minutes"), [(5, 1), (1, 31)])
def test_unsure_deliveries_are_told_when_they_are_many_or_old(bench: DeskBench, count: int, minutes: int) -> None:
    published(bench, "Nobody knows")
    before = told(bench, "Nobody knows whether")
    for _ in range(count):
        outbox(bench, DeliveryState.UNSURE, finished_at=bench.now, check_at=None, subject="P1")
    ticks(bench, minutes, minutes=1)
    assert told(bench, "Nobody knows whether") == before + 1
    assert labels(bench, "A1") == {"Open", "Status", "Queue"}


def test_few_and_young_ones_are_not(bench: DeskBench) -> None:
    outbox(bench, DeliveryState.UNSURE, finished_at=bench.now, check_at=None)
    ticks(bench, 20, minutes=1)
    assert bench.rows(Alert) == []


def test_without_a_place_the_admins_are_told_in_private_and_in_their_language(bench: DeskBench) -> None:
    bench.reshape(review=(), inbox=(), alerts=Alerts(late=timedelta(minutes=1)))
    bench.say("Dario", "language it")
    outbox(bench)
    ticks(bench, 3, minutes=1)
    assert len([line for line in bench.direct("Dario") if "sarebbe dovuta partire" in line]) == 1
    assert bench.direct("Bruno") == []


def test_the_desk_speaks_the_language_of_its_rooms(bench: DeskBench) -> None:
    bench.reshape(language="it")
    outbox(bench)
    ticks(bench, 11, minutes=1)
    assert told(bench, "sarebbe dovuta partire") == 1
    assert timedelta(minutes=10) > CALM
