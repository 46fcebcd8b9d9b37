"""What the archive keeps, and what it refuses with which words."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from bot.archive import LARGEST, MOST_PIXELS, Archive
from handlers.intents import Arrived
from models.media import Media
from models.store import Store
from support.desks import Stores

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Send = Callable[[bytes], Arrived]


@pytest.fixture
def store(stores: Stores, tmp_path: Path) -> Iterator[Store]:
    with stores.lent(tmp_path / "desk.db") as lent:
        yield lent


@pytest.fixture
def archive(store: Store, tmp_path: Path) -> Archive:
    return Archive(tmp_path / "media", store, lambda: NOW)


@pytest.fixture
def send(archive: Archive, tmp_path: Path) -> Send:
    """Puts bytes into a temporary file and hands it over, as a chat does."""

    def send(content: bytes) -> Arrived:
        path = tmp_path / f"incoming-{hashlib.sha256(content).hexdigest()[:8]}"
        path.write_bytes(content)
        arrived = archive.keep(path, "cat")
        assert not path.exists(), "the temporary file is taken over"
        return arrived

    return send


def image(folder: Path, kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """A picture as a file of this kind."""
    path = folder / f"made.{kind}"
    Image.new(mode, size, 1).save(path, kind)
    return path.read_bytes()


def film(brand: bytes) -> bytes:
    """The beginning of a file of the ISO base media format."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00" * 40


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_photo_is_kept_under_what_it_is(send: Send, store: Store, tmp_path: Path, kind: str) -> None:
    content = image(tmp_path, kind)
    arrived = send(content)
    assert (arrived.problem, arrived.mime) == ("", f"image/{kind.lower()}")
    with store.read() as session:
        media = session.exec(select(Media)).one()
        assert (media.width, media.height, media.size, media.name) == (40, 30, len(content), "cat")
        assert media.path_in(tmp_path / "media").read_bytes() == content
        assert arrived.media_id == media.number
        assert arrived.sha256 == media.sha256 == hashlib.sha256(content).hexdigest()


def test_a_jpeg_with_pictures_behind_the_first_is_a_jpeg(send: Send, tmp_path: Path) -> None:
    first, second = Image.new("RGB", (8, 8), 1), Image.new("RGB", (8, 8), 2)
    first.save(tmp_path / "two.mpo", "MPO", save_all=True, append_images=[second])
    assert send((tmp_path / "two.mpo").read_bytes()).mime == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (film(b"isom"), "video/mp4"),
        (film(b"mp42"), "video/mp4"),
        (film(b"3gp5"), "video/mp4"),
        (film(b"qt  "), "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm" + b"\x00" * 40, "video/webm"),
    ],
)
def test_a_film_is_known_by_its_first_bytes(send: Send, content: bytes, mime: str) -> None:
    assert send(content).mime == mime


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"%PDF-1.7\n%",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        film(b"heic"),
        film(b"M4A "),
        b"\x1a\x45\xdf\xa3\x42\x82\x88matroska" + b"\x00" * 40,
    ],
)
def test_what_networks_do_not_take_is_refused(send: Send, content: bytes) -> None:
    arrived = send(content)
    assert (arrived.media_id, arrived.mime) == (0, "")
    assert arrived.problem.format(**arrived.params).startswith("“cat” is neither a photo nor a video")


def test_an_empty_file_is_refused(send: Send) -> None:
    assert "is empty" in send(b"").problem


def test_a_picture_cut_short_is_refused(send: Send, tmp_path: Path) -> None:
    assert "is damaged" in send(image(tmp_path, "JPEG", (400, 300))[:600]).problem


def test_a_file_above_the_limit_is_refused_with_the_limit(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    arrived = archive.keep(path, "film.mp4")
    assert arrived.problem.format(**arrived.params) == (
        "“film.mp4” is larger than 110 MB. Make it smaller and send it again."
    )
    assert not path.exists()


@pytest.mark.parametrize("pixels", [MOST_PIXELS + 10_000, MOST_PIXELS * 3])
def test_a_picture_that_unpacks_to_gigabytes_is_refused_unopened(send: Send, tmp_path: Path, pixels: int) -> None:
    assert "too many pixels" in send(image(tmp_path, "PNG", (10_000, pixels // 10_000), "1")).problem


def test_the_same_bytes_are_kept_once(send: Send, store: Store, tmp_path: Path) -> None:
    content = image(tmp_path, "PNG")
    assert send(content).media_id == send(content).media_id
    with store.read() as session:
        assert len(session.exec(select(Media)).all()) == 1


def test_the_same_bytes_at_the_same_moment_are_kept_once(archive: Archive, store: Store, tmp_path: Path) -> None:
    content = image(tmp_path, "PNG")
    paths = [tmp_path / f"incoming-{number}" for number in range(8)]
    for path in paths:
        path.write_bytes(content)
    with ThreadPoolExecutor(8) as pool:
        found = {arrived.media_id for arrived in pool.map(lambda path: archive.keep(path, "cat"), paths)}
    assert len(found) == 1
    assert len(list((tmp_path / "media").rglob("*-*"))) == 0, "no half-copied file stays"


def test_a_temporary_folder_may_lie_on_another_disk(archive: Archive, tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path
    path = elsewhere / f"bottega-{tmp_path.name}"
    path.write_bytes(image(tmp_path, "PNG"))
    assert archive.keep(path, "cat").media_id
    assert not path.exists()
