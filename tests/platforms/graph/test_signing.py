"""Signatures, held against published examples, and what a webhook's batch holds."""

import pytest

from platforms.graph.hooks import Change, challenge, changes, is_signed
from platforms.graph.signing import proof

BODY = (
    b'{"object":"page","entry":[{"id":"1001","time":1520383571,"changes":[{"field":"feed","value":'
    b'{"item":"comment","verb":"add","comment_id":"2002_3003","post_id":"1001_2002","parent_id":"1001_2002",'
    b'"from":{"id":"4004","name":"Jane Doe"},"message":"Love this!","created_time":1520383571}}]}]}'
)
SIGNATURE = "sha256=27e1c421522e189efca30a1d4228c95e56ab1e2bc1e741b22bcb67f4429fbfe7"


def test_proof_is_the_documented_one() -> None:
    assert proof("EAATOKEN", "testsecret") == "46bb96d825822b714733b0737bb14257ea5cba992b07cd547e982f8f13f03e88"


def test_signature_counts_over_the_raw_bytes_alone() -> None:
    assert is_signed(BODY, {"x-hub-signature-256": SIGNATURE}, "testsecret")
    assert not is_signed(BODY + b" ", {"X-Hub-Signature-256": SIGNATURE}, "testsecret")
    assert not is_signed(BODY, {"X-Hub-Signature-256": SIGNATURE}, "other")
    assert not is_signed(BODY, {}, "testsecret")
    assert not is_signed(BODY, {"X-Hub-Signature-256": "sha256=é"}, "testsecret")


def test_nothing_is_authentic_without_a_secret() -> None:
    assert not is_signed(b"", {"X-Hub-Signature-256": "sha256="}, "")


def test_address_is_verified_by_our_own_word() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ours"}
    assert challenge(asked, "ours") == "1158201444"
    assert challenge({**asked, "hub.mode": "unsubscribe"}, "ours") is None
    assert challenge(asked, "other") is None
    assert challenge({**asked, "hub.verify_token": ""}, "") is None


@pytest.mark.parametrize("wrapped", [False, True])
def test_every_form_of_a_batch_is_read(wrapped: bool) -> None:
    flat = {"id": "1001", "field": "comments", "value": {"id": "1"}}
    listed = {"id": "1002", "changes": [{"field": "feed", "value": {"n": 1}}, {"field": "feed", "value": {"n": 2}}]}
    body = {"object": "page", "entry": [flat, listed, {"id": "1003"}, "nonsense", {"value": {"id": "9"}}]}
    found = list(changes([body] if wrapped else body, "page"))
    assert found == [
        Change("1001", "comments", {"id": "1"}),
        Change("1002", "feed", {"n": 1}),
        Change("1002", "feed", {"n": 2}),
    ]
    assert list(changes(body, "instagram")) == []


@pytest.mark.parametrize("nonsense", [None, 5, "x", [], [[]], {"object": "page"}, {"object": "page", "entry": {}}])
def test_nonsense_is_no_change(nonsense: object) -> None:
    assert list(changes(nonsense, "page")) == []
