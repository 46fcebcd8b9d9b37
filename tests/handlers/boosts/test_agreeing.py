"""No money without the right people: who must agree to which amount, to exactly what, and never above the cap."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from handlers.cards import Button
from handlers.intents import Pressed
from handlers.router import Handled
from models.agreement import BoostPolicy, Lacking, lacking
from models.boost_state import BoostState
from models.member import Member, Role
from support.bench import START
from support.boost_bench import BoostBench

S = BoostState
BUYER, ADMIN = Role.BUYER, Role.ADMIN
MEMBERS = {
    1: (BUYER,),
    2: (BUYER,),
    3: (BUYER,),
    4: (ADMIN,),
    5: (ADMIN, BUYER),
    6: (Role.APPROVER, Role.PUBLISHER),
}


@pytest.mark.parametrize(
    ("amount", "agreed", "left"),
    [
        (50, [], (1, 0)),
        (50, [2], (0, 0)),
        (50, [1], (1, 0)),  # wished for it
        (50, [4], (1, 0)),  # an admin buys nothing unless made a buyer
        (50, [6], (1, 0)),
        (51, [2], (1, 0)),
        (51, [2, 3], (0, 0)),
        (51, [1, 2], (1, 0)),
        (200, [2, 3], (0, 0)),
        (201, [2, 3], (0, 1)),
        (201, [2, 3, 4], (0, 0)),
        (201, [2, 5], (0, 1)),  # one person has one voice
        (201, [2, 4], (1, 0)),
        (201, [2, 3, 5], (0, 0)),
        (201, [2, 4, 5], (0, 0)),
        (201, [], (2, 1)),
    ],
)
def test_who_must_agree_grows_with_the_amount(amount: int, agreed: list[int], left: tuple[int, int]) -> None:
    policy = BoostPolicy.model_validate({"first_limit": 50, "second_limit": 200})
    members = [Member(id=n, name=str(n), roles=[r.value for r in MEMBERS[n]], created_at=START) for n in agreed]
    assert lacking(policy, Decimal(amount), members, requester=1) == Lacking(*left)


def test_a_buyer_agrees_to_little_and_two_to_more(boosts: BoostBench) -> None:
    boosts.wished(amount="60")
    assert "role “buyer”" in boosts.press("Dario", "Approve")
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.REVIEW
    assert boosts.campaigns == []
    assert "€60.00: Bruno; still wanted: 1 buyer" in boosts.desk.shown("B1")
    assert "You agreed to B1 already" in boosts.press("Bruno", "Approve")
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.RUNNING


def test_a_person_has_one_voice_in_all_chats_together(boosts: BoostBench) -> None:
    boosts.wished(amount="60")
    boosts.press("Bruno", "Approve")
    boosts.desk.press("Bruno", "Approve", "B1", chat="telegram")
    assert "You agreed to B1 already" in boosts.desk.whispered("Bruno", chat="telegram")
    assert boosts.row().state == S.REVIEW
    boosts.desk.press("Chiara", "Approve", "B1", chat="telegram")
    assert boosts.row().state == S.RUNNING


def test_above_the_second_limit_an_admin_must_agree_too(boosts: BoostBench) -> None:
    boosts.wished(amount="70", per="daily", days="3")
    assert "€70.00 a day for 3 days, €210.00 in all" in boosts.desk.shown("B1")
    boosts.press("Bruno", "Approve")
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.REVIEW
    assert "still wanted: 1 admin" in boosts.desk.shown("B1")
    boosts.press("Dario", "Approve")
    assert boosts.row().state == S.RUNNING
    assert boosts.ledger("reserve") == 21000


def test_nobody_agrees_to_their_own_wish(boosts: BoostBench) -> None:
    boosts.give("Ada", BUYER)
    boosts.wished()
    told = boosts.press("Ada", "Approve")
    assert told == ("You asked for this yourself, so others must agree to it. These members can: Bruno, Chiara.")
    boosts.press("Bruno", "Edit")
    boosts.desk.fill("Bruno", boosts.desk.form, amount="45")
    assert "You asked for this yourself" in boosts.press("Bruno", "Approve"), "whoever changes it wants it so"
    boosts.press("Ada", "Approve")
    assert boosts.row().state == S.RUNNING


def test_a_form_that_changes_nothing_voids_nothing(boosts: BoostBench) -> None:
    boosts.wished(amount="60")
    boosts.press("Bruno", "Approve")
    boosts.press("Ada", "Edit")
    assert "Nothing would be different" in boosts.fill(amount="60.00").refusal
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.RUNNING


def test_what_is_agreed_to_is_what_was_shown(boosts: BoostBench) -> None:
    boosts.wished(amount="60")
    boosts.press("Bruno", "Approve")
    stale = boosts.desk.button("Approve", "B1")
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="90")
    assert "Ada changes B1: it must be agreed to anew." in boosts.told()
    assert "still wanted: 2 buyers" in boosts.desk.shown("B1")
    boosts.desk.act(boosts.desk.pressed("Chiara", stale))
    assert "B1 has changed since that card was drawn" in boosts.desk.whispered("Chiara")
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.REVIEW, "Bruno agreed to something else"
    boosts.press("Ada", "Edit")
    boosts.fill(amount="60")
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.REVIEW, "what was agreed to once is not agreed to now"
    boosts.press("Bruno", "Approve")
    assert boosts.row().budget == 6000


@pytest.mark.parametrize(
    "change",
    [
        {"days": "4"},
        {"amount": "31"},
        {"countries": "US"},
        {"goal": "reach"},
        {"per": "daily"},
        {"beneficiary": "Acme"},
        {"payor": "Acme"},
        {"special": "housing"},
        {"start": "tomorrow 9:00"},
        {"goal": "visits", "link": "https://acme.example/bread"},
    ],
    ids=str,
)
def test_every_change_is_another_thing_to_agree_to(boosts: BoostBench, change: dict[str, str]) -> None:
    boosts.wished()
    before = boosts.row().digest
    boosts.press("Ada", "Edit")
    boosts.fill(**change)
    assert boosts.row().digest
    assert boosts.row().digest != before


def test_the_last_of_the_cap_goes_to_one_of_two(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=100)
    boosts.ordered(amount="60")
    second = boosts.wished(amount="60")
    assert "€40.00 of €100.00" in boosts.desk.shown(second)
    told = boosts.press("Bruno", "Approve", second)
    assert told == (
        "The cap of Bakery for October 2035 leaves €40.00, and B2 needs €60.00. Make it smaller, or ask Dario to raise "
        "month_cap under [accounts.bakery.policy.boosts] in config.toml."
    )
    assert boosts.row(2).state == S.REVIEW
    assert boosts.ledger("reserve") == 6000
    boosts.press("Ada", "Edit", second)
    boosts.desk.fill("Ada", boosts.desk.form, amount="40")
    boosts.press("Bruno", "Approve", second)
    assert boosts.row(2).state == S.RUNNING
    assert boosts.ledger("reserve") == 10000


def test_of_presses_at_the_same_moment_each_counts_once_and_one_boost_gets_the_money(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=100)
    codes = [boosts.wished(amount="60") for _ in range(2)]
    presses = [
        boosts.desk.pressed(who, boosts.desk.button("Approve", code)) for who in ("Bruno", "Chiara") for code in codes
    ]
    gate = Barrier(len(presses))

    def press(intent: Pressed) -> Handled:
        gate.wait()
        with boosts.desk.store.write() as session:
            return boosts.desk.router.handle(session, intent, boosts.desk.now)

    with ThreadPoolExecutor(len(presses)) as pool:
        handled = list(pool.map(press, presses))
    boosts.desk.deliver()
    assert [bool(one.refusal) for one in handled].count(False) == 1
    assert not any(one.bug for one in handled)
    assert sorted(boosts.row(number).state for number in (1, 2)) == [S.REVIEW, S.RUNNING]
    assert boosts.ledger("reserve") == 6000


def test_a_boost_is_refused_with_a_note(boosts: BoostBench) -> None:
    boosts.wished()
    assert "role “buyer”" in boosts.press("Dario", "Refuse")
    boosts.press("Bruno", "Refuse")
    boosts.desk.fill("Bruno", boosts.desk.form, note="Not this month")
    assert boosts.row().state == S.WITHDRAWN
    assert "Bruno refuses B1.\nNot this month" in boosts.told()[-1]
    assert any("Not this month" in said for said in boosts.desk.direct("Ada"))
    assert boosts.labels() == []


def test_whoever_wished_for_it_or_a_buyer_withdraws_it(boosts: BoostBench) -> None:
    boosts.give("Dario", Role.AUTHOR)
    boosts.wished()
    boosts.press("Ada", "Withdraw")
    assert boosts.row().state == S.WITHDRAWN
    assert "Withdrawn by Ada." in boosts.desk.shown("B1")


def test_nothing_is_agreed_to_on_a_stopped_account(boosts: BoostBench) -> None:
    boosts.wished()
    boosts.desk.say("Ada", "stop bakery")
    assert "Bakery was stopped by Ada, so nothing is ordered there." in boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.REVIEW


def test_whoever_has_left_the_team_does_not_count(boosts: BoostBench) -> None:
    boosts.wished(amount="60")
    boosts.press("Bruno", "Approve")
    boosts.desk.say("Dario", "team remove Bruno")
    boosts.desk.act(boosts.desk.pressed("Dario", Button(verb="remove_member", label="", subject="M2")))
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.REVIEW


def test_home_shows_what_one_may_agree_to_and_opens_it(boosts: BoostBench) -> None:
    boosts.wished()
    boosts.desk.say("Chiara", "home")
    assert "1 boost waits for you to agree" in boosts.desk.whispered("Chiara")
    assert "B1 · Bakery · €30.00 · Ada" in boosts.desk.whispered("Chiara")
    boosts.desk.say("Ada", "home")
    assert "boost" not in boosts.desk.whispered("Ada"), "it is her own"
    boosts.desk.act(boosts.desk.pressed("Chiara", Button(verb="boost_open", label="Open", subject="B1")))
    assert "still wanted: 1 buyer" in boosts.desk.whispered("Chiara")
    boosts.press("Chiara", "Approve")
    boosts.desk.say("Bruno", "home")
    assert "waits for you to agree" not in boosts.desk.whispered("Bruno")


def test_a_copy_is_in_the_language_of_whoever_asks_for_it(boosts: BoostBench) -> None:
    boosts.wished()
    boosts.desk.say("Bruno", "language it")
    boosts.desk.say("Bruno", "boost B1")
    assert "mancano ancora: 1 acquirente" in boosts.desk.whispered("Bruno")
    assert "still wanted: 1 buyer" in boosts.desk.shown("B1"), "the room keeps its own"
