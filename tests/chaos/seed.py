"""One seed, from beginning to end: sandboxes, processes, people and weather; calm; then the audit."""

import re
import shutil
import socket
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.exc import DBAPIError

from chaos import audit, ledger
from chaos.databases import Postgres, Sqlite, small_disk
from chaos.page import ACCOUNTS, Page, page_in
from chaos.people import Team, rooms
from chaos.plan import EMBEDDED, SPAN, Plan
from chaos.processes import Process
from chaos.questions import answer_to, on_network
from chaos.strikes import Weather
from models.store import Store
from sandbox.slack.person import all_text, labels
from support.patience import PATIENCE
from support.team import button_of, read, title_of
from support.world import INBOX, TEAM, World, eventually, world_in

#: Seconds for the desk to open, and for everything to come to its end once the weather is calm.
OPENING, SETTLING = 120.0, 300.0
#: Seconds for all money to be spent, or free again; between, the clocks are put ahead by so many; and without anything
#: to do until it is believed that there is nothing.
SPENDING, DAY, HALF_A_DAY, QUIET = 180.0, 86_400.0, 46_800.0, 5.0
#: Seconds for the jobs of dead workers to be recovered: a worker is dead after 30 s without a heartbeat.
RECOVERY = 120.0
#: Seconds between two looks of the team; in the calm, between two times that the clocks are put ahead, and how far.
LOOK, HOUR_HAND, AHEAD = 0.4, 5.0, 45.0
#: An end that a supervisor is for: the database was away when the process began.
AWAY = ("OperationalError", "NotReady", "AdminShutdown", "ConnectionException", "ConnectorException", "PoolTimeout")


@dataclass
class Result:
    """What became of a seed."""

    plan: Plan
    struck: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)  #: faults that this machine or setting does not allow
    steps: list[str] = field(default_factory=list)  #: at which a process was killed
    lives: int = 0
    posts: int = 0
    published: int = 0  #: on each account one
    comments: int = 0
    answers: int = 0
    boosts: Counter[str] = field(default_factory=Counter)  #: how they came to their end
    spent: float = 0.0  #: on them, in whole units
    looked_up: int = 0  #: deliveries of unknown end
    asked: int = 0
    told: Counter[str] = field(default_factory=Counter)  #: what members said who were asked how it is
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0
    kept: str = ""  #: where logs and database of a violation are


def run(plan: Plan, folder: Path, server: Any, keep: Path) -> Result:
    """Run it in the folder; `server`: PostgreSQL for the distributed setting; `keep`: where the evidence goes."""
    result, begun = Result(plan), time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _run(plan, folder, server, result)
    except Exception:
        result.violations.append(f"the campaign itself broke: {traceback.format_exc(limit=8)}")
    result.seconds = time.monotonic() - begun
    if result.violations:
        kept = keep / f"seed-{plan.seed}"
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        (folder / "plan.txt").write_text("\n".join([str(plan), "", *result.violations, ""]))
        shutil.copytree(folder, kept, ignore_dangling_symlinks=True)
        result.kept = str(kept)
    return result


def _run(plan: Plan, folder: Path, server: Any, result: Result) -> None:
    with ExitStack() as stack:
        data = folder / "data"
        disk = stack.enter_context(small_disk(data)) if plan.setting == EMBEDDED else False
        world = stack.enter_context(world_in(folder))
        page = stack.enter_context(page_in(world))
        database = Sqlite(data) if plan.setting == EMBEDDED else Postgres(server)
        stack.callback(lambda: database.put_aside(folder / "database", kept=bool(result.violations)))
        store = Store(database.url)
        stack.callback(store.close)
        environ = database.environ | _doors(plan)
        with _processes(plan, page, environ) as processes:
            if plan.slack == "http":
                at = f"http://127.0.0.1:{environ['BOTTEGA_WEB__PORT']}/slack/events"
                eventually(lambda: _pointed(world, at), OPENING, "Slack's first event")
            world.mastodon.act("settings", idempotency=plan.keys)
            team = Team(world, page, plan)
            weather = Weather(plan, page, processes, database, disk=disk)
            weather.start()
            _work(team, SPAN)
            weather.join()
            late = _calm(team, weather, store)
            weather.over()
            result.struck, result.left_out = weather.struck, weather.left_out
            late += _money(team, store, plan) or _spent(team, weather, store)
            result.violations += [*late, *weather.trouble, *_audit(team, store, processes, result)]
            result.violations += _money(team, store, plan, over=True)
            if isinstance(database, Postgres):
                result.violations += _jobs(database)
        result.violations += _fallen(processes)


