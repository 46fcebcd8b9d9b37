"""What networks call to say: verified, stored once before it is answered, and right in whatever order it came."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.appsettings import AppSettings
from bot.intake import Intake
from bot.leading import Duty
from bot.told import OLDEST, Told
from bot.web import hooks
from bot.web.server import Web
from models.account import Account
from models.conversation import Comment, CommentState
from models.inbound import MOST_TRIES, Inbound, InboundState
from platforms.contract import CommentEvent, CommentTouched
from platforms.facebook import SPEC
from platforms.facebook.webhook import FacebookHooks
from platforms.spec import Hooks
from support.bench import START
from support.duties import at_work
from support.inbox_bench import InboxBench
from support.loops import loop_in_thread
from support.meta_bench import PAGE, add_page
from support.paper import words
from support.patience import PATIENCE
from support.stage import Stage

SECRET, VERIFY = "sandbox-meta-secret", "sandbox-meta-verify"
APPS = {"facebook": AppSettings.model_validate({"id": "4000000001", "secret": SECRET, "verify_token": VERIFY})}
NETWORKS = {"facebook": SPEC}


class Interrupted(FacebookHooks):
    """The real hooks; before a call is read something else happens."""

    def __init__(self, first: Callable[[], None]) -> None:
        self.first = first

    def read(self, body: Any) -> Iterator[tuple[str, CommentEvent | CommentTouched]]:
        self.first()
        return super().read(body)


class Called:
    """A desk whose Page is told of by calls: the real port, intake and reading."""

    def __init__(self, desk: InboxBench, meta: Stage, loop: asyncio.AbstractEventLoop) -> None:
        self.desk, self.meta, self.loop = desk, meta, loop
        self.intake = Intake(desk.store, desk.clock)
        self.web = Web("127.0.0.1", 0, hooks.routes(NETWORKS, APPS, self.intake))
        self.told = self.reading(SPEC.hooks)
        self.reader = desk.new_reader()
        asyncio.run_coroutine_threadsafe(self.web.start(), loop).result(PATIENCE)
        self.address = f"http://127.0.0.1:{self.web.port}/hooks/facebook"

    def reading(self, hooks: Hooks | None) -> Told:
        """What a process with these hooks reads calls with."""
        networks = {"facebook": replace(SPEC, hooks=hooks)}
        return Told(self.desk.store, self.desk.setup, networks, self.desk.clock, self.desk.wake)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.web.stop(), self.loop).result(PATIENCE)
        self.intake.close()

    def read(self) -> int:
        """What has come is read, and what follows is shown."""
        over = self.told.read(self.reader)
        self.desk.deliver()
        return over

    def call(self, *changes: dict[str, Any], page: str = PAGE, secret: str = SECRET) -> int:
        """Meta calls with these changes of the feed, each an entry of its own; the status of our answer."""
        entries = [
            {"id": page, "time": int(START.timestamp()), "changes": [{"field": "feed", "value": change}]}
            for change in changes
        ]
        return self.post(json.dumps({"object": "page", "entry": entries}).encode(), secret)

    def post(self, raw: bytes, secret: str = SECRET) -> int:
        signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
        return requests.post(self.address, data=raw, headers=headers, timeout=PATIENCE).status_code

    def comments(self) -> list[Comment]:
        return self.desk.rows(Comment)

    def waiting(self) -> list[Inbound]:
        return [row for row in self.desk.rows(Inbound) if row.source == "hook:facebook"]


@pytest.fixture
def called(desk: InboxBench, meta: Stage) -> Iterator[Called]:
    meta.act("reset")
    meta.act("clock", advance=(START - datetime.now(UTC)).total_seconds())
    add_page(desk, meta)
    with desk.store.write() as session:
        session.get_one(Account, "bakery").remote_id = PAGE
    with loop_in_thread() as loop:
        made = Called(desk, meta, loop)
        yield made
        made.close()


def post_of_ours(meta: Stage) -> str:
    return str(meta.act("pages/post", **{"as": "page", "text": "Fresh bread"})["id"])


def written(post: str, number: int = 1, text: str = "Love it!", verb: str = "add", **more: Any) -> dict[str, Any]:
    comment = f"{post.rpartition('_')[2]}_{900 + number}"
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": comment,
        "post_id": post,
        "parent_id": post,
        "from": {"id": "4004", "name": "Jane Doe"},
        "message": text,
        "created_time": int(START.timestamp()),
    }
    return {**value, **more}


def test_the_sandbox_verifies_subscribes_and_its_public_is_heard(called: Called) -> None:
    called.desk.setup.accounts["bakery"].platform.call_us()  # type: ignore[attr-defined]  # the Page can
    token = {"access_token": f"4000000001|{SECRET}"}
    wanted = {"object": "page", "callback_url": called.address, "verify_token": VERIFY, "fields": "feed", **token}
    answer = requests.post(
        f"{called.meta.address}/facebook/v26.0/4000000001/subscriptions", data=wanted, timeout=PATIENCE
    )
    assert answer.ok, answer.text
    post = post_of_ours(called.meta)
    called.meta.act("pages/comment", **{"as": "nora", "id": post, "text": "Is there rye?"})
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while not any(comment.text == "Is there rye?" for comment in called.comments()):
        called.read()
        assert datetime.now(UTC) < deadline, "it was not heard"
    assert "Is there rye?" in called.desk.shown("C1")


def test_an_address_is_verified_with_our_word_alone(called: Called) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    good = requests.get(called.address, params=asked, timeout=PATIENCE)
    assert (good.status_code, good.text) == (200, "1158201444")
    bad = requests.get(called.address, params={**asked, "hub.verify_token": "guess"}, timeout=PATIENCE)
    assert bad.status_code == 403
    assert "1158201444" not in bad.text


def test_what_is_not_signed_by_the_network_is_refused_and_not_kept(called: Called) -> None:
    assert called.call(written("1001_1"), secret="guess") == 401
    assert requests.post(called.address, data=b"{}", timeout=PATIENCE).status_code == 401
    assert called.post(b"no json") == 400
    assert called.post(b" " * (5 * 1024 * 1024)) == 413
    assert called.waiting() == []


def test_what_is_told_again_is_kept_once(called: Called) -> None:
    post = post_of_ours(called.meta)
    for _ in range(3):
        assert called.call(written(post)) == 200
    assert len(called.waiting()) == 1
    called.read()
    assert [comment.text for comment in called.comments()] == ["Love it!"]
    assert called.waiting()[0].state == InboundState.DONE


@pytest.mark.timeout(300)  # a thousand comments are stored one after the other; none of it is waited for by a clock
def test_a_call_of_hundreds_is_answered_at_once_and_read_later(called: Called) -> None:
    post = post_of_ours(called.meta)
    assert called.call(*(written(post, n, f"number {n}") for n in range(300))) == 200
    assert called.comments() == []
    assert called.told.read(called.reader) == 1
    assert len(called.comments()) == 300


def test_an_edit_that_comes_before_its_comment_wins(called: Called) -> None:
    post = post_of_ours(called.meta)
    number = called.meta.act("pages/comment", **{"as": "nora", "id": post, "text": "Love it!"})["id"]
    called.meta.act("pages/edit", **{"as": "nora", "id": number, "text": "Love it!!"})
    told = written(post, comment_id=number)
    assert called.call({**told, "verb": "edited", "message": "Love it!!"}) == 200
    called.read()
    assert called.call(told) == 200
    called.read()
    assert [comment.text for comment in called.comments()] == ["Love it!!"]


def test_a_comment_that_is_gone_before_it_was_told_does_not_come_back(called: Called) -> None:
    post = post_of_ours(called.meta)
    number = called.meta.act("pages/comment", **{"as": "nora", "id": post, "text": "Oops"})["id"]
    called.meta.act("pages/delete", **{"as": "nora", "id": number})
    told = written(post, comment_id=number, text="Oops")
    assert called.call({**told, "verb": "remove"}) == 200
    called.read()
    assert called.call(told) == 200
    called.read()
    assert [c for c in called.comments() if c.state != CommentState.GONE] == []


def test_our_own_comments_and_other_pages_are_left_out(called: Called) -> None:
    post = post_of_ours(called.meta)
    assert called.call({**written(post), "from": {"id": PAGE, "name": "Acme"}}) == 200
    assert called.call(written("2002_1"), page="2002") == 200
    called.read()
    assert called.comments() == []
    assert {row.state for row in called.waiting()} == {InboundState.DONE}


def test_a_network_that_is_away_is_asked_later_and_not_for_ever(called: Called) -> None:
    post = post_of_ours(called.meta)
    number = called.meta.act("pages/comment", **{"as": "nora", "id": post, "text": "Hello"})["id"]
    called.meta.fault("GET /facebook/v26.0/*", "status", status=503, times=100)
    assert called.call(written(post, comment_id=number, verb="edited")) == 200
    assert called.read() == 0
    assert called.comments() == []
    called.meta.calm()
    assert called.read() == 0
    called.desk.now += timedelta(minutes=2)
    assert called.read() == 1
    assert [comment.text for comment in called.comments()] == ["Hello"]
    called.meta.fault("GET /facebook/v26.0/*", "status", status=503, times=100)
    called.call(written(post, 2, verb="edited"))
    called.desk.now += OLDEST + timedelta(minutes=1)
    assert called.read() == 1


def test_what_was_read_of_a_call_is_not_asked_for_again(called: Called) -> None:
    post = post_of_ours(called.meta)
    known = [
        called.meta.act("pages/comment", **{"as": "nora", "id": post, "text": f"no. {n}"})["id"] for n in range(60)
    ]
    assert called.call(*(written(post, comment_id=number, text="as it was") for number in known)) == 200
    called.told.read(called.reader)
    assert called.call(*(written(post, comment_id=number, verb="edited", message="x") for number in known)) == 200
    called.meta.fault(f"GET /facebook/v26.0/{known[-1]}", "status", status=503, times=100)
    assert called.told.read(called.reader) == 0
    called.meta.calm()
    called.desk.now += timedelta(minutes=2)
    assert called.told.read(called.reader) == 1
    assert len(called.meta.requests(f"GET /facebook/v26.0/{known[0]}")) == 1


def test_a_call_that_was_cut_short_by_the_end_of_the_process_is_read_by_the_next(called: Called) -> None:
    assert called.call(written(post_of_ours(called.meta))) == 200
    assert called.reading(Interrupted(called.reader.over.set)).read(called.reader) == 0
    assert called.comments() == []
    called.reader = called.desk.new_reader()
    assert called.read() == 1
    assert [comment.text for comment in called.comments()] == ["Love it!"]


def test_a_call_that_meets_a_bug_again_and_again_is_set_aside_and_told(called: Called) -> None:
    def bug() -> None:
        raise KeyError("nobody thought of that")

    assert called.call(written(post_of_ours(called.meta))) == 200
    called.told = called.reading(Interrupted(bug))
    for _ in range(MOST_TRIES):
        assert called.waiting()[0].state == InboundState.NEW
        called.read()
        called.read()  # at once: it waits
        called.desk.now += timedelta(minutes=2)
    assert (call := called.waiting()[0]).state == InboundState.BROKEN
    assert call.body["told"]
    assert any(call.error in words(sheet.card) for sheet in called.desk.papers["slack"].sheets)


def test_one_process_reads_for_as_long_as_it_leads(called: Called) -> None:
    post = post_of_ours(called.meta)
    assert called.call(written(post)) == 200
    duty: Duty = called.told.duty

    async def story() -> None:
        async with at_work([duty]):
            end = asyncio.get_running_loop().time() + PATIENCE
            while not await asyncio.to_thread(called.comments):
                assert asyncio.get_running_loop().time() < end, "it was not read"
                await asyncio.sleep(0.02)

    asyncio.run(story())


def test_a_desk_whose_app_has_no_secret_hears_no_calls(tmp_path: Path) -> None:
    assert hooks.callers(NETWORKS, {}) == {}
    assert hooks.callers(NETWORKS, {"facebook": AppSettings.model_validate({"id": "1"})}) == {}
