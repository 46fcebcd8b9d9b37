"""An extension is another thing to agree to: another digest, more money set aside, told to the network as agreed."""

from datetime import timedelta

import pytest

from models.boost_state import BoostState
from models.ledger import Entry
from support.boost_bench import BoostBench

S = BoostState
HOUR = timedelta(hours=1)


def extended(boosts: BoostBench, **more: str) -> None:
    """Ada wants more."""
    boosts.press("Ada", "Extend")
    boosts.fill(**more)


def budget(boosts: BoostBench) -> int:
    """As the network has it."""
    return int(boosts.meta.state()["ads"]["boosts"][0]["lifetime_budget"])


def test_an_extension_must_be_agreed_to_and_then_spends_more(boosts: BoostBench) -> None:
    boosts.ordered()
    before = boosts.row()
    boosts.passes(HOUR)
    extended(boosts, amount="60", days="6")
    assert "Ada wants to extend it: €60.00 in all, for 6 days." in boosts.desk.shown("B1")
    assert "€60.00: nobody yet; still wanted: 2 buyers" in boosts.desk.shown("B1"), "all of it counts, not what is new"
    assert budget(boosts) == 3000
    boosts.press("Bruno", "Approve")
    assert budget(boosts) == 3000
    boosts.press("Chiara", "Approve")
    row = boosts.row()
    assert budget(boosts) == row.budget == 6000
    assert row.days == 6
    assert row.digest != before.digest
    assert row.ends_at
    assert before.ends_at
    assert row.ends_at - before.ends_at == timedelta(days=3)
    assert row.wish == {}
    assert boosts.ledger("reserve") == 6000
    assert boosts.told()[-1] == "B1 is extended."
    for _ in range(19):
        boosts.passes(8 * HOUR)
    assert boosts.row().state == S.ENDED
    assert boosts.row().spent == boosts.campaigns[0]["spent"] == boosts.ledger("book") == 6000


def test_an_extension_beyond_the_cap_is_refused(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=50)
    boosts.ordered()
    extended(boosts, amount="60")
    assert "⚠️ The cap of October 2035 leaves €20.00, and it wants €30.00." in boosts.desk.shown("B1")
    assert "leaves €20.00, and B1 needs €30.00" in boosts.press("Bruno", "Approve")
    assert boosts.ledger("reserve") == 3000
    assert boosts.row().wish


@pytest.mark.parametrize("who", ["Bruno", "Ada"])
def test_an_extension_is_refused_or_taken_back_and_everything_stays(boosts: BoostBench, who: str) -> None:
    boosts.ordered()
    digest = boosts.row().digest
    extended(boosts, days="5")
    boosts.press(who, "Refuse")
    boosts.desk.fill(who, boosts.desk.form)
    assert boosts.row().digest == digest
    assert boosts.row().wish == {}
    assert boosts.row().state == S.RUNNING


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"amount": "20"}, "amount", "An extension makes it more"),
        ({"days": "2"}, "days", "An extension makes it longer"),
        ({}, "days", "Nothing would be different"),
    ],
)
def test_less_is_no_extension(boosts: BoostBench, more: dict[str, str], field: str, said: str) -> None:
    boosts.ordered()
    boosts.press("Ada", "Extend")
    handled = boosts.fill(**more)
    assert (handled.field, said in handled.refusal) == (field, True)


def test_an_extension_that_the_network_refuses_gives_its_money_back(boosts: BoostBench) -> None:
    boosts.ordered()
    extended(boosts, amount="45")
    body = '{"error": {"message": "Too much", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['ad_set']}", "status", status=400, body=body)
    boosts.press("Bruno", "Approve")
    assert "B1 was not extended (Too much" in boosts.told()[-1]
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000
    assert boosts.row().budget == budget(boosts) == 3000
    extended(boosts, amount="45")
    boosts.press("Bruno", "Approve")
    assert budget(boosts) == 4500


def test_an_extension_whose_answer_was_lost_is_told_again(boosts: BoostBench) -> None:
    boosts.ordered()
    extended(boosts, amount="45")
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['ad_set']}", "drop_after")
    boosts.press("Bruno", "Approve")
    assert boosts.row().is_extending
    boosts.passes(timedelta(minutes=3))
    assert boosts.row().budget == budget(boosts) == 4500
    assert sum(entry.amount for entry in boosts.desk.rows(Entry, Entry.kind == "reserve")) == 4500


