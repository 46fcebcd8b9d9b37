"""How long a picture moves, as browsers play it; a still one does not."""

import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from handlers.motion import Motion, motion_of
from handlers.words import translator

FRAMES = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]


def saved(path: Path, kind: str, **given: object) -> Path:
    FRAMES[0].save(path, kind, save_all=True, append_images=FRAMES[1:], **given)
    return path


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_picture_of_several_frames_moves(tmp_path: Path, kind: str) -> None:
    for number, (duration, loop, said) in enumerate(
        [(400, 0, "1.2 seconds, again and again"), ([1000, 500, 500], 3, "2 seconds, {times} times")]
    ):
        motion = motion_of(saved(tmp_path / f"{kind}{number}", kind, duration=duration, loop=loop))
        assert motion is not None
        times = 4 if kind == "GIF" else 3  # a GIF's number counts the repetitions
        assert motion.in_words(translator("en")) == said.format(times=times)


def test_a_gif_that_says_nothing_of_repeating_plays_once_and_a_hasty_frame_is_shown_as_browsers_do(
    tmp_path: Path,
) -> None:
    motion = motion_of(saved(tmp_path / "once.gif", "GIF", duration=[10, 10, 100]))
    assert motion is not None
    assert motion.in_words(translator("en")) == "0.3 seconds, once"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "JPEG"])
def test_a_still_picture_does_not_move(tmp_path: Path, kind: str) -> None:
    FRAMES[0].save(tmp_path / "still", kind)
    assert motion_of(tmp_path / "still") is None


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_file_that_breaks_off_once_it_is_known_to_move_is_not_called_still(tmp_path: Path, kind: str) -> None:
    whole = saved(tmp_path / "whole", kind, duration=100, loop=0).read_bytes()
    found = [cut_off(tmp_path, whole[:cut]) for cut in range(len(whole) + 1)]
    known = found.index(Motion(None, 0))
    assert set(found[:known]) == {None}
    assert None not in found[known:], "what moves is not still again when more of it is there"
    assert found[-1] == Motion(300, 0)
    assert "cannot be told" in Motion(None, 0).in_words(translator("en"))


def cut_off(folder: Path, content: bytes) -> Motion | None:
    (folder / "cut").write_bytes(content)
    return motion_of(folder / "cut")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_whatever_bytes_change_nothing_breaks(tmp_path: Path, kind: str) -> None:
    whole = saved(tmp_path / "whole", kind, duration=100, loop=0).read_bytes()
    dice = random.Random(kind)
    for _ in range(400):
        changed = bytearray(whole)
        for _ in range(dice.choice((1, 1, 1, 8))):
            changed[dice.randrange(8, len(changed))] = dice.choice((0, 1, 0xFF, dice.randrange(256)))
        found = cut_off(tmp_path, bytes(changed[: dice.choice((len(changed), dice.randrange(8, len(changed))))]))
        assert found is None or found.in_words(translator("en"))


def test_an_extension_of_a_gif_may_hold_nothing(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole", "GIF", duration=100, loop=0).read_bytes()
    start = whole.index(b"!")
    empty = b"!\xf9\x00!\xff\x00" + b"!\xff\x0bNETSCAPE2.0\x00"
    assert cut_off(tmp_path, whole[:start] + empty + whole[start:]) == Motion(300, 0)


def test_a_file_of_more_parts_than_anybody_draws_is_not_read_to_its_end(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole", "GIF", duration=100, loop=0).read_bytes()
    start = whole.index(b"!")
    bomb = b"!\xfe" + b"\x01x" * 400_000 + b"\x00"
    assert cut_off(tmp_path, whole[:start] + bomb + whole[start:]) == Motion(None, 1)


def test_a_file_that_another_has_replaced_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "one"
    assert motion_of(path) is None
    saved(path, "GIF", duration=100, loop=0)
    assert motion_of(path) == Motion(300, 0)
    saved(path, "GIF", duration=200, loop=0)
    assert motion_of(path) == Motion(600, 0)
    FRAMES[0].save(path, "GIF")
    assert motion_of(path) is None


def test_a_png_that_claims_a_frame_alone_is_still(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"acTL", struct.pack(">II", 1, 0))
    (tmp_path / "one").write_bytes(head + chunk(b"fcTL", bytes(26)))
    assert motion_of(tmp_path / "one") is None


def test_how_long_it_is_reads_as_people_write_it() -> None:
    assert Motion(1000, 1).in_words(translator("en")) == "1 second, once"
    assert Motion(3200, 0).in_words(translator("it")) == "3,2 secondi, a ripetizione"
    assert Motion(1000, 0).in_words(translator("it")) == "1 secondo, a ripetizione"
