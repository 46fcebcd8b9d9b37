"""What the pretend Threads tells and grants is understood: its webhooks and its consent."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from platforms.contract import CommentGone, Outgoing, RemoteComment
from platforms.spec import App, Keys
from platforms.threads.adapter import Threads
from platforms.threads.login import ThreadsLogin
from platforms.threads.webhook import ThreadsHooks
from support.meta_client import VERIFY, Callback
from support.patience import PATIENCE
from support.platform_progress import Kept
from support.platform_running import running
from support.platform_threads import ACCOUNT, ThreadsBench

HOOKS, LOGIN = ThreadsHooks(), ThreadsLogin()
REDIRECT = "https://bottega.example/oauth/threads"


@pytest.fixture
def callback(bench: ThreadsBench) -> Iterator[Callback]:
    callback = Callback()
    with running(callback) as address:
        fields = ["replies", "mentions", "publish", "delete"]
        bench.stage("threads/subscribe", callback_url=f"{address}/hook", verify_token=VERIFY, fields=fields)
        yield callback


def test_told_answer_is_the_one_that_is_read_and_ours_stay_away(
    bench: ThreadsBench, account: Threads, callback: Callback
) -> None:
    post = account.publish(Outgoing(("hello",)), "key-1", Kept())
    comment = bench.says("Perché? 🙂", reply_to=post.remote_id)
    account.publish(Outgoing(("answer",), reply_to=comment), "key-2", Kept())
    bodies = callback.wait(4)
    for body, signature in bodies:
        assert HOOKS.is_authentic(body, {"X-Hub-Signature-256": signature}, "sandbox-threads-secret")
    ((ours, told),) = [event for body, _ in bodies for event in HOOKS.read(json.loads(body))]
    assert ours == ACCOUNT
    assert isinstance(told, RemoteComment)
    assert told == account.comment(comment)


def test_mention_and_deletion_are_told(bench: ThreadsBench, account: Threads, callback: Callback) -> None:
    mention = bench.says("hello")
    ((body, _),) = callback.wait(1)
    ((_, told),) = HOOKS.read(json.loads(body))
    assert told == account.comment(mention)
    post = account.publish(Outgoing(("hello",)), "key-1", Kept())
    account.delete(post.remote_id)
    gone = [event for body, _ in callback.wait(3)[1:] for _, event in HOOKS.read(json.loads(body))]
    assert gone == [CommentGone(post.remote_id)]


def test_consent_gives_the_account(bench: ThreadsBench) -> None:
    exchange = f"{bench.address}/threads/oauth/access_token"
    window = f"{bench.address}/dialog/threads"
    app = App("4000000003", "sandbox-threads-secret", f"{bench.address}/threads", window, exchange)
    bench.stage("settings", consent="agree", withheld_scopes=["threads_delete"])
    asked = requests.get(LOGIN.consent(app, REDIRECT, "a-state"), allow_redirects=False, timeout=PATIENCE)
    code = parse_qs(urlsplit(asked.headers["Location"]).query)["code"][0]
    (grant,) = LOGIN.exchange(app, code, REDIRECT)
    assert (grant.remote_id, grant.handle, grant.missing) == (ACCOUNT, "acme", ("threads_delete",))
    keys = Keys(grant.token, app_id=app.id, app_secret=app.secret)
    account = Threads(base_url=app.base_url, keys=keys, options={})
    assert account.whoami().missing_scopes == ("threads_delete",)
    assert not account.can.deletes
    bench.stage("clock", advance=2 * 24 * 3600)
    fresh = LOGIN.renew(app, grant.token)
    assert fresh is not None
    assert fresh[0] != grant.token
