"""A boost from the wish to its end, on the pretend network: money only with the right people, and to the cent."""

from datetime import timedelta

from models.boost_state import BoostState
from support.boost_bench import BoostBench

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def test_a_boost_is_wished_agreed_to_ordered_and_watched_to_its_end(boosts: BoostBench) -> None:
    code = boosts.wished()
    shown = boosts.desk.shown(code)
    assert code == "B1"
    assert "€30.00 in all, for 3 days" in shown
    assert "People within reach" in shown
    assert "€300.00 of €300.00" in shown
    assert "still wanted: 1 buyer" in shown
    assert boosts.campaigns == []
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.ledger("reserve") == 3000
    assert boosts.row().state == BoostState.RUNNING, boosts.row().reason
    assert len(boosts.campaigns) == 1
    for _ in range(4):
        boosts.passes(6 * HOUR)
    row = boosts.row()
    assert 0 < row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")
    assert "Reached" in boosts.desk.shown(code)
    for _ in range(10):
        boosts.passes(6 * HOUR)
    row = boosts.row()
    assert row.state == BoostState.ENDED
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book") == 3000
    assert boosts.told() == [
        "Bruno agrees to B1: it is ordered now.",
        "B1 runs.",
        "B1 has spent €15.00 of €30.00.",
        "B1 has ended. It spent €30.00 of €30.00.",
    ]
