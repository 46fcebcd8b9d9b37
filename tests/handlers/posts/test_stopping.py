"""The stop switch, and what comes too late: held, listed, and let go in order or asked about."""

from datetime import timedelta

import pytest

from models.delivery import DeliveryState
from models.lane import hold, part_of
from models.post import PostState
from models.publication import Publication
from support.bench import DeskBench
from support.paper import buttons, words
from support.posts import approved, published

HOUR = timedelta(hours=1)


def scheduled(bench: DeskBench, text: str, hours: int = 1, **more: object) -> str:
    code = approved(bench, text, **more)
    bench.say("Bruno", f"schedule {code} in {hours} hours")
    return code


def states(bench: DeskBench) -> list[str]:
    return [delivery.state for delivery in bench.deliveries()]


def room(bench: DeskBench, chat: str = "slack") -> str:
    return "\n".join(words(sheet.card) for sheet in bench.papers[chat].sheets if not sheet.reply_to)


# -- stop --------------------------------------------------------------------------------------------------------------


def test_any_member_stops_everything_and_both_chats_learn_what_waits(bench: DeskBench) -> None:
    code = scheduled(bench, "Later")
    bench.say("Ada", "stop everything")
    for chat in ("slack", "telegram"):
        assert "Ada has stopped everything" in room(bench, chat)
        assert f"Held when their hour comes: {code}" in room(bench, chat)
    assert bench.actions("everything") == ["stopped"]


@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_who_stops_sees_everything_that_waits_page_by_page(bench: DeskBench, chat: str) -> None:
    codes = [
        scheduled(bench, f"Number {hour}", hour, accounts=("acme", "acme_it")[hour % 2 :][:1]) for hour in range(1, 8)
    ]
    bench.say("Chiara", "stop everything", chat=chat)
    seen = bench.whispered("Chiara", chat=chat)
    assert "7 publications are held, or will be" in seen
    assert f"{codes[0]} · Mon 23 Nov 2026, 11:00 (Europe/Rome) · acme_it · will be held at its time\nNumber 1" in seen
    assert "[Another hour]" not in seen, "she is no publisher"
    next_page = next(b for b in buttons(bench.papers[chat].whispers[-1][1]) if b.label == "Next")
    bench.act(bench.pressed("Bruno", next_page, chat=chat))
    seen = bench.whispered("Bruno", chat=chat)
    assert [code in seen for code in codes] == [False] * 5 + [True] * 2
    assert "[Another hour] [Cancel schedule]" in seen
    assert "[Publish now]" not in seen, "while it is stopped"


def test_the_list_of_one_account_names_no_other(bench: DeskBench) -> None:
    scheduled(bench, "Here")
    scheduled(bench, "There", accounts=("acme_it",))
    bench.say("Ada", "stop acme")
    assert "Here" in bench.whispered("Ada")
    assert "There" not in bench.whispered("Ada")
    bench.say("Ada", "held acme_it")
    assert bench.whispered("Ada") == "Nothing is held"


@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_who_resumes_decides_about_what_is_overdue_and_the_rest_goes_out(bench: DeskBench, chat: str) -> None:
    stale, fresh = scheduled(bench, "Stale", 1), scheduled(bench, "Fresh", 4)
    bench.say("Ada", "stop acme", chat=chat)
    bench.wait(4 * HOUR + timedelta(minutes=5))
    bench.say("Bruno", "resume acme", chat=chat)
    seen = bench.whispered("Bruno", chat=chat)
    assert f"{stale} · Mon 23 Nov 2026, 11:00 (Europe/Rome) · acme · overdue" in seen
    assert f"{fresh} · Mon 23 Nov 2026, 14:00 (Europe/Rome) · acme · going out now" in seen
    listed = bench.papers[chat].whispers[-1][1]
    bench.wait(timedelta(seconds=5))
    assert [s["text"] for s in bench.public()] == ["Fresh"]
    publish = next(b for b in buttons(listed) if b.label == "Publish now" and b.subject == stale)
    bench.act(bench.pressed("Bruno", publish, chat=chat))
    bench.wait(timedelta(seconds=61))
    assert [s["text"] for s in bench.public()] == ["Stale", "Fresh"]


def test_what_comes_due_while_stopped_is_held_and_nothing_is_public(bench: DeskBench) -> None:
    code = scheduled(bench, "Later")
    bench.say("Ada", "stop acme")
    bench.wait(HOUR)
    assert states(bench) == [DeliveryState.HELD]
    assert bench.public() == []
    assert bench.told()[-1] == f"{code} is held: acme is stopped. It goes on when somebody resumes it."
    assert "held: this account is stopped" in bench.shown(code)


