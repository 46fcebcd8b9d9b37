"""Runs the real bot and ends it by SIGKILL right after the n-th time that a step is taken.

python tests/chaos/desk.py CONFIG STEP N EVIDENCE_SECONDS     (STEP "-": runs until it is told to stop)
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from bot import config, log
from bot.app import App
from platforms.registry import specs


def main(path: str, deadly: str, nth: str, evidence: str) -> None:
    """Run until the deadly step, or until SIGTERM."""
    settings = config.load(Path(path), {spec.name: spec.base_url for spec in specs()})
    log.setup("info", "json", settings.secrets())
    left = int(nth)

    def step(name: str) -> None:
        nonlocal left
        if name == deadly:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    app = App(settings, step=step)
    for account in app.setup.accounts.values():
        # The sandbox acts at once or never, so that its evidence may be trusted sooner than a real network's.
        account.platform.evidence_earliest = timedelta(seconds=float(evidence))
    asyncio.run(app.run())


if __name__ == "__main__":
    main(*sys.argv[1:])
