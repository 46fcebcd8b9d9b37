"""What nobody knows the end of is looked up, and never sent again blindly; who can tell is asked; nothing hangs."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from handlers.delivery.settling import LOOKUPS, PATIENCE
from models.delivery import LEASE, MOST_ATTEMPTS, DeliveryState
from models.errors import WrongMoment
from platforms.contract import AccessLost, CannotTell, ContentRefused, OutcomeUnknown, TryLater
from support.paper_office import PaperOffice

D = DeliveryState
MINUTE = timedelta(minutes=1)


# -- what was cut off --------------------------------------------------------------------------------------------------


def test_only_what_nobody_holds_any_more_becomes_unsure(office: PaperOffice) -> None:
    alive = office.wants("a", D.SENDING, lease_until=office.now + LEASE)
    dead = office.wants("b", D.SENDING, lease_until=office.now)
    odd = office.wants("c", D.SENDING)
    assert office.settler.reap() == 2
    assert [office.row(number).state for number in (alive, dead, odd)] == [D.SENDING, D.UNSURE, D.UNSURE]
    assert office.settler.reap(all_of_them=True) == 1
    assert office.row(alive).state == D.UNSURE


def test_a_look_up_that_was_cut_off_is_taken_up_at_the_start(office: PaperOffice) -> None:
    number = office.unsure(check_at=office.now + LEASE)
    office.settler.reap(all_of_them=True)
    assert office.settler.unsure() == [(number, "account:acme")]


def test_what_was_cut_off_is_looked_up_only_when_silence_proves_something(office: PaperOffice) -> None:
    long_upload = office.now - 3 * MINUTE
    number = office.wants(state=D.SENDING, started_at=long_upload, lease_until=office.now, attempts=1, fence=1)
    office.settler.reap(all_of_them=True)  # the last byte may have left a moment ago
    assert office.settle(number).check_at == office.now + office.courier.earliest
    assert office.settler.unsure() == []
    office.now += office.courier.earliest
    assert office.settle(number).state == D.WAITING


# -- every end of a look-up --------------------------------------------------------------------------------------------


def test_what_is_found_is_done(office: PaperOffice) -> None:
    office.courier.finds = [{"id": "7"}]
    row = office.settle(number := office.unsure())
    assert (row.state, row.result, row.finished_at) == (D.DONE, {"id": "7"}, office.now)
    assert office.courier.ends == [(number, "done", False)]


def test_what_is_absent_is_sent_again(office: PaperOffice) -> None:
    row = office.settle(number := office.unsure())
    assert (row.state, row.finished_at, row.check_at) == (D.WAITING, None, None)
    assert office.attempt(number).state == D.DONE


@pytest.mark.parametrize(
    "outcome", [TryLater("down"), OutcomeUnknown("garbage"), AccessLost("revoked"), KeyError("id")]
)
def test_a_look_up_that_fails_is_made_again_and_after_a_while_a_member_is_asked_beside_it(
    office: PaperOffice, outcome: object
) -> None:
    number = office.unsure()
    for wait in LOOKUPS:
        office.courier.finds = [outcome]
        row = office.settle(number)
        assert (row.state, row.check_at) == (D.UNSURE, office.now + wait)
        office.now += wait
    assert row.is_asked
    assert office.courier.ends == [(number, "unsure", False)], "and it is still looked for"
    office.now += office.courier.latest
    office.courier.finds = [outcome]
    assert office.settle(number).check_at is None
    assert office.courier.ends == [(number, "unsure", False)], "nobody is asked twice"
    assert office.settler.unsure() == []


@pytest.mark.parametrize("outcome", [CannotTell("no search here"), ContentRefused("hidden")])
def test_where_the_network_cannot_tell_a_member_is_asked_at_once(office: PaperOffice, outcome: Exception) -> None:
    office.courier.finds = [outcome]
    assert office.settle(number := office.unsure()).check_at is None
    assert office.courier.ends == [(number, "unsure", True)]


def test_what_harms_nobody_twice_is_sent_again_where_nobody_can_tell(office: PaperOffice) -> None:
    office.courier.asks, office.courier.finds = False, [CannotTell("no search here")]
    assert office.settle(office.unsure("slack:C1")).state == D.WAITING


def test_what_was_lost_too_often_fails_and_may_be_retried(office: PaperOffice) -> None:
    row = office.settle(office.unsure(attempts=MOST_ATTEMPTS))
    assert (row.state, row.error) == (D.FAILED, "OutcomeUnknown")
    assert "lost" in row.reason


def test_nothing_is_looked_up_before_its_time_or_twice(office: PaperOffice) -> None:
    early, done = office.unsure(check_at=office.now + MINUTE), office.wants(state=D.DONE)
    for number in (early, done, 999):
        office.settler.settle(number)
    assert office.courier.progress is None


def test_while_one_looks_no_other_does(office: PaperOffice) -> None:
    number = office.unsure()

    def look() -> dict[str, str]:
        assert office.settler.unsure() == []
        office.settler.settle(number)
        return {"id": "7"}

    office.courier.finds = [look]
    assert office.settle(number).state == D.DONE
    assert len(office.courier.ends) == 1


def test_a_look_up_may_keep_what_it_learns_as_long_as_the_row_is_unsure(office: PaperOffice) -> None:
    number = office.unsure()

    def look() -> None:
        assert office.courier.progress
        office.courier.progress.save("seen", "1")
        office.answered(number, "live", by="Ada")
        office.courier.progress.save("seen", "2")

    office.courier.finds = [look]
    row = office.settle(number)
    assert (row.state, row.result, row.progress) == (D.DONE, {"by": "Ada"}, {"seen": "1"})


# -- members answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verdict", "state"), [("live", D.DONE), ("absent", D.WAITING), ("leave", D.FAILED)])
def test_a_member_settles_it_once(office: PaperOffice, verdict: str, state: DeliveryState) -> None:
    number = office.unsure(check_at=None)
    assert office.answered(number, verdict).state == state
    with pytest.raises(WrongMoment):
        office.answered(number, verdict)


def test_a_look_up_says_nothing_of_a_later_attempt(office: PaperOffice) -> None:
    number = office.unsure()

    def look() -> None:
        """Meanwhile a member sends it again, and that attempt is lost too."""
        office.answered(number, "absent")
        office.courier.sends = [OutcomeUnknown("the line went dead")]
        office.attempt(number)

    office.courier.finds = [look]
    row = office.settle(number)
    assert (row.state, row.attempts) == (D.UNSURE, 2)


# -- lanes -------------------------------------------------------------------------------------------------------------


def test_a_lost_message_keeps_its_place_before_what_came_after_it(office: PaperOffice) -> None:
    first = office.unsure("slack:C1", attempts=2, due_at=office.now - 2 * MINUTE)
    office.wants("slack:C1", due_at=office.now - MINUTE)
    assert office.settle(first).state == D.WAITING
    assert office.due() == []
    office.now += MINUTE
    assert office.due() == [first]


def test_a_message_that_meets_a_bug_lets_the_others_pass(office: PaperOffice) -> None:
    number = office.unsure("slack:C1", attempts=2, error="Bug", due_at=office.now - 2 * MINUTE)
    behind = office.wants("slack:C1", due_at=office.now - MINUTE)
    assert office.settle(number).state == D.WAITING
    assert office.due() == [behind]


@pytest.mark.parametrize("outcome", [WrongMoment("P1 changed"), ContentRefused("no")])
def test_what_is_not_wanted_any_more_asks_on_a_network_and_frees_its_room_in_a_chat(
    office: PaperOffice, outcome: Exception
) -> None:
    post, message, behind = office.unsure(), office.unsure("slack:C1"), office.wants("slack:C1")
    office.courier.packs = [outcome, outcome]
    row = office.settle(post)
    assert (row.state, row.check_at) == (D.UNSURE, None)
    assert office.settle(message).state == D.FAILED
    assert office.due() == [behind]
    assert office.courier.ends == [(post, "unsure", True), (message, "failed", False)]


def test_what_needs_not_leave_any_more_is_over(office: PaperOffice) -> None:
    office.courier.packs = [lambda: None]
    assert office.settle(office.unsure("slack:C1")).state == D.FAILED


def test_the_trouble_of_the_database_is_no_bug_of_a_look_up(office: PaperOffice) -> None:
    number = office.unsure()
    office.courier.packs = [OperationalError("SELECT", {}, Exception("deadlock detected"))]
    with pytest.raises(OperationalError):
        office.settle(number)
    assert (office.row(number).checks, office.row(number).check_at) == (0, office.now)


@pytest.mark.parametrize(("lane", "state"), [("account:acme", D.UNSURE), ("slack:C1", D.FAILED)])
def test_a_bug_in_making_a_look_up_ready_does_not_go_on_for_ever(
    office: PaperOffice, lane: str, state: DeliveryState
) -> None:
    number = office.unsure(lane)
    for _ in range(len(LOOKUPS) + 1):
        office.courier.packs = [ZeroDivisionError()]
        row = office.settle(number)
        office.now += LOOKUPS[-1]
    assert (row.state, row.check_at) == (state, None)
    assert len(office.courier.ends) == 1


def test_a_look_up_waits_for_its_chat_for_a_day(office: PaperOffice) -> None:
    number = office.unsure("slack:C1")
    office.courier.packs = [TryLater("slack is not connected", MINUTE)]
    assert office.settle(number).check_at == office.now + MINUTE
    office.now += PATIENCE
    office.courier.packs = [TryLater("slack is not connected", MINUTE)]
    assert office.settle(number).state == D.FAILED
