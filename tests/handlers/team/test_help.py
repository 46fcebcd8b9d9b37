"""Help: everybody reads what they may do, as it is typed where they are; the menu says the same."""

import re

import pytest

from handlers.registry import load
from handlers.team.help import menu
from handlers.words import translator
from models.member import Role
from support.bench import DeskBench

T = translator("en")


def verbs(*roles: Role) -> set[str]:
    return {verb for verb, _ in menu(roles, T)}


def test_help_lists_what_the_member_may_do_and_nothing_else(bench: DeskBench) -> None:
    bench.say("Ada", "help")
    seen = bench.whispered("Ada")
    assert "/social post [text] Draft a post" in seen
    assert "For author:" in seen
    assert "/social publish" not in seen
    assert "/social invite" not in seen
    assert "“/social help post” explains one command." in seen


def test_an_admin_reads_the_commands_of_every_role(bench: DeskBench) -> None:
    bench.say("Dario", "help", chat="telegram")
    seen = bench.whispered("Dario", chat="telegram")
    assert "For admin:" in seen
    assert "/invite NAME" in seen
    assert "/publish P12" in seen
    assert "/social" not in seen


def test_a_stranger_reads_how_to_join(bench: DeskBench) -> None:
    bench.say("Zoe", "help")
    seen = bench.whispered("Zoe")
    assert "/social link [CODE]" in seen
    assert "/social post" not in seen


def test_help_explains_one_command_with_who_may_use_it(bench: DeskBench) -> None:
    bench.say("Ada", "help /publish")
    seen = bench.whispered("Ada")
    assert "Publish an approved post now" in seen
    assert "/social publish P12" in seen
    assert "Needs the role: publisher" in seen
    assert "Members who have it: Bruno, Dario" in seen


def test_help_of_a_command_for_everybody_names_no_role(bench: DeskBench) -> None:
    bench.say("Ada", "help zone")
    assert "Needs the role" not in bench.whispered("Ada")


@pytest.mark.parametrize(("verb", "said"), [("pots", "Did you mean “post”?"), ("xyzzy", "“help” lists what I know")])
def test_help_of_what_there_is_not_says_what_there_is(bench: DeskBench, verb: str, said: str) -> None:
    bench.say("Ada", f"help {verb}")
    assert said in bench.whispered("Ada")


def test_the_menu_holds_what_the_roles_allow() -> None:
    assert verbs() == {"help", "home", "link"}
    assert verbs(Role.AUTHOR) > verbs()
    assert "publish" in verbs(Role.PUBLISHER) - verbs(Role.AUTHOR)
    assert {"invite", "publish", "reply", "post"} <= verbs(Role.ADMIN)


def test_the_menu_is_in_the_readers_language() -> None:
    assert {verb for verb, _ in menu((Role.ADMIN,), translator("it"))} == verbs(Role.ADMIN)


def test_every_verb_and_line_fits_into_a_command_menu() -> None:
    # Bot API, "BotCommand": 1-32 lowercase letters, digits and underscores; description 1-256 characters.
    for verb, said in menu((Role.ADMIN, Role.APPROVER, Role.BUYER), T):
        assert re.fullmatch(r"[a-z0-9_]{1,32}", verb)
        assert 1 <= len(said) <= 256


def test_every_command_and_button_explains_itself() -> None:
    registry = load()
    for entry in (*registry.commands.values(), *registry.buttons.values()):
        assert entry.help_line, entry.verb
