"""What the daily acts cost, exactly, and whatever is stored: held against the table in costs.md.

Where a count changes, the table is written anew with `make costs`, and its difference is part of the change's review.
"""

import os
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.rows import Block
from support.cost_desk import CostDesk, cost_desk
from support.costs import Cost, Counter, shortened
from support.team import code_of, newest

TABLE = Path(__file__).parent / "costs.md"
HEAD = """# What acts cost

Counted by tests/costs/test_costs.py, on a desk with Slack, Telegram and Mastodon, where the review room and the inbox
are in both chats: every statement (by its tables, with the rows it changed), commit and request from the event's
arrival to the last card drawn. `make costs` writes this table anew; a line that grew needs its reason in the review.
"""
#: Old posts, each with a comment, that are there when the acts are counted.
FEW, MANY = 10, 1000

pytestmark = pytest.mark.timeout(600)


def day(desk: CostDesk, words: str) -> Iterator[Cost]:
    """A post from its draft to a comment that is done with, in Slack; each act is counted."""
    ada, bruno, chiara, team = desk.team.ada.slack, desk.team.bruno.slack, desk.team.chiara.slack, desk.team
    with desk.counted("The form of a draft") as cost:
        desk.heard(lambda: (ada.command("review", "/social", f"post {words}"), ada.wait_modal()))
    yield cost
    with desk.counted("A draft, and its card in one room") as cost:
        desk.heard(lambda: ada.fill({"Accounts": ["acme"]}))
    yield cost
    code = code_of(team.until(lambda: newest(ada, "review", words, "· Draft")))
    with desk.counted("Submit, and its card in the other chat") as cost:
        desk.heard(lambda: ada.press("Submit", message=team.card(code)))
    yield cost
    with desk.counted("Approve") as cost:
        desk.heard(lambda: bruno.press("Approve", message=team.card(code)))
    yield cost
    with desk.counted("The form of an hour") as cost:
        desk.heard(lambda: (bruno.press("Schedule", message=team.card(code)), bruno.wait_modal()))
    yield cost
    with desk.counted("Schedule") as cost:
        desk.heard(lambda: bruno.fill({"When": "in 3 days"}))
    yield cost
    desk.clock.move(days=3, minutes=2)
    with desk.counted("A publication") as cost:
        desk.deliver()
    yield cost
    (status,) = team.on_network(words)
    said = f"Is that so, {words}?"
    with desk.counted("A comment that arrives") as cost:
        team.nora.reply(status["id"], said)
        desk.looks()
    yield cost
    with desk.counted("A look that finds nothing new") as cost:
        desk.looks()
    yield cost
    with desk.counted("A comment is taken, and its cards drawn anew") as cost:
        desk.heard(lambda: chiara.press("Take", message=team.comment(said)))
    yield cost
    with desk.counted("A comment is done with") as cost:
        desk.heard(lambda: chiara.press("Done", message=team.comment(said)))
    yield cost
    with desk.counted("The queue") as cost:
        desk.heard(lambda: bruno.command("review", "/social", "queue"))
    yield cost
    assert desk.undone() == 0, "every delivery came to its end"
    desk.clock.move(days=4)  # what is done with is read again for a day


def page(costs: list[Cost]) -> str:
    """The table."""
    return "\n".join([HEAD, *(line for cost in costs for line in cost.lines())])


def _acts(whole: str) -> dict[str, list[str]]:
    """Act -> its lines."""
    parts = (part.splitlines() for part in whole.split("\n## ")[1:])
    return {act: [line for line in lines if line] for act, *lines in parts}


def difference(before: str, after: str, costs: list[Cost]) -> str:
    """What changed, act by act, and the statements of the lines that are new in full."""
    then, now = (_acts(whole) for whole in (before, after))
    lines: list[str] = []
    for act in [*then, *(act for act in now if act not in then)]:
        changes = [line for line in ndiff(then.get(act, []), now.get(act, [])) if line[0] in "+-"]
        lines += ["", act, *changes] if changes else []
    new = {line.split(" × ", 1)[1].split(", ")[0] for line in lines if line.startswith("+ - ")}
    whole = sorted({said for cost in costs for short in cost.said for said in cost.said[short] if short in new})
    return "\n".join([*lines, "", "In full:", *(" ".join(said.split())[:600] for said in whole)])


def test_each_act_costs_what_the_table_says_however_much_is_stored(tmp_path: Path) -> None:
    with cost_desk(tmp_path) as desk:
        block = Block(desk.app.store)
        for _ in day(desk, "The first post"):
            pass  # whoever acts for the first time is asked for at their chat
        block.close()
        block.copy(range(1, FEW))
        costs = list(day(desk, "A post among few"))
        block.copy(range(FEW + 1, MANY))  # one number further on: there is one post more by now
        later = list(day(desk, "A post among many"))
    many = difference(page(costs), page(later), later)
    assert page(later) == page(costs), f"costs grow with what is stored; with {FEW} old posts and with {MANY}:\n{many}"
    found = page(costs)
    if os.environ.get("BOTTEGA_WRITE_COSTS"):
        TABLE.write_text(found, encoding="utf-8")
    table = TABLE.read_text(encoding="utf-8")
    changed = difference(table, found, costs)
    assert found == table, (
        f"acts cost something else than {TABLE.name} says. Mend what costs more for no reason; where there is one, or "
        f"where it costs less, run `make costs` and let the difference be reviewed.\n{changed}"
    )


def test_a_statement_is_known_by_its_tables() -> None:
    assert (
        shortened('SELECT a FROM delivery JOIN "lane" ON x WHERE y IN (SELECT z FROM delivery)')
        == "SELECT delivery, lane"
    )
    assert shortened("UPDATE post SET a = (SELECT b FROM revision)") == "UPDATE post"
    assert shortened("INSERT INTO audit (a) VALUES (?)") == "INSERT audit"
    assert shortened("SAVEPOINT sa_savepoint_1") == "SAVEPOINT"


def test_one_statement_more_is_named_in_full(tmp_path: Path) -> None:
    with cost_desk(tmp_path) as desk:
        counter, before, after = Counter(), Cost("A look"), Cost("A look")
        for cost, statements in (
            (before, ["SELECT id FROM post"]),
            (after, ["SELECT id FROM post", "SELECT 1 FROM member"]),
        ):
            with counter.into(cost), desk.app.store.write() as session:
                for statement in statements:
                    session.execute(text(statement))
    assert (before.statements.total(), after.statements.total(), after.commits) == (1, 2, 1)
    told = difference(page([before]), page([after]), [after])
    assert "\nA look\n" in told
    assert "+ - 1 × SELECT member" in told
    assert told.endswith("In full:\nSELECT 1 FROM member")
