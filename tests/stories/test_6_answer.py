"""The team answers: one holds a comment, sees what becomes public, and only what is sent leaves the chat."""

import pytest

from sandbox.slack.person import labels
from support.story import Clock, Desk
from support.team import Json, Team, button_of, labels_of, newest, press_sure, press_told, read, title_of
from support.world import INBOX

PREVIEW = "This goes out in public as acme"


@pytest.fixture(scope="module")
def status(team: Team) -> Json:
    """A publication that everybody comments."""
    team.dario.slack.say("dm", "language en")
    team.chiara.slack.say("dm", "language en")
    return team.published("Say something")[1]


def comment_card(team: Team, code: str) -> Json:
    """The comment's card in Slack as it is now."""
    return team.card(code, INBOX, team.chiara.slack)


def tele_card(team: Team, code: str) -> Json:
    """The comment's card in Telegram as it is now."""
    return team.tele(code, team.chiara.inbox)


def replies(team: Team, text: str) -> list[Json]:
    """What we answered to Nora's comment with that text."""
    asked = team.nora.find(text)
    assert asked
    return team.nora.replies_to(asked["id"])


def test_take_is_seen_by_all_and_a_second_member_is_told_who_holds_it(team: Team, status: Json) -> None:
    code = team.commented(status, "Who answers me?")
    team.chiara.slack.press("Take", message=comment_card(team, code))
    team.until(lambda: "Held by: Chiara, until" in read(comment_card(team, code)))
    team.until(lambda: "Held by: Chiara, until" in tele_card(team, code)["text"])
    told = press_told(team.dario.inbox, "Reply", tele_card(team, code))
    assert f"{code} is held by Chiara until" in told
    team.chiara.inbox.press("Release", tele_card(team, code))
    team.until(lambda: "Take" in labels(comment_card(team, code)["blocks"]))


def test_a_claim_ends_by_itself(desk: Desk, clock: Clock) -> None:
    with desk(now=clock) as team:
        _, status = team.published("Held for a while")
        code = team.commented(status, "Hold me")
        team.chiara.slack.press("Take", message=comment_card(team, code))
        team.until(lambda: "Chiara" in read(comment_card(team, code)))
        clock.move(minutes=31)
        team.until(lambda: "Take" in labels(comment_card(team, code)["blocks"]))


def test_a_reply_from_slack_is_previewed_and_goes_public_only_when_sent(team: Team, status: Json) -> None:
    code = team.commented(status, "Is the soup vegan?")
    chiara = team.chiara.slack
    chiara.press("Reply", message=comment_card(team, code))
    modal = chiara.wait_modal(f"Reply to {code}")
    assert "Is the soup vegan?" in str(modal["blocks"])
    chiara.fill({"Your public reply": "Yes, always"})
    preview = team.until(lambda: newest(chiara, INBOX, PREVIEW, "Yes, always"))
    assert "@nora" in read(preview)
    assert "Visibility" in read(preview)
    assert "/ 500" in read(preview)
    assert not replies(team, "Is the soup vegan?")
    chiara.press("Send", message=preview)
    (reply,) = team.until(lambda: replies(team, "Is the soup vegan?"))
    assert reply["author"]["username"] == "acme"
    assert "Yes, always" in reply["text"]
    assert "@nora" in reply["text"]
    team.until(lambda: "Chiara replied" in read(comment_card(team, code)))
    team.until(lambda: "Chiara replied" in tele_card(team, code)["text"])
    team.until(lambda: "Reopen" in labels(comment_card(team, code)["blocks"]), "the comment is done")
    team.until(lambda: newest(chiara, INBOX, "Your reply to", "is on its way"))
    assert not newest(chiara, INBOX, PREVIEW, "Yes, always"), "the preview has given way: nothing to press twice"
    assert len(replies(team, "Is the soup vegan?")) == 1


def test_a_reply_from_telegram_survives_a_restart_before_it_is_sent(desk: Desk) -> None:
    with desk() as team:
        _, status = team.published("Restart me")
        code = team.commented(status, "Are you open on Sunday?")
        team.dario.inbox.press("Reply", tele_card(team, code))
        asked = team.dario.inbox.wait_for(lambda m: m["from"]["is_bot"] and "/cancel" in m["text"])
        assert "Are you open on Sunday?" in asked["text"]
        team.dario.inbox.reply(asked, "From ten to four")
        preview = team.dario.inbox.wait_for(lambda m: m["from"]["is_bot"] and bool(button_of(m, "v1:send_reply")))
        assert "From ten to four" in preview["text"]
    with desk() as team:
        assert not replies(team, "Are you open on Sunday?")
        team.dario.inbox.press("v1:send_reply", preview)
        (reply,) = team.until(lambda: replies(team, "Are you open on Sunday?"))
        assert "From ten to four" in reply["text"]


