"""Pictures that move: how long and how often, told from a file's structure without decoding a frame.

GIF89a specification, sections 20 to 26 and the NETSCAPE2.0 extension; WebP container specification, "Animation"; PNG
(third edition), sections 11.3.6 (acTL, fcTL).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from babel.numbers import format_decimal

from handlers.words import Translator

#: Milliseconds that browsers and apps show a frame which wants to be shown for no time, and up to which that is so.
AT_LEAST, HASTY = 100, 10
#: Files that are remembered, and parts of a file (blocks, chunks) that are looked at: a film of an hour has fewer.
KEPT, MOST = 500, 400_000


@dataclass(frozen=True)
class Motion:
    """A picture of several frames."""

    milliseconds: int | None  #: once through; None where the file breaks off, or has too many parts to be read
    times: int  #: how often it plays; 0: for ever

    def in_words(self, t: Translator) -> str:
        """How it moves: "3.2 seconds, again and again"."""
        if self.milliseconds is None:
            return t("for how long cannot be told, so open it and look")
        length = round(max(0.1, self.milliseconds / 1000), 1)
        said = format_decimal(length, "0.#", locale=t.lang)
        seconds = t.n("{seconds} second", "{seconds} seconds", 1 if length == 1 else 2, seconds=said)
        if not self.times:
            return t("{seconds}, again and again", seconds=seconds)
        return t.n("{seconds}, once", "{seconds}, {count} times", self.times, seconds=seconds)


class _BrokenOff(ValueError):
    """The file ends too soon."""


@dataclass
class _Seen:
    """What a file has shown of itself so far."""

    frames: list[int] = field(default_factory=list)  #: milliseconds of each
    times: int = 1
    announced: bool = False  #: whether it says that there are several frames
    parts: int = 0

    def part(self) -> None:
        """One more was looked at."""
        self.parts += 1
        if self.parts > MOST:
            raise ValueError("more parts than anybody draws")


def motion_of(path: Path) -> Motion | None:
    """How the picture moves; None for a still one, one that cannot be read, and what is no GIF, WebP or PNG."""
    try:
        found = path.stat()
        return _looked_at(path, found.st_size, found.st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=KEPT)
def _looked_at(path: Path, _size: int, _changed: int) -> Motion | None:
    """Remembered for the file as it is: whoever writes another in its place has that one looked at."""
    with path.open("rb") as file:
        head = file.read(12)
        look = next((look for begins, look in _FORMATS if begins(head)), None)
        if look is None:
            return None
        file.seek(0)
        seen = _Seen()
        try:
            look(file, seen)
        except (struct.error, ValueError):
            # What breaks off may be shown as far as it goes: that it moves is known, and not for how long.
            return Motion(None, seen.times) if seen.announced or len(seen.frames) > 1 or seen.parts > MOST else None
    if len(seen.frames) < 2:
        return None
    return Motion(sum(frame if frame > HASTY else AT_LEAST for frame in seen.frames), seen.times)


def _gif(file: BinaryIO, seen: _Seen) -> None:
    _skip_colours(file, _exactly(file, 13)[10])
    delay = 0
    while (kind := file.read(1)) in {b"!", b","}:
        seen.part()
        if kind == b",":
            _skip_colours(file, _exactly(file, 9)[8])
            _exactly(file, 1)
            seen.frames.append(delay)
            delay = 0
            for _block in _blocks(file, seen, keep=0):
                pass
            continue
        label = _exactly(file, 1)
        blocks = list(_blocks(file, seen, keep=2 if label in {b"\xf9", b"\xff"} else 0))
        first, second = [*blocks, b"", b""][:2]
        if label == b"\xf9" and len(first) >= 3:
            delay = struct.unpack_from("<H", first, 1)[0] * 10
        elif label == b"\xff" and first == b"NETSCAPE2.0" and len(second) >= 3:
            seen.announced = True
            wanted = struct.unpack_from("<H", second, 1)[0]
            seen.times = wanted + 1 if wanted else 0
    if not kind and len(seen.frames) < 2:
        raise _BrokenOff


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _exactly(file, 3 * 2 ** ((flags & 7) + 1))


def _blocks(file: BinaryIO, seen: _Seen, *, keep: int) -> Iterator[bytes]:
    """The first so many of the blocks that follow; all of them are passed."""
    while size := _exactly(file, 1)[0]:
        seen.part()
        if keep:
            keep -= 1
            yield _exactly(file, size)
        else:
            file.seek(size, 1)


def _webp(file: BinaryIO, seen: _Seen) -> None:
    whole = 8 + struct.unpack_from("<I", _exactly(file, 12), 4)[0]
    while file.tell() < whole and len(head := file.read(8)) == 8:
        seen.part()
        name, size = struct.unpack("<4sI", head)
        end = file.tell() + size + size % 2
        if name == b"ANIM":
            seen.times = struct.unpack_from("<H", _exactly(file, 6), 4)[0]
            seen.announced = True
        elif name == b"ANMF":
            seen.frames.append(int.from_bytes(_exactly(file, 16)[12:15], "little"))
        _go_to(file, end)
    _go_to(file, whole)


def _png(file: BinaryIO, seen: _Seen) -> None:
    _exactly(file, 8)
    number = 1
    while len(head := file.read(8)) == 8:
        seen.part()
        size, name = struct.unpack(">I4s", head)
        end = file.tell() + size + 4
        if name == b"acTL":
            number, seen.times = struct.unpack(">II", _exactly(file, 8))
            seen.announced = number > 1
        elif name == b"fcTL" and seen.announced:
            over, under = struct.unpack_from(">HH", _exactly(file, 26), 20)
            seen.frames.append(round(1000 * over / (under or 100)))
        elif name == b"IDAT" and not seen.announced:
            return  # acTL stands before the picture, or it is a still one
        _go_to(file, end)
    if len(seen.frames) < number and seen.announced:
        raise _BrokenOff


def _go_to(file: BinaryIO, end: int) -> None:
    """The end of a part. Raises ValueError where the file breaks off before it."""
    file.seek(end - 1)
    _exactly(file, 1)


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) < size:
        raise _BrokenOff
    return found


_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, _Seen], None]], ...] = (
    (lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, _gif),
    (lambda head: head[:4] == b"RIFF" and head[8:] == b"WEBP", _webp),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _png),
)
