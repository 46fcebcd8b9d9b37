"""Hours as people type them, echoed before they hold; the queue; and posts that come too close."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sandbox.slack.person import labels
from support.story import Clock, Desk
from support.team import Team, button_of, code_of, labels_of, newest, press_sure, read

LONDON, ROME = "(Europe/London)", "(Europe/Rome)"


def test_a_typed_hour_is_echoed_with_weekday_date_and_zone_and_holds(team: Team) -> None:
    code = team.approved("Friday is fish")
    bruno = team.bruno.slack
    bruno.press("Schedule", message=team.card(code))
    bruno.wait_modal(f"Hour of {code}")
    bruno.fill({"When": "fri 18:30"})
    echo = team.until(lambda: newest(bruno, "review", f"{code} goes out Fri"))
    assert "18:30" in read(echo)
    assert LONDON in read(echo)
    assert "Another hour" in labels(echo["blocks"])
    team.until(lambda: "· Scheduled" in read(team.card(code)) and "· Scheduled" in team.tele(code)["text"])
    assert {"Reschedule", "Cancel schedule", "Publish now"} <= set(labels(team.card(code)["blocks"]))
    team.until(lambda: f"Bruno scheduled {code}: Fri" in team.thread(code))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("tomorrow 9", "09:00"), ("in 2 hours", ""), ("domani alle 9", "09:00"), ("ven 18:30", "18:30")],
)
def test_hours_are_typed_in_english_and_italian(team: Team, typed: str, shown: str) -> None:
    code = team.drafted(f"An hour typed as {typed}")
    team.ada.slack.say("dm", f"schedule {code} {typed}")
    echo = team.until(lambda: newest(team.ada.slack, "dm", f"{code} shall go out", "once it is approved"))
    assert shown in read(echo)
    assert LONDON in read(echo)


def test_an_italian_member_types_and_reads_italian(team: Team) -> None:
    code = team.submitted("Mercato in piazza")
    team.chiara.review.say(f"/schedule {code} domani alle 9")
    echo = team.chiara.review.wait_for(lambda m: m["from"]["is_bot"] and code in m["text"] and "09:00" in m["text"])
    assert ROME in echo["text"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("yesterday 9:00", "is already past"),
        ("2020-01-01 10:00", "past"),
        ("when pigs fly", "I cannot read “when pigs fly” as a time"),
        ("tomorrow", "At what hour?"),
        ("2027-03-28 01:30", "does not exist"),
        ("2040-01-01 10:00", "more than two years away"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_in_the_form_with_a_sentence(team: Team, typed: str, says: str) -> None:
    code = planned_code(team)
    ada = team.ada.slack
    ada.press("Schedule", message=team.card(code, "dm"))
    ada.wait_modal()
    answered = ada.fill({"When": typed})
    assert says in str(answered.get("errors")), answered
    ada.close()


def planned_code(team: Team) -> str:
    """One draft for all the hours that are refused."""
    found = newest(team.ada.slack, "dm", "Never at that hour", "· Draft")
    return code_of(found) if found else team.drafted("Never at that hour")


def test_an_hour_that_comes_twice_is_resolved_with_a_sentence(team: Team) -> None:
    code = planned_code(team)
    team.ada.slack.say("dm", f"schedule {code} 2027-10-31 01:30")
    told = team.until(lambda: newest(team.ada.slack, "dm", "twice", "I took the first"))
    assert "31 Oct 2027" in read(told)


def test_the_queue_lists_page_by_page_and_its_buttons_work(desk: Desk) -> None:
    with desk(acme=0, acme_it=0) as team:
        ada, bruno = team.ada.slack, team.bruno.slack
        bruno.say("dm", "queue")
        empty = team.until(lambda: newest(bruno, "dm", "Nothing is planned"))
        assert "Draft a post with" in read(empty)
        codes = []
        for number in range(1, 8):
            ada.say("dm", f"post Planned number {number}")
            code = code_of(team.until_told(team.ada, "dm", f"Planned number {number}", "· Draft"))
            ada.say("dm", f"submit {code}")
            ada.say("dm", f"schedule {code} in {number} days")
            codes.append(code)
        team.until(lambda: all("· Scheduled" in read(team.card(code)) for code in codes))
        bruno.say("dm", "queue")
        first = team.until(lambda: newest(bruno, "dm", "7 posts are planned"))
        assert "Planned number 1" in read(first)
        assert "Planned number 5" in read(first)
        assert "Planned number 6" not in read(first)
        assert "Page 1 of 2" in read(first)
        bruno.press("Next", message=first)
        second = team.until(lambda: newest(bruno, "dm", "Page 2 of 2"))
        assert "Planned number 7" in read(second)
        assert "Previous" in labels(second["blocks"])
        bruno.press("Cancel", message=second)
        team.until(lambda: "· Approved" in read(team.card(codes[5])))
        bruno.press("Reschedule", message=first)
        bruno.wait_modal(f"Hour of {codes[0]}")
        bruno.fill({"When": "in 20 days"})
        team.until(lambda: newest(bruno, "dm", f"{codes[0]} goes out"))
        bruno.press("Open", message=second)
        team.until(lambda: newest(bruno, "dm", f"{codes[5]} · Approved"))
        team.bruno.review.say("/queue")
        listed = team.bruno.review.wait_text("6 posts are planned")
        assert "1. Open" in labels_of(listed)


def test_a_scheduled_post_goes_out_at_its_hour_and_not_before(desk: Desk, clock: Clock) -> None:
    with desk(now=clock) as team:
        code = team.approved("Exactly then")
        team.bruno.review.press("Schedule", team.tele(code))
        asked = team.bruno.review.wait_for(lambda m: m["from"]["is_bot"] and "/cancel" in m["text"])
        team.bruno.review.reply(asked, "in 2 hours")
        team.until(lambda: "· Scheduled" in read(team.card(code)))
        clock.move(hours=1, minutes=55)
        team.until(lambda: "· Scheduled" in team.tele(code)["text"])
        assert not team.on_network("Exactly then")
        clock.move(minutes=6)
        team.until(lambda: team.on_network("Exactly then"))
        team.until(lambda: "· Published" in read(team.card(code)))


def test_a_cancelled_hour_lets_nothing_out(desk: Desk, clock: Clock) -> None:
    with desk(now=clock) as team:
        code = team.approved("Not at all")
        team.bruno.slack.say("dm", f"schedule {code} in 2 hours")
        team.until(lambda: "· Scheduled" in read(team.card(code)))
        team.until(lambda: button_of(team.tele(code), "Cancel schedule"))
        team.bruno.review.press("Cancel schedule", team.tele(code))
        team.until(lambda: "· Approved" in read(team.card(code)))
        team.until(lambda: f"Bruno took the hour from {code}" in team.tele_thread(code))
        clock.move(hours=3)
        other = team.approved("Something else")
        team.bruno.slack.press("Publish now", message=team.card(other))
        team.until(lambda: team.on_network("Something else"))
        assert not team.on_network("Not at all")


def test_two_posts_close_together_and_the_same_words_twice_warn(team: Team) -> None:
    hour = datetime.now(ZoneInfo("Europe/London")).year + 1
    first = team.approved("Soup of the day")
    team.bruno.slack.say("dm", f"schedule {first} {hour}-05-05 12:00")
    team.until(lambda: "· Scheduled" in read(team.card(first)))
    second = team.approved("Cake of the day")
    team.bruno.slack.say("dm", f"schedule {second} {hour}-05-05 12:05")
    echo = team.until(lambda: newest(team.bruno.slack, "dm", f"{second} goes out"))
    assert f"⚠️ {first} goes out on acme close to it" in read(echo)
    team.until(lambda: f"{first} goes out on acme close to it" in read(team.card(second)))
    team.ada.slack.say("dm", "post Soup of the day")
    twin = team.until(lambda: newest(team.ada.slack, "dm", "has the same words"))
    assert f"{first} has the same words on acme" in read(twin)


def test_only_a_publisher_moves_the_hour_of_an_approved_post(team: Team) -> None:
    code = team.approved("Hands off")
    team.chiara.slack.press("Schedule", message=team.card(code))
    team.until(lambda: newest(team.chiara.slack, "review", "Ada, Bruno, Dario"), "who can schedule instead")
    press_sure(team.bruno.review, "Publish now", team.tele(code))
    team.until(lambda: team.on_network("Hands off"))
