"""Every platform says truly what it is, whose it is and what it can."""

from dataclasses import fields
from typing import Any

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
from support.platform_progress import Kept
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


#: What networks and their lesser likenesses answer where they do not tell what is asked.
SIDE_ANSWERS: list[dict[str, Any]] = [
    {"status": 401, "body": '{"error": "The access token was revoked"}'},
    {"status": 401, "body": '{"error": {"code": 190, "message": "Error validating access token"}}'},
    {"status": 403, "body": '{"error": "Your login is currently disabled"}'},
    {"status": 400, "body": '{"error": {"code": 368, "message": "temporarily blocked"}}'},
    {"status": 403, "body": '{"error": {"code": 10, "message": "no permission"}}'},
    {"status": 404, "body": '{"error": "Record not found"}'},
    {"status": 429, "body": '{"error": {"code": 4, "message": "Application request limit reached"}}'},
    {"status": 503, "body": "<h1>503</h1>", "headers": {"Content-Type": "text/html"}},
    {"status": 200, "body": '{"data": {"is_valid": false, "scopes": [], "error": {"code": 190}}, "scopes": ""}'},
    {"status": 200, "body": '["odd"]'},
    {"status": 200, "body": '{"data": "odd", "scopes": {"odd": 1}}'},
]


@pytest.mark.parametrize("answer", SIDE_ANSWERS, ids=lambda answer: f"{answer['status']}-{answer['body'][:24]}")
def test_what_is_asked_beside_it_says_nothing_against_the_account(
    bench: Bench, account: Platform, answer: dict[str, Any]
) -> None:
    for match in bench.asides:
        bench.disturb("status", match=match, times=50, **answer)
    who = account.whoami()
    assert who.remote_id == bench.connect().whoami().remote_id
    assert who.missing_scopes == (), "scopes unknown are not scopes lacking"
    assert account.can == bench.connect().can
    assert bench.asides
    for match in bench.asides:
        assert bench.asked(match), match


def test_another_token_says_another_identity_and_publishes_elsewhere(bench: Bench, account: Platform) -> None:
    other = bench.connect(token=bench.other_token())
    assert other.whoami().remote_id not in {"", account.whoami().remote_id}
    assert other.publish(bench.outgoing("elsewhere"), "key-1", Kept()).remote_id
    assert bench.standing() == [], "a desk that does not look publishes on somebody else's account"


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
