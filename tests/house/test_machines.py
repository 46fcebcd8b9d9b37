"""State machines: no status is set outside its machine, each state has a way out, and each wrong step is refused."""

import ast
import inspect
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models import delivery, post
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.errors import WrongMoment
from models.post import Content, Post, PostState

ROOT = Path(__file__).parents[2]
#: Columns that say where something stands: who sets them goes round the rules of the thing.
STATUS = frozenset({"state", "access", "verdict"})
FILES = sorted(path for floor in ("bot", "handlers", "platforms") for path in (ROOT / floor).rglob("*.py"))
MODELS = sorted((ROOT / "models").glob("*.py"))
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


# -- nothing goes round a machine --------------------------------------------------------------------------------------


def statuses_set(tree: ast.AST) -> list[ast.expr]:
    """Every expression whose status is assigned, by assignment, `setattr`, or an UPDATE's `values`."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            parts = [part for part in ast.walk(target) if isinstance(part, ast.Attribute)] if target is not None else []
            found += [part.value for part in parts if isinstance(part.ctx, ast.Store) and part.attr in STATUS]
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = [a.value for a in node.args[1:2] if isinstance(a, ast.Constant)] if name == "setattr" else []
            keywords = [keyword.arg for keyword in node.keywords] if name == "values" else []
            if STATUS & {*named, *keywords}:
                found.append(node)
    return found


def set_from_outside(paths: list[Path]) -> list[str]:
    """File and line of every status that something else than the row itself sets."""
    return [
        f"{path.relative_to(ROOT)}:{owner.lineno}"
        for path in paths
        for owner in statuses_set(ast.parse(path.read_text(encoding="utf-8")))
        if not (isinstance(owner, ast.Name) and owner.id == "self")
    ]


def test_nothing_above_the_models_sets_a_status() -> None:
    assert set_from_outside(FILES) == [], "call a method of the row instead"


def test_a_row_sets_only_its_own_status() -> None:
    assert set_from_outside(MODELS) == []


def test_the_look_for_statuses_finds_every_way_to_set_one() -> None:
    ways = "row.state = 1\nrow.a, row.state = 1, 2\nrow.state += 1\nsetattr(row, 'state', 1)\nu.values(state=1)\n"
    assert len(statuses_set(ast.parse(ways))) == len(ways.splitlines())


# -- every path, as the code takes it ----------------------------------------------------------------------------------


class Step(NamedTuple):
    """What a call of a method did to the state."""

    before: str
    method: str
    after: str


def made(table: type[Any], state: str) -> Any:
    """A row of the table in the state."""
    row: Any
    if table is Post:
        row = Post.draft(Content(text="Hello"), 1, NOW)
        row.id = 12
    elif table is Comment:
        given: dict[str, Any] = {
            "account": "acme",
            "remote_id": "1",
            "author_id": "2",
            "author_handle": "pia",
            "author_name": "Pia",
        }
        row = Comment(id=7, conversation_id=1, text="What a loaf!", at=NOW, arrived_at=NOW, **given)
    else:
        row = Delivery(id=5, kind="publication", lane="account:acme", due_at=NOW, created_at=NOW)
    row.state = state
    return row


#: What a method is given for a parameter of this name; another gets a word, or its default.
GIVEN: dict[str, Any] = {
    **dict.fromkeys(("now", "at", "due_at", "utc", "check_at", "edited_at"), NOW),
    "result": {},
    "content": Content(text="Other words"),
    "revision": 1,
    "member_id": 1,
    "fence": 0,
    "span": datetime(2026, 11, 24, 10, tzinfo=UTC) - NOW,
    "media": [],
}


def called(row: Any, method: str) -> None:
    """Call a method with something for each of its parameters."""
    wanted = inspect.signature(getattr(row, method)).parameters.values()
    given = {p.name: GIVEN.get(p.name, "word") for p in wanted if p.default is p.empty or p.name in GIVEN}
    getattr(row, method)(**given)


def methods_of(table: type[Any]) -> list[str]:
    """The public methods that the table itself has."""
    return sorted(
        name for name, member in vars(table).items() if inspect.isfunction(member) and not name.startswith("_")
    )


def walked(table: type[Any], states: type[StrEnum]) -> tuple[set[Step], set[tuple[str, str]]]:
    """Every method called in every state: what changed the state, and what was refused as the wrong moment."""
    steps, refused = set[Step](), set[tuple[str, str]]()
    for state in states:
        for method in methods_of(table):
            row = made(table, state.value)
            try:
                called(row, method)
            except WrongMoment as refusal:
                refused.add((state.value, method))
                said = str(refusal)
            else:
                said = ""
            assert said == "" or (said.endswith(".") and row.state == state), "a whole sentence, and nothing changed"
            if row.state != state:
                steps.add(Step(state.value, method, row.state))
    return steps, refused


@pytest.mark.parametrize(
    ("table", "states", "first", "ends"),
    [
        (Delivery, DeliveryState, {DeliveryState.WAITING}, {DeliveryState.DONE, DeliveryState.CANCELLED}),
        (Post, PostState, {PostState.DRAFT}, {PostState.PUBLISHED}),
        (Comment, CommentState, {CommentState.OPEN}, {CommentState.GONE}),
    ],
)
def test_every_state_is_reached_and_has_a_way_to_an_end(
    table: type[Any], states: type[StrEnum], first: set[str], ends: set[str]
) -> None:
    steps, _ = walked(table, states)
    reached = {str(state) for state in first}
    ending = {str(state) for state in ends}
    for _step in states:
        reached |= {step.after for step in steps if step.before in reached}
        ending |= {step.before for step in steps if step.after in ending}
    assert reached == {state.value for state in states}
    assert ending == {state.value for state in states}
    assert {state.value for state in states} - {step.before for step in steps} == {str(state) for state in ends}


@pytest.mark.parametrize(
    ("table", "states", "machine"),
    [(Delivery, DeliveryState, delivery.MACHINE), (Post, PostState, post.MACHINE)],
)
def test_what_the_code_does_is_what_the_table_of_the_machine_says_and_nothing_else(
    table: type[Any], states: type[StrEnum], machine: dict[str, tuple[frozenset[Any], Any]]
) -> None:
    steps, refused = walked(table, states)
    edits = {Step(s, "revise", post.S.REVIEW) for s in machine.get("void", ((), None))[0] if s != post.S.REVIEW}
    said = {
        Step(str(before), action, str(after))
        for action, (allowed, after) in machine.items()
        for before in allowed
        if before != after and action != "void"
    }
    assert steps == said | edits
    for state in states:
        for action, (allowed, _after) in machine.items():
            if action != "void":
                assert ((state.value, action) in refused) == (state not in allowed), (state, action)


def test_a_comment_takes_only_the_steps_it_should() -> None:
    steps, refused = walked(Comment, CommentState)
    opened, done, gone = (state.value for state in CommentState)
    assert {step for step in steps if step.method != "rewrite"} == {
        Step(opened, "finish", done),
        Step(done, "reopen", opened),
        Step(opened, "vanish", gone),
        Step(done, "vanish", gone),
    }
    assert {step for step in steps if step.method == "rewrite"} == {Step(done, "rewrite", opened)}
    assert {(gone, "finish"), (gone, "reopen"), (gone, "take"), (done, "take"), (done, "finish")} <= refused
