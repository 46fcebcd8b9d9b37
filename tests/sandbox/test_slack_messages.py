"""What the pretend Slack accepts and refuses when a bot posts, changes, deletes and reads."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.slack.person import SlackPerson
from sandbox.slack.server import SlackSandbox
from support.patience import PATIENCE
from support.platform_running import running

REVIEW, INBOX, GENERAL = "C0REVIEW01", "C0INBOX001", "C0GENERAL1"


class Bot:
    """The Web API by hand."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token

    def raw(self, method: str, **arguments: Any) -> requests.Response:
        header = {"Authorization": f"Bearer {self.token}"}
        return requests.post(f"{self.address}/api/{method}", json=arguments, headers=header, timeout=PATIENCE)

    def __call__(self, method: str, **arguments: Any) -> Any:
        return self.raw(method, **arguments).json()

    def form(self, method: str, **arguments: Any) -> Any:
        header = {"Authorization": f"Bearer {self.token}"}
        return requests.post(f"{self.address}/api/{method}", data=arguments, headers=header, timeout=PATIENCE).json()

    def stage(self, path: str, **body: Any) -> Any:
        return requests.post(f"{self.address}/_/{path}", json=body, timeout=PATIENCE).json()


@pytest.fixture
def bot() -> Iterator[Bot]:
    slack = SlackSandbox()
    with running(slack) as address:
        yield Bot(address, slack.settings.bot_token)


def error(answer: Any) -> str:
    assert answer["ok"] is False
    return str(answer["error"])


def test_a_call_needs_a_token_of_the_right_kind_and_a_known_method(bot: Bot) -> None:
    assert error(requests.post(f"{bot.address}/api/auth.test", timeout=PATIENCE).json()) == "not_authed"
    assert error(Bot(bot.address, "xoxb-other")("auth.test")) == "invalid_auth"
    assert error(bot("apps.connections.open")) == "not_allowed_token_type"
    assert error(bot("chat.shout")) == "unknown_method"
    assert bot("auth.test")["user_id"] == "U0BOTTEGA1"


def test_an_app_whose_rights_were_taken_away_can_do_nothing(bot: Bot) -> None:
    bot.stage("settings", revoked=True)
    assert error(bot("auth.test")) == "token_revoked"
    bot.stage("reset")
    assert bot("auth.test")["ok"]


def test_a_bot_that_was_taken_out_of_a_channel_cannot_post_there(bot: Bot) -> None:
    bot.stage("leave", **{"as": "Ada", "channel": "review", "bot": True})
    bot.stage("leave", **{"as": "Ada", "channel": "inbox", "bot": True})
    assert error(bot("chat.postMessage", channel=REVIEW, text="x")) == "not_in_channel"
    assert error(bot("chat.postMessage", channel=INBOX, text="x")) == "channel_not_found"


def test_a_missing_scope_is_named_with_what_there_is(bot: Bot) -> None:
    bot.stage("settings", scopes=["channels:read"])
    refused = bot("chat.postMessage", channel=REVIEW, text="hello")
    assert (refused["error"], refused["needed"], refused["provided"]) == (
        "missing_scope",
        "chat:write",
        "channels:read",
    )


def test_posting_goes_only_where_the_bot_is(bot: Bot) -> None:
    made = bot.stage("channel", name="board", private=True, members=["Ada"])["channel"]
    assert error(bot("chat.postMessage", channel="C0NOWHERE1", text="x")) == "channel_not_found"
    assert error(bot("chat.postMessage", channel=made, text="x")) == "channel_not_found"
    assert error(bot("chat.postMessage", channel=GENERAL, text="x")) == "not_in_channel"
    assert bot("chat.postMessage", channel="#review", text="x")["channel"] == REVIEW
    assert bot("chat.postMessage", channel="U0ADA00001", text="x")["channel"].startswith("D0")
    bot("conversations.join", channel=GENERAL)
    assert bot("chat.postMessage", channel=GENERAL, text="x")["ok"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "post"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "p", "event_payload": {"x": "y" * 20_000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "first"}, "invalid_thread_ts"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ],
)
def test_a_message_that_slack_would_refuse_is_refused(bot: Bot, given: dict[str, Any], expected: str) -> None:
    assert error(bot("chat.postMessage", channel=REVIEW, **given)) == expected


def test_a_reply_to_a_thread_that_is_not_there_is_taken_and_lost(bot: Bot) -> None:
    ts = bot("chat.postMessage", channel=REVIEW, text="x", thread_ts="1700000000.000100")["ts"]
    shown = SlackPerson(bot.address, "Ada").channel("review")
    assert (shown["messages"], shown["lost"]) == ([], [ts])


