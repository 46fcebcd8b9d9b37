"""The pretend Meta's Threads: webhooks in the form of Threads, signed with the secret of its app."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from support.meta_client import VERIFY, Callback
from support.meta_instagram import THREADS_APP, THREADS_SECRET, THREADS_USER, Networks, networks
from support.platform_running import running


@pytest.fixture
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


def says(meta: Networks, who: str, about: str, text: str) -> str:
    """Somebody replies; answers the reply's id."""
    made: str = meta.threads.stage("threads/reply", **{"as": who, "id": about, "text": text})["id"]
    return made


@pytest.fixture
def callback(meta: Networks) -> Iterator[Callback]:
    callback = Callback()
    with running(callback) as address:
        fields = ["replies", "mentions", "publish", "delete"]
        meta.threads.stage("threads/subscribe", callback_url=f"{address}/hook", verify_token=VERIFY, fields=fields)
        yield callback


def test_a_reply_is_told_in_the_form_of_threads_and_signed_with_its_secret(meta: Networks, callback: Callback) -> None:
    root = meta.thread(text="x")
    callback.wait(1)
    reply = says(meta, "nora", root, "Perché?")
    body, signature = callback.wait(2)[1]
    assert signature == "sha256=" + hmac.new(THREADS_SECRET.encode(), body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert not {"object", "entry"} & {*told}
    assert (told["app_id"], told["topic"], told["target_id"], told["has_uid_field"]) == (
        THREADS_APP, "moderate", THREADS_USER, False,
    )  # fmt: skip
    assert told["values"]["field"] == "replies"
    value = told["values"]["value"]
    assert value["root_post"] == {"id": root, "owner_id": THREADS_USER, "username": "acme"}
    assert (value["id"], value["username"], value["text"], value["media_type"], value["replied_to"]) == (
        reply, "nora", "Perché?", "TEXT_POST", {"id": root},
    )  # fmt: skip


def test_publishing_mentions_and_deletions_are_told(meta: Networks, callback: Callback) -> None:
    post = meta.thread(text="x")
    callback.wait(1)
    theirs = meta.threads.stage("threads/post", **{"as": "nora", "text": "@acme!"})["id"]
    callback.wait(2)
    meta.threads.delete(post)
    told = [json.loads(body) for body, _ in callback.wait(3)]
    assert [(t["topic"], t["values"]["field"], t["values"]["value"]["id"]) for t in told] == [
        ("interaction", "publish", post), ("interaction", "mentions", theirs), ("moderate", "delete", post),
    ]  # fmt: skip
    assert told[2]["values"]["value"]["owner"] == {"owner_id": THREADS_USER}
    assert told[2]["values"]["value"]["deleted_at"]


def test_webhooks_are_disturbed_as_the_stage_says(meta: Networks, callback: Callback) -> None:
    meta.threads.stage("settings", webhooks="held", duplicate=True, reorder=True, batch=True)
    root = meta.thread(text="x")
    reply = says(meta, "nora", root, "y")
    assert callback.got == []
    meta.threads.stage("settings", webhooks="on")
    told = [json.loads(body)["values"]["value"]["id"] for body, _ in callback.wait(4)]
    assert sorted(told) == sorted([root, root, reply, reply])
