"""The processes of a desk, each started again when it ends, as a supervisor would; and how they are made to end."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from chaos.clock import Shifted
from support.chaos_desk import DESK, PATHS

#: Seconds before a process that ended by itself is started again, and after which one that is to stop hangs.
AGAIN, HANGS = 1.0, 60.0
#: Seconds after which the sandbox's silence proves absence: longer than it is ever slow.
EVIDENCE = "2"
#: Characters of a log that are kept to read why a process ended.
TAIL = 3000


@dataclass(frozen=True)
class Fall:
    """An end that nobody wanted."""

    who: str
    status: int
    tail: str  #: of its log


class Process:
    """One supervised process."""

    def __init__(self, name: str, role: str, config: Path, environ: dict[str, str]) -> None:
        """Processes of one role share the steps at which one of them is to die."""
        self.name = name
        base = config.parent / name.replace(" ", "_")
        self.log = base.with_suffix(".log")
        self.role = role
        self._deadly, self._deaths = config.parent / f"{role}.deadly", base.with_suffix(".deaths")
        for file in (self._deadly, self._deaths):
            file.touch()
        clock = base.with_suffix(".clock")
        self.clock = Shifted(clock)
        files = [str(file) for file in (config, self._deadly, self._deaths)]
        self._command = [sys.executable, str(DESK), *files, EVIDENCE, role, str(clock)]
        self._environ = {**os.environ, **environ, "PYTHONPATH": PATHS}
        self.falls: list[Fall] = []
        self.lives = 0
        self._stops = 0  #: graceful ones under way
        self._ended = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
        self._thread.start()

    @property
    def deaths(self) -> list[str]:
        """The steps at which it died."""
        return self._deaths.read_text().splitlines()

    @property
    def looked_up(self) -> int:
        """How many deliveries of unknown end it looked up."""
        file = self._deaths.with_suffix(".looked")
        return len(file.read_text().splitlines()) if file.exists() else 0

    def kill(self) -> None:
        """End it now, wherever it is."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end; it begins again afterwards."""
        self._stops += 1
        process = self._process
        process.terminate()
        threading.Thread(target=self._expect_end, args=(process,), daemon=True).start()

    def arm(self, step: str) -> None:
        """Whoever of its role takes such a step next dies there."""
        new = self._deadly.with_suffix(".new")
        new.write_text(f"{' '.join([*self.armed, step])}\n")
        new.replace(self._deadly)

    @property
    def armed(self) -> list[str]:
        """Steps at which nobody has died yet."""
        return self._deadly.read_text().split()

    def disarm(self) -> None:
        """It dies at no step any more."""
        self._deadly.write_text("")

    def stop(self) -> None:
        """For good."""
        self._ended.set()
        self._process.terminate()
        try:
            self._process.wait(HANGS)
        except subprocess.TimeoutExpired:
            self._fell(self._process, "it did not stop")
            self._process.kill()
        self._thread.join(HANGS)

    def _expect_end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(HANGS)
        except subprocess.TimeoutExpired:
            self._fell(process, "it did not stop")
            process.kill()

    def _watch(self) -> None:
        while True:
            process = self._process
            status = process.wait()
            if self._ended.is_set():
                return
            if status == 0 and self._stops:
                self._stops = 0
            elif status not in {-signal.SIGKILL, -signal.SIGTERM}:  # the latter: asked before it could listen
                self._fell(process)
                time.sleep(AGAIN)
            self._process = self._start()
            if self._ended.is_set():
                self._process.terminate()

    def _fell(self, process: subprocess.Popen[bytes], why: str = "") -> None:
        tail = self.log.read_text(errors="replace")[-TAIL:]
        self.falls.append(Fall(self.name, process.returncode if process.returncode is not None else -1, why or tail))

    def _start(self) -> subprocess.Popen[bytes]:
        self.lives += 1
        with self.log.open("ab") as log:
            return subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log)
