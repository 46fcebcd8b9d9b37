"""Pictures that move: how long and how often, told from a file's structure without decoding a frame.

GIF89a specification, sections 20 to 26 and the NETSCAPE2.0 extension; WebP container specification, "Animation"; PNG
(third edition), sections 11.3.6 (acTL, fcTL).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from babel.numbers import format_decimal

from handlers.words import Translator

#: Milliseconds that browsers and apps show a frame which wants to be shown for no time, and up to which that is so.
AT_LEAST, HASTY = 100, 10
#: Files that are remembered, and parts of a file that are looked at.
KEPT, MOST = 500, 200_000


@dataclass(frozen=True)
class Motion:
    """A picture of several frames."""

    milliseconds: int  #: once through
    times: int  #: how often it plays; 0: for ever

    def in_words(self, t: Translator) -> str:
        """How it moves: "3.2 seconds, again and again"."""
        length = round(max(0.1, self.milliseconds / 1000), 1)
        said = format_decimal(length, "0.#", locale=t.lang)
        seconds = t.n("{seconds} second", "{seconds} seconds", 1 if length == 1 else 2, seconds=said)
        if not self.times:
            return t("{seconds}, again and again", seconds=seconds)
        return t.n("{seconds}, once", "{seconds}, {count} times", self.times, seconds=seconds)


def motion_of(path: Path) -> Motion | None:
    """How the picture moves; None for a still one, one that cannot be read, and what is no GIF, WebP or PNG."""
    return _looked_at(path)


@lru_cache(maxsize=KEPT)
def _looked_at(path: Path) -> Motion | None:
    try:
        with path.open("rb") as file:
            head = file.read(12)
            for begins, look in _FORMATS:
                if begins(head):
                    file.seek(0)
                    return _moving(*look(file))
    except (OSError, struct.error, ValueError):
        return None
    return None


def _moving(frames: list[int], times: int) -> Motion | None:
    if len(frames) < 2:
        return None
    return Motion(sum(frame if frame > HASTY else AT_LEAST for frame in frames), times)


def _gif(file: BinaryIO) -> tuple[list[int], int]:
    """(milliseconds of each frame, how often it plays)."""
    _skip_colours(file, _exactly(file, 13)[10])
    frames: list[int] = []
    delay, times = 0, 1
    for _ in range(MOST):
        match file.read(1):
            case b"!":
                label = _exactly(file, 1)
                blocks = list(_blocks(file, keep=label in {b"\xf9", b"\xff"}))
                if label == b"\xf9" and len(blocks[0]) >= 3:
                    delay = struct.unpack_from("<H", blocks[0], 1)[0] * 10
                elif label == b"\xff" and blocks[:1] == [b"NETSCAPE2.0"] and len(blocks[1]) >= 3:
                    wanted = struct.unpack_from("<H", blocks[1], 1)[0]
                    times = wanted + 1 if wanted else 0
            case b",":
                _skip_colours(file, _exactly(file, 9)[8])
                _exactly(file, 1)
                for _block in _blocks(file, keep=False):
                    pass
                frames.append(delay)
                delay = 0
            case _:
                break
    return frames, times


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _exactly(file, 3 * 2 ** ((flags & 7) + 1))


def _blocks(file: BinaryIO, *, keep: bool) -> Iterator[bytes]:
    while size := _exactly(file, 1)[0]:
        if keep:
            yield _exactly(file, size)
        else:
            file.seek(size, 1)


def _webp(file: BinaryIO) -> tuple[list[int], int]:
    _exactly(file, 12)
    frames: list[int] = []
    times = 1
    for _ in range(MOST):
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = struct.unpack("<4sI", head)
        end = file.tell() + size + size % 2
        if name == b"ANIM":
            times = struct.unpack_from("<H", _exactly(file, 6), 4)[0]
        elif name == b"ANMF":
            frames.append(int.from_bytes(_exactly(file, 16)[12:15], "little"))
        file.seek(end)
    return frames, times


def _png(file: BinaryIO) -> tuple[list[int], int]:
    _exactly(file, 8)
    frames: list[int] = []
    times = 1
    moves = False
    for _ in range(MOST):
        head = file.read(8)
        if len(head) < 8:
            break
        size, name = struct.unpack(">I4s", head)
        end = file.tell() + size + 4
        if name == b"acTL":
            moves, times = True, struct.unpack(">II", _exactly(file, 8))[1]
        elif name == b"fcTL":
            over, under = struct.unpack_from(">HH", _exactly(file, 26), 20)
            frames.append(round(1000 * over / (under or 100)))
        elif name == b"IDAT" and not moves:
            break  # acTL stands before the picture, or it is a still one
        file.seek(end)
    return (frames if moves else []), times


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) < size:
        raise ValueError("the file ends too soon")
    return found


_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO], tuple[list[int], int]]], ...] = (
    (lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, _gif),
    (lambda head: head[:4] == b"RIFF" and head[8:] == b"WEBP", _webp),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _png),
)