def test_a_stop_is_quicker_than_an_extension(boosts: BoostBench) -> None:
    boosts.ordered()
    extended(boosts, amount="45")
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['ad_set']}", "drop_before")
    boosts.press("Bruno", "Approve")
    boosts.press("Ada", "Stop")
    for _ in range(4):
        boosts.passes(timedelta(minutes=3))
    assert boosts.row().state == S.STOPPED
    assert boosts.ledger("reserve") - boosts.ledger("release") == boosts.row().spent
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_whoever_wished_for_more_was_not_heard_and_whoever_agreed_was(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Bruno", "Extend")
    boosts.desk.fill("Bruno", boosts.desk.form, amount="45")
    assert "You asked for this yourself" in boosts.press("Bruno", "Approve")
    boosts.press("Chiara", "Approve")
    assert boosts.row().budget == 4500


def test_a_stop_beside_an_extension_whose_end_nobody_knows_is_confirmed_with_it(boosts: BoostBench) -> None:
    boosts.ordered()
    extended(boosts, days="5")

    class Dies(BaseException):
        """The process is gone."""

    def dies(name: str) -> None:
        if name == "sent:boost_extend":
            raise Dies

    boosts.desk.steps = dies
    with pytest.raises(Dies):
        boosts.press("Bruno", "Approve")
    boosts.desk.steps = lambda _name: None
    boosts.desk.settler.reap(all_of_them=True)
    boosts.desk.deliver()
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING, "what is in the air could still turn it round"
    boosts.passes(timedelta(seconds=10))
    assert boosts.row().state == S.STOPPED
    assert boosts.ledger("reserve") == boosts.ledger("release") + boosts.ledger("book")


def test_a_budget_that_may_not_change_again_within_the_hour_waits_and_keeps_nothing_else_waiting(
    boosts: BoostBench,
) -> None:
    boosts.ordered()
    for cents in range(3001, 3005):
        boosts.by_hand(boosts.row().made["ad_set"], lifetime_budget=str(cents))
    extended(boosts, amount="40")
    boosts.press("Bruno", "Approve")
    assert budget(boosts) == 3004
    boosts.press("Ada", "Pause")
    assert boosts.row().state == S.PAUSED
    for _ in range(5):
        boosts.passes(HOUR / 4)
    assert budget(boosts) == 4000
    assert boosts.told()[-1] == "B1 is extended."


def test_more_days_alone_bind_the_months_that_they_lead_into(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=100)
    boosts.ordered(amount="90")
    extended(boosts, days="60")
    boosts.press("Bruno", "Approve")
    assert boosts.row().days == 60
    reserved = {entry.month: entry.amount for entry in boosts.desk.rows(Entry, Entry.kind == "reserve")}
    assert reserved == {"2035-10": 9000, "2035-11": pytest.approx(4370, abs=100)}
    assert boosts.ledger("release") == 0, "October stays bound: the network might not have taken the new end"


def test_more_days_are_refused_where_the_next_month_has_nothing_left_for_the_rest(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=100)
    boosts.ordered(amount="90")
    boosts.wished(amount="90", days="30", start="2035-11-01 09:00")
    boosts.press("Bruno", "Approve", "B2")
    extended(boosts, days="60")
    assert "The cap of Bakery for November 2035 leaves €11.13, and B1 needs €44.13" in boosts.press("Bruno", "Approve")
    assert boosts.row(1).days == 3


def test_an_extension_whose_answer_never_comes_is_undone_and_binds_its_money_until_then(boosts: BoostBench) -> None:
    boosts.ordered()
    extended(boosts, amount="45", days="9")
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['ad_set']}", "drop_after", times=18)
    boosts.press("Bruno", "Approve")
    while boosts.row().is_extending and not boosts.row().wish.get("undone"):
        boosts.passes(timedelta(minutes=5))
    assert "Nobody knows whether B1 was extended" in boosts.told()[-1]
    assert boosts.ledger("reserve") - boosts.ledger("release") == 4500
    while boosts.row().wish:
        boosts.passes(timedelta(minutes=5))
    assert "It goes on as it was" in boosts.told()[-1]
    assert budget(boosts) == boosts.row().budget == 3000
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000
    extended(boosts, amount="45")
    boosts.press("Bruno", "Approve")
    assert budget(boosts) == 4500


def test_an_extension_of_what_has_not_begun_binds_the_months_that_it_runs_in(boosts: BoostBench) -> None:
    boosts.ordered(start="2035-11-10 09:00")
    extended(boosts, amount="45", days="6")
    boosts.press("Bruno", "Approve")
    assert boosts.row().budget == 4500
    assert {entry.month for entry in boosts.desk.rows(Entry)} == {"2035-11"}
    assert boosts.ledger("reserve") == 4500