def test_a_preview_can_be_edited_and_cancelled(team: Team, status: Json) -> None:
    code = team.commented(status, "How much is it?")
    chiara = team.chiara.slack
    chiara.say("dm", f"reply {code} Ten euros")
    preview = team.until(lambda: newest(chiara, "dm", PREVIEW, "Ten euros"))
    chiara.press("Edit", message=preview)
    chiara.wait_modal(f"Reply to {code}")
    chiara.fill({"Your public reply": "Twelve euros"})
    second = team.until(lambda: newest(chiara, "dm", PREVIEW, "Twelve euros"))
    chiara.press("Send", message=preview)
    team.until(lambda: newest(chiara, "dm", "you made a newer one"))
    chiara.press("Cancel", message=second)
    team.until(lambda: newest(chiara, "dm", "Nothing was sent to @nora"))
    assert not replies(team, "How much is it?")


def test_a_reply_command_answers_a_card_in_telegram(team: Team, status: Json) -> None:
    code = team.commented(status, "Do you like cats?")
    team.dario.inbox.reply(tele_card(team, code), "/reply Very much")
    preview = team.dario.inbox.wait_for(lambda m: PREVIEW in m["text"] and "Very much" in m["text"])
    team.dario.inbox.press("Send", preview)
    team.until(lambda: any("Very much" in r["text"] for r in replies(team, "Do you like cats?")))


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
def test_a_reply_is_never_seen_by_more_people_than_the_comment(team: Team, status: Json, visibility: str) -> None:
    team.nora.follow("acme")
    text = f"Quietly asked: {visibility}"
    team.nora.reply(status["id"], text, visibility=visibility)
    card = team.until(lambda: team.comment(text))
    assert "Visibility: " in read(card)
    code = title_of(card).split(" ")[0]
    team.chiara.slack.say("dm", f"reply {code} Quietly answered")
    preview = team.until(lambda: newest(team.chiara.slack, "dm", PREVIEW, text))
    team.chiara.slack.press("Send", message=preview)
    (reply,) = team.until(lambda: replies(team, text))
    assert reply["visibility"] == visibility


def test_notes_in_a_comments_thread_stay_in_the_chat(team: Team, status: Json) -> None:
    code = team.commented(status, "Tell me a secret")
    card = comment_card(team, code)
    team.chiara.slack.say(INBOX, "our secret sauce is ketchup", thread_ts=card["thread_ts"])
    team.chiara.inbox.reply(tele_card(team, code), "do not tell about the ketchup")
    team.dario.inbox.press("Like", tele_card(team, code))
    team.until(lambda: "liked" in read(comment_card(team, code)))
    assert not replies(team, "Tell me a secret")
    assert not team.nora.find("ketchup")


def test_like_repost_and_their_undoing_reach_the_network(team: Team, status: Json) -> None:
    code = team.commented(status, "I love your soup")

    def seen(key: str) -> object:
        found = team.nora.find("I love your soup")
        assert found
        return found[key]

    team.chiara.slack.press("Like", message=comment_card(team, code))
    team.until(lambda: "acme" in str(seen("favourites")))
    team.until(lambda: "Unlike" in labels_of(tele_card(team, code)))
    team.chiara.inbox.press("Repost", tele_card(team, code))
    team.until(lambda: "acme" in str(seen("reblogs")))
    team.until(lambda: "liked · reposted" in read(comment_card(team, code)))
    team.chiara.slack.press("Unlike", message=comment_card(team, code))
    team.until(lambda: "acme" not in str(seen("favourites")))
    team.until(lambda: "Like" in labels(comment_card(team, code)["blocks"]), "the like is gone from the card")
    team.chiara.slack.press("Undo repost", message=comment_card(team, code))
    team.until(lambda: "acme" not in str(seen("reblogs")))


def test_mute_block_and_report_are_shown_and_reach_the_network(desk: Desk) -> None:
    with desk() as team:
        team.dario.slack.say("dm", "language en")
        _, status = team.published("Be nice")
        pia = team.world.visitor("pia")
        pia.reply(status["id"], "Buy cheap watches")
        card = team.until(lambda: team.comment("cheap watches"))
        team.until(lambda: team.tele_comment("cheap watches"))
        code = title_of(card).split(" ")[0]
        team.dario.slack.press("Report", message=comment_card(team, code))
        team.dario.slack.wait_modal(f"Report {code}")
        team.dario.slack.fill({"Why?": "Spam"})
        team.until(lambda: "reported" in read(comment_card(team, code)))
        team.dario.slack.press("Mute", message=comment_card(team, code))
        team.until(lambda: "author muted" in read(comment_card(team, code)))
        press_sure(team.dario.inbox, "Block", tele_card(team, code))
        team.until(lambda: "author blocked" in read(comment_card(team, code)))
        state = str(team.world.mastodon.state()["blocks"]) + str(team.world.mastodon.state()["reports"])
        assert "pia" in state
        team.dario.slack.press("Unblock", message=comment_card(team, code))
        team.until(lambda: "Block" in labels(comment_card(team, code)["blocks"]))


