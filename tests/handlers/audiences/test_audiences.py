"""Audiences: made where two members want them, once, and looked at until boosts can use them."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.audiences.making import MOST
from handlers.cards import Button
from models.audience import MACHINE, AudienceRow, AudienceState
from models.audit import AuditEntry
from models.delivery import Delivery
from models.errors import WrongMoment
from models.member import Member, Role, named
from support.bench import START, DeskBench
from support.meta_bench import AD_ACCOUNT
from support.paper import words
from support.stage import Stage

MAKING = f"POST /facebook/v26.0/{AD_ACCOUNT}/customaudiences"
HOUR = timedelta(hours=1)


@pytest.fixture
def buyers(bakery: DeskBench) -> DeskBench:
    """Bruno and Fina may spend."""
    with bakery.store.write() as session:
        fina = Member(name="Fina", roles=[Role.BUYER.value], created_at=START)
        session.add(fina)
        session.flush()
        for chat in bakery.papers:
            session.add(bakery._identity(fina, chat))
        bruno = session.get_one(Member, 2)
        bruno.roles = [*bruno.roles, Role.BUYER.value]
    return bakery


def press(bench: DeskBench, who: str, button: Button) -> str:
    """Press it; returns what the person alone is told."""
    bench.act(bench.pressed(who, button))
    return bench.whispered(who)


def proposed(bench: DeskBench, kind: str = "page", **answers: Any) -> None:
    """Bruno asks for one."""
    press(bench, "Bruno", Button(verb="audience", label="", value=f"bakery/{kind}"))
    bench.fill("Bruno", bench.form, **{"name": "Regulars", **answers})


def agreed(bench: DeskBench, code: str = "T1") -> None:
    press(bench, "Fina", bench.button("Agree", code))


def there(meta: Stage) -> list[str]:
    """Names of the audiences on the network."""
    return [audience["name"] for audience in meta.state()["ads"]["audiences"]]


def row(bench: DeskBench, number: int = 0) -> AudienceRow:
    return bench.rows(AudienceRow)[number]


def later(bench: DeskBench, meta: Stage, span: timedelta) -> None:
    """Time passes for the network and for the desk, which ticks."""
    meta.act("clock", advance=span.total_seconds())
    bench.wait(span)
    with bench.store.write() as session:
        bench.router.tick(session, bench.now)
    bench.deliver()


def test_an_audience_is_made_once_a_second_member_agrees(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers, days="30")
    assert "Bruno asks for it" in buyers.shown("T1")
    assert "people who engaged with the Page, within 30 days" in buyers.shown("T1")
    assert there(meta) == []
    agree = buyers.button("Agree", "T1")
    assert "You asked for this yourself" in press(buyers, "Bruno", agree)
    assert "role “buyer”" in press(buyers, "Ada", agree)
    press(buyers, "Fina", agree)
    assert there(meta) == [row(buyers).remote_name]
    assert row(buyers).state == AudienceState.FILLING
    assert "being filled by the network" in buyers.shown("T1")
    actions = [entry.action for entry in buyers.rows(AuditEntry) if entry.subject == "T1"]
    assert actions == ["audience proposed", "audience approved", "audience made"]


def test_that_it_became_ready_is_told_with_its_size(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agreed(buyers)
    later(buyers, meta, 2 * HOUR)
    assert row(buyers).state == AudienceState.READY
    assert "The audience Regulars is ready: boosts can use it." in buyers.told()
    low, high = row(buyers).people_from, row(buyers).people_to
    assert low is not None
    assert high is not None
    assert f"Size: {low:,} to {high:,} people" in buyers.shown("T1")


def test_those_that_cannot_be_asked_about_do_not_stand_in_the_way_of_others(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agreed(buyers)
    with buyers.store.write() as session:
        for n in range(MOST):
            found = AudienceRow.asked("acme", f"Old {n}", {"kind": "page", "days": 30}, 1, buyers.now)
            found.accept()
            found.made(f"9{n}", buyers.now - HOUR)
            session.add(found)
    accounts = dict(buyers.setup.accounts)
    buyers.reshape(accounts={name: account for name, account in accounts.items() if name != "acme"})
    later(buyers, meta, 2 * HOUR)
    assert row(buyers).state == AudienceState.READY


def test_that_it_is_gone_is_told(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agreed(buyers)
    gone = '{"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33, "type": "Graph"}}'
    meta.fault(f"GET /facebook/v26.0/{row(buyers).remote_id}", "status", status=400, body=gone)
    press(buyers, "Fina", buyers.button("Look again", "T1"))
    assert row(buyers).state == AudienceState.DROPPED
    assert "is gone from the network" in buyers.told()[-1]


def test_one_that_may_not_be_seen_any_more_is_not_taken_for_gone(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agreed(buyers)
    hidden = '{"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33, "type": "Graph"}}'
    for path in (row(buyers).remote_id, AD_ACCOUNT):
        meta.fault(f"GET /facebook/v26.0/{path}", "status", status=400, body=hidden)
    press(buyers, "Fina", buyers.button("Look again", "T1"))
    assert row(buyers).state == AudienceState.FILLING
    meta.calm()
    later(buyers, meta, 2 * HOUR)
    assert row(buyers).state == AudienceState.READY


def test_a_lost_answer_makes_no_second_one(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    meta.fault(MAKING, "drop_after")
    agreed(buyers)
    buyers.wait(timedelta(minutes=2))
    assert there(meta) == [row(buyers).remote_name]
    assert row(buyers).state == AudienceState.FILLING


def test_a_refusal_is_told_with_a_way_on(buyers: DeskBench, meta: Stage) -> None:
    meta.act("ads/settings", audience_tos=False)
    proposed(buyers)
    agreed(buyers)
    assert row(buyers).state == AudienceState.FAILED
    assert "was not made (" in buyers.told()[-1]
    meta.act("ads/settings", audience_tos=True)
    press(buyers, "Bruno", buyers.button("Retry", "T1"))
    assert there(meta) == [row(buyers).remote_name]


def test_what_nobody_wants_is_dropped(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agree = buyers.button("Agree", "T1")
    press(buyers, "Bruno", buyers.button("Drop it", "T1"))
    assert "is dropped now" in press(buyers, "Fina", agree)
    assert there(meta) == []


def test_every_kind_can_be_made(buyers: DeskBench, meta: Stage) -> None:
    proposed(buyers)
    agreed(buyers)
    proposed(buyers, "profile", days="60")
    proposed(buyers, "website", pixel="8001", url_contains="/shop")
    later(buyers, meta, 2 * HOUR)
    proposed(buyers, "lookalike", seed="T1", country="ch", percent="2")
    for code in ("T2", "T3", "T4"):
        agreed(buyers, code)
    assert len(there(meta)) == 4
    assert "2 % of CH who resemble Regulars" in buyers.shown("T4")


@pytest.mark.parametrize(
    ("kind", "answers", "said"),
    [
        ("page", {"name": ""}, "Give it a name"),
        ("page", {"days": "many"}, "Write a number from 1 to 730."),
        ("page", {"days": "0"}, "Write a number from 1 to 730."),
        ("website", {"days": "200", "pixel": "8001"}, "Write a number from 1 to 180."),
        ("website", {"pixel": "shop"}, "A pixel is a number"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_in_words(
    buyers: DeskBench, kind: str, answers: dict[str, Any], said: str
) -> None:
    press(buyers, "Bruno", Button(verb="audience", label="", value=f"bakery/{kind}"))
    buyers.fill("Bruno", buyers.form, **{"name": "Regulars", **answers})
    assert said in buyers.handled.refusal
    assert buyers.rows(AudienceRow) == []


def test_they_are_listed_with_a_button_for_one_more(buyers: DeskBench) -> None:
    proposed(buyers)
    buyers.say("Ada", "audiences")
    assert "T1 Regulars" in buyers.whispered("Ada")
    buyers.say("Ada", "audiences acme")
    assert "cannot have audiences" in buyers.whispered("Ada")
    press(buyers, "Bruno", Button(verb="audience", label="", value="bakery"))
    assert "Who shall be in the new audience?" in buyers.whispered("Bruno")
    press(buyers, "Bruno", Button(verb="audience", label="", value="bakery/lookalike"))
    assert "There is no audience yet that others could resemble" in buyers.whispered("Bruno")


def test_a_desk_without_an_ad_account_says_so(bench: DeskBench) -> None:
    bench.say("Ada", "audiences")
    assert "No account of ours can have audiences" in bench.whispered("Ada")


@pytest.mark.parametrize("action", MACHINE)
@pytest.mark.parametrize("state", list(AudienceState))
def test_the_machine_has_no_other_ways(action: str, state: AudienceState) -> None:
    allowed, after = MACHINE[action]
    found = AudienceRow.asked("acme", "x", {"kind": "page", "days": 1}, 1, START)
    found.state = state.value
    if state not in allowed:
        with pytest.raises(WrongMoment):
            found._go(action)
        return
    found._go(action)
    assert found.state == after


# -- what was agreed to is what is made ------------------------------------------------------------------------------


def held(bench: DeskBench, meta: Stage) -> None:
    """Fina agreed, and it waits for the token for ads."""
    proposed(bench, days="30")
    meta.act("token", token="sandbox-ads-token", end=460)
    agreed(bench)
    assert there(meta) == []


def paid(bench: DeskBench, meta: Stage) -> None:
    meta.act("token", token="sandbox-ads-token", end=0)
    for _ in range(2):
        later(bench, meta, timedelta(minutes=3))


def test_an_audience_that_was_changed_behind_the_desk_must_be_agreed_to_again(buyers: DeskBench, meta: Stage) -> None:
    held(buyers, meta)
    with buyers.store.write() as session:
        found = session.get_one(AudienceRow, 1)
        found.plan = {**found.plan, "days": 730}
    paid(buyers, meta)
    assert there(meta) == []
    assert row(buyers).state == AudienceState.PROPOSED
    assert "it is not what was agreed to any more. Somebody changed it in the database." in buyers.told()[-1]
    assert any("within 730 days" in words(sheet.card) for sheet in buyers.papers["slack"].sheets)
    agreed(buyers)
    assert len(there(meta)) == 1


def test_an_audience_is_agreed_to_again_where_who_agreed_may_not_any_more(buyers: DeskBench, meta: Stage) -> None:
    held(buyers, meta)
    with buyers.store.write() as session:
        named(session, "Fina").roles = []
        named(session, "Chiara").roles = [Role.BUYER.value]
    paid(buyers, meta)
    assert there(meta) == []
    assert "Fina, who agreed, may not agree any more." in buyers.told()[-1]
    press(buyers, "Chiara", buyers.button("Agree", "T1"))
    assert len(there(meta)) == 1


def test_an_audience_is_not_made_in_another_ad_account_than_was_agreed_to(buyers: DeskBench, meta: Stage) -> None:
    held(buyers, meta)
    with buyers.store.write() as session:
        found = session.get_one(AudienceRow, 1)
        found.plan = {**found.plan, "ad_account": "act_4"}
        found.digest = found.digest_now()
        order = session.get_one(Delivery, buyers.deliveries("audience")[0].number)
        order.payload = {"digest": found.digest}
    paid(buyers, meta)
    assert there(meta) == []
    assert f"Another ad account would keep it: {AD_ACCOUNT} instead of act_4." in buyers.told()[-1]
    agreed(buyers)
    assert len(there(meta)) == 1