def test_an_image_that_slack_cannot_fetch_is_refused(bot: Bot) -> None:
    image = {"type": "image", "image_url": f"{bot.address}/signin", "alt_text": "a"}
    refused = bot("chat.postMessage", channel=REVIEW, text="x", blocks=[{"type": "divider"}, image])
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == ["downloading image failed [json-pointer:/blocks/1/image_url]"]


def test_arguments_are_named_when_missing(bot: Bot) -> None:
    refused = bot("chat.postMessage", text="x")
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


def test_a_json_body_counts_for_nothing_where_slack_reads_forms_only(bot: Bot) -> None:
    assert error(bot("users.info", user="U0ADA00001")) == "user_not_found"
    found = bot.form("users.info", user="U0CHIARA01", include_locale="true")["user"]
    assert (found["locale"], found["tz"]) == ("it-IT", "Europe/Rome")
    header = {"Authorization": f"Bearer {bot.token}", "Content-Type": "application/json"}
    broken = requests.post(f"{bot.address}/api/chat.postMessage", data="{", headers=header, timeout=PATIENCE).json()
    assert error(broken) == "invalid_json"


def test_metadata_comes_back_only_when_asked_for(bot: Bot) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"key": "7"}}
    ts = bot("chat.postMessage", channel=REVIEW, text="x", metadata=metadata)["ts"]
    plain = bot.form("conversations.history", channel=REVIEW)["messages"][0]
    assert "metadata" not in plain
    full = bot.form("conversations.history", channel=REVIEW, include_all_metadata="true")["messages"][0]
    assert (full["ts"], full["metadata"]) == (ts, metadata)


def test_only_own_messages_can_be_changed_or_deleted(bot: Bot) -> None:
    theirs = SlackPerson(bot.address, "Ada").say("review", "mine")
    assert error(bot("chat.update", channel=REVIEW, ts=theirs, text="x")) == "cant_update_message"
    assert error(bot("chat.delete", channel=REVIEW, ts=theirs)) == "cant_delete_message"
    assert error(bot("chat.update", channel=REVIEW, ts="1.1", text="x")) == "message_not_found"
    own = bot("chat.postMessage", channel=REVIEW, text="x")["ts"]
    assert error(bot("chat.update", channel=REVIEW, ts=own, text="x" * 4001)) == "msg_too_long"
    assert bot("chat.delete", channel=REVIEW, ts=own)["ok"]
    assert error(bot("chat.delete", channel=REVIEW, ts=own)) == "message_not_found"


def test_text_without_blocks_takes_the_blocks_away_and_keeps_the_metadata(bot: Bot) -> None:
    metadata = {"event_type": "delivery", "event_payload": {}}
    own = bot("chat.postMessage", channel=REVIEW, text="x", blocks=[{"type": "divider"}], metadata=metadata)["ts"]
    changed = bot("chat.update", channel=REVIEW, ts=own, text="y")["message"]
    assert "blocks" not in changed
    assert changed["metadata"] == metadata
    assert changed["edited"]["user"] == "U0BOTTEGA1"


def test_a_deleted_parent_leaves_a_tombstone_over_its_replies(bot: Bot) -> None:
    root = bot("chat.postMessage", channel=REVIEW, text="root")["ts"]
    SlackPerson(bot.address, "Ada").say("review", "answer", thread_ts=root)
    bot("chat.delete", channel=REVIEW, ts=root)
    thread = bot.form("conversations.replies", channel=REVIEW, ts=root)["messages"]
    assert [m.get("subtype") for m in thread] == ["tombstone", None]


def test_an_ephemeral_message_is_seen_by_one_member_and_kept_nowhere(bot: Bot) -> None:
    assert error(bot("chat.postEphemeral", channel=INBOX, user="U0EVE00001", text="x")) == "user_not_in_channel"
    ts = bot("chat.postEphemeral", channel=INBOX, user="U0ADA00001", text="psst")["message_ts"]
    assert [m["text"] for m in SlackPerson(bot.address, "Ada").messages("inbox")] == ["psst"]
    assert SlackPerson(bot.address, "Bruno").messages("inbox") == []
    assert bot.form("conversations.history", channel=INBOX)["messages"] == []
    assert error(bot("chat.update", channel=INBOX, ts=ts, text="y")) == "message_not_found"


