"""Whatever a request contains, the pretend Telegram answers it or refuses it in the protocol's form."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.telegram import server
from sandbox.telegram.methods import METHODS
from support.patience import PATIENCE
from support.telegram_stage import ADA, DESK, REVIEW_ROOM, TOKEN, Telegram, telegram_running

ODD: list[Any] = [
    *(None, True, -1, 1.5, 10**30, "", "x", "--5", "٣", "\ud800", "null", "{", [], {}, [1], [[1]], [{}], [[]]),
    *(
        "<b>x",
        "<a href='>",
        "</",
        "<b x",
        "&#99999999;",
        "http://[x",
        "https://",
        {"type": []},
        {"type": "photo", "media": 5},
    ),
    *([{"type": ["x"], "media": "x"}] * 2, [{"type": "photo", "media": {}}] * 2),
    *({"type": "chat", "chat_id": []}, {"type": "chat_member", "chat_id": DESK, "user_id": []}),
    *({"message_id": []}, {"message_id": 1, "chat_id": {}}, {"force_reply": True}, {"keyboard": [[{}]]}),
    *({"inline_keyboard": 5}, {"inline_keyboard": [[{"text": "x", "url": 5}]]}, {"inline_keyboard": [[{"text": []}]]}),
    *([{"type": "bold", "offset": -5, "length": 10**9}], [{"type": "text_mention", "offset": 0, "length": 1}]),
    *(
        [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 7}}],
        [{"type": ["b"], "offset": 0, "length": 1}],
    ),
]
SENSIBLE: dict[str, list[Any]] = {
    "chat_id": [ADA, DESK, REVIEW_ROOM],
    "from_chat_id": [ADA, DESK],
    "message_id": [1, 2, 3, 4],
    "text": ["/x <b>hi</b> @ada_sandbox http://a.it"],
    "timeout": [0],
    "url": [""],
}


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    with telegram_running() as found:
        found.stage("settings", rate_limits=False)
        found.stage("promote", chat="Desk")
        found.person("Ada").start()
        for chat in (ADA, DESK, REVIEW_ROOM):
            found.call("sendMessage", chat_id=chat, text="x")
        yield found


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    assert server.FAMILIES
    method = draw(st.sampled_from([m for m in METHODS.values() if m.name != "leaveChat"]))
    names = draw(st.sets(st.sampled_from(sorted(method.params)))) if method.params else set()
    values = {name: draw(st.sampled_from(SENSIBLE.get(name, []) + ODD)) for name in sorted(names)}
    fixed = {name: draw(st.sampled_from(SENSIBLE[name])) for name in ("timeout", "url") if name in values}
    return method.name, values | fixed


@settings(max_examples=250)
@given(call=calls())
def test_an_odd_request_is_answered_or_refused_but_never_breaks_the_server(
    telegram: Telegram, call: tuple[str, dict[str, Any]]
) -> None:
    method, params = call
    response = requests.post(f"{telegram.address}/bot{TOKEN}/{method}", json=params, timeout=PATIENCE)
    assert response.status_code in {200, 400, 403, 404, 409, 429, 501}, response.text
    body = response.json()
    assert body["ok"] or body["description"]
    assert requests.get(f"{telegram.address}/_/state?as=Ada", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("body", ["{", "[]", "1"])
def test_a_body_that_is_no_object_is_refused(telegram: Telegram, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = requests.post(f"{telegram.address}/bot{TOKEN}/getMe", data=body, headers=headers, timeout=PATIENCE)
    assert response.json()["description"] == "Bad Request: can't parse JSON object"


@pytest.mark.parametrize("way", ["query", "form", "multipart"])
def test_parameters_may_come_in_any_form(telegram: Telegram, way: str) -> None:
    values = {
        "chat_id": str(ADA),
        "text": "é",
        "reply_markup": '{"inline_keyboard":[[{"text":"Go","callback_data":"x"}]]}',
    }
    url = f"{telegram.address}/bot{TOKEN}/sendMessage"
    if way == "query":
        response = requests.get(url, params=values, timeout=PATIENCE)
    elif way == "form":
        response = requests.post(url, data=values, timeout=PATIENCE)
    else:
        response = requests.post(url, files={name: (None, value) for name, value in values.items()}, timeout=PATIENCE)
    sent = response.json()["result"]
    assert (sent["text"], sent["reply_markup"]["inline_keyboard"][0][0]["text"]) == ("é", "Go")
