"""Posts of a desk of an earlier version: what was approved is approved, and what was decided happens, once."""

from datetime import timedelta

from support.app_bench import AppBench
from support.stage import Stage
from updates.conftest import Older

HOUR = timedelta(hours=1)
Networks = tuple[Stage, Stage]


def public(networks: Networks, text: str) -> list[dict[str, object]]:
    """What stands on Mastodon with exactly these words, reader's markup aside."""
    return [status for status in networks[0].state()["timeline"] if text in status["text"]]


def test_what_is_scheduled_goes_out_once_as_it_was_approved(desk: AppBench, networks: Networks, older: Older) -> None:
    desk.wait(timedelta(hours=25, minutes=58))
    assert public(networks, "Two loaves") == [], "not before its time"
    desk.wait(timedelta(minutes=2))
    [status] = public(networks, "Two loaves")
    assert [media["description"] for media in status["media"]] == ["a red loaf", "a green loaf"]  # type: ignore[attr-defined]
    desk.asked("Ada", "open P2")
    assert "· Published" in desk.shown("P2")
    desk.wait(HOUR)
    assert len(public(networks, "Two loaves")) == 1


def test_a_voice_that_was_given_counts_and_the_second_completes_the_round(desk: AppBench, networks: Networks) -> None:
    desk.asked("Bruno", "publish P3")
    desk.asked("Chiara", "open P3")
    assert "· In review" in desk.shown("P3"), "one voice is not enough"
    desk.click("Chiara", "Approve", "P3")
    assert "· Approved" in desk.shown("P3")
    desk.click("Bruno", "Publish now", "P3")
    assert len(public(networks, "Ciao a tutti")) == 1


def test_what_is_unsure_failed_and_held_is_decided_by_the_buttons_of_today(desk: AppBench, networks: Networks) -> None:
    desk.wait(HOUR)
    for text in ("Did this leave?", "This was refused", "This is late"):
        assert public(networks, text) == [], "nothing leaves by itself"
    for code, label, text in (
        ("P4", "It is not, send it", "Did this leave?"),
        ("P5", "Retry", "This was refused"),
        ("P6", "Publish now", "This is late"),
    ):
        desk.asked("Bruno", f"open {code}")
        _click(desk, "Bruno", label, code)
        desk.wait(timedelta(minutes=2), 3)
        assert len(public(networks, text)) == 1, (text, desk.handled)
        assert "· Published" in desk.shown(code)


def _click(desk: AppBench, who: str, label: str, code: str) -> None:
    """The button with that label on the newest card of the post, whatever it is about (a publication of it)."""
    for where, button in desk.drawn("slack"):
        if button.label == label:
            desk.press(who, button.code, where)
            return
    raise AssertionError(f"no button {label} for {code}")


def test_what_is_unsure_is_left_or_said_to_be_live(desk: AppBench, networks: Networks) -> None:
    desk.asked("Bruno", "open P4")
    _click(desk, "Bruno", "It is live", "P4")
    assert "· Published" in desk.shown("P4")
    assert public(networks, "Did this leave?") == []
