"""What the pretend Instagram tells and grants is understood: webhooks by both apps, consent by both windows."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from platforms.contract import CommentTouched, RemoteComment
from platforms.instagram.adapter import Instagram
from platforms.instagram.login import InstagramLogin
from platforms.instagram.webhook import InstagramHooks
from platforms.spec import App, Keys
from support.meta_client import VERIFY, Callback
from support.patience import PATIENCE
from support.platform_instagram import ACCOUNT, InstagramBench
from support.platform_progress import Kept
from support.platform_running import running

HOOKS, LOGIN = InstagramHooks(), InstagramLogin()
REDIRECT = "https://bottega.example/oauth/instagram"
FIELDS = ["comments", "mentions"]


@pytest.fixture
def callback(bench: InstagramBench) -> Iterator[Callback]:
    """The app of Instagram Login is told of comments and mentions."""
    callback = Callback()
    with running(callback) as address:
        bench.stage("instagram/subscribe", callback_url=f"{address}/hook", verify_token=VERIFY, fields=FIELDS)
        subscribed = requests.post(
            f"{bench.address}/instagram/v26.0/me/subscribed_apps",
            data={"subscribed_fields": json.dumps(FIELDS)},
            headers={"Authorization": "Bearer sandbox-instagram-token"},
            timeout=PATIENCE,
        )
        assert subscribed.ok, subscribed.text
        yield callback


@pytest.mark.parametrize("flat", [False, True])
def test_told_comment_is_the_one_that_is_read(bench: InstagramBench, callback: Callback, flat: bool) -> None:
    bench.stage("settings", flat_webhooks=flat)
    account = bench.by_login()
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    comment = bench.says("Perché? 🙂", reply_to=post.remote_id)
    ((body, signature),) = callback.wait(1)
    headers = {"X-Hub-Signature-256": signature}
    assert HOOKS.is_authentic(body, headers, "sandbox-instagram-secret")
    assert not HOOKS.is_authentic(body, headers, "sandbox-meta-secret")
    ((ours, told),) = HOOKS.read(json.loads(body))
    read = account.comment(comment)
    assert ours == ACCOUNT
    assert isinstance(told, RemoteComment)
    assert (told.remote_id, told.author, told.text) == (read.remote_id, read.author, read.text)
    assert (told.parent_id, told.root_id) == (read.parent_id, read.root_id)


def test_our_own_answer_does_not_come_back_and_mentions_are_read(bench: InstagramBench, callback: Callback) -> None:
    account = bench.connect()
    comment = bench.says("question")
    account.publish(bench.outgoing("answer", reply_to=comment), "key-1", Kept())
    bench.stage("instagram/mention", **{"as": "nora", "text": "ask @acme", "comment": True})
    events = [event for body, _ in callback.wait(3) for _, event in HOOKS.read(json.loads(body))]
    first, second = sorted(events, key=lambda event: isinstance(event, CommentTouched))
    assert first.remote_id == comment
    assert account.comment(second.remote_id).text == "ask @acme"


def test_comment_without_its_writer_is_read(bench: InstagramBench, callback: Callback) -> None:
    bench.stage("settings", from_missing=True)
    comment = bench.says("who am I?")
    ((body, _),) = callback.wait(1)
    assert [event for _, event in HOOKS.read(json.loads(body))] == [CommentTouched(comment)]


def agreed(bench: InstagramBench, app: App) -> str:
    """The code that the network sends back for the consent."""
    bench.stage("settings", consent="agree")
    asked = requests.get(LOGIN.consent(app, REDIRECT, "a-state"), allow_redirects=False, timeout=PATIENCE)
    back = parse_qs(urlsplit(asked.headers["Location"]).query)
    assert back["state"] == ["a-state"]
    return back["code"][0]


def test_consent_by_instagram_login_gives_the_account(bench: InstagramBench) -> None:
    exchange = f"{bench.address}/api.instagram/oauth/access_token"
    window = f"{bench.address}/dialog/instagram"
    app = App("4000000002", "sandbox-instagram-secret", f"{bench.address}/instagram", window, exchange)
    bench.stage("settings", withheld_scopes=["instagram_business_manage_messages"], wrapped_exchange=True)
    (grant,) = LOGIN.exchange(app, agreed(bench, app), REDIRECT)
    assert (grant.remote_id, grant.handle) == (ACCOUNT, "acme")
    assert grant.missing == ("instagram_business_manage_messages",)
    keys = Keys(grant.token, app_id=app.id, app_secret=app.secret)
    assert Instagram(base_url=app.base_url, keys=keys, options={}).whoami().remote_id == ACCOUNT
    bench.stage("clock", advance=2 * 24 * 3600)
    fresh = LOGIN.renew(app, grant.token)
    assert fresh is not None
    assert fresh[0] != grant.token


def test_consent_by_facebook_login_gives_the_account_behind_the_page(bench: InstagramBench) -> None:
    window = f"{bench.address}/dialog/facebook"
    app = App("4000000001", "sandbox-meta-secret", f"{bench.address}/facebook", window)
    (grant,) = LOGIN.exchange(app, agreed(bench, app), REDIRECT)
    assert (grant.remote_id, grant.handle, grant.missing) == (ACCOUNT, "acme", ())
    keys = Keys(grant.token, app_id=app.id, app_secret=app.secret)
    assert Instagram(base_url=app.base_url, keys=keys, options={}).whoami().handle == "acme"