def test_history_and_replies_are_paged_to_the_end(bot: Bot) -> None:
    root = bot("chat.postMessage", channel=REVIEW, text="root")["ts"]
    ada = SlackPerson(bot.address, "Ada")
    for number in range(5):
        ada.say("review", f"reply {number}", thread_ts=root)
        ada.say("review", f"other {number}")
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = bot.form("conversations.replies", channel=REVIEW, ts=root, limit=2, cursor=cursor)
        assert page["messages"][0]["text"] == "root"
        seen += [m["text"] for m in page["messages"][1:]]
        cursor, pages = page.get("response_metadata", {}).get("next_cursor", ""), pages + 1
    assert (pages, seen) == (3, [f"reply {n}" for n in range(5)])
    newest = bot.form("conversations.history", channel=REVIEW, limit=2)
    assert [m["text"] for m in newest["messages"]] == ["other 4", "other 3"]
    assert newest["has_more"] is True
    since = bot.form("conversations.history", channel=REVIEW, oldest=newest["messages"][1]["ts"])["messages"]
    assert [m["text"] for m in since] == ["other 4"]
    assert error(bot.form("conversations.history", channel=REVIEW, cursor="??")) == "invalid_cursor"
    assert error(bot.form("conversations.replies", channel=REVIEW, ts="1.1")) == "thread_not_found"


def test_too_many_messages_at_once_are_limited_until_time_has_passed(bot: Bot) -> None:
    bot.stage("settings", limits={"post_burst": 2})
    bot.stage("clock", stopped=True)
    answers = [bot.raw("chat.postMessage", channel=REVIEW, text=str(n)) for n in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].json()["error"] == "ratelimited"
    assert answers[2].headers["Retry-After"] == "1"
    assert bot("chat.postMessage", channel=INBOX, text="elsewhere")["ok"]
    bot.stage("clock", advance=1)
    assert bot("chat.postMessage", channel=REVIEW, text="again")["ok"]


def test_a_bells_ring_that_was_not_escaped_is_visible(bot: Bot) -> None:
    bot("chat.postMessage", channel=REVIEW, text="hello &lt;!channel&gt;")
    bot("chat.postMessage", channel=REVIEW, text="hello <!channel>")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "see <https://example.com|here> <!here>"}}
    bot("chat.postMessage", channel=REVIEW, text="x", blocks=[section])
    shown = SlackPerson(bot.address, "Ada").messages("review")
    assert [m["broadcast"] for m in shown] == [False, True, True]
    assert shown[2]["entities"][0] == {"kind": "link", "target": "https://example.com", "label": "here"}


def test_what_people_type_is_escaped_and_mentions_become_ids(bot: Bot) -> None:
    ada = SlackPerson(bot.address, "Ada")
    ada.say("review", "a < b & <!channel> @Bruno #inbox https://example.com/?a=1&b=2")
    assert ada.messages("review")[0]["text"] == (
        "a &lt; b &amp; &lt;!channel&gt; <@U0BRUNO001> <#C0INBOX001|inbox> <https://example.com/?a=1&amp;b=2>"
    )
    assert ada.messages("review")[0]["broadcast"] is False


def test_lists_of_people_and_channels_show_what_the_bot_may_see(bot: Bot) -> None:
    bot.stage("channel", name="board", private=True, members=["Ada"])
    names = [c["name"] for c in bot.form("conversations.list", types="public_channel,private_channel")["channels"]]
    assert names == ["review", "inbox", "general", "random"]
    assert bot.form("conversations.info", channel=INBOX)["channel"]["is_private"] is True
    assert "U0EVE00001" in bot.form("conversations.members", channel=REVIEW)["members"]
    direct = bot.form("conversations.open", users="U0ADA00001")["channel"]["id"]
    assert bot.form("conversations.open", users="U0ADA00001")["channel"]["id"] == direct
    assert error(bot.form("conversations.open", users="U0NOBODY01")) == "user_not_found"
    assert len(bot.form("users.list", limit=4)["members"]) == 4


def test_a_reaction_is_added_once(bot: Bot) -> None:
    ts = bot("chat.postMessage", channel=REVIEW, text="x")["ts"]
    assert bot("reactions.add", channel=REVIEW, timestamp=ts, name="eyes")["ok"]
    assert error(bot("reactions.add", channel=REVIEW, timestamp=ts, name="eyes")) == "already_reacted"
    assert error(bot("reactions.add", channel=REVIEW, timestamp=ts, name="Not A Name")) == "invalid_name"
    assert SlackPerson(bot.address, "Ada").messages("review")[0]["reactions"] == {"eyes": ["U0BOTTEGA1"]}


def test_a_permalink_leads_to_the_message(bot: Bot) -> None:
    ts = bot("chat.postMessage", channel=REVIEW, text="x")["ts"]
    link = bot.form("chat.getPermalink", channel=REVIEW, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{REVIEW}/p{ts.replace('.', '')}")
