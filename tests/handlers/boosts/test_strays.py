"""After an older copy was restored, what was ordered since is looked for, told, and stopped by whoever sees it."""

from datetime import timedelta
from pathlib import Path

import pytest

from handlers.cards import Button
from models.boost_state import BoostState
from models.delivery import DeliveryState
from support.boost_bench import BoostBench
from support.earlier import copied

S = BoostState
MINUTE = timedelta(minutes=1)


@pytest.fixture
def strayed(boosts: BoostBench, tmp_path: Path) -> BoostBench:
    """The copy knows B1 as a wish; the network runs it, and B2 is unknown to the copy altogether."""
    code = boosts.wished()
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.press("Bruno", "Approve", code)
    boosts.ordered()
    back()
    return boosts


def status(boosts: BoostBench) -> list[str]:
    """As the network has their ads, oldest first."""
    return [campaign["status"] for campaign in reversed(boosts.meta.state()["ads"]["boosts"])]


def alarms(boosts: BoostBench) -> list[str]:
    return [line for line in boosts.posted() if "🚨" in line]


def test_campaigns_that_no_boost_knows_are_told_and_paused_by_whoever_sees_it(strayed: BoostBench) -> None:
    assert len(alarms(strayed)) == 2
    assert all("I know nothing of it" in line and "[Stop]" in line for line in alarms(strayed))
    assert any("“bottega-B1-" in line for line in alarms(strayed))
    strayed.desk.press("Ada", "Stop", "")
    assert strayed.posted()[-1].endswith("is paused.")
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]
    assert strayed.desk.actions("bakery").count("stray campaign paused") == 1


def test_nothing_else_is_paused_so(strayed: BoostBench) -> None:
    forged = Button(verb="stray_stop", label="Stop", value="bakery 120210000000001")
    strayed.desk.act(strayed.desk.pressed("Ada", forged))
    assert "There is no 120210000000001 here." in strayed.desk.whispered("Ada")
    strayed.desk.press("Ada", "Stop", "")
    strayed.desk.press("Ada", "Stop", "")
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]


def test_what_boosts_look_after_and_what_others_made_is_no_stray(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.ordered()
    copied(boosts.desk, tmp_path / "copy.db")()
    assert boosts.desk.deliveries("boost_strays")[0].state == DeliveryState.DONE
    assert alarms(boosts) == []


def test_an_order_that_was_carried_out_after_the_copy_is_found_part_by_part(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.wished()
    boosts.unpaid()
    boosts.press("Bruno", "Approve")
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.paid()
    assert boosts.row().state == S.RUNNING
    made = boosts.row().made
    back()
    assert boosts.row().state == S.ORDERING
    boosts.paid()
    for _ in range(8):
        boosts.passes(MINUTE)
    assert boosts.row().made == made
    boosts.desk.say("Dario", "resume everything")
    boosts.passes(MINUTE)
    assert boosts.row().state == S.RUNNING
    assert len(boosts.meta.state()["ads"]["boosts"]) == len(boosts.campaigns) == 1
    assert not any("I know nothing of it" in line for line in alarms(boosts))


def test_a_search_that_cannot_be_made_is_told_and_made_when_the_access_is_back(
    boosts: BoostBench, tmp_path: Path
) -> None:
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.ordered()
    boosts.unpaid()
    back()
    assert "I cannot look for campaigns on Bakery" in alarms(boosts)[0]
    boosts.paid()
    assert "I know nothing of it" in alarms(boosts)[-1]


def test_a_brake_that_does_not_work_is_told_with_the_brake(strayed: BoostBench) -> None:
    strayed.unpaid()
    strayed.desk.press("Ada", "Stop", "")
    assert "could not be paused and runs on" in alarms(strayed)[-1]
    assert status(strayed) == ["ACTIVE", "ACTIVE"]
    strayed.paid()
    strayed.desk.press("Ada", "Stop", "")
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]
