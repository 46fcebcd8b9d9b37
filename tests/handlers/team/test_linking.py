"""Links: a code binds one person in one chat to one member, once, for a day; nobody guesses one."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.member import Identity, Invitation, Member
from support.bench import DeskBench, external
from support.paper import words
from support.whispers import code_in, press


def links(bench: DeskBench, name: str) -> dict[str, Identity]:
    member = bench.rows(Member, Member.name == name)[0]
    return {identity.chat: identity for identity in bench.rows(Identity, Identity.member_id == member.id)}


def invited(bench: DeskBench, name: str = "Eva") -> str:
    bench.say("Dario", f"team add {name} author")
    return code_in(bench, "Dario")


@pytest.mark.parametrize("spelt", ["{}", " {} ", "{lower}", "{bare}"])
def test_a_stranger_with_a_code_is_that_member_from_then_on(bench: DeskBench, spelt: str) -> None:
    code = invited(bench)
    words = spelt.format(code, lower=code.lower(), bare=code.replace("-", " "))
    bench.say("Zoe", f"link {words}", chat="telegram", private=True, room="77", language="it")
    assert "Eva" in bench.whispered("Zoe", chat="telegram")
    assert "/home" in bench.whispered("Zoe", chat="telegram")
    link = links(bench, "Eva")["telegram"]
    assert (link.external_id, link.handle) == (external("Zoe", "telegram"), "Zoe")
    assert (link.private_room, link.language) == ("77", "it")
    bench.say("Zoe", "team", chat="telegram")
    assert "Eva" in bench.whispered("Zoe", chat="telegram")


def test_only_the_hash_of_a_code_is_kept(bench: DeskBench) -> None:
    code = invited(bench)
    kept = bench.rows(Invitation)[0]
    assert code not in repr(kept)
    assert code.replace("-", "") not in repr(kept)


def test_a_link_from_a_room_does_not_take_the_room_for_private(bench: DeskBench) -> None:
    bench.say("Zoe", f"link {invited(bench)}")
    assert links(bench, "Eva")["slack"].private_room == ""


def test_a_member_links_the_other_chat_with_a_code_shown_only_to_them(bench: DeskBench) -> None:
    bench.say("Zoe", f"link {invited(bench)}", private=True, room="DZOE")
    bench.say("Zoe", "link")
    code = code_in(bench, "Zoe")
    assert "Only you see this code" in bench.whispered("Zoe")
    bench.say("Zoe Z", f"link {code}", chat="telegram", private=True, room="5")
    assert set(links(bench, "Eva")) == {"slack", "telegram"}
    assert "You are linked in Telegram now, as “Zoe Z”." in bench.direct("Zoe")[-1]
    member = bench.rows(Member, Member.name == "Eva")[0]
    assert bench.actions(f"M{member.id}") == ["joined the team", "linked a chat", "made a code", "linked a chat"]


@pytest.mark.parametrize("typed", ["invite Ada", "team add Eva admin", "link", "log Zoe", "log"])
def test_what_nobody_else_may_read_is_not_answered_in_a_room_where_all_would(bench: DeskBench, typed: str) -> None:
    bench.reshape(chats=("slack", "telegram", "third"))
    bench.say("Dario", "team add Zoe author")
    bench.say("Dario", typed, chat="telegram")
    paper = bench.papers["telegram"]
    told = list(zip(paper.rooms, (words(card) for _, card in paper.whispers), strict=True))
    assert [room for room, _ in told] == [external("Dario", "telegram"), "-1000"]
    assert told[-1][1] == "I wrote to you in private."
    assert told[0][1] != told[-1][1]


def test_who_has_no_private_conversation_is_asked_to_open_one_and_no_code_is_made(bench: DeskBench) -> None:
    with bench.store.write() as session:
        for identity in session.exec(select(Identity)).all():
            identity.private_room = ""
    bench.say("Dario", "team add Eva author", chat="telegram")
    assert "Write to me in private and type it there." in bench.whispered("Dario", chat="telegram")
    assert bench.rows(Invitation) == []
    assert bench.rows(Member, Member.name == "Eva") == []


def test_a_code_works_once(bench: DeskBench) -> None:
    code = invited(bench)
    bench.say("Zoe", f"link {code}")
    bench.say("Yuri", f"link {code}", chat="telegram")
    assert "That code was used already" in bench.whispered("Yuri", chat="telegram")
    assert set(links(bench, "Eva")) == {"slack"}


def test_a_code_works_for_a_day(bench: DeskBench) -> None:
    code = invited(bench)
    bench.now += timedelta(hours=24)
    bench.say("Zoe", f"link {code}")
    assert "older than a day" in bench.whispered("Zoe")
    assert links(bench, "Eva") == {}


def test_a_new_code_makes_the_former_one_void(bench: DeskBench) -> None:
    former = invited(bench)
    bench.say("Dario", "invite eva")
    assert code_in(bench, "Dario") != former
    bench.say("Zoe", f"link {former}")
    assert "That code was used already" in bench.whispered("Zoe")
    bench.say("Zoe", f"link {code_in(bench, 'Dario')}")
    assert links(bench, "Eva")


def test_a_new_code_can_be_pressed_in_the_list(bench: DeskBench) -> None:
    invited(bench)
    bench.say("Dario", "team")
    press(bench, "Dario", "Invite", "M5")
    bench.say("Zoe", f"link {code_in(bench, 'Dario')}")
    assert links(bench, "Eva")


def test_an_invitation_needs_a_name(bench: DeskBench) -> None:
    bench.say("Dario", "invite")
    assert "Type for whom the code is" in bench.whispered("Dario")


def test_whoever_is_linked_everywhere_gets_no_code(bench: DeskBench) -> None:
    bench.say("Ada", "link")
    assert "Ada is linked in every chat of this team already" in bench.whispered("Ada")
    assert bench.rows(Invitation) == []


def test_whoever_is_somebody_here_cannot_become_another(bench: DeskBench) -> None:
    code = invited(bench)
    bench.say("Ada", f"link {code}")
    assert "You are Ada here already" in bench.whispered("Ada")
    assert links(bench, "Eva") == {}


def test_a_member_has_one_identity_in_a_chat(bench: DeskBench) -> None:
    bench.say("Zoe", f"link {invited(bench)}")
    bench.say("Zoe", "link")
    bench.say("Yuri", f"link {code_in(bench, 'Zoe')}")
    assert "Eva is linked in Slack as somebody else already" in bench.whispered("Yuri")
    assert links(bench, "Eva")["slack"].external_id == external("Zoe", "slack")


def test_a_stranger_without_a_code_is_told_whom_to_ask(bench: DeskBench) -> None:
    bench.say("Zoe", "link")
    assert "Ask Dario for an invitation code" in bench.whispered("Zoe")


def test_a_code_of_somebody_who_left_is_void(bench: DeskBench) -> None:
    code = invited(bench)
    bench.say("Dario", "team remove Eva")
    press(bench, "Dario", "Remove Eva")
    bench.say("Zoe", f"link {code}")
    assert "That code was used already" in bench.whispered("Zoe")


def test_somebody_who_left_can_join_again_as_another_member(bench: DeskBench) -> None:
    bench.say("Dario", "team remove Ada")
    press(bench, "Dario", "Remove Ada")
    bench.say("Ada", f"link {invited(bench)}")
    assert links(bench, "Eva")["slack"].external_id == external("Ada", "slack")
    assert set(links(bench, "Ada")) == {"telegram"}


# -- guessing ----------------------------------------------------------------------------------------------------------


def test_after_five_wrong_codes_even_the_right_one_waits_an_hour(bench: DeskBench) -> None:
    code = invited(bench)
    for _ in range(5):
        bench.say("Zoe", "link AAAA-BBBB")
        assert "That is not a code of mine" in bench.whispered("Zoe")
    bench.say("Zoe", f"link {code}")
    assert "too many wrong codes. Try again after Mon 23 Nov 2026, 11:00" in bench.whispered("Zoe")
    assert links(bench, "Eva") == {}
    bench.now += timedelta(hours=1)
    bench.say("Zoe", f"link {code}")
    assert links(bench, "Eva")


def test_one_persons_wrong_codes_do_not_stop_another(bench: DeskBench) -> None:
    code = invited(bench)
    for _ in range(5):
        bench.say("Yuri", "link nonsense")
    bench.say("Zoe", f"link {code}")
    assert links(bench, "Eva")


# -- unlinking ---------------------------------------------------------------------------------------------------------


def test_a_member_takes_an_own_link_away(bench: DeskBench) -> None:
    bench.say("Ada", "unlink Telegram")
    assert set(links(bench, "Ada")) == {"slack"}
    assert "Ada is not linked in Telegram any more." in bench.whispered("Ada")
    assert bench.direct("Ada") == []
    assert bench.actions("M1") == ["unlinked a chat"]


def test_an_admin_takes_away_the_link_of_another_who_is_told(bench: DeskBench) -> None:
    bench.say("Dario", "unlink telegram Ada")
    assert set(links(bench, "Ada")) == {"slack"}
    assert bench.direct("Ada") == ["Dario took away your link in Telegram."]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Ada is linked in: Slack, Telegram. Type which link shall go."),
        ("irc", "Ada is linked in: Slack, Telegram."),
        ("slack Bruno", "That needs the role “admin”"),
        ("slack Zoe", "There is no member called “Zoe”"),
    ],
)
def test_a_link_that_cannot_go_is_refused_with_the_reason(bench: DeskBench, words: str, said: str) -> None:
    bench.say("Ada", f"unlink {words}".strip())
    assert said in bench.whispered("Ada")


def test_nobody_cuts_off_their_own_only_link(bench: DeskBench) -> None:
    bench.say("Ada", "unlink telegram")
    bench.say("Ada", "unlink slack")
    assert "That is your only link" in bench.whispered("Ada")
    bench.say("Dario", "unlink slack Ada")
    assert links(bench, "Ada") == {}
    bench.say("Dario", "unlink slack Ada")
    assert "Ada is linked in: –." in bench.whispered("Dario")


def test_where_nobody_is_admin_whoever_runs_the_desk_is_named(bench: DeskBench) -> None:
    with bench.store.write() as session:
        for member in bench.rows(Member):
            session.merge(Member(**{**member.model_dump(), "roles": []}))
    bench.say("Zoe", "link")
    assert "Ask whoever runs me" in bench.whispered("Zoe")
