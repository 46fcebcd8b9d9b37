"""Whether an attempt stands, and whose token it is, asked of the pretend server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platforms.contract import (
    AccessLost,
    Attachment,
    CannotTell,
    Gone,
    NotPermitted,
    Outgoing,
    RateLimited,
    TryLater,
    Unreachable,
)
from platforms.mastodon.adapter import CAN, Mastodon
from support.platform_bench import MastodonBench
from support.platform_mastodon import Clock, answers
from support.platform_progress import Kept

OWN = "GET /api/v1/accounts/*/statuses"


def test_attempt_is_found_by_all_that_was_sent(bench: MastodonBench, account: Mastodon) -> None:
    since, outgoing = datetime.now(UTC), Outgoing(("same",), warning="cw", visibility="unlisted")
    account.publish(outgoing, "key-1", Kept())
    assert account.find(outgoing, "key-1", since, Kept())
    for other in (
        replace(outgoing, warning=""),
        replace(outgoing, visibility="private"),
        replace(outgoing, parts=("other",)),
        replace(outgoing, reply_to="12345"),
    ):
        assert account.find(other, "key-2", since, Kept()) is None or other.reply_to


def test_post_that_the_server_narrowed_is_found(bench: MastodonBench, account: Mastodon) -> None:
    since = datetime.now(UTC)
    account.publish(Outgoing(("limited",), visibility="unlisted"), "key-1", Kept())
    assert account.find(Outgoing(("limited",), visibility="public"), "key-1", since, Kept())
    assert len(bench.standing()) == 1


def test_reply_is_found_though_its_comment_is_gone(bench: MastodonBench, account: Mastodon) -> None:
    since, comment = datetime.now(UTC), bench.says("question")
    outgoing = Outgoing(("answer",), reply_to=comment, mention="nora@social.example")
    done = account.publish(outgoing, "key-1", Kept())
    bench.deletes(comment)
    assert account.find(outgoing, "key-1", since, Kept()) == done


def test_attempt_is_found_behind_a_page_of_younger_posts(bench: MastodonBench, account: Mastodon) -> None:
    since = datetime.now(UTC)
    account.publish(Outgoing(("needle",)), "key", Kept())
    for n in range(45):
        account.publish(Outgoing((f"hay {n}",)), f"key-{n}", Kept())
    assert account.find(Outgoing(("needle",)), "key", since, Kept())
    assert len(bench.asked(OWN)) == 2


def test_posts_without_end_are_no_evidence(bench: MastodonBench, account: Mastodon) -> None:
    now = datetime.now(UTC).isoformat()
    answers(bench, OWN, [{"id": "1", "created_at": now, "content": "x"}], times=50)
    with pytest.raises(CannotTell):
        account.find(Outgoing(("needle",)), "key", datetime.now(UTC), Kept())
    assert len(bench.asked(OWN)) == 10


def test_posts_that_cannot_be_read_are_no_evidence(bench: MastodonBench, account: Mastodon) -> None:
    account.whoami()
    bench.stage("settings", scopes={"acme": "profile write"})
    with pytest.raises(CannotTell):
        account.find(Outgoing(("needle",)), "key", datetime.now(UTC), Kept())
    assert not account.can.measures


def test_posts_that_are_no_list_are_asked_for_later(bench: MastodonBench, account: Mastodon) -> None:
    answers(bench, OWN, {"hello": 1})
    with pytest.raises(TryLater):
        account.find(Outgoing(("needle",)), "key", datetime.now(UTC), Kept())


def test_time_of_the_server_is_known_however_our_clock_is_set(account: Mastodon, clock: Clock) -> None:
    assert account.server_time is None
    account.whoami()
    for hours in (3, -3):
        clock.moved = timedelta(hours=hours)
        assert account.server_time is not None
        assert abs(account.server_time - datetime.now(UTC)) < timedelta(minutes=2)
        assert account.clock_skew is not None
        assert abs(account.clock_skew + clock.moved) < timedelta(minutes=2)


def test_missing_scopes_are_named_and_their_abilities_gone(bench: MastodonBench, account: Mastodon) -> None:
    assert account.can == CAN
    answers(bench, "GET /api/v1/apps/verify_credentials", {"scopes": ["read", "write:statuses", "write:media"]})
    missing = account.whoami().missing_scopes
    assert missing == ("write:favourites", "write:mutes", "write:blocks", "write:reports")
    assert account.can == replace(CAN, likes=False, mutes=False, blocks=False, reports=False)


def test_same_text_that_stands_for_another_key_is_not_it(bench: MastodonBench, account: Mastodon) -> None:
    since, outgoing = datetime.now(UTC), Outgoing(("again",))
    first = account.publish(outgoing, "key-1", Kept())
    assert account.find(outgoing, "key-2", since, Kept()) is None
    assert account.find(outgoing, "key-1", since, Kept()) == first


def test_text_that_a_server_renders_freely_is_found_by_what_was_typed(bench: MastodonBench, account: Mastodon) -> None:
    source, since, typed = "GET /api/v1/statuses/*/source", datetime.now(UTC), Outgoing(("1. one :)",))
    rendered = {"id": "7", "created_at": since.isoformat(), "content": "<ol><li>one 🙂</li></ol>"}
    for status, body in ((200, {"id": "7", "text": "1. one :)"}), (200, {"text": "x"}), (404, {}), (404, "<h1>404")):
        answers(bench, OWN, [rendered])
        answers(bench, source, body, status, times=1 if isinstance(body, dict) else 3)
        found = account.find(typed, "key", since, Kept())
        assert bool(found) == ("1. one" in str(body))
    answers(bench, OWN, [rendered])
    answers(bench, source, {"error": "The access token was revoked"}, 401)
    with pytest.raises(AccessLost):
        account.find(typed, "key", since, Kept())


def test_picture_is_found_though_the_server_made_its_warning_the_text(
    bench: MastodonBench, account: Mastodon, picture: Attachment
) -> None:
    since, outgoing = datetime.now(UTC), Outgoing(("",), (picture,), warning="a cat!")
    mine = account.whoami().remote_id
    status = {
        "id": "7",
        "created_at": datetime.now(UTC).isoformat(),
        "account": {"id": mine},
        "content": "<p>a cat!</p>",
        "spoiler_text": "",
        "media_attachments": [{"id": "1"}],
    }
    answers(bench, OWN, [status])
    assert account.find(outgoing, "key", since, Kept())
    answers(bench, OWN, [{**status, "content": "<p>a dog!</p>"}])
    assert account.find(outgoing, "key", since, Kept()) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error": "Not found"}),
        (404, "<h1>404</h1>"),
        (500, "<h1>500</h1>"),
        (403, {"error": "no"}),
        (401, {"error": "The access token was revoked"}),
        (401, "<h1>401</h1>"),
        (403, {"error": "Your login is currently disabled"}),
        (429, {"error": "Too many requests"}),
        (503, {"error": "down"}),
        (200, {"name": "old"}),
        (200, {"scopes": ""}),
        (200, {"scopes": []}),
        (200, {"scopes": [None, {"name": "read"}]}),
        (200, ["odd"]),
        (200, "null"),
    ],
)
def test_server_that_does_not_tell_scopes_is_believed(
    bench: MastodonBench, account: Mastodon, status: int, body: object
) -> None:
    answers(bench, "GET /api/v1/apps/verify_credentials", body, status)
    assert account.whoami().missing_scopes == ()
    answers(bench, "GET /api/v1/apps/verify_credentials", {"scopes": "read write"})
    assert account.whoami().missing_scopes == ()


def test_clock_of_the_server_is_known_once_it_answered(account: Mastodon) -> None:
    assert account.clock_skew is None
    began = datetime.now(UTC)
    account.whoami()
    assert account.clock_skew is not None
    assert abs(account.clock_skew) < datetime.now(UTC) - began + timedelta(seconds=5)


def test_scope_that_turns_out_missing_takes_its_button_away(bench: MastodonBench, account: Mastodon) -> None:
    comment = bench.says("nice")
    bench.stage("settings", scopes={"acme": "read write:statuses"})
    assert account.can.likes
    with pytest.raises(NotPermitted, match="write:favourites"):
        account.like(comment)
    assert not account.can.likes
    assert account.can.reposts


def test_refusals_of_the_whole_account(bench: MastodonBench, account: Mastodon) -> None:
    answers(bench, "POST /api/v1/statuses", {"error": "Your login is currently disabled"}, 403)
    with pytest.raises(AccessLost, match="disabled"):
        account.publish(Outgoing(("x",)), "key-1", Kept())
    answers(bench, "GET /api/v1/accounts/verify_credentials", {"error": "hm"})
    with pytest.raises(TryLater):
        account.whoami()


def test_rate_limit_ends_when_the_server_says(bench: MastodonBench, account: Mastodon) -> None:
    bench.stage("clock", stopped=True)
    bench.stage("settings", rates={"api": {"limit": 1, "seconds": 300}})
    account.publish(Outgoing(("x",)), "key-1", Kept())
    with pytest.raises(RateLimited) as caught:
        account.publish(Outgoing(("y",)), "key-2", Kept())
    assert caught.value.after is not None
    assert timedelta() < caught.value.after <= timedelta(seconds=301)


def test_page_of_a_proxy_proves_nothing(bench: MastodonBench, account: Mastodon) -> None:
    comment = bench.says("here")
    answers(bench, "* /api/v1/statuses/*", "<html>404</html>", 404, times=3)
    with pytest.raises(Unreachable):
        account.comment(comment)
    answers(bench, "DELETE *", "<html>404</html>", 404)
    with pytest.raises(Unreachable):
        account.delete(comment)


def test_ids_of_strangers_cannot_reach_other_addresses(bench: MastodonBench, account: Mastodon) -> None:
    with pytest.raises(Gone):
        account.comment("../accounts/verify_credentials")
    assert not bench.asked("GET /api/v1/accounts/verify_credentials")
