"""`bottega init`: asks what it needs; writes config.toml, secrets.env to fill in and, for Slack, the app manifest."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.prompt import Confirm, Prompt

from bot import secretsfile
from bot.faults import Fault
from bot.settings import AccountSettings, DeskSettings, MemberSettings, Settings, Slack, Telegram
from bot.slack.manifest import manifest
from bot.vault import new_key
from handlers.words import languages
from models.member import Role
from platforms.registry import NAMES, spec

#: Above the section that waits for what only the running bot can tell.
ADMIN_LATER = "# The first admin, once the bot has told the id: take the # away and put the id in."
MANIFEST = "slack-manifest.json"
#: What the first admin may do besides: somebody who starts alone must be able to do everything.
FIRST_ROLES = [Role.ADMIN, Role.AUTHOR, Role.APPROVER, Role.PUBLISHER, Role.MODERATOR]

#: Variable -> where its value is found.
SLACK_TOKENS = {
    "BOTTEGA_SLACK__BOT_TOKEN": "Slack app, “OAuth & Permissions”, Bot User OAuth Token (xoxb-…)",
    "BOTTEGA_SLACK__APP_TOKEN": "Slack app, “Basic Information”, App-Level Tokens: one with connections:write (xapp-…)",
}
KEY_NAME = "BOTTEGA_DESK__SECRET_KEY"
TELEGRAM_TOKEN = {"BOTTEGA_TELEGRAM__TOKEN": "What @BotFather answered to /newbot (12345678:ABC…)"}

Check = Callable[[str], object]


class WillNotOverwrite(Fault):
    """A configuration is there already."""


@dataclass
class _Answers:
    """What was asked so far."""

    tables: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)  #: variable -> where its value is found
    admin: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)


def ask_and_write(path: Path, console: Console) -> None:
    """Ask everything, then write `path` and what belongs beside it. Raises WillNotOverwrite before the first question.

    Ended half-way, nothing is written.
    """
    files = (path, path.with_name(secretsfile.NAME), path.with_name(MANIFEST))
    for file in files:
        if file.exists():
            raise WillNotOverwrite(f"{file} exists already; move it away first, or edit it by hand.")
    ask = Asker(console)
    told = _Answers()
    console.print("A few questions; Enter takes what stands in brackets. Tokens are not asked here.")
    _desk(ask, told)
    if ask.whether("Connect Slack?", default=True):
        _slack(ask, told)
    if ask.whether("Connect Telegram?", default=not told.secrets):
        _telegram(ask, told)
    while ask.whether("Add an account on a network?" if not told.accounts else "Another one?", not told.accounts):
        _account(ask, told)
    if "slack" in told.admin or "telegram" in told.admin:
        told.tables.append(_table("[members]", told.admin))
    else:
        later = _table("[members]", {**told.admin, "telegram": 123456789}).strip()
        told.tables.append("\n".join([ADMIN_LATER, *(f"#{line}" for line in later.splitlines()), ""]))
    _write(files, told)
    _tell(files, told, console)


# -- what is asked -----------------------------------------------------------------------------------------------------


def _desk(ask: "Asker", told: _Answers) -> None:
    desk = {
        "name": ask("What is your team called?", "Our team"),
        "zone": ask("Time zone", "Europe/Rome", _field(DeskSettings, "zone")),
        "language": ask(f"Language of the rooms ({', '.join(languages())})", "en", _field(DeskSettings, "language")),
    }
    told.tables.append(_table("desk", desk))
    name = ask("Your name, as the first admin", "Admin", lambda n: MemberSettings(name=n, slack="U0"))
    told.admin = {"name": name, "roles": [role.value for role in FIRST_ROLES]}


def _slack(ask: "Asker", told: _Answers) -> None:
    command = ask("Slash command", "/social", _field(Slack, "command"))
    review = ask("Channel where posts are reviewed (its link or C…)", "", _field(Slack, "review"), room_in_link)
    inbox = ask("Channel where comments arrive", review, _field(Slack, "inbox"), room_in_link)
    member = ask("Your Slack member id (profile, ⋮, Copy member ID)", "", lambda i: MemberSettings(name="x", slack=i))
    told.tables.append(_table("slack", {"command": command, "review": review, "inbox": inbox}))
    told.admin |= {"slack": member} if member else {}
    told.manifest = manifest(name="Bottega", command=command)
    told.secrets |= SLACK_TOKENS


def _telegram(ask: "Asker", told: _Answers) -> None:
    review = ask(
        "Telegram chat where posts are reviewed (number, or the link of a message in it)", "", _room, chat_in_link
    )
    inbox = ask("Chat where comments arrive", review, _room, chat_in_link)
    member = ask("Your numeric Telegram id (leave it empty: the bot tells you)", "", _number)
    told.tables.append(_table("telegram", {"review": review, "inbox": inbox}))
    told.admin |= {"telegram": int(member)} if member else {}
    told.secrets |= TELEGRAM_TOKEN


def _account(ask: "Asker", told: _Answers) -> None:
    platform = ask(f"Network ({', '.join(NAMES)})", NAMES[0], _one_of(NAMES))
    name = ask("Short name for the account (small letters, digits, _)", "main", _new_account(told.accounts))
    default = spec(platform).base_url
    base_url = ask("Address of its server", default or "https://mastodon.social", _field(AccountSettings, "base_url"))
    told.accounts.append(name)
    variable = f"BOTTEGA_ACCOUNTS__{name.upper()}__TOKEN"
    table = _table(f"accounts.{name}", {"platform": platform, "base_url": base_url})
    told.tables.append(f"{table}# Its token is {variable} in {secretsfile.NAME}, or in the environment.\n")
    steps = "\n".join(f"# {number}. {step}" for number, step in enumerate(spec(platform).setup, 1))
    told.secrets[variable] = f"The token of {name} on {base_url}:\n{steps}"


class Asker:
    """Asks until the answer can be taken."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(
        self,
        question: str,
        default: str,
        check: Check = bool,
        clean: Callable[[str], str] = lambda answer: answer,
    ) -> str:
        """The answer, cleaned; empty only where `default` is. `check` raises ValueError for what cannot be."""
        while True:
            answer = clean((Prompt.ask(question, default=default or None, console=self._console) or "").strip())
            try:
                if answer:
                    check(answer)
                return answer
            except ValidationError as error:
                reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            except ValueError as error:
                reason = str(error)
            self._console.print(f"  That cannot be: {reason}.", markup=False, highlight=False)

    def whether(self, question: str, default: bool) -> bool:
        """Yes or no."""
        return Confirm.ask(question, default=default, console=self._console)


