"""The team: who sees it, who changes it, and that it never loses its last admin."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handlers.team.members import enroll
from models.audit import chain
from models.conversation import Comment, Conversation
from models.member import Identity, Member, Role
from support.bench import START, DeskBench, external
from support.whispers import code_in, offered, press


def member(bench: DeskBench, name: str) -> Member:
    return bench.rows(Member, Member.name == name)[0]


def code_of(bench: DeskBench, name: str) -> str:
    return f"M{member(bench, name).id}"


# -- the list ----------------------------------------------------------------------------------------------------------


def test_every_member_sees_the_team_with_roles_and_chats(bench: DeskBench) -> None:
    bench.say("Ada", "team")
    seen = bench.whispered("Ada")
    assert "The team: 4 members" in seen
    assert "Bruno · approver, publisher · Slack, Telegram" in seen


def test_only_admins_see_buttons_that_change_the_team(bench: DeskBench) -> None:
    bench.say("Ada", "team")
    assert "[" not in bench.whispered("Ada")
    bench.say("Dario", "team")
    assert "[Roles] [Invite] [Remove]" in bench.whispered("Dario")
    assert "[Add a member]" in bench.whispered("Dario")


def test_the_list_shows_a_chosen_language_and_zone(bench: DeskBench) -> None:
    bench.say("Ada", "language it")
    bench.say("Ada", "zone Asia/Tokyo")
    bench.say("Bruno", "team")
    assert "Ada · author · Slack, Telegram · Italian · Asia/Tokyo" in bench.whispered("Bruno")


def test_a_large_team_is_shown_page_by_page(bench: DeskBench) -> None:
    with bench.store.write() as session:
        for number in range(6):
            session.add(Member(name=f"Zoe {number}", created_at=START))
    bench.say("Ada", "team")
    assert "Zoe 5" not in bench.whispered("Ada")
    assert "Page 1 of 2" in bench.whispered("Ada")
    press(bench, "Ada", "Next")
    assert "Zoe 5 · no role · not linked in any chat yet" in bench.whispered("Ada")
    press(bench, "Ada", "Previous")
    assert "Page 1 of 2" in bench.whispered("Ada")
    bench.act(bench.pressed("Ada", offered(bench, "Ada", "Next").model_copy(update={"value": "nonsense"})))
    assert "Page 1 of 2" in bench.whispered("Ada")


def test_an_unknown_word_after_team_is_answered_with_what_there_is(bench: DeskBench) -> None:
    bench.say("Dario", "team dance")
    assert "add NAME ROLES" in bench.whispered("Dario")


@pytest.mark.parametrize("words", ["add Eva author", "role Ada +admin", "rename Ada, Eva", "remove Ada"])
def test_whoever_is_no_admin_is_told_who_is(bench: DeskBench, words: str) -> None:
    bench.say("Ada", f"team {words}")
    assert "That needs the role “admin”, which you do not have. These members have it: Dario." in bench.whispered("Ada")
    assert [m.name for m in bench.rows(Member, Member.active)] == ["Ada", "Bruno", "Chiara", "Dario"]


# -- joining -----------------------------------------------------------------------------------------------------------


def test_an_added_member_gets_roles_and_the_admin_a_code(bench: DeskBench) -> None:
    bench.say("Dario", "team add Eva Rossi author, Approver")
    assert member(bench, "Eva Rossi").roles == ["author", "approver"]
    seen = bench.whispered("Dario")
    assert "Eva Rossi is in the team now: author, approver." in seen
    assert f"Slack: /social link {code_in(bench, 'Dario')}" in seen
    assert f"Telegram: /link {code_in(bench, 'Dario')}" in seen
    assert "until Tue 24 Nov 2026, 10:00 (Europe/Rome)" in seen
    assert bench.actions(code_of(bench, "Eva Rossi")) == ["joined the team"]


def test_roles_may_be_typed_in_any_of_our_languages(bench: DeskBench) -> None:
    bench.say("Dario", "team add Eva PUBLISHER moderator")
    assert member(bench, "Eva").roles == ["publisher", "moderator"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Eva", "Type a name and then roles"),
        ("Eva boss", "Type a name and then roles"),
        ("author", "Type a name and then roles"),
        ("Ada approver", "Ada is in the team already"),
        ("ada approver", "Ada is in the team already"),
        ("E" * 61 + " author", "A name has 1 to 60 characters and no comma"),
    ],
)
def test_a_member_who_cannot_be_added_is_refused_with_the_reason(bench: DeskBench, words: str, said: str) -> None:
    bench.say("Dario", f"team add {words}")
    assert said in bench.whispered("Dario")
    assert len(bench.rows(Member)) == 4


def test_a_member_can_be_added_with_a_form(bench: DeskBench) -> None:
    bench.say("Dario", "team add")
    bench.fill("Dario", bench.form, name="Eva", roles=["author"])
    assert member(bench, "Eva").roles == ["author"]
    bench.say("Dario", "team")
    press(bench, "Dario", "Add a member")
    form = bench.form
    handled = bench.fill("Dario", form, name="Eva", roles=["author"])
    assert handled.field == "name"
    assert "Eva is in the team already" in handled.refusal
    assert "name has 1 to 60 characters" in bench.fill("Dario", form, name="a,b").refusal


def test_in_telegram_a_member_is_added_question_by_question(bench: DeskBench) -> None:
    bench.say("Dario", "team add", chat="telegram")
    bench.answer("Dario", "Eva")
    press(bench, "Dario", "author", chat="telegram")
    press(bench, "Dario", "buyer", chat="telegram")
    press(bench, "Dario", "Continue", chat="telegram")
    assert member(bench, "Eva").roles == ["author", "buyer"]
    assert code_in(bench, "Dario", chat="telegram")


# -- roles -------------------------------------------------------------------------------------------------------------


def test_roles_are_given_and_taken_with_signs_and_the_member_is_told(bench: DeskBench) -> None:
    bench.say("Dario", "team role Ada +publisher -author")
    assert member(bench, "Ada").roles == ["publisher"]
    assert "Ada has these roles now: publisher." in bench.whispered("Dario")
    assert bench.direct("Ada")[-1:] == ["Dario changed your roles: author → publisher."]
    assert bench.actions(code_of(bench, "Ada")) == ["changed roles"]


def test_a_change_is_told_in_the_language_of_whom_it_concerns(bench: DeskBench) -> None:
    bench.say("Ada", "language it")
    bench.say("Dario", "team role Ada +publisher")
    assert bench.direct("Ada")
    assert "Dario" in bench.direct("Ada")[-1]


def test_a_new_role_counts_at_once(bench: DeskBench) -> None:
    bench.say("Ada", "invite Bruno")
    assert "admin" in bench.whispered("Ada")
    bench.say("Dario", "team role @Ada +admin")
    bench.say("Ada", "team role Bruno -publisher")
    assert member(bench, "Bruno").roles == ["approver"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Ada", "Type a name and what changes"),
        ("+author", "Type a name and what changes"),
        ("Ada +boss", "“boss” is not a role. The roles are: author, approver"),
        ("Ada +author", "Nothing changes: Ada has these roles: author."),
        ("Zoe +author", "There is no member called “Zoe”. The team is: Ada, Bruno, Chiara, Dario."),
        ("Dario -admin", "Dario is the only admin. Make somebody else admin first"),
    ],
)
def test_roles_that_cannot_be_changed_are_refused_with_the_reason(bench: DeskBench, words: str, said: str) -> None:
    bench.say("Dario", f"team role {words}")
    assert said in bench.whispered("Dario")


def test_an_admin_may_step_down_once_there_is_another(bench: DeskBench) -> None:
    bench.say("Dario", "team role Ada +admin")
    bench.say("Dario", "team role Dario -admin")
    assert member(bench, "Dario").roles == []
    assert bench.direct("Dario") == []
    bench.say("Ada", "team role Ada -admin")
    assert "Ada is the only admin" in bench.whispered("Ada")


def test_roles_can_be_chosen_in_a_form_that_shows_the_present_ones(bench: DeskBench) -> None:
    bench.say("Dario", "team")
    press(bench, "Dario", "Roles", code_of(bench, "Bruno"))
    assert bench.form.fields[0].value == ("approver", "publisher")
    bench.fill("Dario", bench.form, roles=["approver", "moderator"])
    assert member(bench, "Bruno").roles == ["approver", "moderator"]


# -- names and leaving -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Ada Eva", "Ada, Eva", "ada,Eva"])
def test_a_member_can_be_renamed(bench: DeskBench, words: str) -> None:
    bench.say("Dario", f"team rename {words}")
    assert "Ada is called Eva now." in bench.whispered("Dario")
    assert bench.direct("Ada") == ["Dario calls you Eva now."]
    assert bench.actions(code_of(bench, "Eva")) == ["renamed"]


def test_a_new_name_may_differ_in_capitals_only(bench: DeskBench) -> None:
    bench.say("Dario", "team rename Ada, ADA")
    assert member(bench, "ADA").active


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Ada", "Type the old and the new name"),
        ("Ada Eva Rossi", "Type the old and the new name"),
        ("Ada,", "Type the old and the new name"),
        ("Zoe, Eva", "There is no member called “Zoe”"),
        ("Ada, bruno", "Bruno is in the team already"),
        ("Ada, x\u200bx", "A name has 1 to 60 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(bench: DeskBench, words: str, said: str) -> None:
    bench.say("Dario", f"team rename {words}")
    assert said in bench.whispered("Dario")


def test_the_name_of_somebody_who_left_is_not_given_to_another(bench: DeskBench) -> None:
    bench.say("Dario", "team remove Bruno")
    press(bench, "Dario", "Remove Bruno")
    bench.say("Dario", "team rename Ada, Bruno")
    assert "Bruno was in the team before" in bench.whispered("Dario")


def test_removing_asks_first_and_then_cuts_off_tells_and_frees(bench: DeskBench) -> None:
    with bench.store.write() as session:
        session.add(Conversation(account="acme", root_id="1", created_at=START))
        session.flush()
        held = Comment(
            conversation_id=1,
            account="acme",
            remote_id="1",
            author_id="9",
            author_handle="zoe",
            author_name="Zoe",
            text="hi",
            at=START,
            arrived_at=START,
        )
        session.add(held)
        session.flush()
        held.take(3, START, timedelta(minutes=30))
    bench.say("Dario", "team remove Chiara")
    assert "Shall Chiara leave the team?" in bench.whispered("Dario")
    assert member(bench, "Chiara").active
    subject = code_of(bench, "Chiara")
    pressed = bench.pressed("Dario", offered(bench, "Dario", "Remove Chiara"))
    bench.act(pressed)
    assert not member(bench, "Chiara").active
    assert bench.direct("Chiara") == ["Dario removed you from the team."]
    assert bench.rows(Comment)[0].taken_by is None
    assert bench.actions(subject) == ["left the team"]
    bench.say("Chiara", "team")
    assert "You are not a member of this team yet" in bench.whispered("Chiara")
    bench.act(pressed)
    assert "That member is not in the team any more." in bench.whispered("Dario")


def test_the_last_admin_cannot_be_removed_by_command_or_button(bench: DeskBench) -> None:
    bench.say("Dario", "team remove Dario")
    assert "Dario is the only admin" in bench.whispered("Dario")
    bench.say("Dario", "team")
    press(bench, "Dario", "Remove", code_of(bench, "Dario"))
    assert "Dario is the only admin" in bench.whispered("Dario")
    assert member(bench, "Dario").active
    bench.say("Dario", "team remove")
    assert "Type who shall leave" in bench.whispered("Dario")


def test_a_name_that_comes_back_begins_anew_without_its_old_links(bench: DeskBench) -> None:
    bench.say("Dario", "team remove Ada")
    press(bench, "Dario", "Remove Ada")
    bench.say("Dario", "team add ada moderator")
    assert member(bench, "ada").active
    assert member(bench, "ada").roles == ["moderator"]
    assert bench.rows(Identity, Identity.member_id == member(bench, "ada").id) == []


# -- members of config.toml --------------------------------------------------------------------------------------------


def enrolled(bench: DeskBench, name: str, roles: tuple[Role, ...] = (Role.ADMIN,), **identities: str) -> None:
    with bench.store.write() as session:
        desk = bench.desk(session, "Dario")
        desk.member_or_none = desk.origin = None
        enroll(desk, name, roles, identities)


def links(bench: DeskBench, name: str) -> dict[str, str]:
    found = bench.rows(Identity, Identity.member_id == member(bench, name).id)
    return {identity.chat: identity.external_id for identity in found}


def test_a_member_of_the_configuration_is_made_once(bench: DeskBench) -> None:
    for _ in range(2):
        enrolled(bench, "Eva", slack="UEVA", telegram="7")
    assert member(bench, "Eva").roles == ["admin"]
    assert links(bench, "Eva") == {"slack": "UEVA", "telegram": "7"}
    assert bench.actions(code_of(bench, "Eva")) == ["joined the team", "linked a chat", "linked a chat"]
    with bench.store.read() as session:
        assert chain(session).broken_at is None


def test_a_restart_keeps_roles_given_in_chat_and_adds_missing_links(bench: DeskBench) -> None:
    enrolled(bench, "Eva", slack="UEVA")
    bench.say("Dario", "team role Eva +author -admin")
    enrolled(bench, "eva", slack="UOTHER", telegram="7")
    assert member(bench, "Eva").roles == ["author"]
    assert links(bench, "Eva") == {"slack": "UEVA", "telegram": "7"}


def test_a_restart_never_takes_an_identity_from_somebody_else(bench: DeskBench) -> None:
    bench.say("Dario", "team add Eva author")
    with capture_logs() as logs:
        enrolled(bench, "Eva", slack=external("Ada", "slack"))
    assert links(bench, "Eva") == {}
    assert "belongs to another member" in logs[0]["event"]


def test_a_member_renamed_in_chat_does_not_come_back_under_the_old_name(bench: DeskBench) -> None:
    bench.say("Dario", "team rename Ada, Eva")
    enrolled(bench, "Ada", slack=external("Ada", "slack"))
    assert len(bench.rows(Member)) == 4


def test_a_member_removed_in_chat_stays_removed(bench: DeskBench) -> None:
    bench.say("Dario", "team remove Ada")
    press(bench, "Dario", "Remove Ada")
    with capture_logs() as logs:
        enrolled(bench, "Ada", slack="UNEW")
    assert not member(bench, "Ada").active
    assert "stays removed" in logs[0]["event"]


def test_a_member_without_identities_in_the_configuration_is_made(bench: DeskBench) -> None:
    enrolled(bench, "Eva")
    assert links(bench, "Eva") == {}
