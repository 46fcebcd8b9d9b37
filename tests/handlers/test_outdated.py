"""A button of an earlier attempt does nothing, whatever it is about: it is refused with the card as it stands now."""

import pytest

from handlers.intents import Pressed
from handlers.registry import load
from models.delivery import Delivery, DeliveryState
from models.member import Role, named
from models.profile import Profile
from support import meta_scenes, scenes
from support.inbox_bench import InboxBench
from support.paper import buttons
from support.posts import approved, published
from support.rules import revision_now
from support.scenes import Scene

#: What a member says of an attempt that failed, is held, or whose end nobody knows: its button, and where it is shown.
OUTCOMES: dict[str, Scene] = {
    "retry": scenes.refused,
    "leave": scenes.refused,
    "live": scenes.unsure,
    "resend": scenes.unsure,
    "keep": scenes.deletion_held,
    "first_comment_retry": meta_scenes.first_comment_failed,
    "first_comment_leave": meta_scenes.first_comment_failed,
    "first_comment_live": meta_scenes.first_comment_unsure,
    "retry_reply": scenes.reply_refused,
    "edit_reply": scenes.reply_refused,
    "leave_reply": scenes.reply_refused,
    "reply_is_live": scenes.reply_unsure,
    "reply_not_there": scenes.reply_unsure,
    "retry_act": scenes.act_refused,
    "leave_act": scenes.act_refused,
    "act_happened": scenes.report_unsure,
    "page_retry": meta_scenes.page_failed,
    "page_drop": meta_scenes.page_failed,
    "page_leave": meta_scenes.page_changing,
    "audience_retry": meta_scenes.audience_failed,
    "audience_drop": meta_scenes.audience_failed,
    "boost_retry": meta_scenes.boost_failed,
    "boost_look": meta_scenes.boost_unsure,
    "boost_is_stopped": meta_scenes.boost_unconfirmed,
}
EARLIER = "That button belongs to an earlier try. This is "
REPORTS, STATUSES, OWN = "POST /api/v1/reports", "POST /api/v1/statuses", "GET /api/v1/accounts/*/statuses"


def press(desk: InboxBench, verb: str, subject: str, revision: int, who: str = "Chiara") -> str:
    return desk.act(Pressed(origin=desk.origin(who), verb=verb, subject=subject, revision=revision)).refusal


def may_do_all(desk: InboxBench) -> None:
    """Chiara, who holds what was commented."""
    with desk.store.write() as session:
        named(session, "Chiara").roles = [role.value for role in Role]


@pytest.mark.parametrize("verb", OUTCOMES)
def test_an_outdated_press_is_refused_with_the_living_card_whose_button_counts(desk: InboxBench, verb: str) -> None:
    subject = OUTCOMES[verb](desk)
    may_do_all(desk)
    with desk.store.write() as session:
        if (delivery := session.get(Delivery, int(subject[1:]))) is not None and subject.startswith("D"):
            delivery.fence += 1  # a second attempt has ended as the first
        if verb == "page_leave":
            session.get_one(Profile, 1).waits()
    now = revision_now(desk, subject)
    assert press(desk, verb, subject, now - 1).startswith(EARLIER)
    shown = desk.aside("Chiara")
    assert EARLIER in str(shown)
    assert shown.title, "the living card is shown"
    living = [button for button in buttons(shown) if (button.verb, button.subject) == (verb, subject)]
    assert [button.revision for button in living] == [now]
    assert not desk.act(desk.pressed("Chiara", living[0])).refusal


@pytest.mark.parametrize("verb", [verb for verb in OUTCOMES if verb != "edit_reply"])
def test_a_button_of_before_attempts_had_numbers_shows_the_way_on(desk: InboxBench, verb: str) -> None:
    subject = OUTCOMES[verb](desk)
    if revision_now(desk, subject) == 0:
        return  # rows of before the update begin there, so that it is the newest
    may_do_all(desk)
    assert press(desk, verb, subject, 0).startswith(EARLIER)


def test_what_is_listed_here_is_registered() -> None:
    assert set(OUTCOMES) <= set(load().buttons)


def test_a_report_whose_answer_is_lost_twice_is_not_filed_a_third_time_by_the_first_card(desk: InboxBench) -> None:
    desk.commented()
    desk.mastodon.fault(REPORTS, "drop_after", times=2)
    desk.press("Chiara", "Report", "C1")
    desk.fill("Chiara", desk.form, reason="spam")
    desk.settle()
    code = f"D{desk.deliveries('act')[0].number}"
    first = desk.button("It was not, send it", code)
    desk.act(desk.pressed("Chiara", first))
    desk.settle()
    assert len(desk.mastodon.state()["reports"]) == 2
    refusal = desk.act(desk.pressed("Chiara", first)).refusal
    desk.settle()
    assert refusal == f"{EARLIER}C1 as it is now."
    assert len(desk.mastodon.state()["reports"]) == 2
    living = desk.aside_button("It was received", "Chiara")
    assert desk.act(desk.pressed("Chiara", living)).refusal == ""
    assert "reported" in desk.card("C1").footer


def test_a_reply_whose_answer_is_lost_twice_is_not_sent_a_third_time_by_the_first_card(desk: InboxBench) -> None:
    said = desk.commented()
    desk.mastodon.fault(STATUSES, "drop_after", times=2)
    desk.mastodon.fault(OWN, "status", status=403, body='{"error": "This action is not allowed"}', times=90)
    desk.replied()
    desk.settle()
    first = desk.button("It is not, send it", "R1")
    desk.act(desk.pressed("Chiara", first))
    desk.settle()
    desk.mastodon.calm()
    sent = len(desk.answers(said))
    assert desk.act(desk.pressed("Chiara", first)).refusal.startswith(EARLIER)
    desk.settle()
    assert len(desk.answers(said)) == sent


def test_a_publication_that_begins_anew_does_not_heed_the_buttons_of_the_way_before(desk: InboxBench) -> None:
    """After its schedule was taken back and given again it is another delivery of the same publication."""
    approved(desk)
    desk.mastodon.fault(STATUSES, "status", status=422, body='{"error": "Text is banned here"}', times=2)
    desk.press("Bruno", "Publish now", "P1")
    first = desk.button("Retry", "U1")
    with desk.store.write() as session:
        session.get_one(Delivery, desk.deliveries()[0].number).cancel(desk.now)
    desk.say("Bruno", "publish P1")
    assert [row.state for row in desk.deliveries()] == [DeliveryState.CANCELLED, DeliveryState.FAILED]
    assert desk.act(desk.pressed("Bruno", first)).refusal.startswith(EARLIER)
    assert desk.public() == []


def test_who_lets_a_second_deletion_be_is_not_who_took_back_the_first(desk: InboxBench) -> None:
    published(desk)
    desk.mastodon.act("settings", revoke_token="acme")
    delete = desk.button("Delete on acme", "U1")
    desk.act(desk.pressed("Bruno", delete))
    first = desk.button("Let it stand", f"D{desk.deliveries('deletion')[0].number}")
    desk.act(desk.pressed("Bruno", first))
    desk.act(desk.pressed("Bruno", delete))
    assert "Nothing takes P1 down from acme any more." in desk.act(desk.pressed("Bruno", first)).refusal
    assert desk.deliveries("deletion")[1].state == DeliveryState.HELD
