"""A file that a chat does not show is opened in a browser: by one member, for 15 minutes, by a press, not by a look."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from bot.opening import OPEN, Opening, opening_of
from bot.settings import Settings
from bot.shelf import Shelf
from bot.web.opened import routes
from bot.web.server import Web
from models.media import Media
from models.member import Member
from models.seen import Opened
from models.store import Store
from platforms.contract import Attachment
from support.patience import PATIENCE
from support.shelves import NOW, Clock

KEY = Fernet.generate_key().decode()
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
Session = aiohttp.ClientSession


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    made.migrate()
    digest = sha256(FILM).hexdigest()
    (tmp_path / digest[:2]).mkdir()
    (tmp_path / digest[:2] / digest).write_bytes(FILM)
    with made.write() as session:
        session.add(Member(name="Bruno", roles=["approver"], created_at=NOW))
        for sha256_of, mime, name in ((digest, "video/mp4", "<film>.mp4"), ("0" * 64, "text/html", "page.html")):
            session.add(Media(sha256=sha256_of, mime=mime, name=name, size=len(FILM), created_at=NOW))
    yield made
    made.close()


@pytest.fixture
def opening(store: Store, tmp_path: Path, clock: Clock) -> Opening:
    return Opening("https://bot.example", [KEY], tmp_path, store, clock)


def path_of(address: str) -> str:
    assert address.startswith("https://bot.example/open/")
    return address.removeprefix("https://bot.example")


def opened(store: Store) -> list[tuple[int, str, int, int]]:
    with store.read() as session:
        return [(row.member_id, row.subject, row.revision, row.media_id) for row in session.exec(select(Opened)).all()]


def visit(opening: Opening | None, look: Callable[[Session], Awaitable[None]]) -> None:
    async def run() -> None:
        web = Web("127.0.0.1", 0, routes(opening))
        await web.start()
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{web.port}") as session:
                await look(session)
        finally:
            await web.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_a_look_at_the_page_opens_nothing_and_tells_nothing_of_the_file(opening: Opening, store: Store) -> None:
    path = path_of(opening.address(1, "P1", 2, 1))

    async def look(session: Session) -> None:
        for agent in ("Slackbot-LinkExpanding 1.0", "TelegramBot (like TwitterBot)", "Mozilla/5.0"):
            async with session.get(path, headers={"User-Agent": agent}) as answer:
                words = await answer.text()
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == "private, no-store"
                assert '<form method="post">' in words
                assert "film" not in words
                assert "/bytes/" not in words
        async with session.head(path) as answer:
            assert answer.status == 200

    visit(opening, look)
    assert opened(store) == []


def test_the_press_opens_it_and_is_kept_with_member_revision_and_file(opening: Opening, store: Store) -> None:
    path = path_of(opening.address(1, "P1", 2, 1))

    async def look(session: Session) -> None:
        for _ in range(2):
            async with session.post(path, headers={"Accept-Language": "it-IT,en;q=0.5"}) as answer:
                words = await answer.text()
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == "private, no-store"
                assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "&lt;film&gt;.mp4" in words
        assert "<film>" not in words
        assert "torna alla chat" in words.lower()
        found = re.search(r'<video [^>]*src="([^"]+)"', words)
        assert found
        async with session.get(found.group(1)) as answer:
            assert await answer.read() == FILM
            assert answer.headers["Content-Type"] == "video/mp4"
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        async with session.get(found.group(1), headers={"Range": "bytes=8-11"}) as answer:
            assert (answer.status, await answer.read()) == (206, FILM[8:12])

    visit(opening, look)
    assert opened(store) == [(1, "P1", 2, 1)]


def test_an_address_ends_after_a_quarter_of_an_hour(opening: Opening, store: Store, clock: Clock) -> None:
    path = path_of(opening.address(1, "P1", 2, 1))

    async def look(session: Session) -> None:
        clock.now += OPEN + timedelta(seconds=2)
        async with session.post(path) as answer:
            assert answer.status == 404
            assert "works for 15 minutes" in await answer.text()

    visit(opening, look)
    assert opened(store) == []


def test_no_other_file_is_reached(opening: Opening, store: Store, tmp_path: Path, clock: Clock) -> None:
    page = path_of(opening.address(1, "P1", 2, 1)).rpartition("/")[2]
    lent = Shelf("https://bot.example", [KEY], tmp_path, clock).lend(Attachment(tmp_path, "video/mp4", 1, "a" * 64))
    foreign = Opening("https://bot.example", [Fernet.generate_key().decode()], tmp_path, store, clock)
    odd = opening.address(1, "P1", 2, 2)  # a page, which no archive takes
    gone, nobody = opening.address(1, "P1", 2, 99), opening.address(99, "P1", 2, 1)

    async def look(session: Session) -> None:
        names = ["x", "é", page[:-2] + "AA", lent.rpartition("/")[2].partition(".")[0], "..%2f..%2fetc%2fpasswd"]
        for path in (*(f"/open/{n}" for n in names), *map(path_of, (odd, gone, nobody))):
            async with session.post(path) as answer:
                assert answer.status in {404, 405}, path
        async with session.get(f"/open/bytes/{page}") as answer:
            assert answer.status == 404, "the page's address alone gives no bytes"
        async with session.post(path_of(foreign.address(1, "P1", 2, 1))) as answer:
            assert answer.status == 404

    visit(opening, look)
    assert opened(store) == []


def test_who_left_the_team_opens_nothing(opening: Opening, store: Store) -> None:
    path = path_of(opening.address(1, "P1", 2, 1))
    with store.write() as session:
        session.get_one(Member, 1).active = False

    async def look(session: Session) -> None:
        async with session.post(path) as answer:
            assert answer.status == 404

    visit(opening, look)
    assert opened(store) == []


def test_without_a_public_address_or_a_key_there_is_no_page(store: Store, clock: Clock) -> None:
    public, key = {"web": {"public_url": "https://bot.example"}}, {"desk": {"secret_key": KEY}}
    assert opening_of(Settings.model_validate(public), store, clock) is None
    assert opening_of(Settings.model_validate(key), store, clock) is None
    made = opening_of(Settings.model_validate({**public, **key}), store, clock)
    assert made is not None
    assert made.address(1, "P1", 1, 1).startswith("https://bot.example/open/")
    assert routes(None) == []
