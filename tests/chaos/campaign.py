"""The campaign: many seeds, some side by side, and a table of what was survived. `make chaos SEEDS=200`.

PYTHONPATH=.:tests python tests/chaos/campaign.py --help
"""

import multiprocessing
import queue
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chaos import seed
from chaos.plan import DISTRIBUTED, EMBEDDED, SETTINGS, Plan, plan
from chaos.seed import Result
from support.postgres import running_server

#: Seconds between two looks whether the processes still live, and for one to stop what it runs.
LOOK, ENDING = 2.0, 120.0
#: Violations of one seed that are printed; all of them are in its plan.txt.
TOLD = 12


def work(asked: Any, told: Any, keep: Path) -> None:
    """One of the processes that run seeds: takes plans until there is None."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server and the desk are stopped
    with ExitStack() as stack:
        server = None
        while (given := asked.get()) is not None:
            if given.setting == DISTRIBUTED and server is None:
                server = stack.enter_context(running_server())
            # Not in pytest's folders: a socket's path is short.
            with tempfile.TemporaryDirectory(prefix="chaos") as folder:
                told.put(seed.run(given, Path(folder) / "seed", server, keep))


def run(plans: list[Plan], jobs: int, keep: Path, console: Console, minutes: float = 0.0) -> list[Result]:
    """Run them, so many side by side; what was violated is printed as it is found.

    `minutes`: after which no further seed begins; 0 for no limit.
    """
    context = multiprocessing.get_context("spawn")
    asked, told = context.Queue(), context.Queue()
    end = time.monotonic() + minutes * 60 if minutes else float("inf")
    to_come = iter(plans)
    workers = [context.Process(target=work, args=(asked, told, keep)) for _ in range(jobs)]
    for worker in workers:
        worker.start()
        asked.put(next(to_come, None))
    results: list[Result] = []
    try:
        while any(worker.is_alive() for worker in workers):
            try:
                result = told.get(timeout=LOOK)
            except queue.Empty:
                continue
            asked.put(next(to_come, None) if time.monotonic() < end else None)
            results.append(result)
            say(result, console, f"{len(results)}/{len(plans)}")
    finally:
        for worker in workers:
            worker.terminate()  # it stops what it runs
            worker.join(ENDING)
    return results


def say(result: Result, console: Console, count: str) -> None:
    """A line for a seed that survived, all that is known of one that did not."""
    given = result.plan
    head = f"{count}  seed {given.seed}, {given.setting}: {result.published} publications, {result.comments} comments, "
    head += f"{sum(result.boosts.values())} boosts, "
    head += f"{sum(result.struck.values())} faults, {result.seconds:.0f} s"
    console.print(head, markup=False, highlight=False, style="red" if result.violations else None)
    if result.violations:
        console.print(str(given), markup=False, highlight=False, soft_wrap=True)
        for violation in result.violations[:TOLD]:
            console.print(f"  ✗ {violation}", markup=False, highlight=False, soft_wrap=True, style="red")
        if len(result.violations) > TOLD:
            console.print(f"  … and {len(result.violations) - TOLD} more")
        console.print(f"  Logs and database: {result.kept}", markup=False, highlight=False, soft_wrap=True)


#: Below it, the last run's table stands in the document.
HEADING = "## The last long run"
Row = tuple[str, str, str, str]


def rows(results: list[Result]) -> list[Row]:
    """What was survived: (what, embedded, distributed, both)."""

    def row(what: str, count: Any) -> Row:
        each = [sum(count(result) for result in results if result.plan.setting == setting) for setting in SETTINGS]
        return (what, *(f"{number:,.0f}" for number in (*each, sum(each))))  # type: ignore[return-value]

    kinds = sorted({kind for result in results for kind in result.struck})
    endings = sorted({how for result in results for how in result.boosts})
    return [
        row("seeds", lambda _result: 1),
        row("… without Idempotency-Key", lambda result: not result.plan.keys),
        *(row(kind, lambda result, kind=kind: result.struck[kind]) for kind in kinds),
        row("faults in all", lambda result: sum(result.struck.values())),
        row("… not possible here", lambda result: sum(result.left_out.values())),
        row("processes started", lambda result: result.lives),
        row("posts", lambda result: result.posts),
        row("publications", lambda result: result.published),
        row("comments", lambda result: result.comments),
        row("replies", lambda result: result.answers),
        *(row(f"boosts {how}", lambda result, how=how: result.boosts[how]) for how in endings),
        row("spent on boosts, in €", lambda result: result.spent),
        row("unsure and looked up", lambda result: result.looked_up),
        row("a member said: it is live", lambda result: result.told["it is live"]),
        row("a member said: it is not", lambda result: result.told["it is not"]),
        row("left to a member's answer", lambda result: result.asked),
        row("violations", lambda result: len(result.violations)),
        row("seconds", lambda result: result.seconds),
    ]


def markdown(results: list[Result]) -> str:
    """The table for docs/chaos.md."""
    head = ("", EMBEDDED, DISTRIBUTED, "both")
    lines = ["| " + " | ".join(head) + " |", "|---|---:|---:|---:|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(results)]
    steps = Counter(step for result in results for step in result.steps)
    died = ", ".join(f"{step} {count}" for step, count in sorted(steps.items()))
    return "\n".join([*lines, "", f"Killed at a named step: {died or 'never'}.", ""])


def rewrite(document: Path, table: str, head: str) -> None:
    """Put the table where the document's last one was, or at its end."""
    text, _, _ = document.read_text().partition(f"\n{HEADING}\n")
    document.write_text(f"{text.rstrip()}\n\n{HEADING}\n\n{head}\n\n{table}")


def main(
    seeds: Annotated[int, typer.Option(help="How many, from the first on.")] = 20,
    first: Annotated[int, typer.Option(help="The first.")] = 1,
    only: Annotated[int | None, typer.Option("--seed", help="This one alone, as it was.")] = None,
    setting: Annotated[str, typer.Option(help="embedded or distributed; both in turn where it is not given.")] = "",
    jobs: Annotated[int, typer.Option(help="Seeds side by side.")] = 2,
    keep: Annotated[Path, typer.Option(help="Where logs and databases of violations go.")] = Path("chaos-evidence"),
    minutes: Annotated[float, typer.Option(help="No further seed begins after so many; 0 for no limit.")] = 0.0,
    output: Annotated[Path | None, typer.Option("--write", help="Put the table into this document.")] = None,
) -> None:
    """Run seeds and print what was survived; exit status 1 where a promise was broken."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    numbers = [only] if only is not None else list(range(first, first + seeds))
    chosen = {"": "", "embedded": EMBEDDED, "distributed": DISTRIBUTED}[setting]
    begun = time.monotonic()
    results = run(
        [plan(number, chosen) for number in numbers], min(jobs, len(numbers)), keep.absolute(), console, minutes
    )
    table = Table("What was survived", EMBEDDED, DISTRIBUTED, "both")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows(results):
        table.add_row(*row)
    console.print(table)
    console.print(f"{time.monotonic() - begun:.0f} s on the wall, {jobs} side by side")
    if output is not None:
        minutes = (time.monotonic() - begun) / 60
        head = f"{len(results)} of {len(numbers)} seeds, from {numbers[0]} on, {jobs} side by side; "
        head += f"ended on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC after {minutes:.0f} minutes."
        rewrite(output, markdown(results), head)
    unfinished = len(results) < len(numbers) and not minutes
    if unfinished or any(result.violations for result in results):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
