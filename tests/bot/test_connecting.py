"""`bottega accounts connect`: what it asks, what it refuses, and what is stored of it."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from sqlmodel import select
from typer.testing import CliRunner

from bot.cli import cli
from bot.connecting import connected, ready
from bot.consenting import NotConnected
from bot.console import Typed
from bot.networks import Logins
from bot.vault import Vault
from bot.web.oauth import Callback
from handlers.setup import Setup
from models.account import Account
from models.audit import AuditEntry
from models.consent import Consent
from models.credential import Credential
from models.store import Store
from support.desks import Stores
from support.meta_desk import APP, KEY, NETWORKS, SECRET, settings_on
from support.patience import PATIENCE
from support.stage import Stage

ONE = {"acme": {"platform": "facebook"}}
TWO = ONE | {"italy": {"platform": "facebook"}}


class Terminal:
    """Whoever runs the bot: what they type, and what they are shown."""

    def __init__(self, store: Store, meta: Stage, shown: pytest.CaptureFixture[str]) -> None:
        self.store, self.meta, self._shown = store, meta, shown
        self.use()

    def use(self, **sections: object) -> None:
        """With these sections of the settings; without a public address unless one is given."""
        settings = settings_on(self.meta.address, **{"accounts": ONE, "web": {}, **sections})
        self.logins = Logins(settings, Vault(settings.desk.secret_key.get_secret_value().split()), NETWORKS)

    def connect(self, wanted: str, *lines: str, pause: Callable[[float], None] = lambda _s: None, **how: Any) -> str:
        """Type the command, then the lines: what was shown. Raises NotConnected."""
        ready(self.logins, wanted)
        typed = Typed(io.StringIO("".join(f"{line}\n" for line in lines)))
        connected(self.logins, self.store, wanted, typed=typed, pause=pause, **how)
        return self.shown()

    def shown(self) -> str:
        """What was printed since the last look."""
        return self._shown.readouterr().out

    def stored(self) -> dict[str, str]:
        """Account -> remote id of what is connected."""
        with self.store.read() as session:
            return {row.account: row.remote_id for row in session.exec(select(Credential)).all()}


@pytest.fixture
def terminal(tmp_path: Path, stores: Stores, meta: Stage, capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    meta.act("reset")
    with stores.lent(tmp_path / "desk.db") as store:
        yield Terminal(store, meta, capsys)


def agreed(address: str, decision: str = "agree") -> str:
    """A person goes there and agrees: the address at which their browser ends."""
    answer = requests.post(address, data={"decision": decision}, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class Pasting(io.StringIO):
    """A person who opens the address that the terminal shows, and pastes where that ended."""

    def __init__(self, terminal: Terminal, end: Callable[[str], str]) -> None:
        super().__init__()
        self._terminal, self._end = terminal, end

    def readline(self, _size: int = -1) -> str:  # type: ignore[override]  # the size is never given
        (address,) = [line for line in self._terminal.shown().splitlines() if "/dialog/" in line]
        return self._end(address) + "\n"


# -- a token -----------------------------------------------------------------------------------------------------------


def test_a_token_connects_the_page_that_is_named(terminal: Terminal) -> None:
    said = terminal.connect("acme", "sandbox-user-token", token=True, identity="@acme_it")
    assert "acme is connected as Acme Italia (@acme_it)." in said
    assert "sandbox-user-token" not in said
    assert terminal.stored() == {"acme": "1002"}
    with terminal.store.read() as session:
        assert [entry.action for entry in session.exec(select(AuditEntry)).all()] == ["connected an account"]


def test_several_pages_are_shown_and_one_is_chosen_by_its_number(terminal: Terminal) -> None:
    said = terminal.connect("facebook", "sandbox-user-token", "2", token=True)
    assert "1. Acme (@acme), id 1001" in said
    assert terminal.stored() == {"acme": "1002"}


def test_two_accounts_get_a_page_each(terminal: Terminal) -> None:
    terminal.use(accounts=TWO)
    terminal.connect("facebook", "sandbox-user-token", "2", "1", token=True)
    assert terminal.stored() == {"acme": "1002", "italy": "1001"}


def test_an_account_that_was_met_gets_its_own_page_unasked(terminal: Terminal) -> None:
    terminal.use(accounts=TWO)
    with terminal.store.write() as session:
        session.add(Account(name="italy", platform="facebook", remote_id="1002"))
    terminal.connect("facebook", "sandbox-user-token", "1", token=True)
    assert terminal.stored() == {"acme": "1001", "italy": "1002"}


@pytest.mark.parametrize(
    ("lines", "how", "why"),
    [
        ((), {"token": True}, "Nothing was given"),
        (("no-token-at-all",), {"token": True}, "The network refused"),
        (("sandbox-user-token",), {"token": True}, "--identity ID"),
        (("sandbox-user-token", "3"), {"token": True}, "no number from 1 to 2"),
        (("sandbox-user-token", ""), {"token": True}, "None was chosen"),
        (("sandbox-user-token",), {"token": True, "identity": "oleg"}, "None of them is oleg"),
        (("https://localhost/oauth/facebook?code=a&state=b",), {}, "does not belong to this attempt"),
    ],
)
def test_nothing_is_stored_where_something_is_wrong(
    terminal: Terminal, lines: tuple[str, ...], how: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotConnected, match=why):
        terminal.connect("acme", *lines, **how)
    assert terminal.stored() == {}


def test_without_an_account_the_sections_to_write_are_shown(terminal: Terminal) -> None:
    terminal.use(accounts={})
    with pytest.raises(NotConnected, match="Write the sections"):
        terminal.connect("facebook", "sandbox-user-token", token=True)
    said = terminal.shown()
    assert '[accounts.acme_italia]\nplatform = "facebook"\ntitle = "Acme Italia"' in said


@pytest.mark.parametrize(
    ("sections", "wanted", "cure"),
    [
        ({}, "bluebird", "is no account of config.toml"),
        ({"accounts": {"toots": {"platform": "mastodon", "base_url": "https://s.example"}}}, "toots", "__TOOTS__TOKEN"),
        ({"desk": {"name": "Acme"}}, "acme", "bottega init --key"),
        ({"apps": {}}, "acme", "BOTTEGA_APPS__FACEBOOK__SECRET"),
    ],
)
def test_what_must_be_set_up_first_is_said(
    terminal: Terminal, sections: dict[str, object], wanted: str, cure: str
) -> None:
    terminal.use(**sections)
    with pytest.raises(NotConnected, match=cure):
        terminal.connect(wanted)


# -- a consent ---------------------------------------------------------------------------------------------------------


def test_without_a_public_address_the_one_where_the_browser_ended_is_pasted(terminal: Terminal) -> None:
    ended: list[str] = []

    def end(address: str) -> str:
        ended.append(agreed(address))
        return ended[0]

    connected(terminal.logins, terminal.store, "acme", identity="1001", typed=Typed(Pasting(terminal, end)))
    assert terminal.stored() == {"acme": "1001"}
    assert ended[0].startswith("https://localhost/oauth/facebook?code=")
    assert dict(parse_qsl(urlsplit(ended[0]).query))["code"] not in terminal.shown()


def test_who_does_not_agree_connects_nothing(terminal: Terminal) -> None:
    with pytest.raises(NotConnected, match="Permissions error"):
        connected(
            terminal.logins,
            terminal.store,
            "acme",
            typed=Typed(Pasting(terminal, lambda address: agreed(address, "deny"))),
        )
    assert terminal.stored() == {}


def returning(terminal: Terminal, decision: str) -> Callable[[float], None]:
    """The person's browser comes back to the running bot while the command waits."""
    setup = Setup(name="Acme", zone="UTC", language="en", media_folder=Path())
    bot = Callback(terminal.store, setup, terminal.logins, lambda: datetime.now(UTC), lambda: None)

    def pause(_seconds: float) -> None:
        (address,) = [line for line in terminal.shown().splitlines() if "/dialog/" in line]
        bot.arrived("facebook", dict(parse_qsl(urlsplit(agreed(address, decision)).query)))

    return pause


