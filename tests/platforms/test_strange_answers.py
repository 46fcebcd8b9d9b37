"""Whatever a network answers, a call ends with an ordinary value or with one of the contract's own errors."""

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
import stamina
from structlog.testing import capture_logs

from platforms.contract import (
    CannotTell,
    NotJson,
    OutcomeUnknown,
    Permanent,
    PlatformError,
    read_json,
)
from platforms.facebook.login import FacebookLogin
from platforms.instagram.login import InstagramLogin
from platforms.mastodon.adapter import Mastodon
from platforms.registry import NAMES, spec
from platforms.spec import App, Keys
from platforms.threads.login import ThreadsLogin
from support.patience import CALLS
from support.platform_benches import BENCHES
from support.platform_calls import Call, calls, connected
from support.platform_lies import LONG, distorted, lies, strange_in
from support.platform_relay import Heard, Relay, relaying
from support.platform_running import running
from support.platform_shelf import lending

#: Lies tried on each call: a sample, the same every time. All are some hundred thousand, and were walked once.
SAMPLE = 3
#: A library leaves a connection to Python that it has dropped in the middle of an answer.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def asked_once() -> Iterator[None]:
    """A read that failed is not asked again after a while."""
    with stamina.set_testing(True, attempts=1), capture_logs():
        yield


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_a_surprise(name: str, tmp_path: Path) -> None:
    kind = BENCHES[name]
    with running(kind.service()) as address, lending() as shelf, relaying(address) as relay:
        bench = kind(address, shelf)
        for call in list(calls(bench, connected(bench, address), tmp_path)):
            relay.passes_on()
            _outcome(call, connected(bench, relay.address))
            _walk(relay, call, list(relay.heard), partial(connected, bench))


def test_no_answer_to_a_login_is_a_surprise() -> None:
    def app(address: str, host: str) -> App:
        return App("40", "secret", f"{address}/{host}", "", f"{address}/{host}/code")

    def told(path: str, **body: Any) -> Heard:
        return Heard("POST" if path.endswith("code") else "GET", path, 200, (), json.dumps(body).encode())

    page = {"id": "1", "name": "Acme", "access_token": "p", "instagram_business_account": {"id": "2", "username": "a"}}
    fresh = {"access_token": "long", "expires_in": 5184000, "permissions": ["a"]}
    short = {"access_token": "short", "user_id": 1, "permissions": "a,b"}
    facebook = [
        told("/facebook/v26.0/oauth/access_token", **fresh),
        told("/facebook/v26.0/me/permissions", data=[{"permission": "pages_show_list", "status": "granted"}]),
        told(
            "/facebook/v26.0/debug_token",
            data={"is_valid": True, "scopes": ["a"], "data_access_expires_at": 1800000000},
        ),
        told("/facebook/v26.0/me/accounts", data=[page]),
    ]
    instagram = [
        told("/instagram/code", **short),
        told("/instagram/access_token", **fresh),
        told("/instagram/v26.0/me", user_id="1", username="acme", name="Acme"),
    ]
    threads = [
        told("/threads/code", **short),
        told("/threads/access_token", **fresh),
        told("/threads/v1.0/me", id="26", username="acme", name="Acme"),
        told("/threads/v1.0/debug_token", data={"scopes": ["a"], "expires_at": 1800000000, "is_valid": True}),
    ]
    renewal = [told("/threads/refresh_access_token", **fresh)]
    every: list[tuple[str, list[Heard], Callable[[str], object]]] = [
        ("a Page", facebook, lambda a: FacebookLogin().exchange(app(a, "facebook"), "code", "")),
        ("a Page's account", facebook, lambda a: InstagramLogin().exchange(app(a, "facebook"), "code", "")),
        ("an account", instagram, lambda a: InstagramLogin().exchange(app(a, "instagram"), "code", "")),
        ("a profile", threads, lambda a: ThreadsLogin().exchange(app(a, "threads"), "code", "")),
        ("a renewal", renewal, lambda a: ThreadsLogin().renew(app(a, "threads"), "old")),
    ]  # fmt: skip
    with relaying("http://127.0.0.1:1") as relay:
        for name, memory, do in every:
            relay.answers(memory, -1, b"")
            assert not isinstance(_outcome(Call(name, do), relay.address), Exception), name
            _walk(relay, Call(name, do), memory, str, 10 * SAMPLE)


