"""A team reviews: approvals from both chats count in one quorum, an edit voids them, hours pass unapproved."""

import pytest

from sandbox.slack.person import labels
from support.story import Clock, Desk
from support.team import Team, button_of, code_of, flat, labels_of, newest, press_sure, read


def test_approvals_of_both_chats_make_one_quorum_and_both_cards_are_redrawn(desk: Desk) -> None:
    with desk(acme=2, acme_it=2) as team:
        code = team.submitted("Two must agree")
        assert "Approvals: 0 of 2" in read(team.card(code))
        team.until(lambda: "Bruno, Chiara, Dario" in team.thread(code))
        team.bruno.slack.press("Approve", message=team.card(code))
        team.until(lambda: "Approvals: 1 of 2 (Bruno)" in read(team.card(code)))
        team.until(lambda: "1 of 2 (Bruno)" in team.tele(code)["text"])
        team.until(lambda: "1 approval is still missing" in team.thread(code))
        assert not team.on_network("Two must agree")
        team.chiara.review.press("Approve", team.tele(code))
        team.until(lambda: "· Approved" in read(team.card(code)) and "· Approved" in team.tele(code)["text"])
        assert "2 of 2 (Bruno, Chiara)" in read(team.card(code))
        team.until(lambda: f"{code} is approved" in team.tele_thread(code))
        assert "Approve" not in labels(team.card(code)["blocks"])
        press_sure(team.bruno.review, "Publish now", team.tele(code))
        team.until(lambda: team.on_network("Two must agree"))
        team.until(lambda: "· Published" in read(team.card(code)) and "· Published" in team.tele(code)["text"])


def test_a_long_post_is_read_to_its_end_before_it_is_approved(team: Team) -> None:
    parts = "\n---\n".join(f"Part {number} begins. " + "words " * 72 + f"End {number}." for number in range(1, 11))
    code = team.drafted(parts)
    team.ada.slack.press("Submit", message=team.card(code, room="dm"))
    team.until(lambda: "Show the rest" in labels_of(team.tele(code)), "the way to the rest")
    assert "Approve" not in labels_of(team.tele(code))
    assert "End 10." not in team.tele(code)["text"]
    team.until(lambda: team.button(code, "Approve"), "Slack shows all of it")
    team.chiara.review.press("Show the rest", team.tele(code))
    team.until_tele(code, "Approve")
    below = team.tele_thread(code)
    assert [f"End {number}." in below for number in range(1, 11)] == [True] * 10
    team.chiara.review.press("Approve", team.tele(code))
    team.until(lambda: "· Approved" in read(team.card(code)))


def test_an_edit_voids_approvals_shows_the_difference_and_cancels_what_waits(team: Team) -> None:
    code = team.approved("We open at nine")
    old = team.card(code)
    team.bruno.slack.press("Schedule", message=old)
    team.bruno.slack.wait_modal()
    team.bruno.slack.fill({"When": "in 2 hours"})
    team.until(lambda: "· Scheduled" in read(team.card(code)))
    team.ada.slack.press("Edit", message=team.card(code, "dm"))
    team.ada.slack.wait_modal(f"Edit {code}")
    team.ada.slack.fill({"Text": "We open at ten"})
    team.until(lambda: "· In review" in read(team.card(code)))
    assert "Approvals: 0 of 1" in read(team.card(code))
    team.until(lambda: "earlier approvals are void" in team.thread(code))
    changed = team.thread(code)
    assert "− nine" in changed
    assert "+ ten" in changed
    team.until(lambda: "− nine" in team.tele_thread(code))
    with pytest.raises(Exception, match="no button"):
        team.bruno.slack.press("Publish now~", message=team.card(code))


