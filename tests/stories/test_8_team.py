"""The team: links by code, roles that admins give and take, refusals that name who can, health and history."""

import re

from sandbox.slack.person import labels
from support.story import Clock, Desk
from support.team import Team, Teammate, flat, labels_of, newest, press_sure, press_told, read

CODE = re.compile(r"link ([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})")


def code_in(words: str) -> str:
    """The invitation code that is shown."""
    found = CODE.search(words)
    assert found, words
    return found[1]


def english(team: Team, *people: Teammate) -> None:
    """They read English from now on."""
    for person in people:
        person.slack.say("dm", "language en")
        team.until_told(person, "dm", "I speak English to you.")


def test_a_new_member_joins_by_a_code_in_both_chats(desk: Desk) -> None:
    with desk() as team:
        english(team, team.dario)
        dario, eve = team.dario.slack, team.eve
        dario.command("review", "/social", "team add Eve author")
        made = team.until(lambda: newest(dario, "review", "Eve is in the team now: author."))
        assert not newest(team.bruno.slack, "review", "Hand them this code"), "only Dario sees the code"
        code = code_in(read(made))
        eve.slack.command("review", "/social", "post Too early")
        team.until(lambda: newest(eve.slack, "review", "You are not a member of this team yet. Ask Dario"))
        eve.slack.say("dm", f"link {code.lower()}")
        team.until(lambda: newest(eve.slack, "dm", "Welcome, Eve."))
        eve.slack.say("dm", "link")
        own = code_in(read(team.until(lambda: newest(eve.slack, "dm", "Only you see this code"))))
        eve.telegram.start()
        eve.telegram.say(f"/link {own}")
        eve.telegram.wait_text("Welcome, Eve.")
        team.until(lambda: newest(eve.slack, "dm", "You are linked in Telegram now"))
        eve.telegram.say("/post Eve was here")
        card = eve.telegram.wait_text("Eve was here")
        assert "Author: Eve" in card["text"]
        team.ada.telegram.start()
        stranger = team.world.on_telegram("Ada")
        stranger.say(f"/link {code}")
        stranger.wait_text("You are Ada here already")


def test_codes_are_refused_when_wrong_used_or_old_and_cannot_be_guessed(desk: Desk, clock: Clock) -> None:
    with desk(now=clock) as team:
        english(team, team.dario)
        team.dario.slack.say("dm", "team add Eve author")
        code = code_in(read(team.until(lambda: newest(team.dario.slack, "dm", "Eve is in the team now"))))
        clock.move(hours=25)
        team.eve.telegram.start()
        team.eve.telegram.say(f"/link {code}")
        late = team.eve.telegram.wait_for(lambda m: m["from"]["is_bot"] and "code" in m["text"] and "new" in m["text"])
        assert "Welcome" not in late["text"]
        for number in range(5):
            team.eve.telegram.say(f"/link WRNG-AAA{number + 2}")
        team.until(lambda: sum("not a code of mine" in m["text"] for m in team.eve.telegram.messages()) >= 4)
        team.eve.telegram.say("/link WRNG-BBBB")
        team.eve.telegram.wait_text("That were too many wrong codes. Try again after")


def test_admins_change_roles_and_everybody_concerned_is_told(desk: Desk) -> None:
    with desk() as team:
        english(team, team.dario)
        team.ada.slack.say("dm", "help")
        team.ada.slack.say("dm", "team role Ada +approver")
        refusal = team.until(lambda: newest(team.ada.slack, "dm", "admin", "Dario"))
        assert "role" in read(refusal)
        team.dario.slack.say("dm", "team role Ada +approver -author")
        team.until(lambda: newest(team.dario.slack, "dm", "Ada has these roles now: approver, publisher."))
        team.until(lambda: newest(team.ada.slack, "dm", "Dario changed your roles"))
        team.ada.slack.say("dm", "post Not mine to write")
        told = team.until(lambda: newest(team.ada.slack, "dm", "author", "Chiara, Dario"))
        assert "role" in read(told)
        team.dario.slack.say("dm", "team")
        listed = team.until(lambda: newest(team.dario.slack, "dm", "The team: 4 members"))
        assert "approver, publisher" in read(listed)
        assert {"Roles", "Invite", "Remove", "Add a member"} <= set(labels(listed["blocks"]))
        team.bruno.review.say("/team")
        shown = team.bruno.review.wait_text("The team: 4 members")
        assert not any("Remove" in label for label in labels_of(shown))


