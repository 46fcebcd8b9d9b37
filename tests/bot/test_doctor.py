"""The doctor at work against running services: all well, and every fault with its cure."""

import asyncio
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import config
from bot.doctor import CLOCK_SKEW, Finding, clock, examine
from bot.vault import Vault
from models.account import Account
from models.audit import AuditEntry, append, chain
from models.credential import Credential
from models.store import Store
from platforms.registry import addresses
from sandbox.meta.server import MetaSandbox
from support.meta_desk import KEY, OLD_KEY
from support.platform_running import running as running_sandbox
from support.s3 import KEY as KEY_ID
from support.s3 import REGION, Buckets
from support.s3 import SECRET as KEY_SECRET
from support.stage import Stage
from support.world import TOKENS, World, world_in

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
#: A port where nothing listens: reserved, and never given out.
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_in(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(running: World, tmp_path: Path) -> World:
    """Services as at the beginning, a bot that may read its group, and a folder of its own."""
    running.reset()
    running.telegram.act("settings", privacy=False)
    running.folder = tmp_path
    return running


def look(world: World, change: tuple[str, str] = ("", ""), **environ: str) -> list[Finding]:
    """What the doctor finds with this change of config.toml and these settings (SLACK__BOT_TOKEN="…")."""
    path = world.config()
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change) if change[0] else text)
    variables = {f"BOTTEGA_{name}": value for name, value in environ.items()}
    return asyncio.run(examine(config.load(path, addresses(), variables), path.parent))


def faults(found: list[Finding]) -> list[str]:
    """What is wrong, a line each."""
    return [f"{finding.subject}: {finding.sentence}" for finding in found if not finding.is_well]


def test_all_is_well_where_all_is_well(world: World) -> None:
    found = look(world)
    assert faults(found) == []
    subjects = [finding.subject for finding in found]
    assert subjects == ["config", "data folder", "database", "slack", "telegram", "account acme", *subjects[6:]]
    assert subjects[6:] == ["account acme_it", "clock"]
    assert "is acme@" in found[5].sentence


def test_it_says_what_becomes_of_the_database(world: World) -> None:
    assert Finding("database", True, "“bottega run” will create it") in look(world)
    store = Store(f"sqlite:///{world.folder / 'data' / 'bottega.db'}")
    store.migrate()
    store.close()
    assert Finding("database", True, "up to date") in look(world)


def test_an_altered_log_is_named_wherever_it_was_altered(world: World) -> None:
    path = world.folder / "data" / "bottega.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with store.write() as session:
        for action in ("one", "two"):
            append(session, AuditEntry(at=NOW, actor="Ada", action=action, subject="P1", previous="", hash=""))
    with store.read() as session:
        head = chain(session).head
    store.close()
    assert Finding("audit log", True, f"2 entries, as they were written; its head is 2:{head}") in look(world)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'Bruno' WHERE id = 1")
    [said] = faults(look(world))
    assert said.startswith(
        "audit log: it was altered: entry 1 does not fit the chain of hashes; compare it with a copy"
    )
    assert "docs/hosting.md" in said


# -- this machine ------------------------------------------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_named(world: World) -> None:
    _revision(world, "9999_from_the_future")
    assert faults(look(world)) == ["database: it was written by a newer Bottega; install that, or restore a copy"]


def test_a_file_that_is_no_database_is_named(world: World) -> None:
    (world.folder / "data").mkdir(mode=0o700)
    (world.folder / "data" / "bottega.db").write_text("no database at all " * 100)
    assert faults(look(world)) == ["database: it cannot be used (file is not a database); see [desk] database and data"]


def test_a_database_server_out_of_reach_is_named_without_its_password(world: World) -> None:
    [fault] = faults(look(world, DESK__DATABASE="postgresql://desk:hunter2@127.0.0.1:9/desk"))
    assert fault.startswith("database: it cannot be used (connection")
    assert "hunter2" not in fault


def test_a_data_folder_that_cannot_be_written_is_named(world: World) -> None:
    (world.folder / "data").write_text("a file where the folder should be")
    [fault] = faults(look(world))
    assert fault == f"data folder: {world.folder / 'data'} cannot be written (File exists); see [desk] data"


