"""Wishing for a boost: offered where it can be, asked in plain words, priced by the network, refused in sentences."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.setup import Boosting, Preset
from models.boost import Boost
from models.boost_state import BoostState
from models.delivery import Delivery
from models.lane import Lane
from support.boost_bench import SWISS, BoostBench
from support.posts import published

S = BoostState


def test_the_button_is_on_what_stands_where_boosts_can_be(boosts: BoostBench) -> None:
    published(boosts.desk, "Hello", accounts=("bakery", "acme"))
    labels = boosts.labels("P1")
    assert "Boost on Bakery" in labels
    assert "Boost on acme" not in labels
    boosts.desk.press("Ada", "Boost on Bakery", "U1")
    assert boosts.desk.form.title == "Boost P1"
    boosts.fill(**SWISS)
    assert boosts.row().state == S.REVIEW
    boosts.desk.press("Bruno", "Delete on Bakery", "U1")
    assert "Boost on Bakery" not in boosts.labels("P1")
    boosts.desk.say("Ada", "boost P1")
    assert "P1 stands on no account of ours that can put money behind posts" in boosts.desk.whispered("Ada")


def test_without_a_cap_boosts_are_off_and_the_refusal_says_how_to_turn_them_on(boosts: BoostBench) -> None:
    boosts.allow()
    boosts.desk.say("Ada", f"boost {boosts.published()}")
    assert boosts.desk.whispered("Ada") == (
        "Boosts are off for Bakery: its policy gives them no money. Whoever runs me can set month_cap under "
        "[accounts.bakery.policy.boosts] in config.toml."
    )


def test_who_only_moderates_wishes_for_nothing(boosts: BoostBench) -> None:
    post = boosts.published()
    boosts.desk.say("Dario", "team role Chiara -buyer")
    boosts.desk.say("Dario", "team role Chiara -approver")
    boosts.desk.say("Chiara", f"boost {post}")
    assert "role “author”" in boosts.desk.whispered("Chiara")


def test_a_boosts_code_shows_its_card_to_anybody(boosts: BoostBench) -> None:
    code = boosts.wished()
    before = len(boosts.desk.papers["telegram"].sheets)
    boosts.desk.say("Dario", f"boost {code.lower()}", chat="telegram")
    assert len(boosts.desk.papers["telegram"].sheets) == before + 1
    boosts.desk.say("Dario", "boost B9")
    assert "There is no B9 here." in boosts.desk.whispered("Dario")


def test_what_is_late_for_the_ad_account_is_told_as_the_accounts(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.lost()
    boosts.meta.fault("GET /facebook/v26.0/me", "status", times=50, status=503)
    with boosts.desk.store.write() as session:
        late = boosts.desk.now - timedelta(hours=1)
        session.add(
            Delivery(kind="boost_report", lane="ads:account:bakery", subject="B1", due_at=late, created_at=late)
        )
        session.add(Lane(name="ads:account:bakery", not_before=boosts.desk.now + timedelta(hours=2)))
    boosts.passes(timedelta(minutes=1))
    assert any("to: Bakery" in said for said in boosts.posted())


def test_a_card_says_what_the_cap_does_not_leave(boosts: BoostBench) -> None:
    boosts.allow(first_limit=100, second_limit=200, month_cap=20)
    boosts.wished()
    assert "⚠️ The cap of October 2035 leaves €20.00, and it wants €30.00." in boosts.desk.shown("B1")
    assert "Approve" in boosts.labels(), "what another boost does not spend may be free until then"
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="20")
    assert "leaves €20.00" not in boosts.desk.shown("B1")


def test_whoever_asks_for_a_boost_sees_it_as_it_stands_now(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.meta.act("clock", advance=2 * 60 * 60)
    boosts.desk.say("Ada", "boost B1")
    assert "B1 · Running" in boosts.desk.whispered("Ada"), "the card may stand far above"
    assert boosts.row().spent == boosts.campaigns[0]["spent"] > 0
    boosts.desk.say("Ada", "boost")
    assert boosts.desk.whispered("Ada") == "Say which one: type its code behind it, like P12."


def test_a_second_boost_of_the_same_post_is_one_too_many(boosts: BoostBench) -> None:
    boosts.wished()
    boosts.desk.say("Ada", "boost P1")
    assert "B1 is behind that post already" in boosts.desk.whispered("Ada")
    boosts.press("Ada", "Withdraw")
    boosts.desk.say("Ada", "boost P1")
    assert boosts.desk.form.verb == "boost"


@pytest.mark.parametrize(
    ("answers", "field", "said"),
    [
        ({"amount": "much"}, "amount", "“much” is no amount"),
        ({"amount": "0"}, "amount", "is no amount"),
        ({"amount": "-5"}, "amount", "is no amount"),
        ({"amount": "1.234"}, "amount", "is no amount"),
        ({"days": "0"}, "days", "is no number of days from 1 to 90"),
        ({"days": "91"}, "days", "is no number of days from 1 to 90"),
        ({"days": "1", "per": "daily"}, "days", "A daily budget runs for 2 days or more"),
        ({"countries": "Atlantis"}, "countries", "“Atlantis” is no country that I know"),
        ({"countries": " , "}, "countries", "Name at least one country"),
        ({"goal": "visits"}, "link", "Visits need a web address"),
        ({"start": "someday"}, "start", ""),
        ({"start": "yesterday 9:00"}, "start", ""),
    ],
    ids=str,
)
def test_answers_that_cannot_be_used_are_refused_at_their_field(
    boosts: BoostBench, answers: dict[str, str], field: str, said: str
) -> None:
    boosts.desk.say("Ada", f"boost {boosts.published()}")
    handled = boosts.fill(**{**SWISS, **answers})
    assert handled.field == field
    assert said in handled.refusal
    assert boosts.desk.rows(Boost) == []


def test_countries_are_understood_by_name_in_the_members_languages(boosts: BoostBench) -> None:
    boosts.wished(countries="switzerland, Germania; us")
    assert boosts.row().targeting == {"countries": ["CH", "DE", "US"]}
    assert "Switzerland, Germany, United States" in boosts.desk.shown("B1")


def test_a_preset_is_chosen_by_its_name(boosts: BoostBench) -> None:
    preset = Preset(("CH",), age_min=25, age_max=40, genders=("female",))
    boosts.desk.reshape(boosting=Boosting("Acme", "Acme Holding", {"young women": preset}))
    boosts.desk.say("Ada", f"boost {boosts.published()}")
    boosts.desk.fill("Ada", boosts.desk.form, amount="30", audience="=young women")
    shown = boosts.desk.shown("B1")
    assert "Switzerland · 25 to 40 years · women" in shown
    assert "Acme benefits, Acme Holding pays" in shown
    boosts.press("Ada", "Edit")
    assert {f.name: f.value for f in boosts.desk.form.fields}["audience"] == "=young women"
    refused = boosts.desk.fill("Ada", boosts.desk.form, countries="Italy")
    assert (refused.field, refused.refusal) == ("countries", "“young women” says where already. Leave this empty.")


def test_audiences_of_the_account_are_reached_alone_or_left_out(boosts: BoostBench) -> None:
    for name in ("Regulars", "Staff"):
        boosts.audience(name)
    post = boosts.published()
    boosts.desk.say("Ada", f"boost {post}")
    options = {field.name: {o.label: o.value for o in field.options} for field in boosts.desk.form.fields}
    regulars, staff = options["include"]["Regulars"], options["exclude"]["Staff"]
    form = boosts.desk.form
    wanted: dict[str, Any] = {**SWISS, "include": [regulars], "exclude": [regulars]}
    assert boosts.desk.fill("Ada", form, **wanted).field == "exclude"
    boosts.desk.fill("Ada", form, **{**wanted, "exclude": [staff]})
    assert "only people in Regulars · nobody in Staff" in boosts.desk.shown("B1")
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING
    assert boosts.row().targeting == {"countries": ["CH"], "include": [regulars], "exclude": [staff]}


def test_a_chat_without_forms_asks_one_question_after_the_other(boosts: BoostBench) -> None:
    desk = boosts.desk
    desk.say("Ada", f"boost {boosts.published()}", chat="telegram")
    for said in ("lots", "30", "in all", "many", "3", "that many people see it", "Atlantis", "CH"):
        desk.answer("Ada", said)
        refused = said in {"lots", "many", "Atlantis"}
        assert (f"“{said}” is no" in desk.whispered("Ada", chat="telegram")) is refused, "at once, not in the end"
        assert f"So far: {said}" not in desk.whispered("Ada", chat="telegram"), "what was refused is not to be kept"
    for label in ("Skip", "Skip", "Skip", "Skip", "Keep it"):
        _, question = desk.papers["telegram"].whispers[-1]
        (button,) = [button for button in question.buttons if button.label == label]
        desk.act(desk.pressed("Ada", button, chat="telegram"))
    assert boosts.row().state == S.REVIEW
    assert "Switzerland" in desk.shown("B1", chat="telegram")


def test_a_wrong_answer_is_refused_at_once_though_a_later_one_is_wanted_too(boosts: BoostBench) -> None:
    desk = boosts.desk
    desk.say("Ada", f"boost {boosts.published()}", chat="telegram")
    for said in ("30", "in all", "3", "that people open the link", "Atlantis"):
        desk.answer("Ada", said)
    assert "“Atlantis” is no country that I know." in desk.whispered("Ada", chat="telegram")


def test_what_the_network_wants_is_shown_before_anybody_agrees(boosts: BoostBench) -> None:
    boosts.wished(countries="IT")
    assert "Ads that reach the EU must name who benefits from them and who pays" in boosts.desk.shown("B1")
    assert "Approve" not in boosts.labels()
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="1", beneficiary="Acme", payor="Acme")
    assert "The network takes no less than €3.00 for it." in boosts.desk.shown("B1")
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="30")
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING


def test_the_ad_accounts_own_names_stand_in_where_nobody_said_who_pays(boosts: BoostBench) -> None:
    boosts.meta.act("ads/settings", payor="Acme Holding", beneficiary="Acme Bakery")
    boosts.wished(countries="IT")
    assert "Acme Bakery benefits, Acme Holding pays" in boosts.desk.shown("B1")
    assert "Approve" in boosts.labels()


def test_an_ad_account_that_cannot_pay_is_told_and_asked_again(boosts: BoostBench) -> None:
    boosts.meta.act("ads/settings", funded=False)
    boosts.wished()
    assert "The ad account cannot order anything: it has no means of payment." in boosts.desk.shown("B1")
    assert "Approve" not in boosts.labels()
    boosts.meta.act("ads/settings", funded=True)
    boosts.press("Ada", "Ask the price again")
    assert "Approve" in boosts.labels()


def test_a_network_that_does_not_tell_its_price_is_told(boosts: BoostBench) -> None:
    body = '{"error": {"message": "You may not", "code": 200, "type": "OAuthException"}}'
    boosts.meta.fault("GET /facebook/v26.0/act_5001", "status", status=403, body=body)
    boosts.wished()
    assert "The network did not tell its price (You may not" in boosts.desk.shown("B1")
    assert boosts.labels() == ["Edit", "Ask the price again", "Withdraw"]
    boosts.press("Ada", "Ask the price again")
    assert "Approve" in boosts.labels()


def test_a_budget_in_a_currency_without_cents_is_counted_in_whole(boosts: BoostBench) -> None:
    boosts.meta.act("ads/settings", currency="JPY", min_budget=10)
    boosts.allow(first_limit=5000, second_limit=9000, month_cap=100000)
    boosts.wished(amount="3000")
    assert "¥3,000 in all" in boosts.desk.shown("B1")
    boosts.press("Bruno", "Approve")
    assert boosts.row().budget == 3000
    assert boosts.ledger("reserve") == 3000


def test_an_account_that_is_gone_from_the_settings_says_so(boosts: BoostBench) -> None:
    boosts.wished()
    accounts = {name: account for name, account in boosts.desk.setup.accounts.items() if name != "bakery"}
    boosts.desk.reshape(accounts=accounts)
    boosts.press("Ada", "Ask the price again")
    assert "There is no account called “bakery”" in boosts.desk.shown("B1")
    assert "Approve" not in boosts.labels()


def test_no_question_is_asked_within_a_transaction(boosts: BoostBench) -> None:
    kinds: list[str] = []
    boosts.desk.steps = kinds.append
    boosts.wished()
    assert "sent:boost_quote" in kinds
    assert [d.lane for d in boosts.desk.rows(Delivery, Delivery.kind == "boost_quote")] == ["ads:account:bakery"]
