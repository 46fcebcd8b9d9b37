"""The doctor on whose tokens there are: a token of another account, one token twice, with and without the network."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import config
from bot.doctor import Finding, examine
from models.account import Account, Stranger
from models.store import Store
from platforms.registry import addresses
from support.world import TOKENS, World, world_in

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


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


def _met(world: World, **change: Any) -> None:
    """The desk has met acme, and is as the change says since."""
    store = Store(f"sqlite:///{world.folder / 'data' / 'bottega.db'}")
    store.migrate()
    with store.write() as session:
        given: dict[str, Any] = {"platform": "mastodon", "remote_id": "1", "handle": "acme@social.example", **change}
        session.add(Account(name="acme", **given))
    store.close()


def test_a_token_of_another_account_is_named_with_and_without_the_network(world: World) -> None:
    _met(world)
    said = "account acme: it is @acme@social.example, and its token is one of @acme"
    assert [fault for fault in faults(look(world)) if said in fault] != []
    store = Store(f"sqlite:///{world.folder / 'data' / 'bottega.db'}")
    with store.write() as session:
        other = {"platform": "mastodon", "server": "", "remote_id": "2", "handle": "acme_it@x", "name": "", "url": ""}
        session.get_one(Account, "acme").meet_stranger(Stranger(mark="", **other), NOW)
    store.close()
    world.mastodon.fault("GET *", "status", status=503, times=500)
    assert [fault for fault in faults(look(world)) if "its token is one of @acme_it@x" in fault] != []


def test_two_accounts_with_one_token_are_named_with_and_without_the_network(world: World) -> None:
    same = "account acme_it: its token is one of the same account as that of acme, so nothing goes out as it"
    told = (TOKENS["acme_it"], TOKENS["acme"])
    assert [fault for fault in faults(look(world, told)) if fault.startswith(same)] != []
    world.mastodon.fault("GET *", "status", status=503, times=500)
    assert [fault for fault in faults(look(world, told)) if fault.startswith(same)] != []


def test_a_name_of_another_network_and_another_server_are_named_offline(world: World) -> None:
    world.mastodon.fault("GET *", "status", status=503, times=500)
    _met(world, server="elsewhere.example")
    assert [fault for fault in faults(look(world)) if "was @acme@social.example on elsewhere.example" in fault] != []
    (world.folder / "data" / "bottega.db").unlink()
    _met(world, platform="threads")
    assert [fault for fault in faults(look(world)) if "on threads, and is on mastodon now" in fault] != []
