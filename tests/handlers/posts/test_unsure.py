"""Publications of which nobody knows whether they stand: looked up, never sent blindly, and asked about once."""

from datetime import timedelta

import pytest

from models.delivery import Delivery, DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.posts import approved

POSTING = "POST /api/v1/statuses"
READING = "GET /api/v1/accounts/*/statuses"
LOOK = timedelta(seconds=50)


def labels(bench: DeskBench, chat: str = "slack") -> list[str]:
    return [button.label for button in bench.card("P1", chat=chat).buttons]


def state(bench: DeskBench) -> str:
    return bench.deliveries()[0].state


def unsure(bench: DeskBench, kind: str = "drop_before") -> None:
    """P1 of which nobody knows whether it stands: the answer was lost and the account cannot be read."""
    approved(bench)
    bench.mastodon.fault(POSTING, kind)
    bench.mastodon.fault(READING, "status", status=403, times=50, body='{"error": "This is hidden"}')
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(LOOK)


def test_an_answer_that_was_lost_is_looked_up_and_nothing_is_sent_twice(bench: DeskBench) -> None:
    approved(bench)
    bench.mastodon.fault(POSTING, "drop_after")
    bench.press("Bruno", "Publish now", "P1")
    assert state(bench) == DeliveryState.UNSURE
    assert "I am looking whether it stands there" in bench.shown("P1")
    bench.wait(LOOK)
    assert bench.post().state == PostState.PUBLISHED
    assert len(bench.public()) == 1


def test_what_is_certainly_absent_is_sent_again_by_itself(bench: DeskBench) -> None:
    approved(bench)
    bench.mastodon.fault(POSTING, "drop_before")
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(LOOK)
    assert len(bench.public()) == 1
    assert bench.post().state == PostState.PUBLISHED


def test_where_the_network_cannot_tell_a_member_is_asked(bench: DeskBench) -> None:
    unsure(bench)
    told = bench.told()[-1]
    assert "Please look at acme and press what is true." in told
    assert "[It is live] [It is not, send it] [Leave it]" in told
    assert bench.direct("Bruno")[-1] == told
    assert "nobody knows whether it stands there" in bench.shown("P1")
    assert labels(bench) == ["It is live", "It is not, send it", "Leave it"]


def test_a_network_that_stays_away_leaves_nobody_without_a_way_out(bench: DeskBench) -> None:
    approved(bench)
    bench.mastodon.fault(POSTING, "drop_after")
    bench.mastodon.fault(READING, "status", status=503, times=500)
    bench.press("Bruno", "Publish now", "P1")
    for _ in range(4):
        bench.wait(timedelta(minutes=1))
    assert labels(bench) == [], "it is still being looked for"
    for _ in range(6):
        bench.wait(timedelta(minutes=10))
    assert sum("press what is true" in told for told in bench.direct("Bruno")) == 1, "asked once"
    assert labels(bench) == ["It is live", "It is not, send it", "Leave it"]
    bench.mastodon.calm()
    bench.wait(timedelta(minutes=20))
    assert bench.post().state == PostState.PUBLISHED, "and it is looked for all the while"
    assert len(bench.public()) == 1


@pytest.mark.parametrize("typed", ["edit P1 Other words", "withdraw P1", "publish P1", "schedule P1 tomorrow 9:00"])
def test_nothing_changes_while_nobody_knows(bench: DeskBench, typed: str) -> None:
    unsure(bench)
    bench.say("Bruno", typed)
    assert bench.whispered("Bruno") == "It is not known yet whether P1 stands on acme. Settle that first."


def test_a_member_who_sees_it_live_settles_it(bench: DeskBench) -> None:
    unsure(bench, "drop_after")
    button = bench.button("It is live", "U1")
    bench.act(bench.pressed("Bruno", button))
    assert bench.post().state == PostState.PUBLISHED
    assert bench.told()[-1] == "P1 stands on acme."
    bench.act(bench.pressed("Dario", button))
    assert bench.whispered("Dario") == "That was settled already; open the post again to see how."
    assert len(bench.public()) == 1


