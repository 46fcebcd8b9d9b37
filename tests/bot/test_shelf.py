"""The shelf: a network fetches a file for as long as it is lent, and nobody finds another."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.settings import Settings
from bot.shelf import OPEN, Shelf, shelf_of
from bot.web.media import routes
from bot.web.server import Web
from platforms.contract import Attachment
from support.patience import PATIENCE
from support.shelves import NOW, Clock

KEY, OLD = Fernet.generate_key().decode(), Fernet.generate_key().decode()
BYTES = b"\xff\xd8\xff" + bytes(range(256)) * 8


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Attachment:
    digest = sha256(BYTES).hexdigest()
    path = tmp_path / digest[:2] / digest
    path.parent.mkdir()
    path.write_bytes(BYTES)
    return Attachment(path, "image/jpeg", len(BYTES), digest)


@pytest.fixture
def shelf(tmp_path: Path, clock: Clock) -> Shelf:
    return Shelf("https://bot.example", [KEY], tmp_path, clock)


def name_in(address: str) -> str:
    assert address.startswith("https://bot.example/media/")
    return address.rpartition("/")[2]


def visit(shelf: Shelf, look: Callable[[aiohttp.ClientSession], Awaitable[None]]) -> None:
    """Look at the port that lends."""

    async def run() -> None:
        web = Web("127.0.0.1", 0, routes(shelf))
        await web.start()
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{web.port}") as session:
                await look(session)
        finally:
            await web.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_an_address_tells_nothing_and_is_another_each_time(shelf: Shelf, file: Attachment) -> None:
    first, second = shelf.lend(file), shelf.lend(file)
    assert first != second
    assert file.sha256 not in first
    assert first.isascii()
    assert first.endswith(".jpg")


def test_what_is_lent_is_fetched_whole_or_in_part(shelf: Shelf, file: Attachment) -> None:
    path = f"/media/{name_in(shelf.lend(file))}"

    async def look(session: aiohttp.ClientSession) -> None:
        async with session.get(path) as whole:
            assert whole.status == 200
            assert whole.content_type == "image/jpeg"
            assert await whole.read() == BYTES
            assert whole.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in whole.headers["Cache-Control"]
        async with session.head(path) as head:
            assert head.status == 200
            assert head.headers["Content-Length"] == str(len(BYTES))
        async with session.get(path, headers={"Range": "bytes=3-6"}) as part:
            assert part.status == 206
            assert await part.read() == BYTES[3:7]

    visit(shelf, look)


def test_an_address_ends(shelf: Shelf, file: Attachment, clock: Clock) -> None:
    name = name_in(shelf.lend(file))
    clock.now = NOW + OPEN - timedelta(minutes=1)
    assert shelf.lent(name)
    clock.now = NOW + OPEN + timedelta(minutes=1)
    assert shelf.lent(name) is None


def test_no_other_address_leads_anywhere(shelf: Shelf, file: Attachment) -> None:
    name = name_in(shelf.lend(file))
    strange = [name[1:], f"A{name[1:]}", f"{file.sha256}.jpg", "..%2f..%2fetc%2fpasswd", "x", ".jpg", "%C3%A9.jpg"]

    async def look(session: aiohttp.ClientSession) -> None:
        for other in strange:
            async with session.get(f"/media/{other}") as answer:
                assert answer.status == 404, other
        async with session.post(f"/media/{name}") as answer:
            assert answer.status == 405

    visit(shelf, look)


def test_a_token_of_another_purpose_is_no_address(shelf: Shelf, file: Attachment) -> None:
    for content in ("../../secrets", "ab", "ab" * 32, file.sha256[:2] * 200, "\0"):
        token = Fernet(KEY).encrypt_at_time(content.encode(), int(NOW.timestamp())).decode()
        assert shelf.lent(f"{token}.jpg") is None


def test_an_older_key_still_opens_what_it_lent(file: Attachment, tmp_path: Path, clock: Clock) -> None:
    before = Shelf("https://bot.example", [OLD], tmp_path, clock)
    after = Shelf("https://bot.example", [KEY, OLD], tmp_path, clock)
    assert after.lent(name_in(before.lend(file)))
    assert before.lent(name_in(after.lend(file))) is None


@pytest.mark.parametrize(
    ("desk", "web", "lends"),
    [
        ({"secret_key": KEY}, {"public_url": "https://bot.example"}, True),
        ({}, {"public_url": "https://bot.example"}, False),
        ({"secret_key": KEY}, {}, False),
    ],
)
def test_files_are_lent_where_networks_reach_us_and_a_key_seals(
    desk: dict[str, str], web: dict[str, str], lends: bool, clock: Clock
) -> None:
    settings = Settings.model_validate({"desk": desk, "web": web})
    assert (shelf_of(settings, clock) is not None) is lends


@pytest.mark.parametrize("damage", ["overwritten", "cut", "gone"])
def test_what_is_not_the_approved_file_any_more_is_not_handed_out(shelf: Shelf, file: Attachment, damage: str) -> None:
    path = f"/media/{name_in(shelf.lend(file))}"
    other = {"overwritten": BYTES[:-1] + b"x", "cut": BYTES[:-1]}.get(damage)
    file.path.unlink()
    if other is not None:
        file.path.write_bytes(other)

    async def look(session: aiohttp.ClientSession) -> None:
        for _ in range(20):  # none of them is kept count of as being handed out
            async with session.get(path, headers={"Range": "bytes=0-3"}) as answer:
                assert answer.status == 404
        file.path.write_bytes(BYTES)
        async with session.get(path) as answer:
            assert await answer.read() == BYTES

    visit(shelf, look)


def test_what_is_handed_out_is_a_copy_that_nobody_overwrites_and_that_does_not_stay(
    shelf: Shelf, file: Attachment, tmp_path: Path
) -> None:
    path = f"/media/{name_in(shelf.lend(file))}"

    async def look(session: aiohttp.ClientSession) -> None:
        async with session.get(path) as first:
            file.path.write_bytes(b"x" * len(BYTES))
            assert await first.read() == BYTES
            etag = first.headers["ETag"]
        file.path.write_bytes(BYTES)
        async with session.get(path, headers={"Range": "bytes=3-6", "If-Range": etag}) as part:
            assert part.status == 206
            assert await part.read() == BYTES[3:7]

    visit(shelf, look)
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(".")] == []
