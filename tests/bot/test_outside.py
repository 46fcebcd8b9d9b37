"""What a verified sender brings is kept or refused, whatever stands in it; nobody meets an exception."""

import json
import math
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.chat import LONGEST_NAME, Event
from bot.slack import forms
from bot.slack.connect import PATH, SlackChat
from bot.web.server import Web
from platforms.contract import NotJson, OutcomeUnknown, PlatformError, read_json, storable
from support.patience import PATIENCE
from support.slack_chat import Heard, SlackBench, slack_bench

DEEP = [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900]
NUMBERS = [b'{"a": ' + number + b"}" for number in (b"9" * 5000, b"NaN", b"-Infinity", b"1e999", b"9" * 30)]
BROKEN = [b"\xff", b'{"a": "\xed\xa0\x80"}', b"{", b"", b"\0", b'{"a": 1}{', b"\xef\xbb\xbf{}x"]
NO_JSON = [*DEEP, *NUMBERS, *BROKEN]
ODD = [b"[]", b"1", b"null", b'"x"', b"[[]]", b"{}", b'{"update_id": "x"}', b'{"update_id": {}, "message": []}']


@pytest.mark.parametrize("raw", NO_JSON, ids=lambda raw: repr(raw[:12]))
def test_what_is_no_json_that_anybody_would_send_is_refused(raw: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(raw)


def test_what_no_database_takes_is_taken_out() -> None:
    found = read_json(rb'{"a\u0000": ["x\ud800y", "\u0000", "\ud83c\udf5e"], "b": 1, "b": 2}')
    assert found == {"a\ufffd": ["x\ufffdy", "\ufffd", "🍞"], "b": 2}
    assert read_json("{}") == {}
    event = Event(event_id="é\0" + "x" * 5000, lane="a\ud800", body={"a": "\0"})
    assert (len(event.event_id) <= LONGEST_NAME, event.lane, event.body) == (True, "a\ufffd", {"a": "\ufffd"})


def test_what_a_network_says_of_its_refusal_can_be_kept() -> None:
    assert PlatformError("No\0\ud800").reason == str(OutcomeUnknown("No\0\ud800")) == "No\ufffd\ufffd"
    assert str(PlatformError()) == PlatformError.__doc__


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_json_or_refused(raw: bytes) -> None:
    try:
        found = read_json(raw)
    except NotJson:
        return
    assert storable(found) == found


@given(ANYTHING)
def test_what_is_json_comes_as_it_was_sent_but_for_what_no_database_takes(value: Any) -> None:
    assert json.loads(json.dumps(read_json(json.dumps(value)))) == storable(value)
    assert not isinstance(value, float) or math.isfinite(value)


# -- Slack -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    with slack_bench(tmp_path) as made:
        yield made


def test_what_slack_signs_is_kept_or_refused_and_never_a_bug(bench: SlackBench) -> None:
    heard = Heard()
    chat: SlackChat = bench.chat(heard, mode="http")

    async def serve() -> Web:
        web = Web("127.0.0.1", 0, chat.routes)
        await web.start()
        return web

    web = bench.run(serve())
    address = f"http://127.0.0.1:{web.port}{PATH}"

    def signed(body: bytes, kind: str) -> int:
        stamp = str(int(time.time()))
        verifier = SignatureVerifier(bench.sandbox.settings.signing_secret)
        signature = verifier.generate_signature(timestamp=stamp, body=body)
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature), "Content-Type": kind}
        return requests.post(address, data=body, headers=headers, timeout=PATIENCE).status_code

    form = "application/x-www-form-urlencoded"
    try:
        for raw in NO_JSON:
            if raw.isascii() and raw.strip(b"\0"):
                assert signed(raw, "application/json") == 400, raw[:20]
                assert signed(b"payload=" + quote(raw).encode(), form) == 400, raw[:20]
        for raw in (b"[]", b"1", b"null", b'"x"'):
            assert signed(b"payload=" + quote(raw).encode(), form) == 400
        for payload in (
            {"type": "block_actions", "actions": 1},
            {"type": "view_submission", "view": []},
            {"type": [1]},
        ):
            assert signed(b"payload=" + quote(json.dumps(payload)).encode(), form) < 500, payload
        assert signed(b"command=%2Fsocial&text=a%00b%ED%A0%80&user_id=U1&team_id=T1&trigger_id=1", form) == 200
        assert heard.events[-1].body["body"]["text"].startswith("a\ufffdb")
        bench.run(chat.enrich(chat.read([heard.events[-1].body]).intent))  # type: ignore[union-attr, arg-type]
    finally:
        bench.run(web.stop())


@pytest.mark.parametrize("raw", ["[" * 100_000, "[]", "1", "{", '{"revision": ' + "9" * 5000 + "}", '{"origin": 1}'])
def test_private_metadata_that_is_none_of_ours_is_nothing(raw: str) -> None:
    metadata, values, files = forms.filled({"private_metadata": raw, "state": {"values": {"a": {"b": 1}, "c": []}}})
    assert (values, files) == ({}, {})
    assert metadata in ({}, {"origin": 1})
