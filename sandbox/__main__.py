"""`python -m sandbox`: every sandbox and the page in one process; prints where they are and runs until ended."""

import argparse
import asyncio
import json
import signal
import sys
from typing import Any

from sandbox.mastodon.server import OURS, MastodonSandbox
from sandbox.meta import world as meta
from sandbox.meta.server import MetaSandbox
from sandbox.page.server import PageSandbox
from sandbox.service import Service
from sandbox.slack.server import SlackSandbox
from sandbox.telegram import rooms
from sandbox.telegram.cast import DESK, PEOPLE
from sandbox.telegram.server import TelegramSandbox

#: Who plays in the demo; the sandboxes know more people than the team.
TEAM = ("Ada", "Bruno", "Chiara", "Dario")


class Sandboxes:
    """All pretend services together."""

    def __init__(self) -> None:
        self.slack, self.telegram, self.mastodon = SlackSandbox(), TelegramSandbox(), MastodonSandbox()
        self.meta = MetaSandbox()
        self.page: PageSandbox | None = None

    async def start(self, page: int = 0, slack: int = 0, telegram: int = 0, mastodon: int = 0, meta: int = 0) -> None:
        """Listen on these ports (0: a free one). Raises OSError where one is taken."""
        addresses = {
            "slack": await self.slack.start(slack),
            "telegram": await self.telegram.start(telegram),
            "mastodon": await self.mastodon.start(mastodon),
            "meta": await self.meta.start(meta),
        }
        # As README.md has a team do it: whole albums reach only a bot that is administrator.
        rooms.promote(self.telegram.world, {"chat": DESK})
        self.page = PageSandbox(addresses)
        await self.page.start(page)

    async def stop(self) -> None:
        """Close everything at once."""
        services: list[Service] = [s for s in (self.page, self.slack, self.telegram, self.mastodon, self.meta) if s]
        await asyncio.gather(*(service.stop() for service in services))

    def world(self) -> dict[str, Any]:
        """Addresses and credentials, as `bottega demo` makes a config.toml of them."""
        assert self.page
        slack, workspace = self.slack.settings, self.slack.core.workspace
        topics = {topic.name: topic.id for topic in self.telegram.world.chats[DESK].topics.values()}
        telegram_ids = {person.first_name: person.id for person in PEOPLE}
        return {
            "page": self.page.address,
            "slack": {
                "api_url": f"{self.slack.address}/api/",
                "bot_token": slack.bot_token,
                "app_token": slack.app_token,
                "signing_secret": slack.signing_secret,
                **{name: found.id for name in ("review", "inbox") if (found := workspace.channel(name))},
                "address": self.slack.address,
            },
            "telegram": {
                "api_url": self.telegram.address,
                "token": self.telegram.token,
                "review": f"{DESK}/{topics['Review']}",
                "inbox": f"{DESK}/{topics['Inbox']}",
                "address": self.telegram.address,
            },
            "mastodon": {
                "base_url": self.mastodon.address,
                "tokens": {username: token for username, _, token in OURS},
                "address": self.mastodon.address,
            },
            "meta": self._meta(),
            "people": {
                name: {"slack": member.id, "telegram": telegram_ids[name]}
                for name in TEAM
                if (member := workspace.member(name))
            },
        }

    def _meta(self) -> dict[str, Any]:
        """Every host of Meta by its base address, the apps with their secrets, the ready-made tokens and ids."""
        address, apps = self.meta.address, self.meta.world.tokens.apps.values()
        return {
            "address": address,
            **{f"{host}_url": f"{address}/{host}" for host in ("facebook", "instagram", "threads", "rupload")},
            "dialog_url": f"{address}/dialog",
            "instagram_login_url": f"{address}/api.instagram",
            "apps": {app.product: {"id": app.id, "secret": app.secret} for app in apps},
            "verify_token": "sandbox-meta-verify",
            "tokens": {
                "user": "sandbox-user-token",
                "page": "sandbox-page-token",
                "second_page": "sandbox-second-page-token",
                "ads": "sandbox-ads-token",
                "instagram": "sandbox-instagram-token",
                "threads": "sandbox-threads-token",
            },
            "page": meta.PAGE,
            "second_page": meta.SECOND_PAGE,
            "instagram": meta.INSTAGRAM_ACCOUNT,
            "threads": meta.THREADS_USER,
            "ad_account": meta.AD_ACCOUNT,
        }


async def run(ports: argparse.Namespace) -> None:
    """Start, print one line of JSON, and wait for SIGTERM or Ctrl-C."""
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    sandboxes = Sandboxes()
    try:
        await sandboxes.start(ports.port, ports.slack_port, ports.telegram_port, ports.mastodon_port, ports.meta_port)
        print(json.dumps(sandboxes.world()), flush=True)  # noqa: T201 - whoever started this reads it
        await ended.wait()
    finally:
        await sandboxes.stop()


def main() -> None:
    """Read the ports and run."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the page; 0 takes a free one")
    for name in ("slack", "telegram", "mastodon", "meta"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help=f"of the pretend {name}; 0 takes a free one")
    try:
        asyncio.run(run(parser.parse_args()))
    except OSError as taken:
        sys.exit(f"The sandboxes cannot listen: {taken}.")


if __name__ == "__main__":
    main()
