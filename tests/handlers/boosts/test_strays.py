"""After an older copy was restored, what was ordered since is looked for, told, and stopped by whoever sees it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.cards import Button
from models.account import Account
from models.boost_state import BoostState
from models.delivery import DeliveryState
from models.member import named
from platforms.facebook.adapter import Facebook
from platforms.instagram.adapter import Instagram
from platforms.spec import Keys
from support.boost_bench import BoostBench
from support.earlier import copied
from support.meta_bench import AD_ACCOUNT, KEYS, PAGE

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
    assert all("[Stop]" in line for line in alarms(strayed))
    assert any("“bottega-B2-" in line and "I know nothing of it" in line for line in alarms(strayed))
    strayed.desk.press("Ada", "Stop", "")
    assert strayed.posted()[-1].endswith("is paused.")
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]
    assert strayed.desk.actions("bakery").count("stray campaign paused") == 1


def test_whose_name_it_bears_is_told(strayed: BoostBench) -> None:
    assert any("“bottega-B1-" in line and "here B1 is in review" in line for line in alarms(strayed))


@pytest.mark.parametrize("search", ["D{search}", "D1", "D99999"])
def test_nothing_else_is_paused_so(strayed: BoostBench, search: str) -> None:
    number = strayed.desk.deliveries("boost_strays")[-1].number
    value = f"{search.format(search=number)} 120210000000001"
    strayed.desk.act(strayed.desk.pressed("Ada", Button(verb="stray_stop", label="Stop", value=value)))
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
    boosts.press("Bruno", "Resume")
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


def test_a_brake_that_meets_lost_access_is_told_and_works_once_that_is_back(strayed: BoostBench) -> None:
    strayed.unpaid()
    strayed.desk.press("Ada", "Stop", "")
    assert "could not be paused and runs on" in alarms(strayed)[-1]
    strayed.desk.press("Ada", "Stop", "")
    assert strayed.desk.whispered("Ada").startswith("I pause the campaign")
    assert status(strayed) == ["ACTIVE", "ACTIVE"]
    strayed.paid()
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]
    assert [row.state for row in strayed.desk.deliveries("stray_stop")] == [DeliveryState.DONE]


def test_a_brake_that_the_network_refuses_is_told_with_the_brake(strayed: BoostBench) -> None:
    body = '{"error": {"message": "no", "code": 100, "type": "OAuthException"}}'
    for remote_id in strayed.desk.deliveries("boost_strays")[0].result["running"]:
        strayed.meta.fault(f"POST /facebook/v26.0/{remote_id}", "status", status=400, body=body)
    strayed.desk.press("Ada", "Stop", "")
    assert "could not be paused and runs on (no)" in alarms(strayed)[-1]
    strayed.desk.press("Ada", "Stop", "")
    assert sorted(status(strayed)) == ["ACTIVE", "CAMPAIGN_PAUSED"]


def test_where_there_is_no_place_for_reviews_each_admin_is_told(boosts: BoostBench, tmp_path: Path) -> None:
    back = copied(boosts.desk, tmp_path / "copy.db")
    boosts.ordered()
    boosts.desk.reshape(review=(), inbox=())
    back()
    told = [row for row in boosts.desk.deliveries("direct") if "I know nothing of it" in str(row.payload)]
    with boosts.desk.store.read() as session:
        assert [row.lane for row in told] == [f"direct:{named(session, 'Dario').number}"]


def test_lost_access_is_told_in_words(boosts: BoostBench, tmp_path: Path) -> None:
    boosts.ordered()
    boosts.unpaid()
    boosts.passes(timedelta(hours=1))
    copied(boosts.desk, tmp_path / "copy.db")()
    searched = next(line for line in alarms(boosts) if "I cannot look for campaigns" in line)
    assert "(access to the ad account is lost)" in searched


def test_an_ad_account_that_cannot_be_asked_is_told(boosts: BoostBench, tmp_path: Path) -> None:
    bench = boosts.desk
    account = bench.setup.accounts["bakery"]
    keys = Keys(KEYS.token, "", KEYS.app_id, KEYS.app_secret)
    options = {"page": PAGE, "ad_account": AD_ACCOUNT}
    unkeyed = Facebook(base_url=f"{boosts.meta.address}/facebook", keys=keys, options=options, now=bench.clock)
    bench.reshape(accounts={**bench.setup.accounts, "bakery": replace(account, platform=unkeyed)})
    copied(bench, tmp_path / "copy.db")()
    assert "I cannot look for campaigns on Bakery" in alarms(boosts)[-1]


def test_two_accounts_of_one_ad_account_tell_each_stray_once(boosts: BoostBench, tmp_path: Path) -> None:
    bench = boosts.desk
    options = {"ad_account": AD_ACCOUNT}
    gram = Instagram(base_url=f"{boosts.meta.address}/facebook", keys=KEYS, options=options, now=bench.clock)
    second = replace(bench.setup.accounts["bakery"], name="a" * 40, title="Gram", platform=gram)
    bench.reshape(accounts={**bench.setup.accounts, second.name: second})
    with bench.store.write() as session:
        session.add(Account(name=second.name, platform="instagram"))
    boosts.ordered()
    back = copied(bench, tmp_path / "copy.db")
    boosts.ordered()
    back()
    assert len(alarms(boosts)) == 1
    assert "“bottega-B2-" in alarms(boosts)[0]


def test_the_brake_of_an_account_with_a_long_name_can_be_drawn(boosts: BoostBench, tmp_path: Path) -> None:
    bench, name = boosts.desk, "a" * 40
    bench.reshape(accounts={name: replace(bench.setup.accounts["bakery"], name=name), **bench.setup.accounts})
    with bench.store.write() as session:
        session.add(Account(name=name, platform="facebook"))
    back = copied(bench, tmp_path / "copy.db")
    boosts.ordered()
    back()
    bench.press("Ada", "Stop", "")
    assert status(boosts) == ["CAMPAIGN_PAUSED"]
    assert bench.deliveries("stray_stop")[0].subject == name
