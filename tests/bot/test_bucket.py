"""The bucket: a network fetches a file from an S3-compatible store by a signed address, and trouble is told apart."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from PIL import Image
from pydantic import ValidationError

from bot.bucket import LASTS, PART, Bucket
from bot.settings import Settings
from bot.shelf import OPEN, Shelf, shelf_of
from bot.shelfsettings import ShelfSettings
from bot.web import media
from platforms.contract import Attachment, MediaNotReady, Outgoing, Published, TryLater, Unsupported
from platforms.instagram.adapter import Instagram
from platforms.spec import Keys
from support.patience import CALLS, PATIENCE
from support.platform_instagram import ACCOUNT
from support.platform_progress import Kept
from support.s3 import KEY, SECRET, Buckets
from support.shelves import Clock
from support.stage import Stage

BYTES = b"\xff\xd8\xff" + bytes(range(256)) * 8


def attachment(folder: Path, content: bytes = BYTES, mime: str = "image/jpeg") -> Attachment:
    """A file of the archive."""
    digest = sha256(content).hexdigest()
    path = folder / digest
    path.write_bytes(content)
    return Attachment(path, mime, len(content), digest)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bucket(s3: Buckets, clock: Clock) -> Bucket:
    return Bucket(s3.settings(), clock)


def test_what_is_lent_is_fetched_without_a_key(bucket: Bucket, s3: Buckets, tmp_path: Path) -> None:
    file = attachment(tmp_path)
    address = bucket.lend(file)
    whole = requests.get(address, timeout=PATIENCE)
    assert (whole.status_code, whole.content) == (200, BYTES)
    assert whole.headers["Content-Type"] == "image/jpeg"
    part = requests.get(address, headers={"Range": "bytes=3-6"}, timeout=PATIENCE)
    assert (part.status_code, part.content) == (206, BYTES[3:7])
    assert s3.objects() == {f"bottega/{file.sha256}.jpg": "image/jpeg"}
    assert SECRET not in address


def test_nothing_is_fetched_without_a_signature_or_with_that_of_another_file(bucket: Bucket, tmp_path: Path) -> None:
    first, second = bucket.lend(attachment(tmp_path)), bucket.lend(attachment(tmp_path, b"another"))
    path, _, signature = first.partition("?")
    for address in (path, f"{second.partition('?')[0]}?{signature}", first[:-1] + ("0" if first[-1] != "0" else "1")):
        assert requests.get(address, timeout=PATIENCE).status_code == 403


def test_an_address_ends(bucket: Bucket, s3: Buckets, tmp_path: Path) -> None:
    address = bucket.lend(attachment(tmp_path))
    s3.act("clock", advance=(OPEN - timedelta(minutes=1)).total_seconds())
    assert requests.get(address, timeout=PATIENCE).status_code == 200
    s3.act("clock", advance=120)
    assert requests.get(address, timeout=PATIENCE).status_code == 403


def test_a_film_larger_than_a_part_arrives_whole(bucket: Bucket, s3: Buckets, tmp_path: Path) -> None:
    film = attachment(tmp_path, b"frames " * (PART // 3), "video/mp4")
    assert film.size > 2 * PART
    found = requests.get(bucket.lend(film), timeout=PATIENCE)
    assert sha256(found.content).hexdigest() == film.sha256
    assert found.headers["Content-Type"] == "video/mp4"
    assert len([asked for asked in s3.requests("PUT *") if "partNumber" in asked["query"]]) == 3


def test_what_was_just_put_there_is_not_sent_again_and_what_may_be_gone_is(
    bucket: Bucket, s3: Buckets, clock: Clock, tmp_path: Path
) -> None:
    file = attachment(tmp_path)
    bucket.lend(file)
    clock.now += LASTS
    bucket.lend(file)
    assert len(s3.requests("PUT *")) == 1
    clock.now += timedelta(seconds=1)
    bucket.lend(file)
    assert len(s3.requests("PUT *")) == 2


def test_a_store_that_is_away_broken_or_silent_is_asked_later(s3: Buckets, clock: Clock, tmp_path: Path) -> None:
    file, soon = attachment(tmp_path), timedelta(seconds=0.3)
    with pytest.raises(TryLater, match="cannot be used"):
        Bucket(s3.settings(endpoint="http://127.0.0.1:9"), clock).lend(file)
    for kind in ("status", "drop_before", "drop_after", "hang"):
        s3.fault("PUT *", kind, status=503)
        with pytest.raises(TryLater, match="cannot be used"):
            Bucket(s3.settings(), clock, request=soon).lend(file)
        s3.calm()
    assert requests.get(Bucket(s3.settings(), clock).lend(file), timeout=PATIENCE).content == BYTES


@pytest.mark.parametrize("wrong", [{"url": "s3://another"}, {"key": "AKIAOTHER"}, {"secret": "guess"}])
def test_a_bucket_that_refuses_us_is_for_a_person_to_mend(
    s3: Buckets, clock: Clock, tmp_path: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(Unsupported, match="refuses us") as refused:
        Bucket(s3.settings(**wrong), clock).lend(attachment(tmp_path))
    assert SECRET not in refused.value.reason
    assert "Signature=" not in refused.value.reason


def test_a_file_that_is_no_longer_in_the_archive_is_not_taken_for_a_bucket_that_is_not_there(
    bucket: Bucket, tmp_path: Path
) -> None:
    file = attachment(tmp_path)
    file.path.unlink()
    with pytest.raises(FileNotFoundError):
        bucket.lend(file)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({}, ""),
        ({"url": "s3://another"}, "refuses us"),
        ({"region": "us-east-1"}, "cannot be used"),
        ({"endpoint": "http://127.0.0.1:9"}, "cannot be used"),
    ],
)
def test_it_is_tried_as_a_network_would(s3: Buckets, clock: Clock, wrong: dict[str, str], fault: str) -> None:
    found = asyncio.run(Bucket(s3.settings(**wrong), clock).fault())
    assert fault in found
    assert bool(found) is bool(fault)


def test_what_can_be_put_there_and_not_fetched_is_said(s3: Buckets, clock: Clock) -> None:
    s3.fault("GET *", "status", status=403)
    assert asyncio.run(Bucket(s3.settings(), clock).fault()) == "what was put there cannot be fetched: HTTP 403"
    s3.fault("GET *", "drop_before", times=9)
    assert "cannot be fetched" in asyncio.run(Bucket(s3.settings(), clock).fault())


def test_instagram_publishes_what_lies_in_the_bucket(bucket: Bucket, meta: Stage, tmp_path: Path) -> None:
    meta.act("reset")
    path = tmp_path / "teal.jpg"
    Image.new("RGB", (400, 300), "teal").save(path)
    file = replace(attachment(tmp_path, path.read_bytes()), width=400, height=300, alt="All teal")
    keys = Keys("sandbox-page-token", app_id="4000000001", app_secret="sandbox-meta-secret")
    options = {"account": ACCOUNT, "page": "1001"}
    account = Instagram(base_url=f"{meta.address}/facebook", keys=keys, options=options, shelf=bucket, timeout=CALLS)
    outgoing = Outgoing(("Fresh bread",), (file,))
    assert account.problems(outgoing) == []
    done = published(account, outgoing)
    stands = next(a for a in meta.state()["instagram"]["accounts"] if a["id"] == ACCOUNT)["media"]
    assert [(media["id"], media["text"]) for media in stands] == [(done.remote_id, "Fresh bread")]


def published(account: Instagram, outgoing: Outgoing) -> Published:
    """Publish as the outbox does, attempt after attempt."""
    progress = Kept()
    for _ in range(5):
        try:
            return account.publish(outgoing, "key-1", progress)
        except MediaNotReady:
            continue
    raise AssertionError("it was never ready")


def test_a_bucket_comes_before_our_own_port(s3: Buckets, clock: Clock) -> None:
    own = {"desk": {"secret_key": "k" * 43 + "="}, "web": {"public_url": "https://bot.example"}}
    assert isinstance(shelf_of(Settings.model_validate(own), clock), Shelf)
    settings = Settings.model_validate({**own, "shelf": {**s3.settings().model_dump(), "key": KEY, "secret": SECRET}})
    lends = shelf_of(settings, clock)
    assert isinstance(lends, Bucket)
    assert list(media.routes(lends)) == []
    assert SECRET in settings.secrets()


@pytest.mark.parametrize(
    ("given", "cure"),
    [
        ({"url": "https://s3.example/bucket", "key": KEY, "secret": SECRET}, "write it like s3://bucket/folder"),
        ({"url": "s3://bucket"}, "key and secret are needed"),
        (
            {"url": "s3://bucket", "key": KEY, "secret": SECRET, "endpoint": "http://s3.example"},
            "must begin with https://",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, str], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        ShelfSettings.model_validate(given)
