"""How long a picture moves, as browsers play it; a still one does not."""

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
def test_a_file_that_ends_too_soon_or_is_damaged_is_taken_for_a_still_one(tmp_path: Path, kind: str) -> None:
    whole = saved(tmp_path / "whole", kind, duration=100, loop=0).read_bytes()
    for cut in range(0, len(whole), 3):
        (tmp_path / f"{cut}").write_bytes(whole[:cut])
        motion_of(tmp_path / f"{cut}")
    assert motion_of(tmp_path / "missing") is None


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