def test_other_accounts_go_on(bench: DeskBench) -> None:
    bench.say("Ada", "stop acme_it")
    published(bench, accounts=("acme",))
    assert len(bench.public("acme")) == 1


def test_publishing_now_on_a_stopped_account_is_refused_with_who_stopped_it(bench: DeskBench) -> None:
    bench.say("Ada", "stop tutto")
    approved(bench)
    bench.press("Bruno", "Publish now", "P1")
    assert "acme was stopped by Ada" in bench.whispered("Bruno")
    assert bench.deliveries() == []


def test_stopping_twice_tells_the_rooms_once(bench: DeskBench) -> None:
    bench.say("Ada", "stop everything")
    bench.say("Bruno", "stop everything")
    assert room(bench).count("has stopped everything") == 1


def test_stop_without_a_name_offers_what_there_is(bench: DeskBench) -> None:
    bench.say("Ada", "stop")
    said = bench.whispered("Ada")
    assert "What shall stop?" in said
    assert "Stop acme_it" in said


def test_an_unknown_account_is_refused_with_the_names_there_are(bench: DeskBench) -> None:
    bench.say("Ada", "stop acne")
    assert "There are: acme, acme_it" in bench.whispered("Ada")


# -- resume ------------------------------------------------------------------------------------------------------------


def test_only_publishers_resume(bench: DeskBench) -> None:
    bench.say("Ada", "stop everything")
    bench.say("Ada", "resume everything")
    assert "publisher" in bench.whispered("Ada")
    bench.say("Bruno", "resume")
    assert bench.actions("everything") == ["stopped", "resumed"]


def test_what_was_held_goes_out_in_order_after_resume(bench: DeskBench) -> None:
    scheduled(bench, "First", 1)
    scheduled(bench, "Second", 1)
    bench.say("Ada", "stop everything")
    bench.wait(HOUR)
    assert states(bench) == [DeliveryState.HELD] * 2
    bench.wait(timedelta(minutes=10))
    bench.say("Bruno", "resume")
    bench.wait(timedelta(seconds=2))
    assert [s["text"] for s in bench.public()] == ["First"], "what has piled up does not leave as a burst"
    bench.wait(timedelta(seconds=61))
    assert [s["text"] for s in bench.public()] == ["Second", "First"]


def test_what_is_overdue_at_resume_is_asked_about_and_goes_when_a_member_says_so(bench: DeskBench) -> None:
    code = scheduled(bench, "Stale")
    bench.say("Ada", "stop everything")
    bench.wait(3 * HOUR)
    bench.say("Bruno", "resume")
    bench.wait(timedelta(seconds=2))
    assert bench.public() == []
    assert "Shall it still go out?" in bench.told()[-1]
    assert "Shall it still go out?" in bench.direct("Bruno")[-1]
    bench.press("Bruno", "Publish now", code)
    assert [s["text"] for s in bench.public()] == ["Stale"]
    assert bench.post().state == PostState.PUBLISHED


def test_resume_with_nothing_stopped_says_so(bench: DeskBench) -> None:
    bench.say("Bruno", "resume everything")
    assert bench.whispered("Bruno") == "Nothing is stopped."


def test_resume_asks_which_where_several_are_stopped(bench: DeskBench) -> None:
    bench.say("Ada", "stop acme")
    bench.say("Ada", "stop acme_it")
    bench.say("Bruno", "resume")
    assert "Resume acme_it" in bench.whispered("Bruno")
    bench.say("Bruno", "resume acme")
    assert bench.actions("acme") == ["stopped", "resumed"]
    assert bench.actions("acme_it") == ["stopped"]


# -- too late ----------------------------------------------------------------------------------------------------------


def test_what_is_late_within_the_grace_goes_out_by_itself(bench: DeskBench) -> None:
    bench.set_policy(grace_minutes=30)
    scheduled(bench, "A little late")
    bench.wait(HOUR + timedelta(minutes=29))
    assert len(bench.public()) == 1


@pytest.mark.parametrize(
    ("label", "after"), [("Publish now", PostState.PUBLISHED), ("Cancel schedule", PostState.APPROVED)]
)
def test_what_is_later_than_the_grace_is_held_until_a_member_decides(
    bench: DeskBench, label: str, after: PostState
) -> None:
    code = scheduled(bench, "Too late")
    bench.wait(2 * HOUR)
    assert states(bench) == [DeliveryState.HELD]
    assert bench.public() == []
    bench.press("Bruno", label, code)
    assert bench.post().state == after
    assert len(bench.public()) == (after == PostState.PUBLISHED)