def test_secrets_that_everybody_can_read_are_named(world: World) -> None:
    secrets = world.folder / "secrets.env"
    secrets.touch()
    secrets.chmod(0o644)
    assert faults(look(world)) == [f"secrets: others on this machine can read {secrets}: chmod 600 {secrets}"]
    secrets.chmod(0o600)
    assert faults(look(world)) == []


@pytest.mark.parametrize("section", ["web", "metrics"])
def test_a_port_is_only_looked_at_where_one_is_needed(world: World, section: str) -> None:
    def seen(port: str) -> list[Finding]:
        return look(world, **{f"{section.upper()}__ENABLED": "true", f"{section.upper()}__PORT": port})  # type: ignore[arg-type]

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        taken = seen(port)
    assert faults(taken) == []
    assert "something answers" in next(finding.sentence for finding in taken if finding.subject == section)
    assert f"port {port} is free" in next(finding.sentence for finding in seen(port) if finding.subject == section)
    assert not {"web", "metrics"} & {finding.subject for finding in look(world)}


def test_a_bucket_is_tried_where_there_is_one(world: World, s3: Buckets) -> None:
    given = {
        "URL": "s3://bakery/bottega",
        "ENDPOINT": s3.address,
        "REGION": REGION,
        "KEY": KEY_ID,
        "SECRET": KEY_SECRET,
    }
    settings = {f"SHELF__{name}": value for name, value in given.items()}
    found = look(world, **settings)  # type: ignore[arg-type]  # none of these is `change`
    assert Finding("shelf", True, "networks can fetch files from s3://bakery/bottega") in found
    [fault] = faults(look(world, **settings | {"SHELF__SECRET": "guess"}))  # type: ignore[arg-type]  # the same
    assert fault.startswith("shelf: The bucket of [shelf] refuses us")
    assert fault.endswith("see [shelf] endpoint, region, key and secret")


# -- the configuration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slack", "said"),
    [
        ("", "no chat is configured: set BOTTEGA_SLACK__BOT_TOKEN or BOTTEGA_TELEGRAM__TOKEN"),
        ('[slack]\ninbox = "C1"\n', "[slack] has rooms but no token, so it is off: set BOTTEGA_SLACK__BOT_TOKEN"),
    ],
)
def test_everything_that_is_missing_is_named_at_once(tmp_path: Path, slack: str, said: str) -> None:
    (tmp_path / "config.toml").write_text(f'{slack}[accounts.acme]\nplatform = "mastodon"\nbase_url = "{NOBODY}"\n')
    found = asyncio.run(examine(config.load(tmp_path / "config.toml", addresses(), {}), tmp_path))
    lines = "\n".join(faults(found))
    for part in (
        said,
        "there is no place where posts are reviewed",
        "[accounts.acme] has no token: set BOTTEGA_ACCOUNTS__ACME__TOKEN",
        "nobody is admin",
    ):
        assert f"config: {part}" in lines
    assert ("where comments arrive" in lines) == (not slack)


def test_a_desk_without_accounts_is_told_so(world: World) -> None:
    path = world.config()
    head, _, rest = path.read_text().partition("[accounts.acme]")
    path.write_text(head + rest[rest.index("[[members]]") :])
    found = asyncio.run(examine(config.load(path, addresses(), {}), path.parent))
    assert faults(found) == ["config: there is no account: add [accounts.NAME] with platform and base_url"]
    assert found[-1] == Finding("clock", True, "no network told its time, so this machine's is believed")


# -- the chats ---------------------------------------------------------------------------------------------------------


def test_a_wrong_slack_token_is_named(world: World) -> None:
    [fault] = faults(look(world, SLACK__BOT_TOKEN="xoxb-wrong"))
    assert fault.startswith("slack: Slack refuses the bot token")


def test_a_scope_that_slack_did_not_grant_is_named(world: World) -> None:
    scopes = set(world.slack.act("settings")["scopes"]) - {"files:read"}
    world.slack.act("settings", scopes=sorted(scopes))
    try:
        assert faults(look(world)) == [
            "slack: The Slack app lacks these scopes: files:read. Add them and install the app again."
        ]
    finally:
        world.slack.act("settings", scopes=sorted(scopes | {"files:read"}))


