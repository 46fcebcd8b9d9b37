"""Files in the pretend Slack: uploaded by the real client, shown, and given to the bot only."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk.errors import SlackApiError

from support.patience import PATIENCE
from support.slack_bot import Running, slack_loop


@pytest.fixture
def slack() -> Iterator[Running]:
    with slack_loop() as running:
        yield running


def uploaded(slack: Running, **more: Any) -> Any:
    upload = slack.client.files_upload_v2(content=b"hello", filename="a.txt", title="A", alt_txt="letters", **more)
    return slack.call(upload)["file"]


def test_an_upload_is_posted_a_moment_after_its_answer(slack: Running) -> None:
    file = uploaded(slack, channel="C0REVIEW01", initial_comment="see")
    assert (file["title"], file["size"], file["mimetype"]) == ("A", 5, "text/plain")
    ada = slack.person("Ada")
    message = ada.wait_message("review", "see")
    assert message["files"][0]["alt"] == "letters"
    assert requests.get(message["files"][0]["url"], timeout=PATIENCE).content == b"hello"
    shares = slack.call(slack.client.files_info(file=file["id"]))["file"]["shares"]
    assert shares == {"public": {"C0REVIEW01": [{"ts": message["ts"]}]}}


def test_an_upload_into_a_thread_stays_in_it(slack: Running) -> None:
    ada = slack.person("Ada")
    root = ada.say("review", "root")
    uploaded(slack, channel="C0REVIEW01", thread_ts=root, initial_comment="see")
    assert ada.wait_message("review", "see", thread_ts=root)["files"]


def test_a_private_address_shows_strangers_the_sign_in_page(slack: Running) -> None:
    file = uploaded(slack)
    token = {"Authorization": f"Bearer {slack.slack.settings.bot_token}"}
    assert requests.get(file["url_private"], headers=token, timeout=PATIENCE).content == b"hello"
    stranger = requests.get(file["url_private"], timeout=PATIENCE)
    assert (stranger.status_code, stranger.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"Sign in" in stranger.content
    requests.post(f"{slack.address}/_/settings", json={"scopes": ["chat:write"]}, timeout=PATIENCE)
    assert b"Sign in" in requests.get(file["url_private"], headers=token, timeout=PATIENCE).content


def test_an_image_block_shows_only_a_file_that_exists(slack: Running) -> None:
    def card(known: str) -> Any:
        image = {"type": "image", "slack_file": {"id": known}, "alt_text": "a"}
        return slack.client.chat_postMessage(channel="C0REVIEW01", text="x", blocks=[image])

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        slack.call(card("F0NOTHING1"))
    file = uploaded(slack)
    slack.call(card(file["id"]))
    shown = slack.person("Ada").messages("review")[0]["blocks"][0]["image_url"]
    assert requests.get(shown, timeout=PATIENCE).content == b"hello"


@pytest.mark.parametrize(
    ("more", "expected"),
    [({"channel": "C0NOWHERE1"}, "channel_not_found"), ({"channel": "C0GENERAL1"}, "not_in_channel")],
)
def test_an_upload_goes_only_where_the_bot_is(slack: Running, more: Any, expected: str) -> None:
    with pytest.raises(SlackApiError, match=expected):
        uploaded(slack, **more)


def test_bytes_must_be_as_many_as_announced(slack: Running) -> None:
    where = slack.call(slack.client.files_getUploadURLExternal(filename="a.txt", length=9))
    assert requests.post(where["upload_url"], data=b"hello", timeout=PATIENCE).status_code == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        slack.call(slack.client.files_completeUploadExternal(files=[{"id": where["file_id"]}]))
