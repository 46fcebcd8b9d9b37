"""docs/benchmarks.md, made of nothing but the figures of the runs."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

Figures = dict[str, Any]

#: Goals: p99 of an acknowledgement beside bare Bolt and in ms; the sweep, most stored to least; the burst, of bare.
ACK_RATIO, ACK_MS, FLAT, OF_BARE = 1.5, 300.0, 1.2, 0.9
HEAD = """# Benchmarks

Written by `make bench` from [results.json](benchmarks/results.json); not by hand. What missed its goal stays in the
tables, marked **missed**. `make bench ONLY=burst` measures one part anew, `make bench QUICK=1` tries all of it in
small and leaves this page alone.

What is compared is measured in one run on one machine, in turns, so that what disturbs the machine disturbs all of
it. Load, networks and databases run on the same cores as what is measured. Figures are medians over the rounds, with
the least and the most in brackets.

Posts are those that people make: drafted, submitted, approved and scheduled through the router, on the cards that the
chat shows; where many are wanted, the others are copies of them, which a test holds to be the same in every column.
Every process's log is read at its end: one error in it, or one post that did not arrive exactly once, fails the
measurement. What a contender needs and this machine lacks is named below the table. What an act costs in statements
and requests is counted exactly by a test: [costs.md](../tests/costs/costs.md)."""

ACK = """Slash commands and presses, signed as Slack signs them or in Socket Mode's envelopes, from a process of its
own which keeps so many under way. *Bare Bolt* is an `AsyncApp` whose listeners call `ack()` and nothing else, on the
same uvicorn and Starlette, or aiohttp; at one in flight its median is what Bolt itself waits between two looks
whether a listener has acknowledged. *Stores* is our door to Slack with the intake: every event is committed to SQLite
before it is acknowledged. *The desk* is all of it, which handles every event (a command is answered, a press on a
post that is no more is refused) while more come, and has handled and answered each once at the end. Each case begins
with a fresh process and database, and 20 requests that do not count. Goal: p99 of the desk at most 1.5 times that of
bare Bolt, and under 300 ms."""
SWEEP = """One look at the database for what is due, of 100 due deliveries among so many stored. Ours is what the
embedded engine asks in each sweep (`Deliverer.due` and `Settler.unsure`); its rows are those of a post that people
scheduled, nine in ten of them as they are once it has left, the others as they wait for later. APScheduler asks its
store for the due jobs and the next time to wake; Procrastinate fetches one job. Both hold nothing but what has yet to
run. The three sizes of each take turns. Goal: flat, at most 1.2 times from the least to the most."""
BURST = """So many publications, all due at the same moment, on 50 accounts of a network that answers each post after
50 ms. Rate and lateness are taken where the network answers, so they mean the same for all; lateness is mostly the
queue, since all is due at once. The bare loop posts with `requests` in as many threads as an engine of ours works
accounts with, and remembers nothing. Ours checks each post's approvals, keeps the order of every account, records
every step, and tells the chat: each end draws the post's card anew and writes into its thread, and the chat takes a
message a second, as Slack does, so most of these wait in the database. Celery and plain Procrastinate post with the
same number of threads and keep no order. *Unsure* are those that the network took and the desk did not record at
once: it looks for them later. Database writes are those of the deliveries and of what they tell, not of scheduling
them: transactions (SQLite: as SQLAlchemy commits them; PostgreSQL: `pg_stat_database` without the pings of the pool,
Procrastinate's reading ones included) and changed rows. CPU is that of the contender's own processes. Goal: the
embedded engine at least 0.9 times the bare loop, and more with more worker processes."""
INTAKE = """What is stored in a second. Webhooks: signed HTTP requests of Slack's Events API, 50 under way, answered
once they are committed. Collected: what the collector does with pages of 40 comments, the comment, its conversation,
the audit log and the cards for the inbox, one for each of them. Then the same once more: every duplicate is refused,
which is checked. Raw: inserts of an event's row through SQLAlchemy's core, over the same connection settings, from
one thread."""
REST = """`bottega run` with Slack over HTTP and no account, from its start until `/readyz` says ready (the tables
are there), and its resident memory some seconds after that."""
LOAD = """What a desk costs while nothing happens: the demo's without Mastodon, so Slack in Socket Mode, Telegram asked
for updates, and with accounts a Page and an Instagram account on the pretend Meta, whose comments are asked for once a
minute. Statements, transactions (reading ones are most) and changed rows are those of SQLAlchemy; counting them is
part of the CPU, the pretend services are not. The rows are the leases that say the process lives. Differences of a
tenth of a second are noise."""


def page(results: Figures, plots: Collection[str]) -> str:
    """The whole page; `plots`: the parts of which there is one."""
    parts: Figures = results["parts"]
    sections = [HEAD, *_machine(parts)]
    titles = {
        "ack": ("Acknowledgement", ACK, _ack),
        "sweep": ("The sweep", SWEEP, _sweep),
        "burst": ("A burst", BURST, _burst),
        "intake": ("Intake", INTAKE, _intake),
        "rest": ("At rest", REST, _rest),
        "load": ("Load at rest", LOAD, _load),
    }
    for key, (title, words, table) in titles.items():
        if key in parts:
            found = parts[key]
            run = f"Measured {found['at']}, {_rounds(found)}, in {found['seconds']:.0f} s."
            figures = table(found["found"]) if has_figures(found["found"]) else "Nothing was measured."
            sections += [f"## {title}", words, run, *filter(None, [found.get("note", "")]), figures]
            sections += [*_left_out(found["found"]), *([f"![{title}](benchmarks/{key}.png)"] if key in plots else [])]
    return "\n\n".join(sections) + "\n"


def _rounds(part: Figures) -> str:
    """How often it was measured: what no ratio is asked of, perhaps less often than the others."""
    contenders = part["found"].get("contenders", {}).values()
    each = [one["rounds"] for one in contenders if isinstance(one, dict) and "rounds" in one] or [part["rounds"]]
    words = f"{max(each)} round{'s' if max(each) > 1 else ''}"
    return words if min(each) == max(each) else f"{words} ({min(each)} where the least and the most are not shown)"


def has_figures(found: Figures) -> bool:
    """Whether anything of the part was measured."""
    return any(found.get(name) for name in ("cases", "contenders", "databases", "desks"))


def _left_out(found: Figures) -> list[str]:
    """What is not in the table, with the reason."""
    lines = [f"- {one['name']}: not measured, {one['reason']}." for one in found.get("missing", {}).values()]
    return ["\n".join(lines)] if lines else []


def _machine(parts: Figures) -> Iterator[str]:
    machines: list[tuple[list[str], dict[str, str]]] = []
    for key, found in parts.items():
        for keys, machine in machines:
            if machine == found["machine"]:
                keys.append(key)
                break
        else:
            machines.append(([key], found["machine"]))
    for keys, machine in machines:
        title = "## The machine" if len(machines) == 1 else f"## The machine of: {', '.join(keys)}"
        yield f"{title}\n\n" + _table(("", ""), machine.items())


def _table(heads: Sequence[str], rows: Any) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _span(figure: Figures, digits: int = 1) -> str:
    """The median, with the least and the most of several rounds."""
    median, least, most = (f"{figure[name]:,.{digits}f}".replace(",", " ") for name in ("median", "min", "max"))
    return median if least == most else f"{median} ({least} – {most})"


def _goal(*, reached: bool) -> str:
    return "reached" if reached else "**missed**"


def _ack(found: Figures) -> str:
    names = {"bare": "bare Bolt", "intake": "stores", "desk": "the desk"}
    heads = ["over", "what", "in flight", *(f"{name}: median, p99 in ms" for name in names.values())]
    rows = []
    for case in found["cases"]:
        figures, ratio = case["figures"], case["ratio"]
        cells = [
            f"{_span(figures[k]['median ms'])}, {_span(figures[k]['p99 ms'])}" if k in figures else "–" for k in names
        ]
        reached = "desk" in figures and ratio["desk"] <= ACK_RATIO and figures["desk"]["p99 ms"]["median"] < ACK_MS
        ratios = [f"{ratio[k]:.2f}" if k in ratio else "–" for k in ("intake", "desk")]
        rows.append([case["mode"], case["kind"], case["in flight"], *cells, *ratios, _goal(reached=reached)])
    return _table([*heads, "stores / bare, p99", "desk / bare, p99", "goal"], rows)


def _sweep(found: Figures) -> str:
    heads = ["who", *(f"{count:,} stored, ms".replace(",", " ") for count in found["counts"]), "most / least", "goal"]
    rows = []
    for key, one in found["contenders"].items():
        goal = _goal(reached=one["ratio"] <= FLAT) if key in {"sqlite", "postgresql"} else ""
        rows.append([one["name"], *(_span(cost, 2) for cost in one["ms"]), f"{one['ratio']:.2f}", goal])
    return _table(heads, rows)


def _burst(found: Figures) -> str:
    who = found["contenders"]
    bare = who["bare"]["per second"]["median"] if "bare" in who else 0.0
    first = who["workers1"]["per second"]["median"] if "workers1" in who else 0.0
    rows = []
    for key, one in who.items():
        rate, goal = one["per second"]["median"], ""
        if key in {"sqlite", "postgresql"} and bare:
            goal = _goal(reached=rate >= OF_BARE * bare)
        elif key.startswith("workers") and key != "workers1" and first:
            goal = f"{_goal(reached=rate > first)} ({rate / first:.2f} x one)"
        undone = _span(one["not done"], 0) if "not done" in one else "–"
        writes = [_span(one[name], 2) if name in one else "–" for name in ("transactions", "rows")]
        of_bare = f"{rate / bare:.2f}" if bare else "–"
        late = [_span(one["lateness median s"]), _span(one["lateness p99 s"])]
        rows.append(
            [one["name"], _span(one["per second"]), of_bare, *late, undone, *writes, _span(one["cpu ms"], 2), goal]
        )
    heads = (
        "who",
        "a second",
        "of bare",
        "lateness median, s",
        "lateness p99, s",
        "unsure",
        "transactions",
        "rows",
        "CPU, ms",
        "goal",
    )
    ceiling = f"{found['count']:,} publications. The network alone answers {found['network ceiling']:,} posts a second."
    return f"{ceiling.replace(',', ' ')}\n\n{_table(heads, rows)}"


def _intake(found: Figures) -> str:
    bases = list(found["databases"].values())
    names = list(bases[0]["per second"])
    rows = [[name, *(_span(base["per second"][name], 0) for base in bases)] for name in names]
    return _table(["a second", *(base["name"] for base in bases)], rows)


def _rest(found: Figures) -> str:
    stored = f"{found['stored']:,} stored deliveries in the long past.".replace(",", " ")
    rows = [[one["name"], _span(one["ready s"], 2), _span(one["MiB"])] for one in found["desks"].values()]
    return f"{stored}\n\n{_table(('', 'start to ready, s', 'memory, MiB'), rows)}"


def _load(found: Figures) -> str:
    names = ("cpu s", "statements", "transactions", "rows")
    rows = [[one["name"], *(_span(one[n], 2 if n == "cpu s" else 0) for n in names)] for one in found["desks"].values()]
    return _table((f"in {found['seconds']} s", "CPU, s", *names[1:]), rows)