def test_an_edit_in_telegram_asks_for_the_field_and_then_for_its_words(team: Team) -> None:
    code = team.approved("Closed on Mondays")
    team.ada.review.press("Edit", team.until(lambda: team.tele(code)))
    asked = team.ada.review.wait_text(f"What of {code} do you want to change?")
    team.ada.review.press("Text", asked)
    question = team.ada.review.wait_text("So far: Closed on Mondays")
    team.ada.review.reply(question, "Closed on Tuesdays")
    team.until(lambda: "Closed on Tuesdays" in team.tele(code)["text"])
    team.until_card(code, "Approvals: 0 of 1")
    assert "− Mondays" in team.until_thread(code, "earlier approvals are void")


def test_a_press_on_an_outdated_card_is_refused_with_the_reason(team: Team) -> None:
    code = team.submitted("The first words")
    card = team.card(code)
    approve = next(
        e for b in card["blocks"] for e in b.get("elements", []) if e.get("text", {}).get("text") == "Approve"
    )
    seen = {"action_id": approve["action_id"], "block_id": "", "value": approve["value"]}
    tele = button_of(team.tele(code), "Approve")
    assert tele
    team.ada.slack.say("dm", f"edit {code} Other words")
    team.until(lambda: "Other words" in read(team.card(code)) and "Other words" in team.tele(code)["text"])
    answer = team.chiara.review.forge(tele["data"], team.tele(code))
    assert answer
    assert code in answer["text"]
    assert "Approvals: 0 of 1" in read(team.card(code))
    assert seen["value"] == tele["data"]
    assert "· In review" in read(team.card(code))


def test_changes_are_requested_with_a_note_that_reaches_thread_and_author(team: Team) -> None:
    code = team.submitted("Buy our soup")
    team.bruno.slack.press("Request changes", message=team.card(code))
    team.bruno.slack.wait_modal("Request changes")
    team.bruno.slack.fill({"What shall change?": "Say which soup"})
    team.until(lambda: "· Draft" in read(team.card(code)))
    team.until(lambda: "Say which soup" in team.thread(code) and "Say which soup" in team.tele_thread(code))
    team.until(lambda: newest(team.ada.slack, "dm", "Bruno asks for changes", "Say which soup"))
    team.ada.slack.say("dm", f"edit {code} Buy our tomato soup")
    team.until(lambda: "tomato" in read(team.card(code, "dm")))
    team.ada.slack.press("Submit", message=team.card(code, "dm"))
    team.until(lambda: team.button(code, "Approve"))


def test_changes_requested_in_telegram_ask_for_the_note_as_a_question(team: Team) -> None:
    code = team.submitted("Buy our bread")
    team.chiara.review.press("Request changes", team.tele(code))
    question = team.chiara.review.wait_for(lambda m: m["from"]["is_bot"] and "/cancel" in m["text"])
    team.chiara.review.reply(question, "Quale pane?")
    team.until(lambda: "· Draft" in team.tele(code)["text"])
    team.until(lambda: "Quale pane?" in team.thread(code))


def test_the_author_may_not_approve_their_own_post(team: Team) -> None:
    chiara = team.chiara.slack
    chiara.say("dm", "post Chiara wrote this")
    card = team.until(lambda: newest(chiara, "dm", "Chiara wrote this", " · "))
    code = card["blocks"][0]["text"]["text"].split(" ")[0]
    chiara.press(labels(card["blocks"])[0], message=card)
    team.until(lambda: team.button(code, "Approve"))
    chiara.press("Approve", message=team.card(code))
    team.until(lambda: any(m["ephemeral"] and "Bruno, Dario" in read(m) for m in flat(chiara, "review")), "the refusal")
    assert "Approvals: 0 of 1" in read(team.card(code))


def test_approving_twice_and_by_two_at_once_counts_each_once(team: Team) -> None:
    code = team.submitted("Press me twice")
    card = team.card(code)
    seen = team.tele(code)
    team.bruno.slack.press("Approve", message=card)
    told = team.chiara.review.press("Approve", seen)
    team.until(lambda: "· Approved" in read(team.card(code)))
    shown = read(team.card(code))
    assert "of 1" in shown
    assert shown.count("Bruno") + shown.count("Chiara") == 1, "one voice counts, whichever was quicker"
    if "Bruno" in shown and not (told and told["text"]):
        team.chiara.review.wait_for(lambda m: m["id"] > seen["id"] and m["text"].startswith("Chiara: "))


