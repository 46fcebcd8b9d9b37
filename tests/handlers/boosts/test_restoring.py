"""A restored desk lets nothing run that may have been stopped since the copy, and orders no wish a second time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.cards import Button
from models.boost_state import BoostState
from support.boost_bench import BoostBench
from support.earlier import copied

S = BoostState
MINUTE = timedelta(minutes=1)


def passes(boosts: BoostBench, minutes: int = 6) -> None:
    for _ in range(minutes):
        boosts.passes(MINUTE)


def status(boosts: BoostBench) -> list[str]:
    """As the network has their ads, oldest first."""
    return [campaign["status"] for campaign in reversed(boosts.meta.state()["ads"]["boosts"])]


def approve(boosts: BoostBench) -> None:
    """Bruno agrees on the card of B1, as it stands."""
    pressed = Button(verb="boost_approve", label="Approve", subject="B1", revision=boosts.row(1).revision)
    boosts.desk.act(boosts.desk.pressed("Bruno", pressed))


def test_what_was_stopped_after_the_copy_does_not_run_when_everything_is_resumed(
    boosts: BoostBench, tmp_path: Path
) -> None:
    boosts.ordered()
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.passes(timedelta(minutes=5))
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED
    back()
    assert boosts.row().state == S.PAUSED
    assert any("may have been stopped after the copy" in line for line in boosts.told())
    boosts.desk.say("Dario", "resume everything")
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])


def test_what_runs_on_is_paused_and_goes_on_when_a_member_resumes_it(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.ordered()
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.passes(timedelta(hours=5))
    back()
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])
    assert boosts.ledger("book") == boosts.row().spent == boosts.campaigns[0]["spent"] > 0
    boosts.desk.say("Dario", "resume everything")
    boosts.press("Bruno", "Resume")
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.RUNNING, ["ACTIVE"])


def test_what_was_held_for_a_stopped_account_is_held_no_more(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.ordered()
    boosts.desk.say("Dario", "stop bakery")
    boosts.passes(MINUTE)
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.press("Ada", "Stop")
    boosts.passes(MINUTE)
    assert boosts.row().state == S.STOPPED
    back()
    boosts.desk.say("Dario", "resume everything")
    boosts.desk.say("Dario", "resume bakery")
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])


def test_a_pause_that_the_network_refused_is_not_turned_round_either(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.ordered()
    back = copied(boosts.desk, tmp_path / "copy.db")
    body = '{"error": {"message": "no", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['campaign']}", "status", status=400, body=body)
    back()
    assert boosts.row().state == S.RUNNING
    passes(boosts, 40)
    assert boosts.row().state == S.PAUSED
    boosts.desk.say("Dario", "resume everything")
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])


@pytest.mark.parametrize("parts", [1, 4])
def test_an_order_that_runs_already_is_paused_and_booked(boosts: BoostBench, tmp_path: Path, parts: int) -> None:
    code = boosts.wished()
    backs: list[Callable[[], None]] = []

    def step(name: str) -> None:
        if name == "recorded:boost" and not backs and len(boosts.row().made) == parts:
            backs.append(copied(boosts.desk, tmp_path / "copy.db"))

    boosts.desk.steps = step
    boosts.press("Bruno", "Approve", code)
    assert boosts.row().state == S.RUNNING
    boosts.desk.steps = lambda _name: None
    boosts.passes(timedelta(hours=5))
    backs[0]()
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])
    assert boosts.ledger("book") == boosts.row().spent == boosts.campaigns[0]["spent"] > 0
    boosts.desk.say("Dario", "resume everything")
    passes(boosts)
    assert (boosts.row().state, status(boosts)) == (S.PAUSED, ["CAMPAIGN_PAUSED"])


def test_a_wish_that_was_ordered_after_the_copy_is_ordered_under_another_name(
    boosts: BoostBench, tmp_path: Path
) -> None:
    code = boosts.wished()
    before = boosts.row().name
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.press("Bruno", "Approve", code)
    back()
    boosts.desk.say("Dario", "resume everything")
    approve(boosts)
    assert boosts.row().state == S.RUNNING
    assert boosts.row().name != before
    boosts.passes(MINUTE)
    told = len(boosts.posted())
    copied(boosts.desk, tmp_path / "second.db")()
    assert sum(f"“{before}”" in line for line in boosts.posted()[told:]) == 1
    assert not any(f"“{boosts.row().name}”" in line for line in boosts.posted())


def test_an_order_that_failed_takes_up_no_part_of_before(boosts: BoostBench, tmp_path: Path) -> None:
    code = boosts.wished()
    body = '{"error": {"message": "no", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault("POST /facebook/v26.0/act_5001/adcreatives", "status", status=400, body=body)
    boosts.press("Bruno", "Approve", code)
    assert boosts.row().state == S.FAILED
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.press("Bruno", "Retry", code)
    before = boosts.row().made
    assert boosts.row().state == S.RUNNING
    back()
    boosts.desk.say("Dario", "resume everything")
    boosts.press("Bruno", "Retry", code)
    assert boosts.row().state == S.RUNNING
    assert not set(before.values()) & set(boosts.row().made.values())