def _unanswered(store: Store) -> list[str]:
    """What a member is asked about, and nobody has answered."""
    try:
        with store.read() as session:
            asked = audit.asked(session)
    except DBAPIError:
        return []  # said of what is left
    return [f"{asked} questions to a member are unanswered"] if asked else []


def _jobs(database: Postgres) -> list[str]:
    """What jobs are left once those of dead workers had time to be recovered."""
    end = time.monotonic() + RECOVERY
    while (jobs := database.jobs()) and time.monotonic() < end:
        time.sleep(LOOK)
    return [f"jobs that nobody ends: {jobs[:5]}"] if jobs else []


def _doors(plan: Plan) -> dict[str, str]:
    """How the chats' events come in, and a policy that does not make late posts wait for minutes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    doors = {"BOTTEGA_POLICY__SPACING_SECONDS": "1", "BOTTEGA_WEB__PORT": port, "BOTTEGA_SLACK__MODE": plan.slack}
    if plan.telegram == "webhook":
        doors["BOTTEGA_TELEGRAM__MODE"] = "webhook"
        doors["BOTTEGA_TELEGRAM__WEBHOOK_URL"] = f"http://127.0.0.1:{port}/telegram"
        doors["BOTTEGA_TELEGRAM__WEBHOOK_SECRET"] = "a-secret-of-the-campaign"
    return doors


def _pointed(world: World, address: str) -> bool:
    """Whether Slack sends to the address now; it asks there first."""
    answer = requests.post(f"{world.slack.address}/_/settings", json={"request_url": address}, timeout=PATIENCE)
    return answer.ok


@contextmanager
def _processes(plan: Plan, page: Page, environ: dict[str, str]) -> Iterator[dict[str, Process]]:
    """The desk, and its workers once it is open; all of them stopped at the end."""
    config = page.config(plan.cap)
    running: dict[str, Process] = {}
    try:
        embedded = plan.setting == EMBEDDED
        running["desk"] = Process("desk", "all" if embedded else "desk", config, environ)
        eventually(lambda: "the desk is open" in running["desk"].log.read_text(), OPENING, "the start", pause=0.2)
        for number in () if embedded else (1, 2, 3):
            name = f"worker {number}"
            running[name] = Process(name, "worker", config, environ)
        yield running
    finally:
        for process in running.values():
            process.stop()


def _work(team: Team, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        team.look()
        time.sleep(LOOK)


def _calm(team: Team, weather: Weather, store: Store) -> list[str]:
    """The team goes on until everything is done and settled, while hours pass quickly; what is not, a sentence each."""
    team.hurries = True
    end, hand = time.monotonic() + SETTLING, time.monotonic() + HOUR_HAND
    while time.monotonic() < end:
        team.look()
        if time.monotonic() > hand:
            weather.ahead(AHEAD)
            hand = time.monotonic() + HOUR_HAND
        left, undone = _left(store, weather), [*team.undone(), *_unanswered(store)]
        if not left and not undone and not weather.armed:
            return []
        if not left and not undone:
            weather.over()  # and one look more: somebody may have died this very moment
        time.sleep(LOOK)
    return [*(f"not settled: {line}" for line in left), *(f"not done: {line}" for line in undone)]


def _spent(team: Team, weather: Weather, store: Store) -> list[str]:
    """Days go by until every boost is over and its last bookings were asked for; what is not, a sentence each."""
    team.buyers.spends = True
    end = time.monotonic() + SPENDING
    left: list[str] = ["nothing was looked at"]
    days = [HALF_A_DAY]  # when all is over, the network is asked twice a day
    quiet = 0.0  #: when the last of what the hours brought (numbers, cards drawn anew) will have been done
    while time.monotonic() < end:
        team.look()
        left = [*_left(store, weather), *team.undone(), *_unanswered(store)]
        if left:
            quiet = time.monotonic() + QUIET
        elif not team.buyers.are_over or days:
            weather.ahead(days.pop() if team.buyers.are_over else DAY)
            quiet = time.monotonic() + QUIET
        elif time.monotonic() > quiet:
            return []
        time.sleep(LOOK)
    return [f"not over: {line}" for line in left or [f"{boost.code} is {boost.state}" for boost in team.buyers.boosts]]


def _money(team: Team, store: Store, plan: Plan, *, over: bool = False) -> list[str]:
    """What is wrong with the money; once all is `over`, to the cent."""
    books = team.page.books()
    shown = "\n".join(all_text(message) for room in rooms(team.bruno).values() for message in room)
    alarmed = frozenset(re.findall(r"🚨 (B\d+) ", shown))
    with store.read() as session:
        found = ledger.violations(session, books, plan.cap * 100, alarmed)
        return [*found, *(ledger.uneven(session, books) if over else [])]


def _left(store: Store, weather: Weather) -> list[str]:
    try:
        with store.read() as session:
            return [*audit.unsettled(session), *ledger.unreported(session, weather.now)]
    except DBAPIError as error:
        return [f"the database: {error}"]


def _audit(team: Team, store: Store, processes: dict[str, Process], result: Result) -> list[str]:
    """What is broken. What is left may be what the desk does each hour, begun this moment: that is waited for.

    What is stuck stays so, and is found.
    """
    end = time.monotonic() + RECOVERY
    while True:
        found = _look_back(team, store, processes, result)
        if time.monotonic() > end or not any(violation.startswith("left ") for violation in found):
            return found
        time.sleep(LOOK)


def _look_back(team: Team, store: Store, processes: dict[str, Process], result: Result) -> list[str]:
    outside, logs = _outside(team), {name: process.log.read_text() for name, process in processes.items()}
    result.lives = sum(process.lives for process in processes.values())
    result.looked_up = sum(process.looked_up for process in processes.values())
    result.steps = [step for process in processes.values() for step in process.deaths]
    result.told = Counter({said: len(questions) for said, questions in team.questions.told.items()})
    result.posts, result.comments = len(team.posts), len(team.comments)
    timeline = team.timeline()
    result.published = sum(len(on_network(timeline, p.text, name)) for p in team.posts for name in ACCOUNTS)
    result.boosts = Counter(money.ending for money in team.buyers.boosts)
    result.spent = sum(team.page.books().spent.values()) / 100
    result.answers = sum(bool(on_network(timeline, answer_to(text))) for text in team.comments)
    with store.read() as session:
        result.asked = audit.asked(session)
        return audit.violations(session, outside, logs)


def _fallen(processes: dict[str, Process]) -> list[str]:
    """Which processes ended by themselves, or did not end when they were asked to, also at the very end."""
    found = []
    for process in processes.values():
        for fall in process.falls:
            last = fall.tail.strip().splitlines()[-1:]
            if not any(word in fall.tail for word in AWAY):
                found.append(f"{fall.who} ended by itself with {fall.status}: {' '.join(last)[-400:]}")
    return found


def _outside(team: Team) -> audit.Outside:
    """Everything that people see, in every room of theirs."""
    world = team.world
    slack = {name: rooms(world.on_slack(name)) for name in TEAM}
    alone = [world.on_telegram(name).messages() for name in ("Ada", "Chiara") if _has_started(world, name)]
    telegram = [*team.in_review.messages(), *team.in_inbox.messages(), *(m for room in alone for m in room)]
    every = [m for person in slack.values() for room in person.values() for m in room]
    asked = [all_text(m) for m in every if any("It is live" in label for label in labels(m.get("blocks") or []))]
    asked += [m["text"] for m in telegram if button_of(m, "It is live")]
    return audit.Outside(
        posts=[post.text for post in team.posts],
        comments={text: answer_to(text) if answered else "" for text, answered in team.comments.items()},
        accounts=list(ACCOUNTS),
        network=[(status["author"]["acct"], status["text"]) for status in team.timeline()],
        inbox={
            "slack": [f"{title_of(m)}\n{read(m)}" for m in slack["Dario"].get(INBOX, [])],
            "telegram": [m["text"] or "" for m in team.in_inbox.messages()],
        },
        chats={"slack": [all_text(m) for m in every], "telegram": [m["text"] or "" for m in telegram]},
        asked=asked,
    )


def _has_started(world: World, name: str) -> bool:
    return any(chat["kind"] == "private" for chat in world.on_telegram(name).state()["chats"])
