"""At home each member sees what waits for them; menus follow roles; the first run says what to do next."""

import pytest

from sandbox.slack.person import labels
from support.story import Desk
from support.team import Team, Teammate, labels_of, newest, read


def home_of(team: Team, person: Teammate, *parts: str) -> str:
    """The App Home once it shows all of this."""

    def look() -> str | None:
        person.slack.open_home()
        view = person.slack.home()
        shown = read(view) if view else ""
        return shown if shown and all(part in shown for part in parts) else None

    return team.until(look, f"{parts} at the home of {person.name}")


def test_the_first_run_says_what_to_do_next(desk: Desk) -> None:
    with desk() as team:
        shown = home_of(team, team.ada, "There is no post yet")
        assert "/social post Hello from our team" in shown
        assert "Nothing waits for you, nothing is planned, nothing is unanswered." in shown
        team.ada.telegram.start()
        first = team.ada.telegram.wait_text("There is no post yet")
        assert "/post Hello from our team" in first["text"]
        assert {"New post", "Queue", "Inbox"} <= set(labels_of(first))
        team.ada.telegram.press("New post", first)
        team.ada.telegram.wait_text("Question 1 of")


def test_home_shows_what_waits_what_goes_out_and_what_is_unanswered(desk: Desk) -> None:
    with desk() as team:
        waiting = team.submitted("Please approve me")
        planned = team.approved("I go out tomorrow")
        team.bruno.slack.say("dm", f"schedule {planned} tomorrow 9")
        _, status = team.published("I am out already")
        team.commented(status, "Nobody answers me")
        shown = home_of(team, team.bruno, "1 post waits for your approval", "I go out tomorrow", "Nobody answers me")
        assert waiting in shown
        assert "Please approve me" in shown
        view = team.bruno.slack.home()
        assert view
        assert {"Open", "Queue", "Inbox", "Refresh"} <= set(labels(view["blocks"]))
        assert "Approve" not in labels(view["blocks"]), "a few words are not the post"
        team.bruno.telegram.start()
        told = team.bruno.telegram.wait_text("1 post waits for your approval")
        assert "Nobody answers me" in told["text"]
        team.bruno.slack.press_home("Open")
        card = team.until(lambda: newest(team.bruno.slack, "dm", f"{waiting} · In review"), "the card in private")
        team.bruno.slack.press("Approve", message=card)
        team.until(lambda: "· Approved" in read(team.card(waiting)))
        team.bruno.slack.press_home("Refresh")
        team.until(lambda: "waits for your approval" not in read(team.bruno.slack.home() or {}))


def test_home_shows_what_was_sent_back_and_what_one_holds(desk: Desk) -> None:
    with desk() as team:
        team.chiara.slack.say("dm", "language en")
        code = team.submitted("Send me back")
        team.bruno.slack.press("Request changes", message=team.card(code))
        team.bruno.slack.wait_modal()
        team.bruno.slack.fill({"What shall change?": "Everything"})
        home_of(team, team.ada, "1 post of yours was sent back", "Send me back")
        _, status = team.published("Ask away")
        comment = team.commented(status, "Hold me tight")
        team.chiara.slack.press("Take", message=team.card(comment, "inbox", team.chiara.slack))
        home_of(team, team.chiara, "Hold me tight", "hold")


@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_a_strangers_home_says_how_to_join_and_shows_nothing(desk: Desk, chat: str) -> None:
    with desk() as team:
        code = team.submitted("Not for strangers")
        if chat == "slack":
            shown = home_of(team, team.eve, "You are not a member of this team yet")
        else:
            team.eve.telegram.start()
            shown = team.eve.telegram.wait_text("You are not a member of this team yet")["text"]
        assert "Dario" in shown
        assert "link CODE" in shown
        assert code not in shown
        assert "Not for strangers" not in shown


def test_telegrams_menu_follows_role_and_language(team: Team) -> None:
    for person in (team.ada, team.dario, team.eve):
        person.telegram.start()

    def menu(person: Teammate) -> dict[str, str]:
        return {c["command"]: c["description"] for c in person.telegram.room()["commands"]}

    team.until(lambda: "post" in menu(team.ada) and "invite" in menu(team.dario), "the menus")
    assert "invite" not in menu(team.ada), "only admins invite"
    assert "reply" not in menu(team.ada), "only moderators reply"
    assert "post" not in menu(team.eve), "strangers may only join"
    assert "link" in menu(team.eve)
    assert menu(team.ada)["post"] == "Draft a post"
    assert menu(team.dario)["post"] != "Draft a post", "Dario reads Italian"


def test_a_bare_slash_command_shows_the_home_here(team: Team) -> None:
    team.ada.slack.command("review", "/social")
    team.until(lambda: newest(team.ada.slack, "review", "As of"))
    assert not newest(team.bruno.slack, "review", "As of"), "only Ada sees hers"


def test_help_lists_what_one_may_do_and_explains_one_command(team: Team) -> None:
    ada = team.ada.slack
    ada.say("dm", "help")
    listed = team.until(lambda: newest(ada, "dm", "What you can do here"))
    assert "/social post" in read(listed)
    assert "/social invite" not in read(listed)
    ada.say("dm", "help schedule")
    team.until(lambda: newest(ada, "dm", "/social schedule P12 [when]"))
    team.ada.review.say("/help reply")
    told = team.ada.review.wait_text("/reply C7 [text]")
    assert "moderator" in told["text"]
    assert "Chiara, Dario" in told["text"]


def test_a_mistyped_command_offers_the_right_one(team: Team) -> None:
    team.ada.slack.command("review", "/social", "shcedule P1")
    told = team.until(lambda: newest(team.ada.slack, "review", "I do not know “shcedule”"))
    assert "Did you mean “schedule”?" in read(told)
    team.ada.telegram.start()
    team.ada.telegram.say("/quue")
    team.ada.telegram.wait_text("Did you mean “queue”?")
