"""`bottega init`: what it asks, what it writes, and that a bot can run on it."""

import json
import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import config, secretsfile
from bot.cli import cli
from bot.init import chat_in_link, room_in_link
from bot.slack.manifest import manifest
from bot.vault import Vault
from platforms.registry import addresses

DESK = ["Acme & friends", "Europe/Rome", "it", "Ada"]
SLACK = ["y", "/acme", "C0REVIEW01", "", "U0ADA00001"]
TELEGRAM = ["y", "-1001234567890/5", "", "1001"]
ACCOUNT = ["y", "mastodon", "acme", "https://social.example"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "config.toml"


def answer(path: Path, *lines: str) -> Result:
    """Run it with these lines typed."""
    return CliRunner().invoke(cli, ["init", "-c", str(path)], input="\n".join(lines) + "\n")


def test_everything_asked_is_in_the_configuration(path: Path) -> None:
    result = answer(path, *DESK, *SLACK, *TELEGRAM, *ACCOUNT, "n")
    assert result.exit_code == 0, result.output
    written = tomllib.loads(path.read_text())
    assert written["desk"] == {"name": "Acme & friends", "zone": "Europe/Rome", "language": "it"}
    assert written["slack"] == {"command": "/acme", "review": "C0REVIEW01", "inbox": "C0REVIEW01"}
    assert written["telegram"] == {"review": "-1001234567890/5", "inbox": "-1001234567890/5"}
    assert written["accounts"] == {"acme": {"platform": "mastodon", "base_url": "https://social.example"}}
    assert written["members"] == [
        {
            "name": "Ada",
            "roles": ["admin", "author", "approver", "publisher", "moderator"],
            "slack": "U0ADA00001",
            "telegram": 1001,
        }
    ]


def test_what_it_wrote_is_a_whole_configuration_once_the_secrets_are_filled_in(path: Path) -> None:
    answer(path, *DESK, *SLACK, *TELEGRAM, *ACCOUNT, "n")
    values = {"SLACK__BOT_TOKEN": "xoxb-1", "SLACK__APP_TOKEN": "xapp-1", "TELEGRAM__TOKEN": "1:a"}
    secrets = path.with_name("secrets.env")
    text = secrets.read_text()
    for name, value in {**values, "ACCOUNTS__ACME__TOKEN": "toot"}.items():
        assert f"BOTTEGA_{name}=\n" in text
        text = text.replace(f"BOTTEGA_{name}=\n", f"BOTTEGA_{name}={value}\n")
    secrets.write_text(text)
    settings = config.load(path, addresses(), {})
    assert settings.slack.is_on
    assert settings.telegram.is_on
    assert settings.accounts["acme"].token.get_secret_value() == "toot"


def test_it_makes_a_key_that_seals_and_each_time_another(path: Path) -> None:
    answer(path, *DESK, "n", "n", "n")
    written = secretsfile.read(path.with_name("secrets.env"))["BOTTEGA_DESK__SECRET_KEY"]
    printed = CliRunner().invoke(cli, ["init", "--key"]).output.strip()
    assert written != printed
    for key in (written, printed):
        assert Vault([key]).open(Vault([key]).seal({"token": "t"})) == {"token": "t"}


def test_the_secrets_file_is_for_its_owner_alone_and_says_where_each_token_is(path: Path) -> None:
    answer(path, *DESK, *SLACK, *TELEGRAM, *ACCOUNT, "n")
    secrets = path.with_name("secrets.env")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    text = secrets.read_text()
    assert "@BotFather" in text
    assert "# 1. Sign in to your server" in text
    assert "the token into BOTTEGA_ACCOUNTS__NAME__TOKEN" in text


def test_the_configuration_says_where_an_accounts_token_belongs(path: Path) -> None:
    answer(path, *DESK, "n", *TELEGRAM, *ACCOUNT, "n")
    table = path.read_text().partition("[accounts.acme]")[2]
    assert "# Its token is BOTTEGA_ACCOUNTS__ACME__TOKEN in secrets.env, or in the environment." in table


def test_the_manifest_has_the_command_that_was_chosen(path: Path) -> None:
    answer(path, *DESK, *SLACK, "n", "n")
    written = json.loads(path.with_name("slack-manifest.json").read_text())
    assert written == manifest(name="Bottega", command="/acme")


def test_without_slack_there_is_no_manifest(path: Path) -> None:
    result = answer(path, *DESK, "n", *TELEGRAM, *ACCOUNT, "n")
    assert result.exit_code == 0
    assert not path.with_name("slack-manifest.json").exists()
    assert "slack" not in tomllib.loads(path.read_text())
    assert "manifest" not in result.output


def test_enter_takes_what_is_usual(path: Path) -> None:
    result = answer(path, *[""] * 4, "n", *[""] * 4, *[""] * 4, "n")
    assert result.exit_code == 0, result.output
    settings = config.load(path, addresses(), {"BOTTEGA_TELEGRAM__TOKEN": "1:a"})
    assert (settings.desk.zone, settings.desk.language) == ("Europe/Rome", "en")
    assert settings.accounts["main"].platform == "mastodon"


def test_who_does_not_know_an_id_yet_is_told_how_to_get_it(path: Path) -> None:
    result = answer(path, *[""] * 4, "n", *[""] * 4, "n")
    assert "members" not in tomllib.loads(path.read_text())
    assert "write to the bot:\n  3. It tells your id" in result.output
    taken_away = path.read_text().partition("# The first admin")[2].partition("\n")[2].replace("#", "")
    (admin,) = tomllib.loads(taken_away)["members"]
    assert (admin["telegram"], "admin" in admin["roles"]) == (123456789, True)


def test_what_cannot_be_is_asked_again_with_the_reason(path: Path) -> None:
    wrong_then_right = [
        *("Acme", "Rome", "Europe/Rome", "tlh", "en", "Ada"),
        *("y", "social", "/social", "#review", "C0REVIEW01", "", "@ada", "U0ADA00001"),
        *("y", "the group", "-100", "", "ada", ""),
        *("y", "twitter", "mastodon", "Acme", "acme", "social.example", "https://social.example"),
        *("y", "", "acme", "acme_it", "https://social.example", "n"),
    ]
    result = answer(path, *wrong_then_right)
    assert result.exit_code == 0, result.output
    for reason in (
        "'Rome' is no IANA time zone",
        "there is no catalogue for 'tlh'",
        "write it like /social",
        "write the channel's id (C…), not its name",
        "write the member's id (U…)",
        "write the chat's number",
        "it is a number; leave it empty",
        "there are: mastodon",
        "account 'Acme': use up to 40 small letters",
        "Input should be a valid URL",
        "there is an account of that name",
    ):
        assert f"That cannot be: {reason}" in result.output
    assert list(tomllib.loads(path.read_text())["accounts"]) == ["acme", "acme_it"]


@pytest.mark.parametrize("there", ["config.toml", "secrets.env", "slack-manifest.json"])
def test_nothing_is_ever_overwritten(path: Path, there: str) -> None:
    path.parent.mkdir()
    path.with_name(there).write_text("mine")
    result = answer(path, *DESK, *SLACK, "n", "n")
    assert result.exit_code == 1
    assert f"{there} exists already; move it away first" in result.output.replace("\n", "")
    assert [(file.name, file.read_text()) for file in path.parent.iterdir()] == [(there, "mine")]


def test_ended_half_way_nothing_is_written(path: Path) -> None:
    result = answer(path, *DESK, *SLACK)
    assert result.exit_code == 1
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://acme.slack.com/archives/C0123ABCD", "C0123ABCD"),
        ("https://acme.slack.com/archives/C0123ABCD/p1700000000000000", "C0123ABCD"),
        ("https://app.slack.com/client/T0456EFGH/C0123ABCD", "C0123ABCD"),
        ("https://app.slack.com/client/E0456EFGH/G0123ABCD/thread/C0123ABCD-1700000000.000000", "G0123ABCD"),
        ("C0123ABCD", "C0123ABCD"),
    ],
)
def test_the_link_of_a_channel_is_as_good_as_its_id(typed: str, meant: str) -> None:
    assert room_in_link(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://t.me/c/1234567890/42", "-1001234567890"),
        ("https://t.me/c/1234567890/5/42", "-1001234567890/5"),
        ("-1001234567890/5", "-1001234567890/5"),
        ("https://t.me/acme/42", "https://t.me/acme/42"),
    ],
)
def test_the_link_of_a_message_is_as_good_as_the_number_of_its_chat(typed: str, meant: str) -> None:
    assert chat_in_link(typed) == meant


def test_words_of_people_stay_words_in_the_file(path: Path) -> None:
    answer(path, 'Say "hi" \\ [x]', "", "", "Ad=a", "n", "n", "n")
    assert tomllib.loads(path.read_text())["desk"]["name"] == 'Say "hi" \\ [x]'
