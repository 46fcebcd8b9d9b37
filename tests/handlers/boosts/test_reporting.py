"""What the network tells of a boost: booked to the cent, told once, and acted on where it is not as it was ordered."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import ledger
from models.account import Access, Account
from models.boost_state import BoostState
from models.ledger import Entry
from models.publication import Publication
from support.boost_bench import BoostBench

S = BoostState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def by_month(boosts: BoostBench) -> dict[str, int]:
    """What is booked."""
    found: dict[str, int] = {}
    for entry in boosts.desk.rows(Entry, Entry.kind == "book"):
        found[entry.month] = found.get(entry.month, 0) + entry.amount
    return found


def ad(boosts: BoostBench) -> str:
    return boosts.row().made["ad"]


def test_a_review_is_told_and_its_refusal_with_the_reason(boosts: BoostBench) -> None:
    boosts.meta.act("ads/settings", ads_verdict="wait")
    boosts.ordered()
    assert boosts.told()[-1] == "The network reviews the ad of B1."
    assert "it spends nothing before that is over" in boosts.desk.shown("B1")
    boosts.passes(2 * HOUR)
    assert boosts.told().count("The network reviews the ad of B1.") == 1
    boosts.meta.act("ads/review", ad=ad(boosts), approved=False, feedback={"Prohibited": "No firearms."})
    boosts.passes(2 * HOUR)
    assert boosts.row().state == S.REFUSED
    assert "The network refused the ad of B1: Prohibited: No firearms." in boosts.told()[-1]
    assert "No firearms." in boosts.desk.shown("B1")
    assert any("No firearms." in said for said in boosts.desk.direct("Ada"))
    assert boosts.ledger("reserve") == boosts.ledger("release")
    assert boosts.campaigns[0]["status"] == "PAUSED", "a verdict may be reversed there"


def test_an_ad_that_runs_although_it_is_over_is_stopped_and_told(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED
    boosts.by_hand(boosts.row().made["campaign"], status="ACTIVE")
    boosts.passes(2 * HOUR)
    assert "⚠️ B1 runs on the network although it is over: I stop it." in boosts.posted()
    boosts.passes(HOUR)
    row = boosts.row()
    assert row.state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")
    assert len([said for said in boosts.told() if "is stopped, the network confirms" in said]) == 2


def test_what_somebody_pauses_or_resumes_on_the_network_is_seen(boosts: BoostBench) -> None:
    boosts.ordered()
    campaign = boosts.row().made["campaign"]
    boosts.by_hand(campaign, status="PAUSED")
    boosts.passes(2 * HOUR)
    assert boosts.row().state == S.PAUSED
    assert boosts.told()[-1] == "B1 was paused on the network itself."
    boosts.by_hand(campaign, status="ACTIVE")
    boosts.passes(2 * HOUR)
    assert "B1 ran though it was paused: I pause it again." in boosts.told()
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert boosts.row().state == S.PAUSED


def test_a_boost_ends_when_it_was_agreed_to_end_whatever_somebody_changes_on_the_network(boosts: BoostBench) -> None:
    boosts.ordered()
    later = (boosts.desk.now + 20 * DAY).isoformat()
    boosts.by_hand(boosts.row().made["ad_set"], lifetime_budget="20000", end_time=later)
    for _ in range(12):
        boosts.passes(8 * HOUR)
    row = boosts.row()
    assert row.state == S.ENDED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")
    boosts.by_hand(row.made["campaign"], status="ACTIVE")
    boosts.passes(12 * HOUR)
    assert "⚠️ B1 runs on the network although it is over: I stop it." in boosts.posted()
    boosts.passes(HOUR)
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


@pytest.mark.parametrize("why", [{"ads_verdict": "wait"}, {"funded": False}], ids=str)
def test_what_never_ran_ends_with_its_time_and_gives_its_money_back(boosts: BoostBench, why: dict[str, Any]) -> None:
    code = boosts.wished()
    boosts.meta.act("ads/settings", **why)
    boosts.press("Bruno", "Approve", code)
    assert boosts.row().state == S.RUNNING
    for _ in range(8):
        boosts.passes(12 * HOUR)
    assert boosts.row().state == S.ENDED
    assert "B1 has ended. It spent €0.00 of €30.00." in boosts.told()
    assert boosts.ledger("release") == 3000


def test_what_somebody_deletes_on_the_network_is_over(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(5 * HOUR)
    spent = boosts.row().spent
    boosts.by_hand(boosts.row().made["campaign"], status="DELETED")
    boosts.passes(2 * HOUR)
    row = boosts.row()
    assert row.state == S.ENDED
    assert row.spent >= spent > 0, "a report of nothing takes nothing back"
    assert "It was deleted on the network." in boosts.desk.shown("B1")
    assert boosts.ledger("release") == 3000 - boosts.ledger("book")


def test_what_may_not_be_seen_any_more_is_not_taken_for_deleted(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    body = '{"error": {"message": "It does not exist, or you may not see it", "code": 100, "error_subcode": 33}}'
    for path in (ad(boosts), f"{boosts.row().made['campaign']}/insights", "act_5001"):
        boosts.meta.fault(f"GET /facebook/v26.0/{path}", "status", times=50, status=400, body=body)
    boosts.passes(HOUR)
    assert boosts.row().state == S.RUNNING
    assert "The network does not tell how B1 stands" in boosts.told()[-1]
    boosts.meta.calm()
    boosts.passes(HOUR)
    assert boosts.row().spent == boosts.campaigns[0]["spent"]


def test_a_boost_does_not_outlive_a_post_that_somebody_deletes_on_the_network(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    post = boosts.desk.rows(Publication)[0].remote_id
    boosts.meta.act("pages/delete", **{"as": "page", "id": post})
    boosts.passes(HOUR)
    row = boosts.row()
    assert row.state == S.STOPPED
    assert any("cannot be boosted any more (The post used in this ad was deleted" in said for said in boosts.told())
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert boosts.ledger("reserve") - boosts.ledger("release") == row.spent == boosts.campaigns[0]["spent"]


def test_trouble_is_told_once_and_waits_for_a_person(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    boosts.meta.act("ads/settings", funded=False)
    boosts.meta.act("ads/settings", account_status=2)
    for _ in range(3):
        boosts.passes(HOUR)
    told = [line for line in boosts.told() if "does not run" in line]
    assert boosts.row().state == S.RUNNING
    assert len(told) <= 1


def test_the_ledger_is_the_networks_books_to_the_cent_also_over_the_end_of_a_month(boosts: BoostBench) -> None:
    boosts.passes(datetime(2035, 10, 30, 9, 7, tzinfo=boosts.desk.now.tzinfo) - boosts.desk.now)
    boosts.ordered(amount="7.77", per="daily", days="4")
    reserved = {entry.month: entry.amount for entry in boosts.desk.rows(Entry, Entry.kind == "reserve")}
    assert list(reserved) == ["2035-10", "2035-11"]
    assert sum(reserved.values()) == 4 * 777
    for _ in range(14):
        boosts.passes(8 * HOUR)
    assert boosts.row().state == S.ENDED
    (campaign,) = boosts.campaigns
    assert boosts.ledger("book") == boosts.row().spent == campaign["spent"] <= 4 * 777
    october = sum(spent for day, spent in campaign["days"].items() if day.startswith("2035-10"))
    assert abs(by_month(boosts)["2035-10"] - october) <= 100, "a report over midnight is shared out by time"
    with boosts.desk.store.read() as session:
        assert [ledger.committed(session, "bakery", month) for month in reserved] == list(by_month(boosts).values())


def test_what_is_told_late_is_booked_to_the_month_in_which_it_was_spent(boosts: BoostBench) -> None:
    boosts.passes(datetime(2035, 10, 28, 9, 7, tzinfo=boosts.desk.now.tzinfo) - boosts.desk.now)
    boosts.ordered(days="2")
    boosts.passes(8 * DAY)
    boosts.passes(HOUR)
    assert boosts.row().state == S.ENDED
    assert by_month(boosts) == {"2035-10": 3000}


def test_half_is_told_once_and_the_end_to_whoever_wished_for_it(boosts: BoostBench) -> None:
    boosts.ordered()
    for _ in range(10):
        boosts.passes(8 * HOUR)
    told = boosts.desk.told()
    assert told.count("B1 has spent €15.00 of €30.00.") <= 2, "once in each of two threads"
    assert any("B1 has ended." in said for said in boosts.desk.direct("Ada"))
    assert "people" in boosts.desk.shown("B1")
    assert "each" in boosts.desk.shown("B1")


def test_a_boost_stops_by_itself_where_the_cap_is_reached(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(10 * HOUR)
    boosts.allow(first_limit=50, second_limit=200, month_cap=2)
    boosts.passes(2 * HOUR)
    assert "I stop B1: its money, or the cap of the month, is spent." in boosts.told()
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_reports_come_hourly_end_after_some_days_and_never_pile_up(boosts: BoostBench) -> None:
    boosts.ordered()
    asked = len(boosts.desk.deliveries("boost_report"))
    for _ in range(6):
        boosts.passes(timedelta(minutes=30))
    assert len(boosts.desk.deliveries("boost_report")) - asked == 3
    boosts.press("Ada", "Stop")
    for _ in range(10):
        boosts.passes(DAY)
    asked = len(boosts.desk.deliveries("boost_report"))
    assert boosts.row().report_at is None
    boosts.passes(30 * DAY)
    assert len(boosts.desk.deliveries("boost_report")) == asked


def test_a_network_that_tells_nothing_is_told_once_and_asked_each_hour(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    boosts.meta.fault(f"GET /facebook/v26.0/{ad(boosts)}", "status", times=50, status=403, body=FORBIDDEN)
    for _ in range(5):
        boosts.passes(HOUR)
    assert len([line for line in boosts.told() if "does not tell how B1 stands" in line]) == 1
    assert boosts.desk.told().count(boosts.told()[-1]) <= 2, "once in each of two threads"
    boosts.meta.calm()
    boosts.passes(HOUR)
    assert boosts.row().spent == boosts.campaigns[0]["spent"]


def test_reports_come_while_the_accounts_own_access_is_lost(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.lost()
    boosts.meta.fault("GET /facebook/v26.0/me", "status", times=50, status=400, body=LOST)
    for _ in range(3):
        boosts.passes(HOUR)
    assert boosts.row().spent == boosts.campaigns[0]["spent"] > 0
    assert boosts.desk.rows(Account, Account.name == "bakery")[0].access == Access.LOST, "of that a report says nothing"
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED


def test_what_runs_on_an_account_that_is_not_set_up_any_more_is_told_once(boosts: BoostBench) -> None:
    boosts.ordered()
    accounts = dict(boosts.desk.setup.accounts)
    boosts.desk.reshape(accounts={name: account for name, account in accounts.items() if name != "bakery"})
    for _ in range(4):
        boosts.passes(HOUR)
    said = [
        line for line in boosts.desk.direct("Ada") if "bakery is not set up here any more, and B1 may go on" in line
    ]
    assert len(said) == 1
    assert boosts.row().name in said[0]
    boosts.desk.reshape(accounts=accounts)
    boosts.passes(HOUR)
    assert boosts.row().spent == boosts.campaigns[0]["spent"] > 0


@pytest.mark.parametrize("moves", [1, 5])
def test_the_start_may_lie_in_the_future(boosts: BoostBench, moves: int) -> None:
    boosts.ordered(start="tomorrow 9:00")
    for _ in range(moves):
        boosts.passes(3 * HOUR)
    assert boosts.row().spent == boosts.campaigns[0]["spent"] == 0
    assert boosts.row().state == S.RUNNING
    boosts.passes(DAY)
    assert boosts.row().spent > 0


LOST = '{"error": {"message": "The session has been invalidated", "type": "OAuthException", "code": 190}}'
FORBIDDEN = '{"error": {"message": "You may not", "type": "OAuthException", "code": 200}}'
