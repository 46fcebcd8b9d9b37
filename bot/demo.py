"""`bottega demo`: the whole desk on sandboxes of this machine; the bot itself is the very one of `bottega run`."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from rich.console import Console

from bot import config, log
from bot.app import App
from platforms.registry import addresses

#: Seconds for the sandboxes to come up.
START_SECONDS = 30
#: Who is on the demo's team, and what each may do. Dario's Telegram is left for the visitor to link.
TEAM = {
    "Ada": ["author", "publisher"],
    "Bruno": ["approver", "publisher"],
    "Chiara": ["author", "approver", "moderator"],
    "Dario": ["admin", "author", "approver", "publisher", "moderator"],
}
UNLINKED = {("Dario", "telegram")}


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
        await app.start()
        try:
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
        raise OSError(f"the sandboxes did not start; is port {port} taken?")
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


def config_for(world: dict[str, Any], data: Path) -> str:
    """The demo's config.toml: what `python -m sandbox` printed, in the same form as anybody's own."""
    slack, telegram, mastodon = world["slack"], world["telegram"], world["mastodon"]
    parts = [
        _table("desk", name="Bottega demo", zone="Europe/Rome", data=str(data), poll_seconds=5),
        _table(
            "slack",
            **{key: slack[key] for key in ("api_url", "bot_token", "app_token", "signing_secret", "review", "inbox")},
        ),
        _table("telegram", **{key: telegram[key] for key in ("api_url", "token", "review", "inbox")}),
        _table("policy", approvals=1),
    ]
    for name, token in mastodon["tokens"].items():
        parts.append(_table(f"accounts.{name}", platform="mastodon", base_url=mastodon["base_url"], token=token))
    parts.append(_table("accounts.acme.policy", approvals=2))
    for name, roles in TEAM.items():
        person = {chat: i for chat, i in world["people"][name].items() if (name, chat) not in UNLINKED}
        parts.append(_table("[members]", name=name, roles=roles, **person))
    return "\n".join(parts)


def _table(name: str, /, **values: object) -> str:
    """One TOML table; JSON strings, numbers and lists of strings are TOML too."""
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]) + "\n"
