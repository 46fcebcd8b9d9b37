"""Measurement 1: how soon a slash command and the press of a button are acknowledged, beside a bare Bolt."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

from sqlmodel import select

from benchmarks.common import Child, Figures, Size, children, database, part, spread, wait_until
from benchmarks.logs import Failed
from benchmarks.slack import ANSWERED, PEOPLE
from models.inbound import Inbound, InboundState
from models.store import Store

IN_FLIGHT = (1, 50, 200)
#: Acknowledgements timed in each round of each case.
MANY = 300
#: Transport, what is sent, how many in flight.
Case = tuple[str, str, int]
CASES: list[Case] = [
    (mode, kind, n) for mode in ("http", "socket") for kind in ("command", "button") for n in IN_FLIGHT
]
CONTENDERS = {
    "bare": "bare slack-bolt, only acknowledges",
    "intake": "Bottega, stores and acknowledges",
    "desk": "Bottega, the whole desk at work",
}


def measure(size: Size, only: tuple[str, ...] = (), cases: Sequence[Case] = CASES) -> Figures:
    """Every case; in each round the contenders take turns. Bare Bolt is always among them."""
    many = size.of(MANY, 20)
    wanted = [key for key in CONTENDERS if not only or key in only or key == "bare"]
    found: dict[Case, dict[str, list[dict[str, float]]]] = {case: {} for case in cases}
    for _ in range(size.rounds):
        for case in cases:
            for key in wanted:
                found[case].setdefault(key, []).append(_once(key, *case, many))
    return {"contenders": CONTENDERS, "many": many, "cases": [_case(*case, found[case]) for case in cases]}


def _once(key: str, mode: str, kind: str, in_flight: int, many: int) -> dict[str, float]:
    """A fresh process and a fresh database each time: what one case leaves undone does not burden the next."""
    with children() as start, ExitStack() as stack:
        slack = start("slack")
        address = slack.hear()
        url = stack.enter_context(database("sqlite"))
        app = start("ack_apps", key, mode, address, url)
        asked = {"mode": mode, "url": app.hear(), "kind": kind, "in_flight": in_flight, "many": many, "people": PEOPLE}
        told = ask(slack, asked)
        if key != "bare":
            _stored(url, told["sent"])
        if key == "desk":
            _handled(slack, url, told["sent"])
        app.end()
    took = sorted(told["ms"])
    return {"median ms": part(took, 0.5), "p99 ms": part(took, 0.99), "per second": len(took) / told["seconds"]}


def _stored(url: str, sent: int) -> None:
    """Raises Failed where not every acknowledged event was stored once."""
    if (stored := _states(url).total()) != sent:
        raise Failed(f"{sent} events were acknowledged, and {stored} are stored")


def _handled(slack: Child, url: str, sent: int) -> None:
    """Wait until the desk has handled and answered each once. Raises Failed where it does not."""
    wait_until(lambda: _answers(slack)["answered"], sent, "the desk's answers")
    wait_until(lambda: _states(url)[InboundState.DONE], sent, "events that the desk has handled")
    if twice := _answers(slack)["twice"]:
        raise Failed(f"{twice} commands or presses were answered twice")


def _states(url: str) -> Counter[str]:
    store = Store(url)
    with store.read() as session:
        found = Counter(session.exec(select(Inbound.state)).all())
    store.close()
    return found


def _answers(slack: Child) -> Figures:
    slack.tell(ANSWERED)
    told: Figures = json.loads(slack.hear())
    return told


def ask(slack: Child, asked: Figures) -> Figures:
    """Let it send a load."""
    slack.tell(json.dumps(asked))
    told: Figures = json.loads(slack.hear())
    return told


def _case(mode: str, kind: str, in_flight: int, rounds: dict[str, list[dict[str, float]]]) -> Figures:
    figures = {key: spread(found) for key, found in rounds.items()}
    ratios = {key: figures[key]["p99 ms"]["median"] / figures["bare"]["p99 ms"]["median"] for key in figures}
    shown = ", ".join(
        f"{key} {f['median ms']['median']:.1f}/{f['p99 ms']['median']:.1f} ms x{ratios[key]:.2f}"
        for key, f in figures.items()
    )
    print(f"  {mode} {kind} {in_flight}: {shown}", flush=True)
    return {
        "mode": mode,
        "kind": kind,
        "in flight": in_flight,
        "figures": figures,
        "ratio": {key: round(ratio, 2) for key, ratio in ratios.items()},
    }
