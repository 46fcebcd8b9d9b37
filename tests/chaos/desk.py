"""Runs the real bot, or one process of it, and ends it by SIGKILL right after the step that it is to die at.

python tests/chaos/desk.py CONFIG DEADLY DEATHS EVIDENCE_SECONDS [ROLE [CLOCK]]

DEADLY: a file with the steps at which it is to die: a line for each death, the next one first; of several steps in a
        line it dies at whichever comes, and the others stay. May be written at any time, and shared by processes.
DEATHS: a file to which each step is written at which it did die; beside it, ending in .looked, one of its look-ups.
ROLE: all, desk or worker, as in `bottega run --role`.
CLOCK: a file with the seconds by which its clock is ahead; may be written at any time.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot import config, descriptors, log
from bot.app import BOTH, App, utc_now
from bot.engine.procrastinate import Distributed
from bot.outpost import Outpost
from bot.telegram.connect import TelegramChat
from chaos.clock import Shifted
from platforms.contract import Platform
from platforms.facebook.adapter import Facebook
from platforms.http import Http
from platforms.mastodon.adapter import Mastodon
from platforms.registry import specs


def main(path: str, deadly: str, deaths: str, evidence: str, role: str = "all", clock: str = "") -> None:
    """Run until a deadly step, or until SIGTERM."""
    settings = config.load(Path(path), {spec.name: spec.base_url for spec in specs()})
    log.setup("info", "json", settings.secrets())
    descriptors.raise_limit()
    one_at_a_time = threading.Lock()
    now = Shifted(Path(clock)) if clock else utc_now

    looked = Path(deaths).with_suffix(".looked")

    def step(name: str) -> None:
        with one_at_a_time:
            if name.startswith("looked:"):
                with looked.open("a") as file:
                    file.write(f"{name}\n")
            line, _, rest = Path(deadly).read_text().partition("\n")
            wanted = line.split()
            if name in wanted:
                wanted.remove(name)
                with Path(deaths).open("a") as file:
                    file.write(f"{name}\n")
                # Last and at once: who waits for the deaths to come to an end reads it at any moment.
                left = Path(deadly).with_suffix(".left")
                left.write_text(f"{' '.join(wanted)}\n{rest}" if wanted else rest)
                left.replace(deadly)
                os.kill(os.getpid(), signal.SIGKILL)

    process: App | Outpost
    if role == "worker":
        process = Outpost(settings, now, step)
    else:
        process = App(settings, now, step, crews=BOTH if role == "all" else frozenset({"chat"}))
        telegram = process.chats["telegram"]
        assert isinstance(telegram, TelegramChat)
        # More is said in these minutes than Telegram allows in a group; its pace has tests of its own.
        telegram.voice.pace.apart, telegram.voice.pace.per_minute = 0.0, 10_000
    for account in process.setup.accounts.values():
        # The sandbox acts at once or never, so that its evidence may be trusted sooner than a real network's.
        account.platform.evidence_earliest = timedelta(seconds=float(evidence))
        for http in doors(account.platform):
            http._now = http.clock._now = now  # one machine, one clock
    if isinstance(process.engine, Distributed):
        process.engine.stalled_seconds = 2.0  # the end of a campaign waits for it
    asyncio.run(process.run())


def doors(platform: Platform) -> Iterator[Http]:
    """What the adapter calls its network through."""
    if isinstance(platform, Mastodon):
        yield platform._http
        return
    assert isinstance(platform, Facebook)
    yield platform._graph.http
    if platform._ads:
        yield platform._ads._graph.http


if __name__ == "__main__":
    main(*sys.argv[1:])