def test_slack_rooms_that_are_unknown_or_without_the_bot_are_named(world: World) -> None:
    unknown, outside = faults(look(world, SLACK__REVIEW="C0UNKNOWN1", SLACK__INBOX="C0GENERAL1"))
    assert "review room C0UNKNOWN1 cannot be seen" in unknown
    assert "not in the inbox room #general" in outside


def test_a_wrong_telegram_token_is_named(world: World) -> None:
    [fault] = faults(look(world, TELEGRAM__TOKEN="12345:wrong"))
    assert fault.startswith("telegram: Telegram refuses the token")


def test_an_unknown_telegram_room_is_named(world: World) -> None:
    [fault] = faults(look(world, TELEGRAM__REVIEW="-100999999"))
    assert "telegram: The chat -100999999 cannot be reached" in fault


def test_a_fault_of_a_group_that_holds_several_places_is_named_once(world: World) -> None:
    world.telegram.act("settings", privacy=True)
    [fault] = faults(look(world))
    assert "Telegram's privacy mode hides albums" in fault


# -- the networks ------------------------------------------------------------------------------------------------------


def test_a_token_that_the_network_refuses_is_named_with_its_variable(world: World) -> None:
    [fault] = faults(look(world, ACCOUNTS__ACME__TOKEN="wrong"))
    assert fault.startswith("account acme: the network refuses the token")
    assert fault.endswith("set BOTTEGA_ACCOUNTS__ACME__TOKEN")


def test_scopes_that_an_application_lacks_are_named(world: World) -> None:
    told = json.dumps({"scopes": ["read", "write:statuses", "write:media"]})
    world.mastodon.fault("GET /api/v1/apps/verify_credentials", "status", status=200, body=told)
    [fault] = faults(look(world))
    assert "the token lacks these scopes: write:favourites, write:mutes, write:blocks, write:reports; make" in fault


def test_an_instagram_account_is_connected_by_facebooks_app_unless_it_comes_by_its_own_login(world: World) -> None:
    def found(address: str) -> list[str]:
        app = {"APPS__FACEBOOK__ID": "1", "APPS__FACEBOOK__SECRET": "s"}
        gram = {"ACCOUNTS__GRAM__PLATFORM": "instagram", "ACCOUNTS__GRAM__BASE_URL": address}
        return faults(look(world, ("", ""), **app, **gram))

    through_its_page, by_login = found("https://graph.facebook.com"), found("https://graph.instagram.com")
    assert "config: [accounts.gram] is not connected: type “bottega accounts connect gram”" in through_its_page
    assert "config: [accounts.gram] has no token: set BOTTEGA_ACCOUNTS__GRAM__TOKEN" in by_login


def test_an_account_that_pays_is_asked_whether_its_token_for_ads_works(world: World) -> None:
    with running_sandbox(MetaSandbox()) as address:
        page = {
            "APPS__FACEBOOK__ID": "4000000001",
            "APPS__FACEBOOK__SECRET": "sandbox-meta-secret",
            "DESK__SECRET_KEY": KEY,
            "ACCOUNTS__PAGE__PLATFORM": "facebook",
            "ACCOUNTS__PAGE__BASE_URL": f"{address}/facebook",
            "ACCOUNTS__PAGE__TOKEN": "sandbox-page-token",
            "ACCOUNTS__PAGE__ADS_TOKEN": "sandbox-ads-token",
            "ACCOUNTS__PAGE__OPTIONS__AD_ACCOUNT": "act_5001",
        }
        found = look(world, ("", ""), **page)
        assert faults(found) == []
        assert [f.sentence for f in found if f.sentence.startswith("pays for its boosts from ")]
        Stage(address).act("token", token="sandbox-ads-token", end=460)
        [fault] = faults(look(world, ("", ""), **page))
        assert fault.startswith("account page: the network refuses the token for ads (Error validating access token")
        assert fault.endswith("; set another BOTTEGA_ACCOUNTS__PAGE__ADS_TOKEN")
        Stage(address).act("token", token="sandbox-ads-token", end=0)
        Stage(address).act("ads/settings", account_status=2)
        [fault] = faults(look(world, ("", ""), **page))
        assert "cannot order anything" in fault


