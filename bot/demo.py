"""`bottega demo`: the whole desk on sandboxes of this machine; the bot itself is the very one of `bottega run`."""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet
from rich.console import Console

from bot import config, log
from bot.app import App
from bot.slack.connect import SlackChat
from platforms.registry import addresses

#: Seconds for the sandboxes to come up.
START_SECONDS = 30
#: Seconds for the handler of a form while the story plays: its Slack waits for a slow machine too (sandbox.play.scene).
PLAYED = 30.0
#: Who is on the demo's team, and what each may do. Dario's Telegram is left for the visitor to link.
TEAM = {
    "Ada": ["author", "publisher"],
    "Bruno": ["approver", "publisher", "buyer"],
    "Chiara": ["author", "approver", "moderator", "buyer"],
    "Dario": ["admin", "author", "approver", "publisher", "moderator"],
}
UNLINKED = {("Dario", "telegram")}
#: Networks of Meta in the demo -> what their app's webhook is called there, and its fields (Graph API, "Webhooks").
CALLING = {"facebook": ("page", "feed,mention"), "instagram": ("instagram", "comments,mentions")}


def run(*, play: bool, port: int, console: Console) -> int:
    """Run until interrupted, or with `play` until the story has been played. Returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="bottega-demo-") as folder:
        return asyncio.run(_run(Path(folder), play=play, port=port, console=console))


async def _run(folder: Path, *, play: bool, port: int, console: Console) -> int:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    sandbox, world = await _sandboxes(0 if play else port)
    try:
        path = folder / "config.toml"
        path.write_text(config_for(world, folder / "data"))
        settings = config.load(path, addresses(), environ={})  # a real desk's variables stay out
        log.setup("error" if play else "warning", "console", settings.secrets())
        app = App(settings)
        if play:
            slack = app.chats["slack"]
            assert isinstance(slack, SlackChat)
            slack.handling = PLAYED
        await app.start()
        try:
            await subscribe(world, str(settings.web.public_url).rstrip("/"))
            if play:
                return await _play(world, ended)
            console.print(
                f"\nThe desk is open: [bold]{world['page']}[/bold]\nCtrl-C closes it; nothing of it remains.\n"
            )
            await ended.wait()
            return 0
        finally:
            await app.stop()
    finally:
        await _end(sandbox)


async def _sandboxes(port: int) -> tuple[Process, dict[str, Any]]:
    """Start the pretend services in a process of their own; they tell where they are on one line."""
    # In a session of its own, so that Ctrl-C reaches the bot first and the sandboxes outlive it.
    sandbox = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", str(port), stdout=PIPE, start_new_session=True
    )
    assert sandbox.stdout
    line = await asyncio.wait_for(sandbox.stdout.readline(), START_SECONDS)
    if not line:
        raise OSError(f"the sandboxes did not start; is port {port} taken? “--port 0” takes a free one")
    return sandbox, json.loads(line)


async def _play(world: dict[str, Any], ended: asyncio.Event) -> int:
    player = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.play", "--addresses", json.dumps(world), env=os.environ, start_new_session=True
    )
    playing = asyncio.create_task(player.wait())
    stopping = asyncio.create_task(ended.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not playing.done():
        await _end(player)
        return 1
    return playing.result()


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()


async def subscribe(world: dict[str, Any], public_url: str) -> None:
    """From now on the pretend Meta calls the desk at this address, as an admin arranges it in the app's dashboard."""
    meta = world["meta"]
    app = meta["apps"]["facebook"]
    async with aiohttp.ClientSession() as session:
        for platform, (what, fields) in CALLING.items():
            asked = {
                "object": what,
                "fields": fields,
                "callback_url": f"{public_url}/hooks/{platform}",
                "verify_token": meta["verify_token"],
                "access_token": f"{app['id']}|{app['secret']}",
            }
            address = f"{meta['facebook_url']}/v26.0/{app['id']}/subscriptions"
            async with session.post(address, data=asked) as answer:
                if answer.status != 200:
                    raise OSError(f"the pretend Meta does not call: {await answer.text()}")


def config_for(world: dict[str, Any], data: Path) -> str:
    """The demo's config.toml: what `python -m sandbox` printed, in the same form as anybody's own."""
    slack, telegram, mastodon = world["slack"], world["telegram"], world["mastodon"]
    port = _free_port()
    parts = [
        _table(
            "desk",
            name="Bottega demo",
            zone="Europe/Rome",
            data=str(data),
            poll_seconds=5,
            secret_key=Fernet.generate_key().decode(),
        ),
        _table("web", port=port, public_url=f"http://127.0.0.1:{port}"),
        _table(
            "slack",
            **{key: slack[key] for key in ("api_url", "bot_token", "app_token", "signing_secret", "review", "inbox")},
        ),
        _table("telegram", **{key: telegram[key] for key in ("api_url", "token", "review", "inbox")}),
        _table("policy", approvals=1),
        _table("policy.boosts", first_limit=10, second_limit=100, month_cap=500),
        _table("boosts", beneficiary="Acme", payor="Acme"),
        _table("boosts.presets.neighbours", countries=["IT"]),
    ]
    for name, token in mastodon["tokens"].items():
        parts.append(_table(f"accounts.{name}", platform="mastodon", base_url=mastodon["base_url"], token=token))
    parts.append(_table("accounts.acme.policy", approvals=2))
    parts += _of_meta(world["meta"])
    for name, roles in TEAM.items():
        person = {chat: i for chat, i in world["people"][name].items() if (name, chat) not in UNLINKED}
        parts.append(_table("[members]", name=name, roles=roles, **person))
    return "\n".join(parts)


def _of_meta(meta: dict[str, Any]) -> list[str]:
    """The bakery's Page and the Instagram account behind it: one app, one token, one ad account that pays."""
    app = meta["apps"]["facebook"]
    parts = [
        _table(
            "apps.facebook",
            id=app["id"],
            secret=app["secret"],
            verify_token=meta["verify_token"],
            base_url=meta["facebook_url"],
            login_url=f"{meta['dialog_url']}/facebook",
        )
    ]
    for name, platform in (("bakery", "facebook"), ("bakery_ig", "instagram")):
        parts += [
            _table(
                f"accounts.{name}",
                platform=platform,
                token=meta["tokens"]["page"],
                ads_token=meta["tokens"]["ads"],
                preselected=platform != "instagram",  # so that a visitor's first words need no picture
            ),
            _table(
                f"accounts.{name}.options",
                ad_account=meta["ad_account"],
                **({"login": "page"} if platform == "instagram" else {}),
            ),
        ]
    return parts


def _free_port() -> int:
    """One that nobody listens on: the address at which networks reach the desk must be known before it runs."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _table(name: str, /, **values: object) -> str:
    """One TOML table; JSON strings, numbers and lists of strings are TOML too."""
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]) + "\n"