def test_the_last_admin_stays_and_a_removed_member_can_do_nothing(desk: Desk) -> None:
    with desk() as team:
        english(team, team.dario)
        dario = team.dario.slack
        dario.say("dm", "team remove Dario")
        team.until(lambda: newest(dario, "dm", "Dario is the only admin"))
        code = team.submitted("Bruno may not approve this")
        dario.say("dm", "team remove Bruno")
        asked = team.until(lambda: newest(dario, "dm", "Shall Bruno leave the team?"))
        dario.press("Remove Bruno", message=asked)
        team.until(lambda: newest(dario, "dm", "Bruno is not in the team any more."))
        team.until(lambda: newest(team.bruno.slack, "dm", "Dario removed you from the team."))
        team.bruno.slack.press("Approve", message=team.card(code))
        team.until(lambda: newest(team.bruno.slack, "review", "You are not a member of this team yet"))
        assert "Approvals: 0 of 1" in read(team.card(code))


def test_every_refusal_says_which_role_is_missing_and_who_has_it(team: Team) -> None:
    code = team.submitted("Who may do what")
    assert "Bruno, Chiara, Dario" in press_told(team.ada.review, "Approve", team.tele(code))
    team.bruno.slack.command("review", "/social", "post I am no author")
    told = read(team.until(lambda: newest(team.bruno.slack, "review", "author", "Ada, Chiara, Dario")))
    assert "role" in told
    team.bruno.review.say("/invite Ada")
    assert "Dario" in team.bruno.review.wait_for(lambda m: m["from"]["is_bot"] and "admin" in m["text"])["text"]


def test_status_shows_chats_accounts_queue_and_inbox(team: Team) -> None:
    team.bruno.slack.say("dm", "status")
    shown = read(team.until(lambda: newest(team.bruno.slack, "dm", "How the desk is")))
    assert "Slack: connected" in shown
    assert "Telegram: connected" in shown
    assert "acme: " in shown
    assert "Deliveries: " in shown
    assert "Inbox: " in shown
    team.bruno.review.say("/status")
    team.bruno.review.wait_text("Slack: connected")


def test_status_names_an_account_that_lost_its_access(desk: Desk) -> None:
    with desk() as team:
        team.world.mastodon.act("settings", revoke_token="acme_it")
        team.world.mastodon.act("streams/drop")
        team.until(lambda: newest(team.bruno.slack, "review", "acme_it has lost access"))
        team.bruno.slack.say("dm", "status")
        shown = read(team.until(lambda: newest(team.bruno.slack, "dm", "How the desk is")))
        assert re.search(r"acme_it: .*(lost|no access)", shown), shown


def test_log_tells_a_posts_whole_history(team: Team) -> None:
    code, _ = team.published("Remember everything")
    team.bruno.slack.say("dm", f"log {code}")
    shown = read(team.until(lambda: newest(team.bruno.slack, "dm", f"History of {code}")))
    for name in ("Ada", "Bruno"):
        assert name in shown
    assert "This is as it was written." in shown
    assert "(Europe/London)" in shown
    team.bruno.slack.say("dm", "log P9999")
    team.until(lambda: newest(team.bruno.slack, "dm", "There is no P9999 here"))
    assert shown.count("\n") > 5


def test_language_and_zone_are_a_members_own(team: Team) -> None:
    chiara = team.chiara.slack
    chiara.say("dm", "language")
    asked = team.until(lambda: newest(chiara, "dm", "italiano"))
    assert {"English", "Italiano"} <= set(labels(asked["blocks"]))
    chiara.press("English", message=asked)
    team.until(lambda: newest(chiara, "dm", "I speak English to you."))
    chiara.press("Italiano", message=asked)
    team.until(lambda: "italiano" in read(flat(chiara, "dm")[-1]), "an answer in Italian")
    team.bruno.slack.say("dm", "zone Lisbon")
    team.until(lambda: newest(team.bruno.slack, "dm", "Europe/Lisbon"))
    team.bruno.slack.say("dm", "zone Atlantis/Center")
    team.until(lambda: newest(team.bruno.slack, "dm", "I know no zone called “Atlantis/Center”"))


def test_an_italian_member_reads_italian_and_the_room_its_own_language(team: Team) -> None:
    dario = team.dario.telegram
    dario.start()
    dario.say("/queue")
    told = dario.wait_for(lambda m: m["from"]["is_bot"] and "Nothing is planned" not in m["text"])
    assert told["text"]
    code = team.submitted("Buongiorno a tutti")
    assert " · In review" in team.tele(code)["text"]
    dario.say(f"/schedule {code} domani alle 9")
    echo = dario.wait_for(lambda m: m["from"]["is_bot"] and "09:00" in m["text"])
    assert "(Europe/Rome)" in echo["text"]
    assert "shall go out" not in echo["text"]
    press_sure(team.ada.review, "Withdraw", team.tele(code))


def test_accounts_are_listed_with_what_they_can(team: Team) -> None:
    team.bruno.slack.say("dm", "accounts")
    shown = read(team.until(lambda: newest(team.bruno.slack, "dm", "2 accounts")))
    assert "acme" in shown
    assert "Mastodon" in shown
    assert "500" in shown