def test_an_app_without_a_secret_or_a_desk_without_a_key_connects_nothing(world: World) -> None:
    found = faults(look(world, APPS__FACEBOOK__ID="123", ACCOUNTS__PAGE__PLATFORM="facebook"))
    assert "config: [apps.facebook] has no secret: set BOTTEGA_APPS__FACEBOOK__SECRET" in found
    assert any("set BOTTEGA_DESK__SECRET_KEY" in fault for fault in found)
    assert "config: [accounts.page] is not connected: type “bottega accounts connect page”" in found


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        (KEY, []),
        (OLD_KEY, ["account acme: its token was sealed with another key than BOTTEGA_DESK__SECRET_KEY"]),
        ("", ["account acme: BOTTEGA_DESK__SECRET_KEY, with which its token was sealed, is not set"]),
    ],
)
def test_an_account_that_was_connected_is_asked_by_what_connects_it(world: World, key: str, wrong: list[str]) -> None:
    store = Store(f"sqlite:///{world.folder / 'data' / 'bottega.db'}")
    store.migrate()
    with store.write() as session:
        session.add(Account(name="acme", platform="mastodon"))
        session.flush()
        sealed = Vault([KEY]).seal({"token": TOKENS["acme"]})
        session.add(
            Credential(account="acme", sealed=sealed, remote_id="1", handle="acme", renewed_at=NOW, connected_at=NOW)
        )
    store.close()
    found = look(world, (f'token = "{TOKENS["acme"]}"\n', ""), DESK__SECRET_KEY=key)
    assert faults(found) == wrong
    if not wrong:
        assert any(finding.subject == "account acme" and "is acme@" in finding.sentence for finding in found)


def test_a_token_that_may_less_than_its_application_is_found_out(world: World) -> None:
    world.mastodon.act("settings", scopes={"acme": "read:accounts write"})
    [fault] = faults(look(world))
    assert fault.startswith("account acme: comments cannot be read")
    assert "read:" in fault


def test_a_token_that_may_not_tell_whose_it_is_lacks_scopes(world: World) -> None:
    world.mastodon.act("settings", scopes={"acme": "write"})
    [fault] = faults(look(world))
    assert fault.startswith("account acme: the token may not tell whose it is")
    assert "make a token that has all scopes" in fault
    assert "base_url" not in fault


def test_a_locked_account_is_to_be_put_right_on_its_network(world: World) -> None:
    said = '{"error": "Your login is currently disabled"}'
    world.mastodon.fault("GET /api/v1/accounts/verify_credentials", "status", status=403, body=said)
    [fault] = faults(look(world))
    assert "the network has locked it (Your login is currently disabled); sign in there" in fault
    assert "token" not in fault


@pytest.mark.parametrize(
    ("skews", "said"),
    [
        ([CLOCK_SKEW * 5, None, timedelta()], "this machine is 300 seconds behind the network; set its clock by NTP"),
        ([timedelta(), -CLOCK_SKEW * 2], "this machine is 120 seconds ahead of the network; set its clock by NTP"),
        ([CLOCK_SKEW, None], "agrees with the network's"),
        ([None], "no network told its time, so this machine's is believed"),
    ],
)
def test_a_clock_that_is_wrong_is_named(skews: list[timedelta | None], said: str) -> None:
    assert clock(skews) == Finding("clock", "NTP" not in said, said)


def test_where_nothing_listens_every_service_is_named(world: World) -> None:
    mastodon = world.mastodon.address
    found = look(world, (mastodon, NOBODY), SLACK__API_URL=f"{NOBODY}/api/", TELEGRAM__API_URL=NOBODY)
    slack, telegram, *accounts = faults(found)
    assert f"slack: Slack cannot be reached at {NOBODY}/api/" in slack
    assert "telegram: Telegram cannot be reached" in telegram
    assert len(accounts) == len(TOKENS)
    assert all("could not be asked" in account for account in accounts)


def _revision(world: World, name: str) -> None:
    """A database whose schema has that name."""
    path = world.folder / "data" / "bottega.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (name,))
