"""“It is stopped there”: a member's word ends the alarm; what was spent the network alone can tell."""

from datetime import timedelta

from models import ledger
from models.boost_state import BoostState
from support.boost_bench import BoostBench

S = BoostState
HOUR, DAY, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=3)
SAID = "It is stopped there"


def alarms(boosts: BoostBench) -> int:
    return len([said for said in boosts.posted() if said.startswith("🚨")])


def gone(boosts: BoostBench) -> None:
    """B1 ran for some hours, then its token for ads was lost, and Ada pressed Stop."""
    boosts.ordered()
    boosts.passes(3 * HOUR)
    boosts.unpaid()
    boosts.passes(2 * HOUR)
    boosts.press("Ada", "Stop")


def committed(boosts: BoostBench) -> int:
    with boosts.desk.store.read() as session:
        return ledger.committed(session, "bakery", "2035-10")


def test_it_can_be_said_only_once_a_stop_was_tried_and_not_confirmed(boosts: BoostBench) -> None:
    boosts.ordered()
    assert SAID not in boosts.labels()
    boosts.meta.fault("GET /facebook/v26.0/*", "status", times=500, status=503, body="{}")
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    assert SAID not in boosts.labels(), "the network has taken it, and may confirm it yet"
    for _ in range(4):
        boosts.passes(MINUTES)
    assert boosts.labels() == ["Stop", SAID]
    boosts.meta.calm()
    for _ in range(12):
        boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPED
    assert boosts.labels() == []


def test_a_buyers_word_ends_the_alarm_and_sets_nothing_free(boosts: BoostBench) -> None:
    gone(boosts)
    assert boosts.labels() == ["Stop", SAID]
    assert boosts.desk.button(SAID, "B1").confirm.endswith(f"“{boosts.row().name}” does not run there?")
    assert "role “buyer”" in boosts.press("Ada", SAID)
    boosts.press("Bruno", SAID)
    row = boosts.row()
    assert (row.state, row.is_said) == (S.STOPPED, True)
    assert row.reason == "stopped by Ada; Bruno looked there and says that it is stopped"
    assert "What was set aside for it stays so" in boosts.desk.shown("B1")
    assert "Bruno says that B1 is stopped there." in boosts.told()[-1]
    assert "boost said to be stopped" in boosts.desk.actions("B1")
    told = alarms(boosts)
    for _ in range(10):
        boosts.passes(12 * HOUR)
    assert alarms(boosts) == told
    assert boosts.labels() == []
    assert boosts.ledger("release") == 0
    assert committed(boosts) == 3000, "it may have been spent"


def test_what_it_spent_is_booked_and_the_rest_set_free_when_the_network_can_be_read_again(boosts: BoostBench) -> None:
    gone(boosts)
    boosts.press("Dario", SAID)
    boosts.passes(10 * DAY)
    before = boosts.row().spent
    boosts.by_hand(boosts.row().made["campaign"], status="PAUSED")
    boosts.paid()
    row = boosts.row()
    assert (row.state, row.is_said) == (S.STOPPED, False)
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book") > before
    assert boosts.ledger("release") == 3000 - row.spent
    assert committed(boosts) == row.spent
    assert "B1 is stopped, the network confirms." in boosts.told()[-1]


def test_who_was_mistaken_is_told_and_it_is_stopped(boosts: BoostBench) -> None:
    gone(boosts)
    boosts.press("Bruno", SAID)
    boosts.passes(HOUR)
    assert boosts.campaigns[0]["status"] == "ACTIVE"
    boosts.meta.act("token", token="sandbox-ads-token", end=0)
    boosts.passes(MINUTES)
    boosts.passes(MINUTES)
    row = boosts.row()
    assert (row.state, row.is_said) == (S.STOPPED, False)
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")


def test_what_resumes_by_itself_there_is_stopped_and_told_long_after(boosts: BoostBench) -> None:
    gone(boosts)
    boosts.press("Bruno", SAID)
    with boosts.desk.store.write() as session:
        for row in boosts.desk.deliveries("boost_switch"):
            if row.state == "held":
                row.cancel(boosts.desk.now)
                session.add(row)
    boosts.paid()
    assert "⚠️ B1 runs on the network although it is over: I stop it." in boosts.posted()
    boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_it_is_asked_for_as_long_as_nobody_knows_what_it_spent(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(3 * HOUR)
    body = '{"error": {"message": "You may not", "code": 200, "type": "OAuthException"}}'
    boosts.meta.fault("*", "status", times=5000, status=403, body=body)
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    boosts.passes(MINUTES)
    boosts.press("Bruno", SAID)
    for _ in range(10):
        boosts.passes(DAY)
    assert (boosts.row().state, boosts.row().is_said) == (S.STOPPED, True)
    boosts.meta.calm()
    boosts.by_hand(boosts.row().made["campaign"], status="PAUSED")
    boosts.passes(13 * HOUR)
    assert (boosts.row().state, boosts.row().is_said) == (S.STOPPED, False)
    assert boosts.ledger("book") == boosts.row().spent == boosts.campaigns[0]["spent"]
    for _ in range(8):
        boosts.passes(12 * HOUR)
    assert boosts.row().report_at is None, "what was late is watched for some days like any other end"


def test_what_was_never_made_needs_no_networks_word(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.meta.fault("POST /facebook/v26.0/act_5001/campaigns", "drop_after")
    boosts.meta.fault("GET /facebook/v26.0/*", "status", times=500, status=503, body="{}")
    boosts.desk.press("Bruno", "Approve", code)
    boosts.press("Ada", "Stop")
    for _ in range(5):
        boosts.passes(MINUTES)
    boosts.press("Bruno", SAID)
    assert (boosts.row().state, boosts.row().is_said) == (S.STOPPED, False)
    assert boosts.ledger("release") == 3000
    assert boosts.told()[-1] == "B1 is stopped; nothing was ordered."
