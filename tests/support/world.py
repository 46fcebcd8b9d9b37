"""The whole desk, running: three sandboxes, the real bot on its own loop, and people who act through the stages."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import config
from bot.app import BOTH, App, utc_now
from platforms.registry import specs
from platforms.spec import Spec
from sandbox.mastodon.person import Visitor
from sandbox.mastodon.server import MastodonSandbox
from sandbox.slack.person import SlackPerson
from sandbox.slack.server import SlackSandbox
from sandbox.telegram.cast import DESK
from sandbox.telegram.person import TelegramPerson
from sandbox.telegram.server import TOKEN, TelegramSandbox
from support.loops import loop_in_thread
from support.patience import PATIENCE
from support.platform_running import running
from support.stage import Stage

TOKENS = {"acme": "sandbox-mastodon-token", "acme_it": "sandbox-mastodon-token-it"}
TEAM: dict[str, tuple[str, int, list[str]]] = {
    "Ada": ("U0ADA00001", 1001, ["author", "publisher"]),
    "Bruno": ("U0BRUNO001", 1002, ["approver", "publisher"]),
    "Chiara": ("U0CHIARA01", 1003, ["author", "approver", "moderator"]),
    "Dario": ("U0DARIO001", 1004, ["admin", "author", "approver", "publisher", "moderator"]),
}
REVIEW, INBOX = "review", "inbox"
NOTHING: Mapping[str, str] = {}
#: Forum topics of the Telegram group.
TOPICS = {REVIEW: 2, INBOX: 3}


class World:
    """Sandboxes and the configuration that leads to them."""

    def __init__(self, slack: SlackSandbox, telegram: str, mastodon: str, folder: Path) -> None:
        self.slack = Stage(slack.address)
        self.telegram = Stage(telegram)
        self.mastodon = Stage(mastodon)
        self.folder = folder
        self.team = TEAM
        self._slack_settings = slack.settings
        # Tests act faster than people do; the pace that Slack and Telegram demand has tests of its own.
        self.slack.act("settings", limits={"on": False})
        self.telegram.act("settings", rate_limits=False)

    def on_slack(self, name: str) -> SlackPerson:
        """A person in Slack."""
        return SlackPerson(self.slack.address, name)

    def on_telegram(self, name: str, chat: str | int = "private", topic: str | int | None = None) -> TelegramPerson:
        """A person in Telegram."""
        return TelegramPerson(self.telegram.address, name, chat, topic)

    def in_group(self, name: str, place: str) -> TelegramPerson:
        """A person in the review or inbox topic of the team's Telegram group."""
        return self.on_telegram(name, DESK, TOPICS[place])

    def visitor(self, name: str) -> Visitor:
        """A person on the network."""
        return Visitor(self.mastodon.address, name)

    def config(self, **policies: int) -> Path:
        """A config.toml for these sandboxes; `policies`: approvals that an account needs, one where not named."""
        slack = self._slack_settings
        lines = [
            "[desk]",
            'name = "The desk"',
            'zone = "Europe/Rome"',
            f'data = "{self.folder / "data"}"',
            "poll_seconds = 1",
            "[slack]",
            f'api_url = "{self.slack.address}/api/"',
            f'bot_token = "{slack.bot_token}"',
            f'app_token = "{slack.app_token}"',
            f'signing_secret = "{slack.signing_secret}"',
            'review = "C0REVIEW01"',
            'inbox = "C0INBOX001"',
            "[telegram]",
            f'api_url = "{self.telegram.address}"',
            f'token = "{TOKEN}"',
            f'review = "{DESK}/{TOPICS[REVIEW]}"',
            f'inbox = "{DESK}/{TOPICS[INBOX]}"',
        ]
        for name, token in TOKENS.items():
            lines += [
                f"[accounts.{name}]",
                'platform = "mastodon"',
                f'base_url = "{self.mastodon.address}"',
                f'token = "{token}"',
            ]
            if name in policies:
                lines += [f"[accounts.{name}.policy]", f"approvals = {policies[name]}"]
        for name, (slack_id, telegram_id, roles) in self.team.items():
            lines += [
                "[[members]]",
                f'name = "{name}"',
                f"roles = {roles!r}",
                f'slack = "{slack_id}"',
                f"telegram = {telegram_id}",
            ]
        path = self.folder / "config.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def reset(self) -> None:
        """Everything outside is as at the beginning."""
        for stage in (self.slack, self.telegram, self.mastodon):
            stage.act("reset")
        self.slack.act("settings", limits={"on": False})
        self.telegram.act("settings", rate_limits=False)

    @contextmanager
    def bot(
        self,
        now: Callable[[], datetime] = utc_now,
        environ: Mapping[str, str] = NOTHING,
        crews: frozenset[str] = BOTH,
        networks: Mapping[str, Spec] | None = None,
        **policies: int,
    ) -> Iterator[App]:
        """The bot, running on a loop of its own until the block ends; `environ`: settings beside config.toml."""
        known = networks or {spec.name: spec for spec in specs()}
        platforms = {name: spec.base_url for name, spec in known.items()}
        app = App(config.load(self.config(**policies), platforms, environ), now, crews=crews, networks=known)
        with loop_in_thread() as loop:
            try:
                asyncio.run_coroutine_threadsafe(app.start(), loop).result(timeout=PATIENCE)
                yield app
            finally:
                asyncio.run_coroutine_threadsafe(app.stop(), loop).result(timeout=PATIENCE)


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    """The sandboxes, running until the block ends."""
    slack = SlackSandbox()
    with ExitStack() as stack:
        stack.enter_context(running(slack))
        telegram = stack.enter_context(running(TelegramSandbox()))
        mastodon = stack.enter_context(running(MastodonSandbox()))
        yield World(slack, telegram, mastodon, folder)


def eventually(look: Callable[[], Any], timeout: float = PATIENCE, what: str = "it", pause: float = 0.05) -> Any:
    """What `look` finds, as soon as it finds something true. Raises TimeoutError."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(f"{what} did not happen within {timeout} s")