#: What each network calls to tell, in the form of its documentation.
TOLD: dict[str, Any] = {
    "facebook": {"object": "page", "entry": [{"id": "1001", "time": 1800000000, "changes": [{"field": "feed", "value": {
        "item": "comment", "verb": "add", "comment_id": "7_8", "post_id": "1001_7", "parent_id": "1001_7",
        "from": {"id": "5", "name": "Nora"}, "message": "hi", "created_time": 1800000000, "photo": "https://x.example/1",
        "post": {"is_published": False, "permalink_url": "https://x.example/2"},
    }}]}]},
    "instagram": {"object": "instagram", "entry": [{"id": "17", "time": 1800000000, "changes": [{"field": "comments",
        "value": {"id": "7", "from": {"id": "5", "username": "nora"}, "text": "hi", "parent_id": "6",
                  "media": {"id": "8", "media_product_type": "FEED", "original_media_id": "9"}}}]}]},
    "threads": {"target_id": "26", "values": [{"field": "replies", "value": {
        "id": "7", "username": "nora", "text": "hi", "timestamp": "2026-01-02T18:31:28+0000",
        "permalink": "https://x.example/1", "media_type": "IMAGE", "media_url": "https://x.example/2",
        "root_post": {"id": "8", "username": "acme"}, "replied_to": {"id": "9"}}}]},
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_nothing_that_a_network_calls_to_tell_is_a_surprise(name: str) -> None:
    hooks = spec(name).hooks
    assert hooks is not None
    assert list(hooks.read(TOLD[name]))
    for lie, changed in distorted(TOLD[name]):
        try:
            body = read_json(json.dumps(changed()))
        except NotJson:
            continue  # nothing of that kind comes so far
        assert list(strange_in(list(hooks.read(body)))) == [], lie


def test_nothing_that_a_stream_tells_is_a_surprise() -> None:
    status = {
        "id": "7", "created_at": "2026-11-23T10:00:00Z", "content": "hi", "spoiler_text": "", "visibility": "public",
        "account": {"id": "5", "acct": "x", "display_name": "X", "url": "https://x.example", "avatar": "https://x.example/1"},
        "media_attachments": [{"url": "https://x.example/2", "type": "image", "description": "a cat"}],
        "mentions": [{"id": "1"}], "url": "https://x.example/3", "edited_at": "2026-11-23T10:00:00Z",
    }  # fmt: skip
    note = {"type": "mention", "id": "1", "status": status}
    told = [("notification", note), *(("notification", changed()) for _, changed in distorted(note))]
    told += [("status.update", changed()) for _, changed in distorted(status)]
    text = "".join(f"event: {name}\ndata: {json.dumps(body)}\n\n" for name, body in told if LONG not in str(body))
    me = {"id": "1", "acct": "acme", "url": "https://x.example/@acme"}
    memory = [
        Heard("GET", "/api/v1/accounts/verify_credentials", 200, (), json.dumps(me).encode()),
        Heard("GET", "/api/v1/streaming/user", 200, ("Content-Type: text/event-stream",), text.encode()),
    ]
    with relaying("http://127.0.0.1:1") as relay:
        relay.answers(memory, -1, b"")
        account = Mastodon(base_url=relay.address, keys=Keys("a-token"), options={}, timeout=CALLS)
        heard = [event for event in account.stream() if event]
    assert len(heard) > len(told) / 3
    assert list(strange_in(heard)) == []


def _walk(relay: Relay, call: Call, memory: list[Heard], make: Callable[[str], Any], sample: int = SAMPLE) -> None:
    """One answer of the call at a time is a lie."""
    every = [(n, wrong, lie) for n, true in enumerate(memory) for wrong, lie in lies(true)]
    acts = [n for n, one in enumerate(memory) if any(fnmatchcase(f"{one.method} {one.path}", a) for a in call.acts)]
    for n, wrong, lie in Random(call.name).sample(every, min(sample, len(every))):
        sent = lie()
        relay.answers(memory, n, sent)
        outcome = _outcome(call, make(relay.address))
        where = f"{call.name}: answer {n}, to {memory[n].method} {memory[n].path}: {wrong}"
        is_refused = b'"error"' in sent or not sent.startswith((b"HTTP/1.1 20", b"HTTP/1.1 302"))
        if acts and n >= acts[-1] and not is_refused:
            assert not isinstance(outcome, Permanent), f"{where}: {outcome!r} of what may stand"
        said = str(outcome) if isinstance(outcome, Exception) else ""
        assert len(said) <= 1000, where
        assert said or list(strange_in(outcome)) == [], where


def _outcome(call: Call, account: Any) -> object:
    """How the call ends; what no call may end with is raised."""
    try:
        return call.do(account)
    except (PlatformError, OutcomeUnknown, CannotTell) as ordinary:
        return ordinary
