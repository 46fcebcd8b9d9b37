"""What an ad account tells of money: to the cent, or not at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.contract import BoostOrder, Goal, Targeting
from platforms.graph import ads_wire as wire
from platforms.graph.shapes import Malformed

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ORDER = BoostOrder("b", "1", Goal.ENGAGEMENT, 1000, True, NOW, NOW + timedelta(days=3), Targeting(("CH",)))
ACCOUNT = {"id": "act_1", "name": "Acme", "currency": "EUR", "account_status": 1, "funding_source": "7"}


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-1", "1e999", "9" * 5000, "", None, True, [], {}])
def test_an_amount_that_is_none_never_looks_like_nothing_spent(amount: Any) -> None:
    with pytest.raises(Malformed):
        wire.minor(amount, "EUR")


def test_amounts_are_told_to_the_cent() -> None:
    assert [wire.minor(amount, "EUR") for amount in ("4.56", "0", 3, "0.005")] == [456, 0, 300, 1]
    assert wire.minor("4567", "JPY") == 4567


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "EU", "€€€", 978, None, ["EUR"]])
def test_without_a_currency_no_amount_is_read(currency: Any) -> None:
    with pytest.raises(Malformed):
        wire.ad_account({**ACCOUNT, "currency": currency}, {})
    with pytest.raises(Malformed):
        wire.report(ORDER, {"effective_status": "ACTIVE"}, {"spend": "1", "account_currency": currency}, NOW)


def test_before_anything_was_shown_nothing_is_spent() -> None:
    assert wire.report(ORDER, {"effective_status": "ACTIVE"}, {}, NOW).spent == 0


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "America", "x" * 5000, "a\0b", 5, None, []])
def test_a_zone_that_nobody_knows_is_utc(zone: Any) -> None:
    assert wire.ad_account({**ACCOUNT, "timezone_name": zone}, {}).zone == "UTC"


def test_results_that_are_no_counts_are_none() -> None:
    actions = [{"action_type": "post_engagement", "value": value} for value in ("3", "-1", True, 1.5, "9" * 30, 4)]
    insights = {"spend": "1", "account_currency": "EUR", "actions": actions, "reach": "many"}
    found = wire.report(ORDER, {"effective_status": "ACTIVE"}, insights, NOW)
    assert (found.results, found.reach) == (7, 0)
