"""What may be skipped is a short list with a reason each, and nothing skips around it."""

import ast
from pathlib import Path

import pytest

from support.programs import ABSENT, PROGRAMS, may_skip, missing, program

TESTS = Path(__file__).parents[1]
LIST = TESTS / "support" / "programs.py"
#: How pytest and unittest name it.
SKIPS = {"skip", "skipif", "importorskip", "skipIf", "skipUnless", "skipTest", "SkipTest", "Skipped"}


def skips(text: str) -> list[int]:
    """The lines that can skip a test."""
    found = []
    for node in ast.walk(ast.parse(text)):
        used = isinstance(node, ast.Attribute) and node.attr in SKIPS
        brought = isinstance(node, ast.alias) and node.name.rpartition(".")[2] in SKIPS
        words = node.args[1:2] if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" else []
        named = any(isinstance(word, ast.Constant) and word.value in SKIPS for word in words)
        if used or brought or named:
            assert isinstance(node, ast.expr | ast.alias)
            found.append(node.lineno)
    return found


def test_nothing_skips_but_the_list() -> None:
    others = sorted(TESTS.rglob("*.py"))
    others.remove(LIST)
    others.remove(Path(__file__))
    found = [f"{path.relative_to(TESTS)}:{line}" for path in others for line in skips(path.read_text(encoding="utf-8"))]
    assert found == [], "a test asks support/programs.py for what a machine may lack"


def test_the_list_skips_for_one_program_and_one_folder() -> None:
    assert len(skips(LIST.read_text(encoding="utf-8"))) == 2
    assert len(PROGRAMS) == 2, "each program that is added is one more promise that a developer's machine does not test"
    assert all(reason for reason in PROGRAMS.values())


def test_a_skip_is_found_however_it_is_written() -> None:
    ways = (
        "pytest.skip('x')",
        "@pytest.mark.skipif(True, reason='x')\ndef test(): ...",
        "from pytest import skip as leave",
        "pytest.importorskip('numpy')",
        "raise unittest.SkipTest",
        "getattr(pytest, 'skip')('x')",
    )
    assert all(skips(way) for way in ways)


def test_a_program_that_is_there_is_given_and_one_that_is_not_listed_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        program("sh")


def test_where_nothing_may_skip_only_the_folder_may_be_absent() -> None:
    gone = [missing(name, reason) for name, reason in PROGRAMS.items()]
    assert all(may_skip(f"Skipped: {reason}", strict=False) for reason in [*gone, ABSENT])
    assert [may_skip(reason, strict=True) for reason in [*gone, ABSENT]] == [False, False, True]
    assert not may_skip("Skipped: got empty parameter set", strict=False)
    assert not may_skip(f"{ABSENT}, and I am tired", strict=False)


def test_ci_installs_every_program_of_the_list() -> None:
    ci = (TESTS.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert all(name in ci for name in PROGRAMS)
    assert "BOTTEGA_NO_SKIPS=1" in ci