def test_withdraw_takes_it_back_and_reopen_makes_it_a_draft(team: Team) -> None:
    code = team.submitted("Never mind")
    press_sure(team.ada.review, "Withdraw", team.tele(code))
    team.until(lambda: "· Withdrawn" in read(team.card(code)) and "· Withdrawn" in team.tele(code)["text"])
    assert labels(team.card(code)["blocks"]) == ["Reopen"]
    assert labels_of(team.tele(code)) == ["Reopen"]
    team.until(lambda: f"Ada took {code} back" in team.thread(code))
    team.ada.slack.press("Reopen", message=team.card(code))
    team.until(lambda: "· Draft" in read(team.card(code)))


def in_review_for(team: Team, text: str, account: str, when: str) -> str:
    """Ada drafts it for one account with a wish for its hour and submits it; the post's code."""
    ada = team.ada.slack
    ada.command("review", "/social", f"post {text}")
    ada.wait_modal()
    ada.fill({"When": when, "Accounts": [account]})
    draft = team.until(lambda: newest(ada, "review", text, "· Draft"))
    ada.press("Submit", message=draft)
    team.until(lambda: team.button(code_of(draft), "Approve"))
    return code_of(draft)


def hour_of(team: Team, code: str) -> str:
    """What the card says about its hour."""
    return next(line for line in read(team.card(code)).splitlines() if line.startswith("When:"))


def test_a_near_deadline_is_announced_with_who_can_approve_and_a_missed_one_holds_or_moves(
    desk: Desk, clock: Clock
) -> None:
    moves = {"BOTTEGA_ACCOUNTS__ACME_IT__POLICY__WHEN_MISSED": "next_day"}
    with desk(now=clock, environ=moves) as team:
        held = in_review_for(team, "Now or never", "acme", "in 3 hours")
        moved = in_review_for(team, "Now or tomorrow", "acme_it", "in 3 hours")
        planned = hour_of(team, moved)
        clock.move(hours=2, minutes=5)
        for code in (held, moved):
            team.until_thread(code, "1 approval is missing until")
            assert team.thread(code).count("Bruno, Chiara, Dario") == 2
        clock.move(hours=1)
        team.until(lambda: hour_of(team, held) == "When: no hour yet")
        team.until(lambda: hour_of(team, moved) != planned)
        assert hour_of(team, moved)[-21:] == planned[-21:], "the same time on the wall"
        for code in (held, moved):
            assert "· In review" in read(team.card(code))
            team.until_told(team.ada, "dm", code)
        assert not team.on_network("Now or")


def test_a_missed_deadline_may_withdraw_the_post(desk: Desk, clock: Clock) -> None:
    with desk(now=clock, environ={"BOTTEGA_POLICY__WHEN_MISSED": "skip"}) as team:
        code = in_review_for(team, "Too late", "acme", "in 3 hours")
        clock.move(hours=4)
        team.until(lambda: "· Withdrawn" in read(team.card(code)))
        team.until(lambda: code in team.thread(code))
        team.until(lambda: newest(team.ada.slack, "dm", code), "the author is told")


def test_what_members_say_in_the_thread_stays_there(team: Team) -> None:
    code = team.submitted("Talk about me")
    root = team.card(code)
    team.bruno.slack.say("review", "I do not like the second word", thread_ts=root["ts"])
    team.chiara.review.reply(team.tele(code), "Neither do I")
    team.until(lambda: any("second word" in read(m) for m in flat(team.ada.slack, "review")))
    assert not team.nora.find("second word")
    assert not team.nora.find("Neither do I")
