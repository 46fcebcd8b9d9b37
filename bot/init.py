"""`bottega init`: asks what it needs and writes config.toml and, for Slack, the app manifest to paste."""

import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

from rich.console import Console
from rich.prompt import Confirm, Prompt

from bot.slack.manifest import manifest
from platforms.registry import NAMES, spec


class WillNotOverwrite(Exception):
    """A configuration is there already."""


def ask_and_write(path: Path, console: Console) -> None:
    """Ask, then write `path` and perhaps slack-manifest.json beside it. Raises WillNotOverwrite."""
    if path.exists():
        raise WillNotOverwrite(f"{path} exists already; move it away first, or edit it by hand.")
    ask = _asker(console)
    console.print(
        "A few questions; Enter takes what stands in brackets. Secrets are not asked: they go into the environment."
    )
    name = ask("What is your team called?", "Our team", None)
    zone = ask("Time zone", "Europe/Rome", lambda z: z in available_timezones() or "write it like Europe/Rome")
    language = ask("Language of the rooms (en, it)", "en", lambda x: x in {"en", "it"} or "en or it")
    admin = ask("Your name, as the first admin", "Admin", None)
    parts = [_table("desk", name=name, zone=zone, language=language)]
    secrets = []
    member = {"name": admin, "roles": ["admin", "author", "approver", "publisher", "moderator"]}
    if Confirm.ask("Connect Slack?", default=True, console=console):
        command = ask("Slash command", "/social", lambda c: c.startswith("/") or "it begins with /")
        target = path.with_name("slack-manifest.json")
        target.write_text(json.dumps(manifest(name="Bottega", command=command), indent=2) + "\n")
        console.print(
            f"Wrote {target}: paste it at “Create New App → From a manifest”, install the app, then invite it."
        )
        review = ask("Channel id where posts are reviewed (C…)", "", None)
        inbox = ask("Channel id where comments arrive (C…)", review, None)
        member["slack"] = ask("Your Slack member id (U…; profile → ⋮ → Copy member ID)", "", None)
        parts.append(_table("slack", command=command, review=review, inbox=inbox))
        secrets += ["BOTTEGA_SLACK__BOT_TOKEN", "BOTTEGA_SLACK__APP_TOKEN"]
    if Confirm.ask("Connect Telegram?", default=False, console=console):
        review = ask("Chat id where posts are reviewed (-100…, or -100…/topic)", "", None)
        inbox = ask("Chat id where comments arrive", review, None)
        digits = ask("Your numeric Telegram id", "0", lambda d: d.isdecimal() or "digits only")
        member["telegram"] = int(digits)  # type: ignore[assignment]
        parts.append(_table("telegram", review=review, inbox=inbox))
        secrets += ["BOTTEGA_TELEGRAM__TOKEN"]
    while Confirm.ask("Add an account on a network?", default=not secrets or len(secrets) <= 3, console=console):
        platform = ask(f"Network ({', '.join(NAMES)})", NAMES[0], lambda n: n in NAMES or f"one of {', '.join(NAMES)}")
        letters = "small letters, digits, _"
        account = ask(f"Short name for it ({letters})", "main", lambda n: n.replace("_", "").isalnum() or letters)
        server = spec(platform).base_url or "https://mastodon.social"
        base_url = ask("Address of its server", server, lambda u: u.startswith("http") or "it begins with https://")
        parts.append(_table(f"accounts.{account}", platform=platform, base_url=base_url))
        for number, step in enumerate(spec(platform).setup, 1):
            console.print(f"  {number}. {step}", markup=False)
        secrets.append(f"BOTTEGA_ACCOUNTS__{account.upper()}__TOKEN")
        if not Confirm.ask("Another one?", default=False, console=console):
            break
    parts.append(_table("[members]", **member))
    path.write_text("\n".join(parts))
    console.print(f"\nWrote {path}. Now put these secrets into the environment (or NAME_FILE with a file's path):")
    for secret in secrets:
        console.print(f"  {secret}")
    console.print("Then: bottega doctor, and when all is well: bottega run")


def _asker(console: Console) -> Callable[[str, str, Callable[[str], bool | str] | None], str]:
    def ask(question: str, default: str, check: Callable[[str], bool | str] | None) -> str:
        while True:
            answer = Prompt.ask(question, default=default or None, console=console) or ""
            verdict = check(answer.strip()) if check else True
            if verdict is True:
                return answer.strip()
            console.print(f"That cannot be: {verdict}.")

    return ask


def _table(name: str, /, **values: object) -> str:
    """One TOML table; a JSON string or list of strings is TOML too. What is empty is left to its default."""
    lines = [
        f"[{name}]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value),
    ]
    return "\n".join(lines) + "\n"