def test_what_waited_for_the_days_quota_is_not_late(bench: DeskBench) -> None:
    bench.set_policy(grace_minutes=30)
    scheduled(bench, "A full day")
    with bench.store.write() as session:
        hold(session, part_of("account:acme", "publication"), bench.now + 3 * HOUR)
    bench.wait(2 * HOUR)
    assert bench.public() == []
    bench.wait(HOUR)
    assert [s["text"] for s in bench.public()] == ["A full day"]


def test_what_was_cut_off_and_is_found_absent_too_late_is_asked_about_too(bench: DeskBench) -> None:
    """The bot died just before the post left, and was down for a day."""
    code = scheduled(bench, "Cut off")
    _cut_off(bench)
    bench.wait(24 * HOUR)
    bench.wait(timedelta(minutes=1))
    assert states(bench) == [DeliveryState.HELD]
    assert bench.public() == []
    assert "Shall it still go out?" in bench.told()[-1]
    bench.press("Bruno", "Publish now", code)
    assert len(bench.public()) == 1


def test_what_a_member_found_absent_goes_out_however_late_it_is(bench: DeskBench) -> None:
    scheduled(bench, "Lost")
    bench.mastodon.fault("POST /api/v1/statuses", "drop_before")
    bench.mastodon.fault("GET /api/v1/accounts/*/statuses", "status", status=403, times=50, body="{}")
    bench.wait(HOUR)
    bench.wait(3 * HOUR)
    bench.press("Bruno", "It is not, send it", bench.rows(Publication)[0].code)
    assert [s["text"] for s in bench.public()] == ["Lost"]


def test_what_left_late_and_may_stand_there_is_no_beginning_of_a_burst(bench: DeskBench) -> None:
    scheduled(bench, "Lost")
    scheduled(bench, "Behind it")
    bench.mastodon.fault("POST /api/v1/statuses", "drop_after")
    bench.wait(HOUR + timedelta(minutes=10))
    assert [s["text"] for s in bench.public()] == ["Lost"]
    bench.wait(timedelta(seconds=61))
    assert [s["text"] for s in bench.public()] == ["Behind it", "Lost"]


def _cut_off(bench: DeskBench) -> None:
    def die(step: str) -> None:
        if step == "claimed:publication":
            raise SystemExit

    bench.steps = die
    with pytest.raises(SystemExit):
        bench.wait(HOUR)
    bench.steps = lambda _name: None
    bench.settler.reap(all_of_them=True)


def test_what_is_held_can_get_another_hour(bench: DeskBench) -> None:
    code = scheduled(bench, "Too late")
    bench.wait(2 * HOUR)
    bench.say("Bruno", f"schedule {code} in 1 hour")
    assert states(bench) == [DeliveryState.WAITING]
    bench.wait(HOUR)
    assert len(bench.public()) == 1


def test_what_is_held_can_be_edited_and_withdrawn(bench: DeskBench) -> None:
    code = scheduled(bench, "Too late")
    bench.wait(2 * HOUR)
    bench.press("Ada", "Withdraw", code)
    assert states(bench) == [DeliveryState.CANCELLED]


def test_publish_now_that_was_held_can_be_said_again(bench: DeskBench) -> None:
    """The bot was down between the press and the delivery."""
    approved(bench)
    deliver, bench.deliver = bench.deliver, lambda *_: None  # type: ignore[method-assign]
    bench.press("Bruno", "Publish now", "P1")
    bench.deliver = deliver  # type: ignore[method-assign]
    bench.wait(2 * HOUR)
    assert states(bench) == [DeliveryState.HELD]
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_a_publisher_sees_at_home_what_is_held(bench: DeskBench) -> None:
    scheduled(bench, "Too late")
    bench.wait(2 * HOUR)
    bench.say("Bruno", "home")
    assert "1 post needs a decision" in bench.whispered("Bruno")


# -- wherever what is stopped is spoken of -----------------------------------------------------------------------------


def test_every_surface_that_speaks_of_what_is_stopped_says_so(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    assert "goes out" in words(bench.card("P1"))
    bench.say("Dario", "stop acme")
    assert "will be held at its time: this account is stopped" in words(bench.card("P1"))
    for typed in ("queue", "home", "status"):
        bench.say("Bruno", typed)
        assert "⏸" in bench.whispered("Bruno"), typed
    bench.say("Bruno", "schedule P1 tomorrow 10:00")
    assert "⏸ acme is stopped: nothing goes out there until somebody resumes it." in bench.whispered("Bruno")
    bench.say("Bruno", "resume acme")
    assert "goes out" in words(bench.card("P1"))
    for typed in ("queue", "home", "status"):
        bench.say("Bruno", typed)
        assert "⏸" not in bench.whispered("Bruno"), typed