def test_with_a_public_address_the_running_bot_meets_the_person_and_the_command_goes_on(terminal: Terminal) -> None:
    terminal.use(web={"public_url": "https://bot.example"})
    said = terminal.connect("acme", identity="acme", pause=returning(terminal, "agree"))
    assert "acme is connected as Acme (@acme)." in said
    assert terminal.stored() == {"acme": "1001"}
    with terminal.store.read() as session:
        (consent,) = session.exec(select(Consent)).all()
    assert (consent.state, consent.found, consent.member_id) == ("done", [], None)


def test_a_refusal_ends_the_waiting(terminal: Terminal) -> None:
    terminal.use(web={"public_url": "https://bot.example"})
    with pytest.raises(NotConnected, match="Permissions error"):
        terminal.connect("acme", pause=returning(terminal, "deny"))


def test_what_was_stored_opens_with_the_key_of_the_settings(terminal: Terminal) -> None:
    terminal.connect("acme", "sandbox-user-token", token=True, identity="1001")
    with terminal.store.read() as session:
        row = session.get_one(Credential, "acme")
    assert Vault([KEY]).open(row.sealed)["token"] == "sandbox-page-token"


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("logging_as_it_was")
def test_the_command_connects_and_the_list_says_how_and_until_when(
    tmp_path: Path, migrated: Path, meta: Stage, shown: Callable[..., str]
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated, tmp_path / "data" / "bottega.db")
    (tmp_path / "config.toml").write_text(
        f"""
        [apps.facebook]
        id = "{APP}"
        base_url = "{meta.address}/facebook"
        [accounts.acme]
        platform = "facebook"
        [accounts.other]
        platform = "mastodon"
        base_url = "https://social.example"
        token = "abcdefgh"
        """
    )
    assert "token of the" in shown("accounts")
    said = shown("accounts", "connect", "acme", "--token", "--identity", "1001", typed="sandbox-user-token\n")
    assert "acme is connected as Acme (@acme)." in said
    assert "sandbox-user-token" not in said
    assert re.search(r"consent of .* until \d{4}-\d\d-\d\d", shown("accounts"))


@pytest.fixture
def shown(tmp_path: Path) -> Callable[..., str]:
    """What the command prints, in one line."""

    def run(*words: str, typed: str = "") -> str:
        environ = {
            "BOTTEGA_CONFIG": str(tmp_path / "config.toml"),
            "BOTTEGA_APPS__FACEBOOK__SECRET": SECRET,
            "BOTTEGA_DESK__SECRET_KEY": KEY,
        }
        result = CliRunner().invoke(cli, list(words), env=environ, input=typed)
        assert result.exit_code == 0, result.output
        return " ".join(result.output.replace("│", " ").split())

    return run
