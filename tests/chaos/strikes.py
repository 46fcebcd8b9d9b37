"""How each kind of fault of a plan is brought about, and ended."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chaos import metastrikes
from chaos.databases import Postgres, Sqlite
from chaos.page import Page
from chaos.plan import CHANGING, MAKING, OTHERWISE, Plan, Strike
from chaos.processes import Process
from support.stage import Stage

#: Seconds that the clocks are put ahead at the end, so that nothing waits for its hour or its next attempt any more.
AFTER_ALL = 60.0
#: How a network refuses to show an account its own posts.
HIDDEN = json.dumps({"error": "This is hidden"})
AT_A_STEP = "kill at a step"
#: The request by which each kind of delivery leaves: (service, request).
SENDS = {
    "publication": ("mastodon", "POST /api/v1/statuses"),
    "reply": ("mastodon", "POST /api/v1/statuses"),
    "boost": ("meta", MAKING),
    "boost_quote": ("meta", "GET /facebook/*/reachestimate"),
    "boost_switch": ("meta", CHANGING),
    "boost_extend": ("meta", CHANGING),
    "boost_report": ("meta", "GET /facebook/*/insights"),
}
TO_CHATS = ("slack", "POST /api/chat.postMessage")


class Weather:
    """Strikes as the plan says, from a thread of its own, until it ends; then everything is well again."""

    def __init__(
        self, plan: Plan, page: Page, processes: dict[str, Process], database: Sqlite | Postgres, *, disk: bool
    ) -> None:
        """`disk`: whether the disk can be filled here."""
        self._plan, self._page, self._processes, self._database = plan, page, processes, database
        self._world = world = page.world
        self._disk = disk
        self.struck: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.trouble: list[str] = []
        self._stages = {"mastodon": world.mastodon, "slack": world.slack, "telegram": world.telegram}
        self._stages["meta"] = page.stage
        self._armed = 0  #: steps at which somebody was to die
        self._begun = time.monotonic()
        self._later: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name="weather", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._begun = time.monotonic()
        self._thread.start()

    def join(self) -> None:
        """Until the last strike is over; then end what lasts, and put the clocks where nothing waits for its hour."""
        self._thread.join()
        for thread in self._later:
            thread.join()
        for stage in self._stages.values():
            stage.calm()
        metastrikes.calm(self._page)
        for step in self.armed:
            self._provoke(step)
        self._world.mastodon.act("settings", notifications="on")
        self.ahead(AFTER_ALL)

    @property
    def armed(self) -> list[str]:
        """Steps at which somebody is to die and nobody has yet."""
        return [step for process in self._roles() for step in process.armed]

    def over(self) -> None:
        """Nobody dies any more; counts who did, and at how many steps nobody."""
        self.struck[AT_A_STEP] = sum(len(process.deaths) for process in self._processes.values())
        self.left_out[AT_A_STEP] = max(self._armed - self.struck[AT_A_STEP], 0)
        for process in self._roles():
            process.disarm()
        self._page.stage.act("fail", clear=True)

    def _roles(self) -> list[Process]:
        """One process of each role."""
        return list({process.role: process for process in self._processes.values()}.values())

    def ahead(self, seconds: float) -> None:
        """Every clock is where the foremost is, and so much further."""
        furthest = max(process.clock.seconds for process in self._processes.values())
        for process in self._processes.values():
            process.clock.set(furthest + seconds)
        self._page.ahead(furthest + seconds)

    @property
    def now(self) -> datetime:
        """What the foremost clock shows."""
        return max(process.clock() for process in self._processes.values())

    def _run(self) -> None:
        for strike in self._plan.strikes:
            time.sleep(max(0.0, self._begun + strike.at - time.monotonic()))
            try:
                if strike.kind == AT_A_STEP:
                    self._arm(str(strike.details["who"]), str(strike.details["step"]))
                elif self._strike(strike):
                    self.struck[strike.kind] += 1
                else:
                    self.left_out[strike.kind] += 1
            except Exception as error:
                self.trouble.append(f"{strike}: {error!r}")

    def _strike(self, strike: Strike) -> bool:
        given: dict[str, Any] = dict(strike.details)
        match strike.kind:
            case "kill":
                self._processes[given["who"]].kill()
            case "graceful stop":
                self._processes[given["who"]].terminate()
            case "clock forward" | "clock backward":
                by = given["seconds"] if strike.kind == "clock forward" else -given["seconds"]
                for process in self._processes.values():
                    process.clock.set(process.clock.seconds + by)
                if by > 0:  # as after a sleep; the network's own clock never goes back
                    self._page.ahead(max(process.clock.seconds for process in self._processes.values()))
            case "one clock ahead":
                clock = self._processes[given["who"]].clock
                clock.set(clock.seconds + given["seconds"])
            case "chat events twice" | "chat connection cut" | "comments twice" | "stream cut":
                return self._repeat(strike.kind, given)
            case "a network that does not tell":
                # Nobody knows whether the next post stands, and what stands may not be read.
                self._world.mastodon.fault(
                    "GET /api/v1/accounts/*/statuses", "status", times=3, status=403, body=HIDDEN
                )
                self._world.mastodon.fault("POST /api/v1/statuses", given["how"])
            case kind if kind in metastrikes.KINDS:
                metastrikes.strike(self._page, kind, given, self._after)
            case "database locked" | "disk full" | "database stopped" | "database connections cut":
                return self._take_database(strike.kind, given)
            case _:
                self._disturb(strike.kind, given)
        return True

    def _arm(self, who: str, step: str) -> None:
        self._armed += 1
        self._processes["desk" if who == "desk" else "worker 1"].arm(step)
        self._provoke(step)

    def _provoke(self, step: str) -> None:
        """What makes somebody take the step, where that does not come by itself."""
        if kind := OTHERWISE.get(step.partition(":")[0]):
            service, match = SENDS.get(step.partition(":")[2], TO_CHATS)
            self._disturb(kind, {"service": service, "match": match, "times": 1, "after": 1})

    def _disturb(self, kind: str, given: dict[str, Any]) -> None:
        stage: Stage = self._stages[given["service"]]
        match, times = given["match"], int(given["times"])
        match kind:
            case "dropped before acting":
                stage.fault(match, "drop_before", times=times)
            case "dropped after acting":
                stage.fault(match, "drop_after", times=times)
            case "garbage for an answer":
                stage.fault(match, "garbage", times=times)
            case "slow answers":
                stage.fault(match, "slow", times=times, seconds=given["seconds"])
            case "5xx storm":
                stage.fault(match, "status", times=times, status=int(given["status"]), body="no")
            case "429 storm":
                after = int(given["after"])
                words: dict[str, Any] = {"error": "Too many requests"}
                if given["service"] == "telegram":
                    said = f"Too Many Requests: retry after {after}"
                    words = {"ok": False, "error_code": 429, "description": said, "parameters": {"retry_after": after}}
                stage.fault(
                    match,
                    "status",
                    times=times,
                    status=429,
                    headers={"Retry-After": str(after), "Content-Type": "application/json"},
                    body=json.dumps(words),
                )
            case _:
                raise ValueError(kind)

    def _repeat(self, kind: str, given: dict[str, Any]) -> bool:
        match kind:
            case "chat events twice" if given["service"] == "slack":
                self._world.slack.act("socket", redeliver=int(given["last"]))
            case "chat events twice" if self._plan.telegram == "webhook":
                # The newest first, so that they also come in another order than they happened in.
                self._world.telegram.act("redeliver")
            case "chat events twice":
                # What was polled and lost on the way is asked for again.
                self._world.telegram.fault("POST /bot*/getUpdates", "drop_after", times=int(given["last"]))
            case "chat connection cut" if self._plan.slack == "http":
                return False  # there is no connection that lasts
            case "chat connection cut":
                how = {"drop": True} if given["how"] == "drop" else {"disconnect": given["how"]}
                self._world.slack.act("socket", **how)
            case "comments twice":
                self._world.mastodon.act("settings", notifications="doubled")
                calm = lambda: self._world.mastodon.act("settings", notifications="on")  # noqa: E731 - said in place
                self._after(given["seconds"], calm)
            case "stream cut":
                self._world.mastodon.act("streams/drop")
        return True

    def _take_database(self, kind: str, given: dict[str, Any]) -> bool:
        base = self._database
        match kind, base:
            case "database locked", Sqlite():
                self._after(0, lambda: base.lock(given["seconds"]))
            case "disk full", Sqlite():
                if not self._disk:
                    return False
                base.fill()
                self._after(given["seconds"], base.free)
            case "database stopped", Postgres():
                base.stop(given["how"])
                time.sleep(given["seconds"])
                base.start()
            case "database connections cut", Postgres():
                base.cut()
        return True

    def _after(self, seconds: float, act: Callable[[], Any]) -> None:
        def later() -> None:
            time.sleep(seconds)
            act()

        self._later.append(threading.Thread(target=later, daemon=True))
        self._later[-1].start()
