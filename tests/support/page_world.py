"""The demo's sandboxes in a process of their own, as `python -m sandbox` starts them, and a browser to look at them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from support.patience import PATIENCE
from support.programs import program
from support.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
#: Milliseconds that something may take to show on the page.
SHOWN = PATIENCE * 1000


@contextmanager
def sandboxes(port: int = 0) -> Iterator[dict[str, Any]]:
    """What the process printed, with the page on this port; it is ended by SIGTERM afterwards.

    Its chats wait for slow machines.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        try:
            world = json.loads(process.stdout.readline())
            Stage(world["slack"]["address"]).act("settings", ack_timeout=PATIENCE, trigger_seconds=PATIENCE)
            Stage(world["telegram"]["address"]).act("settings", callback_seconds=PATIENCE)
            yield world
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; skips where it is not installed."""
    path = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        expect.set_options(timeout=SHOWN)
        try:
            yield browser
        finally:
            browser.close()


class Looking:
    """One window with the page, and everything that went wrong in it."""

    def __init__(self, browser: Browser, world: dict[str, Any], width: int = 1440, height: int = 900) -> None:
        self.world = world
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(SHOWN)
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.goto(world["page"])
        self.page.wait_for_selector("body[data-ready]")

    def be(self, name: str) -> None:
        """Be this member of the team in both chats."""
        self.page.click(f"#who [data-name={name}]")
        self.page.wait_for_function(f"document.querySelector('#slack-who').value === '{name}'")

    def quiet(self) -> list[str]:
        """What went wrong, a refusal of the stage (409) left out: the page shows its sentence."""
        return [trouble for trouble in self.troubles if "409" not in trouble]
