"""What did better on its first day than most is proposed for a boost, once, and nothing is ordered by that."""

from datetime import timedelta

import pytest

from handlers.desk import Desk
from handlers.posts import numbers
from models.boost import Boost
from models.delivery import Delivery
from models.publication import Publication
from platforms.contract import Numbers
from support.boost_bench import MONEY, BoostBench
from support.plans import explained

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def others(boosts: BoostBench, *first_days: int) -> None:
    """Our post, and what earlier publications of the Page reached on their first day."""
    boosts.published()
    desk = boosts.desk
    with desk.store.write() as session:
        mine = session.get_one(Publication, 1)
        for n, count in enumerate(first_days, start=2):
            delivery = Delivery(kind="publication", lane="account:bakery", due_at=desk.now, created_at=desk.now)
            session.add(delivery)
            session.flush()
            other = Publication(
                post_id=mine.post_id, account="bakery", revision=n, digest="", delivery_id=delivery.number
            )
            other.stands(f"1001_{n}", "", [], desk.now - timedelta(days=10))
            other.first_day, other.measure_at = count, None
            session.add(other)
            delivery.claim("bench", desk.now)
            delivery.deliver({}, desk.now)


def measured(boosts: BoostBench, age: timedelta = DAY + MINUTE, **counts: int) -> None:
    """The network counts our post so long after it was published; then the desk's clock ticks."""
    desk = boosts.desk
    with desk.store.write() as session:
        publication = session.get_one(Publication, 1)
        assert publication.published_at
        now = publication.published_at + age
        list(numbers.measured(Desk(session=session, now=now, setup=desk.setup), publication, Numbers(**counts)))
    boosts.passes(age + MINUTE)


def proposals(boosts: BoostBench) -> list[str]:
    return [told for told in boosts.posted() if "Does it deserve a boost?" in told]


def test_what_did_better_than_most_is_proposed_once_and_nothing_is_ordered(boosts: BoostBench) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, reach=1234)
    [told] = proposals(boosts)
    assert "did well on Bakery: 1,234 in its first day, more than 80 % of the posts there" in told
    assert boosts.desk.rows(Boost) == []
    boosts.passes(timedelta(hours=1))
    assert len(proposals(boosts)) == 1


def test_the_button_leads_to_the_form_of_a_boost(boosts: BoostBench) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, reach=1234)
    boosts.desk.act(boosts.desk.pressed("Ada", boosts.desk.button("Boost", "U1")))
    assert boosts.desk.form.verb == "boost"


@pytest.mark.parametrize("count", [100, 850])
def test_what_did_as_most_do_is_not(boosts: BoostBench, count: int) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, reach=count)
    assert proposals(boosts) == []


def test_views_stand_in_where_the_network_tells_no_reach(boosts: BoostBench) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, views=5000)
    assert len(proposals(boosts)) == 1


def test_a_few_others_say_nothing(boosts: BoostBench) -> None:
    others(boosts, 1, 2, 3)
    measured(boosts, reach=1234)
    assert proposals(boosts) == []


@pytest.mark.parametrize("money", [{"month_cap": 0}, {"propose_above": 0}])
def test_nothing_is_proposed_where_the_policy_wants_none(boosts: BoostBench, money: dict[str, int]) -> None:
    boosts.allow(**{**MONEY, **money})
    others(boosts, *range(100, 1100, 100))
    measured(boosts, reach=1234)
    assert proposals(boosts) == []


@pytest.mark.parametrize("age", [timedelta(hours=1), DAY - MINUTE, DAY + timedelta(hours=2, minutes=1), 5 * DAY])
def test_what_is_counted_before_the_first_day_is_over_or_long_after_it_is_not_weighed(
    boosts: BoostBench, age: timedelta
) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, age, reach=9999)
    assert proposals(boosts) == []
    assert boosts.desk.rows(Publication, Publication.id == 1)[0].first_day is None


def test_a_network_that_wanted_a_pause_is_waited_for(boosts: BoostBench) -> None:
    others(boosts, *range(100, 1100, 100))
    measured(boosts, DAY + timedelta(minutes=90), reach=1234)
    assert len(proposals(boosts)) == 1


def test_no_more_of_the_others_is_read_than_what_they_reached(boosts: BoostBench) -> None:
    others(boosts, *range(100, 1100, 100))
    with explained() as steps:
        measured(boosts, reach=1234)
    [step] = {step for statement, step in steps if "SELECT publication.first_day" in statement}
    assert step == "SEARCH publication USING INDEX ix_publication_first_day (account=? AND published_at>?)"