def test_done_closes_and_reopen_opens_again(team: Team, status: Json) -> None:
    code = team.commented(status, "No answer needed")
    team.chiara.slack.press("Done", message=comment_card(team, code))
    team.until(lambda: labels_of(tele_card(team, code)) == ["Reopen"])
    team.chiara.inbox.press("Reopen", tele_card(team, code))
    team.until(lambda: "Take" in labels(comment_card(team, code)["blocks"]))


def test_edits_and_deletions_by_the_public_are_reflected(team: Team, status: Json) -> None:
    team.world.mastodon.act("visit/follow", **{"as": "acme", "whom": "nora"})
    code = team.commented(status, "I hate your soop")
    found = team.nora.find("soop")
    assert found
    team.chiara.slack.press("Reply", message=comment_card(team, code))
    team.chiara.slack.wait_modal()
    team.nora.edit(found["id"], "@acme I love your soup, truly")
    team.until(lambda: "truly" in read(comment_card(team, code)) and "truly" in tele_card(team, code)["text"])
    answered = team.chiara.slack.fill({"Your public reply": "We are sorry"})
    assert "was edited by its author meanwhile" in str(answered)
    team.chiara.slack.close(everything=True)
    team.nora.delete(found["id"])
    team.until(lambda: "The author has deleted this comment" in read(comment_card(team, code)))
    team.until(lambda: "The author has deleted this comment" in tele_card(team, code)["text"])
    assert "Reply" not in labels(comment_card(team, code)["blocks"])


def test_a_failed_reply_says_why_and_can_be_tried_again(team: Team, status: Json) -> None:
    code = team.commented(status, "Will this work?")
    team.chiara.slack.say("dm", f"reply {code} It will")
    preview = team.until(lambda: newest(team.chiara.slack, "dm", PREVIEW, "It will"))
    team.world.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "Validation failed: no"}')
    team.chiara.slack.press("Send", message=preview)
    failed = team.until(lambda: newest(team.chiara.slack, "dm", f"The reply to {code} did not go out"))
    assert "Validation failed: no" in read(failed)
    team.chiara.slack.press("Retry", message=failed)
    team.until(lambda: len(replies(team, "Will this work?")) == 1)


def test_the_inbox_lists_what_is_open_oldest_first_with_who_holds_it(desk: Desk) -> None:
    with desk() as team:
        for person in (team.chiara, team.dario):
            person.slack.say("dm", "language en")
        team.chiara.slack.say("dm", "inbox")
        team.until(lambda: newest(team.chiara.slack, "dm", "The inbox is empty"))
        _, status = team.published("Many questions")
        codes = [team.commented(status, f"Question number {number}") for number in range(1, 7)]
        team.chiara.slack.press("Take", message=comment_card(team, codes[1]))
        team.until(lambda: "Held by" in read(comment_card(team, codes[1])))
        team.dario.slack.say("dm", "inbox")
        page = team.until(lambda: newest(team.dario.slack, "dm", "6 open comments"))
        shown = read(page)
        assert shown.index("Question number 1") < shown.index("Question number 2") < shown.index("Question number 5")
        assert "Question number 6" not in shown
        assert "held by Chiara" in shown
        assert "nobody holds it" in shown
        team.dario.slack.press("Next", message=page)
        team.until(lambda: newest(team.dario.slack, "dm", "Question number 6", "Page 2 of 2"))
        team.dario.inbox.say("/inbox")
        team.dario.inbox.wait_text("6 open comments")


def test_only_moderators_act_and_a_refusal_says_who_can(team: Team, status: Json) -> None:
    code = team.commented(status, "May I?")
    told = press_told(team.ada.inbox, "Take", tele_card(team, code))
    assert "moderator" in told
    assert "Chiara" in told
    team.ada.slack.press("Reply", message=comment_card(team, code))
    refusal = team.until(lambda: newest(team.ada.slack, INBOX, "moderator"))
    assert "Chiara" in read(refusal)
    assert not newest(team.bruno.slack, INBOX, "needs the role"), "nobody else sees it"


@pytest.mark.parametrize(("words", "says"), [("x" * 600, "500"), ("   ", "")])
def test_a_reply_that_cannot_stand_is_refused_at_its_field(team: Team, status: Json, words: str, says: str) -> None:
    code = team.commented(status, f"Long or empty {len(words)}?")
    team.chiara.slack.press("Reply", message=comment_card(team, code))
    team.chiara.slack.wait_modal()
    answered = team.chiara.slack.fill({"Your public reply": words})
    assert "errors" in answered, answered
    assert says in str(answered["errors"])
    team.chiara.slack.close(everything=True)
    assert not replies(team, f"Long or empty {len(words)}?")
