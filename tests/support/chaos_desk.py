"""The bot in a process of its own, which dies and is started again, as a supervisor would."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

DESK = Path(__file__).parents[1] / "chaos" / "desk.py"
ROOT = Path(__file__).parents[2]


class Supervised:
    """Runs desk.py with one deadly step after the other; after the last death, without one. A context manager."""

    def __init__(self, config: Path, deaths: Sequence[tuple[str, int]] = ()) -> None:
        """`deaths`: the step and at which occurrence of it, for each life."""
        self._config = config
        self._deaths = list(deaths)
        self.kills = 0
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    @property
    def deaths_left(self) -> int:
        """How many deaths are still to come; the present life's own counts."""
        return len(self._deaths)

    def __enter__(self) -> Self:
        self._process = self._start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        if self._process and self._process.poll() is None:
            self._process.terminate()
        self._thread.join(60)

    def kill(self) -> None:
        """Kill it now, wherever it is."""
        assert self._process
        self._process.kill()

    def _watch(self) -> None:
        while not self._ended:
            assert self._process
            status = self._process.wait()
            if self._ended:
                return
            if status != -signal.SIGKILL:
                log = (self._config.parent / "bot.log").read_text()[-3000:]
                raise AssertionError(f"the bot ended by itself with {status}:\n{log}")
            self.kills += 1
            del self._deaths[:1]
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        step, nth = self._deaths[0] if self._deaths else ("-", 0)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(DESK), str(self._config), step, str(nth), "1"]
        with (self._config.parent / "bot.log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)
