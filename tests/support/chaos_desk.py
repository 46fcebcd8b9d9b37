"""The bot in a process of its own, which dies where it is told to and is started again, as a supervisor would."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

DESK = Path(__file__).parents[1] / "chaos" / "desk.py"
ROOT = Path(__file__).parents[2]
#: Where desk.py finds the bot, and what stands beside desk.py itself.
PATHS = os.pathsep.join((str(ROOT), str(ROOT / "tests")))


class Supervised:
    """Runs desk.py, again after each death. A context manager."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._deadly, self._deaths = (config.parent / name for name in ("deadly", "deaths"))
        for file in (self._deadly, self._deaths):
            file.touch()
        self.kills = 0
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def arm(self, *steps: str) -> None:
        """From now on it dies at the first of these steps, in its next life at the second, and so on."""
        assert not self.to_come, f"it did not die at {self.to_come}"
        new = self._deadly.with_suffix(".new")
        new.write_text("".join(f"{step}\n" for step in steps))
        new.replace(self._deadly)

    @property
    def to_come(self) -> list[str]:
        """Steps at which it has not died yet."""
        return self._deadly.read_text().split()

    @property
    def deaths(self) -> list[str]:
        """Steps at which it died, as it wrote them down itself."""
        return self._deaths.read_text().split()

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
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": PATHS}
        command = [sys.executable, str(DESK), str(self._config), str(self._deadly), str(self._deaths), "1"]
        with (self._config.parent / "bot.log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)
