"""Whose tokens there are, where rows meet: on both databases, and as accounts are built in production."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.networks import Builder, server_of
from bot.settings import Settings
from handlers.delivery import identity
from handlers.delivery.access import OtherIdentity
from handlers.setup import OurAccount, Setup
from models.account import Account
from models.store import Store
from support.paper_network import PaperNetwork, account


def now() -> datetime:
    return datetime.now(UTC)


def test_of_two_that_meet_one_identity_at_once_only_one_is_it(either: Store, tmp_path: Path) -> None:
    names = ("one", "two", "three")
    accounts: dict[str, OurAccount] = {name: account(PaperNetwork(), name) for name in names}
    setup = Setup(name="Bottega", zone="UTC", language="en", media_folder=tmp_path, accounts=accounts)
    with either.write() as session:
        session.add_all(Account(name=name, platform="paper") for name in names)
    refused: list[str] = []
    ready = threading.Barrier(len(names))

    def meet(name: str) -> None:
        ready.wait()
        try:
            identity.confirm(either, setup, now, accounts[name])
        except OtherIdentity:
            refused.append(name)

    threads = [threading.Thread(target=meet, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with either.read() as session:
        rows = [session.get_one(Account, name) for name in names]
    assert sorted(row.name for row in rows if row.other) == sorted(refused)
    (it,) = [row.name for row in rows if not row.other]
    assert {row.stranger.twin for row in rows if row.stranger} == {it}


def built(**own: Any) -> OurAccount:
    """The account as production builds it."""
    given = {"platform": "mastodon", "base_url": "https://social.example", "token": "a-secret-token", **own}
    return Builder(Settings(accounts={"acme": given}))("acme")


def test_a_mark_knows_its_token_again_and_does_not_show_it() -> None:
    acme, again = built(), built()
    mark = acme.mark()
    assert again.has(mark)
    assert mark != acme.mark()
    assert "a-secret-token" not in repr(acme) + mark


@pytest.mark.parametrize(
    "other",
    [
        {"token": "another-token"},
        {"base_url": "https://elsewhere.example"},
        {"options": {"proxy": "http://127.0.0.1:9"}},
        {"platform": "threads"},
    ],
    ids=str,
)
def test_whatever_decides_whose_it_is_makes_another_mark(other: dict[str, Any]) -> None:
    assert not built(**other).has(built().mark())


def test_a_server_is_the_same_however_its_address_is_written() -> None:
    same = ("https://Social.Example", "https://social.example:443/", "http://social.example")
    assert {server_of(address) for address in same} == {"social.example"}
    assert server_of("https://social.example:8443") != "social.example"
    assert built(platform="threads", base_url="https://graph.example").server == "", "an id there is one everywhere"
