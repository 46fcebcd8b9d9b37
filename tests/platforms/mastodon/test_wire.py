"""Mastodon's JSON and its dialects, read without stumbling."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.answers import LONGEST_WAIT, Answer
from platforms.contract import (
    AccessLost,
    AccountLocked,
    Can,
    ContentRefused,
    Gone,
    Limits,
    MediaNotReady,
    NotPermitted,
    Numbers,
    Permanent,
    PlatformError,
    Unreachable,
    Unsupported,
)
from platforms.mastodon import wire
from platforms.mastodon.paging import older
from platforms.mastodon.refusals import SCOPE, WebPage, refused, reset
from platforms.mastodon.scopes import WANTED, Scopes
from platforms.server_clock import server_time
from platforms.shapes import Json, time_of

STATUS = {
    "id": "109",
    "created_at": "2026-11-23T10:00:00.000Z",
    "edited_at": "2026-11-23T10:05:00.000Z",
    "url": None,
    "uri": "https://far.example/s/1",
    "visibility": "unlisted",
    "spoiler_text": "food",
    "content": "<p>hi</p>",
    "in_reply_to_id": 7,
    "account": {"id": "5", "acct": "oleg@far.example", "display_name": "", "url": "https://far.example/@oleg"},
    "media_attachments": [
        {"type": "image", "url": None, "remote_url": "https://far.example/a.png", "description": None}
    ],
    "favourites_count": 3,
    "reblogs_count": 0,
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*STATUS, "x", "configuration"]), inner)
    ),
    max_leaves=12,
)


def test_comment_is_read_whole() -> None:
    found = wire.comment(STATUS, "home.example", root_id="1")
    assert (found.remote_id, found.parent_id, found.root_id) == ("109", "7", "1")
    assert (found.author.handle, found.author.name) == ("oleg@far.example", "oleg@far.example")
    assert (found.text, found.warning, found.visibility) == ("hi", "food", "unlisted")
    assert found.url == "https://far.example/s/1"
    assert found.edited_at == datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    assert [(m.url, m.mime, m.alt) for m in found.media] == [("https://far.example/a.png", "image/*", "")]


def test_people_of_our_own_server_get_its_domain() -> None:
    nora = {"id": "1", "username": "nora", "display_name": "Nora :cat:", "url": "https://web.home.example/@nora"}
    assert wire.author(nora, "home.example").handle == "nora@home.example"
    assert wire.author(nora, "").handle == "nora@web.home.example"
    assert wire.author({"id": "1", "acct": "nora", "url": "http://[bad"}, "").handle == "nora"


READINGS: dict[str, Callable[[Json], object]] = {
    "instance": wire.instance,
    "numbers": wire.numbers,
    "published": lambda found: wire.published({**STATUS, **found}),
    "comment": lambda found: wire.comment({**STATUS, **found}, ""),
    "me": wire.me,
}


@pytest.mark.parametrize("reading", READINGS)
@given(body=JSON)
def test_no_answer_breaks_the_reading(reading: str, body: object) -> None:
    try:
        found = READINGS[reading](wire.object_of(body))
    except wire.Malformed:
        return
    assert found is not None


def test_times_without_a_zone_are_utc_and_nonsense_is_none() -> None:
    assert time_of("2026-11-23T10:00:00") == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert time_of("yesterday") is None


def test_instance_of_the_second_version() -> None:
    found = wire.instance(
        {
            "domain": "home.example",
            "api_versions": {"mastodon": 7},
            "configuration": {
                "urls": {"streaming": "wss://stream.home.example/"},
                "statuses": {"max_characters": 5000, "max_media_attachments": 6, "characters_reserved_per_url": 25},
                "media_attachments": {
                    "description_limit": 10,
                    "image_size_limit": 1,
                    "supported_mime_types": ["image/png"],
                },
            },
        }
    )
    assert (found.domain, found.api, found.streaming) == ("home.example", 7, "https://stream.home.example")
    assert (found.limits.text, found.limits.images, found.limits.url_length) == (5000, 6, 25)
    assert (found.limits.alt_text, found.limits.image_bytes) == (10, 1)
    assert found.limits.mime_types == {"image/png"}


def test_instance_of_the_first_version() -> None:
    found = wire.instance(
        {"uri": "https://home.example", "max_toot_chars": 3000, "urls": {"streaming_api": "ws://home.example"}}
    )
    assert (found.domain, found.streaming, found.limits.text) == ("home.example", "http://home.example", 3000)
    assert wire.instance({"uri": "home.example"}).domain == "home.example"
    assert wire.instance({"uri": "http://[bad"}).domain == ""
    assert wire.instance({}).limits == wire.LIMITS
    assert isinstance(wire.LIMITS, Limits)
    assert wire.instance({"urls": {"streaming_api": "smtp://x"}}).streaming == ""


def test_token_does_not_travel_more_openly_than_the_account_was_set_up() -> None:
    assert wire.stream_home("https://a.example", "https://s.example") == "https://s.example"
    assert wire.stream_home("https://a.example", "http://s.example") == "https://a.example"
    assert wire.stream_home("http://a.example", "http://s.example") == "http://s.example"
    assert wire.stream_home("https://a.example", "") == "https://a.example"


def test_numbers_are_what_is_told() -> None:
    assert wire.numbers(STATUS) == Numbers(likes=3, reposts=0, comments=None)


@pytest.mark.parametrize(
    ("one", "other", "narrow"),
    [
        ("public", "private", "private"),
        ("direct", "public", "direct"),
        ("unlisted", "public", "unlisted"),
        ("public", "local", "direct"),
        ("public", "", "direct"),
    ],
)
def test_narrower_visibility_wins_and_unknown_is_narrowest(one: str, other: str, narrow: str) -> None:
    assert wire.narrower(one, other) == narrow


def told(status: int, error: str = "", *, is_json: bool = True) -> Exception:
    return refused(Answer(status, {}, {"error": error} if is_json else None, is_json, "" if is_json else error))


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, "The access token is invalid", AccessLost),
        (401, "The access token was revoked", AccessLost),
        (403, "This action is not allowed", NotPermitted),
        (403, "This action is outside the authorized scopes", NotPermitted),
        (403, "Your login is currently disabled", AccountLocked),
        (403, "Invalid credentials.", AccessLost),
        (404, "Record not found", Gone),
        (410, "gone", Gone),
        (422, "Validation failed: Text can't be blank", ContentRefused),
        (422, "Cannot attach files that have not finished processing. Try again in a moment!", MediaNotReady),
        (400, "bad", ContentRefused),
        (413, "too large", ContentRefused),
        (409, "clash", Unreachable),
        (425, "early", Unreachable),
        (405, "no", Unsupported),
        (406, "no", Unsupported),
        (418, "teapot", Permanent),
    ],
)
def test_refusals_mean_what_the_documentation_says(status: int, error: str, kind: type[PlatformError]) -> None:
    found = told(status, error)
    assert type(found) is kind
    assert error in str(found)


def test_page_without_json_proves_no_absence() -> None:
    assert type(told(404, "nginx", is_json=False)) is WebPage
    html = {"Content-Type": "text/html; charset=utf-8"}
    for status in (401, 403, 404):
        found = refused(Answer(status, html, None, is_json=False, text="Checking your browser"))
        assert isinstance(found, Unreachable)
    assert type(refused(Answer(401, {}, None, is_json=False))) is AccessLost
    assert str(refused(Answer(404, {}, [], is_json=True))) == "HTTP 404"
    both = refused(Answer(401, {}, {"error": "invalid_grant", "error_description": "expired"}, is_json=True))
    assert str(both) == "invalid_grant: expired"


def test_rate_window_ends_by_the_servers_clock() -> None:
    date = {"Date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert reset({**date, "X-RateLimit-Reset": "2026-11-23T10:05:00.123456Z"}) == timedelta(seconds=300.123456)
    assert reset({**date, "X-RateLimit-Reset": "2026-11-23T10:05:00"}) == timedelta(seconds=300)
    assert reset({**date, "X-RateLimit-Reset": "1795428060"}) == timedelta(seconds=60)
    assert reset({**date, "X-RateLimit-Reset": "90"}) == timedelta(seconds=90)
    assert reset({**date, "X-RateLimit-Reset": "2020-01-01T00:00:00Z"}) == timedelta(seconds=1)
    assert reset({**date, "X-RateLimit-Reset": "2199-01-01T00:00:00Z"}) == LONGEST_WAIT
    assert reset({**date, "X-RateLimit-Reset": "soon"}) is None
    assert reset({**date, "Retry-After": "3", "X-RateLimit-Reset": "2026-11-23T10:05:00Z"}) == timedelta(seconds=3)
    assert reset(date) is None
    later = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    found = reset({"X-RateLimit-Reset": later})
    assert found is not None
    assert 50 < found.total_seconds() <= 60


def test_servers_clock_is_read_from_its_date() -> None:
    assert server_time({"Date": "Mon, 23 Nov 2026 10:00:00 GMT"}) == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert server_time({"Date": "today"}) is None
    assert server_time({}) is None


def linked(header: str, *ids: str) -> list[tuple[str, str]] | None:
    return older(Answer(200, {"Link": header} if header else {}, [], is_json=True), [{"id": i} for i in ids])


def test_next_page_is_where_the_header_says_and_only_its_cursor_is_taken() -> None:
    header = '<https://s.example/n?limit=40&max_id=55&evil=1>; rel="next", <https://s.example/n?min_id=90>; rel="prev"'
    assert linked(header, "90", "56") == [("max_id", "55")]
    assert linked('<https://s.example/n?min_id=90>; rel="prev"', "90") is None
    assert linked("<http://[bad>; rel=next", "90") is None
    assert linked("", "90", "56") == [("max_id", "56")]
    assert linked("") is None


def test_scopes_are_what_is_told_or_found_out() -> None:
    scopes = Scopes()
    assert scopes.missing() == ()
    scopes.told(["read", "write:statuses", "follow", "profile"])
    assert scopes.missing() == ("write:media", "write:favourites", "write:reports")
    best = Can(likes=True, blocks=True, mutes=True, reports=True, streams=True, replies=True)
    assert scopes.can(best) == Can(blocks=True, mutes=True, streams=True, replies=True)
    scopes.told(None)
    assert scopes.can(best) == best
    with pytest.raises(NotPermitted, match="write:blocks"), scopes.needed("write:blocks"):
        raise NotPermitted(f"This action is {SCOPE}")
    assert scopes.missing() == ("write:blocks",)
    with pytest.raises(NotPermitted), scopes.needed("write:mutes"):
        raise NotPermitted("This action is not allowed")
    assert scopes.missing() == ("write:blocks",)
    scopes.told(WANTED)
    assert scopes.missing() == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://social.example/@acme/1", "1"),
        ("https://api.social.example/@acme/1/", "1"),
        (" HTTPS://Social.Example/@acme/statuses/01J0ABC ", "01J0ABC"),
        ("https://social.example/notice/AfQ-x_1", "AfQ-x_1"),
        ("https://social.example/p/acme/77", "77"),
        ("https://social.example/users/acme/statuses/8", "8"),
        ("https://social.example/@acme", ""),
        ("https://elsewhere.example/@acme/1", ""),
        ("https://social.example/about/more", ""),
        ("https://social.example/@acme/1?x=../../2", "1"),
        ("https://social.example/@acme/..%2f2", ""),
        ("ftp://social.example/@acme/1", ""),
        ("javascript:alert(1)", ""),
        ("https://[social.example/@acme/1", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_post_of_this_server_tells_its_id(url: str, expected: str) -> None:
    assert wire.id_at(url, "https://api.social.example", "social.example") == expected
