"""Every platform says truly what it is, whose it is and what it can."""

from dataclasses import fields

import pytest

from platforms import contract
from platforms.contract import (
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Permanent,
    Platform,
    TryLater,
)
from platforms.registry import NAMES, spec, specs
from support.platform_bench import Bench
from support.platform_benches import BENCHES
from support.platform_promises import unheard

#: Which protocol stands behind which flag; flags that are not here have none.
PROTOCOLS = {
    "deletes": contract.Deletes,
    "reads_comments": contract.ReadsComments,
    "streams": contract.Streams,
    "replies": contract.Replies,
    "likes": contract.Likes,
    "reposts": contract.Reposts,
    "mutes": contract.Mutes,
    "blocks": contract.Blocks,
    "reports": contract.Reports,
    "hides": contract.Hides,
    "removes_comments": contract.RemovesComments,
    "private_replies": contract.PrivateReplies,
    "closes_comments": contract.ClosesComments,
    "measures": contract.Measures,
    "boosts": contract.Boosts,
    "audiences": contract.Audiences,
    "page_settings": contract.PageSettings,
}
OTHERS = {"formats", "threads", "links", "first_comment", "content_warning", "visibilities", "languages", "mentions"}


def test_every_platform_of_the_registry_has_a_bench() -> None:
    assert set(BENCHES) == set(NAMES)
    assert [found.name for found in specs()] == list(NAMES)
    with pytest.raises(KeyError, match="known"):
        spec("myspace")


def test_flags_and_protocols_agree(account: Platform) -> None:
    best = spec(account.name).can
    assert {f.name for f in fields(best)} == set(PROTOCOLS) | OTHERS
    for flag, protocol in PROTOCOLS.items():
        assert isinstance(account, protocol) == getattr(best, flag), flag


def test_connecting_touches_no_network(bench: Bench) -> None:
    account = bench.connect()
    assert account.name == bench.name
    assert bench.token not in repr(account)
    account.problems(Outgoing(("hello",)))
    account.length(Outgoing(("hello",)))
    assert account.can == spec(bench.name).can
    assert bench.asked("*") == []


def test_spec_says_how_to_get_a_token(bench: Bench) -> None:
    found = spec(bench.name)
    assert found.title
    assert len(found.setup) >= 3


def test_token_says_whose_it_is(bench: Bench, account: Platform) -> None:
    who = account.whoami()
    assert who.handle == bench.handle
    assert who.remote_id
    assert who.missing_scopes == ()


def test_limits_are_the_networks_or_the_documented_ones(bench: Bench, account: Platform) -> None:
    assert account.limits.text > 0
    assert bench.connect(address=unheard()).limits == spec(bench.name).limits


@pytest.mark.needs("tells_limits")
def test_asking_whose_token_it_is_refreshes_the_limits(bench: Bench, account: Platform) -> None:
    account.whoami()
    longer = account.limits.text + 700
    bench.grow(longer)
    account.whoami()
    assert account.limits.text == longer


def test_errors_are_caught_by_those_who_mean_them() -> None:
    assert not issubclass(OutcomeUnknown, contract.PlatformError)
    assert not issubclass(contract.CannotTell, contract.PlatformError)
    assert issubclass(MediaNotReady, TryLater)
    assert not issubclass(Permanent, TryLater)
    assert str(TryLater()) != ""