@pytest.mark.parametrize("chat", ["slack", "telegram"])
@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("It is live", PostState.PUBLISHED),
        ("It is not, send it", PostState.PUBLISHED),
        ("Leave it", PostState.UNFINISHED),
    ],
)
def test_each_answer_settles_it_from_either_chat(bench: DeskBench, chat: str, answer: str, after: PostState) -> None:
    unsure(bench)
    bench.press("Bruno", answer, "U1", chat=chat)
    assert bench.post().state == after
    assert len(bench.public()) == (answer == "It is not, send it")


def test_a_button_of_an_earlier_try_sends_nothing(bench: DeskBench) -> None:
    unsure(bench)
    old = bench.button("It is not, send it", "U1")
    bench.mastodon.fault(POSTING, "drop_after")
    bench.act(bench.pressed("Bruno", old))
    assert state(bench) == DeliveryState.UNSURE
    bench.wait(LOOK)
    bench.act(bench.pressed("Dario", old))
    assert "earlier try" in bench.whispered("Dario")
    assert len(bench.public()) == 1


def test_what_is_left_unsettled_is_never_sent_again(bench: DeskBench) -> None:
    unsure(bench, "drop_after")
    bench.press("Bruno", "Leave it", "U1")
    assert bench.post().state == PostState.UNFINISHED
    assert "left as it is; nobody knows whether it stands there" in bench.shown("P1")
    assert "Retry" not in labels(bench)
    bench.say("Bruno", "publish P1")
    assert "or was left there as it is" in bench.whispered("Bruno")
    bench.say("Ada", "edit P1 Other words")
    bench.press("Bruno", "Approve", "P1")
    bench.say("Bruno", "publish P1")
    assert len(bench.public()) == 1


def test_a_process_that_ends_in_the_middle_sends_nothing_twice(bench: DeskBench) -> None:
    approved(bench)

    def die(step: str) -> None:
        if step == "sent:publication":
            raise KeyboardInterrupt

    bench.steps = die
    with pytest.raises(KeyboardInterrupt):
        bench.press("Bruno", "Publish now", "P1")
    bench.steps = lambda _step: None
    bench.deliverer = bench.new_deliverer()
    bench.settler.reap(all_of_them=True)
    bench.wait(LOOK)
    assert bench.post().state == PostState.PUBLISHED
    assert len(bench.public()) == 1


def test_a_post_withdrawn_while_unsure_elsewhere_was_gone_is_not_wanted_any_more(bench: DeskBench) -> None:
    unsure(bench)
    bench.reshape(accounts={"acme_it": bench.account("acme_it")})
    with bench.store.write() as session:
        delivery = session.get(Delivery, bench.deliveries()[0].id)
        assert delivery
        delivery.check_at = bench.now
    bench.deliver()
    assert bench.deliveries()[0].check_at is None


def test_the_network_is_asked_by_an_answer_that_gives_up(bench: DeskBench) -> None:
    unsure(bench)
    with bench.store.write() as session:
        delivery = session.get(Delivery, bench.deliveries()[0].id)
        assert delivery
        delivery.attempts, delivery.check_at = 99, bench.now
    bench.mastodon.calm()
    bench.deliver()
    assert "acme could not take it (lost 99 times). Press Retry to try again." in bench.told()[-1]


def test_a_clock_that_is_set_back_before_the_look_up_hides_nothing(bench: DeskBench) -> None:
    bench.mastodon.act("settings", idempotency=False)
    approved(bench)
    bench.now += timedelta(hours=1)  # ahead of the network's when it leaves
    bench.mastodon.fault(POSTING, "drop_after")
    bench.press("Bruno", "Publish now", "P1")
    assert state(bench) == DeliveryState.UNSURE
    bench.now -= timedelta(hours=1)
    with bench.store.write() as session:  # by the clock as it is now, a look-up is due
        session.get_one(Delivery, bench.deliveries()[0].number).check_at = bench.now
        session.get_one(Delivery, bench.deliveries()[0].number).finished_at = bench.now - LOOK
    bench.wait(LOOK)
    assert len(bench.public()) == 1
    assert bench.post().state == PostState.PUBLISHED