def room_in_link(answer: str) -> str:
    """The channel's id in what Slack's “Copy link” gives, or in the address of the page that shows the channel.

    https://….slack.com/archives/C0123456789, https://app.slack.com/client/T0123456789/C0123456789.
    """
    found = re.search(r"/(?:archives|client/[A-Z0-9]+)/([CDG][A-Z0-9]+)", answer)
    return found[1] if found else answer


def chat_in_link(answer: str) -> str:
    """The chat (and topic) of a message's link in a private supergroup: https://t.me/c/1234567890[/topic]/message.

    The Bot API's number of such a chat has -100 before it (core.telegram.org/api/bots/ids).
    """
    found = re.search(r"t\.me/c/(\d+)(?:/(\d+))?/\d+", answer)
    if not found:
        return answer
    return f"-100{found[1]}/{found[2]}" if found[2] else f"-100{found[1]}"


def _field(section: type[BaseModel], name: str) -> Check:
    """A check that asks the settings themselves."""

    def check(answer: str) -> None:
        given = {name: answer, **({"platform": NAMES[0]} if section is AccountSettings else {})}
        section.model_validate(given)

    return check


def _room(answer: str) -> None:
    Telegram(review=answer)


def _number(answer: str) -> None:
    if not answer.isdecimal():
        raise ValueError("it is a number; leave it empty and the bot tells you yours")


def _one_of(names: tuple[str, ...]) -> Check:
    def check(answer: str) -> None:
        if answer not in names:
            raise ValueError(f"there are: {', '.join(names)}")

    return check


def _new_account(known: list[str]) -> Check:
    def check(answer: str) -> None:
        if answer in known:
            raise ValueError("there is an account of that name")
        Settings(accounts={answer: AccountSettings(platform=NAMES[0])})

    return check


# -- what is written ---------------------------------------------------------------------------------------------------


def _write(files: tuple[Path, Path, Path], told: _Answers) -> None:
    config, secrets, slack = files
    config.parent.mkdir(parents=True, exist_ok=True)
    note = "# Written by “bottega init”. config.example.toml explains every setting; tokens are in secrets.env.\n"
    config.write_text("\n".join([note, *told.tables]))
    words = "Seals the tokens of connected accounts in the database; whoever loses it connects them again."
    secretsfile.write(secrets, told.secrets | {KEY_NAME: words}, {KEY_NAME: new_key()})
    if told.manifest:
        slack.write_text(json.dumps(told.manifest, indent=2) + "\n")


def _tell(files: tuple[Path, Path, Path], told: _Answers, console: Console) -> None:
    config, secrets, slack = files
    steps = []
    if told.manifest:
        steps.append(f"At https://api.slack.com/apps choose “Create New App”, “From a manifest”, and paste {slack}.")
        steps.append("Install it to the workspace, and /invite it into its channels.")
    if told.secrets:
        steps.append(f"Fill in {secrets}; it says where each token is found.")
    if "slack" in told.admin or "telegram" in told.admin:
        steps.append("Run “bottega doctor” until everything has a ✓, then “bottega run”.")
    else:
        steps.append("Run “bottega doctor” until only the admin is missing, then “bottega run”, and write to the bot:")
        steps.append(f"It tells your id. Put it into [[members]] at the end of {config} and start it again.")
    console.print(f"\nWrote {config}. What is left to do:", markup=False, highlight=False)
    for number, step in enumerate(steps, 1):
        console.print(f"  {number}. {step}", markup=False, highlight=False, soft_wrap=True)


def _table(name: str, values: Mapping[str, Any]) -> str:
    """One TOML table; what is empty is left to its default. JSON texts, numbers and lists of texts are TOML too."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value]
    return "\n".join([f"[{name}]", *lines]) + "\n"
