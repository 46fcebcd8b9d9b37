"""Server-sent events out of a stream of bytes (WHATWG HTML, section 9.2 "Server-sent events")."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: May stand before the first line.
BOM = b"\xef\xbb\xbf"
#: An event that grows beyond this many bytes is no event; the stream ends.
MAX_EVENT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its name ("message" where the server names none) and its data, lines joined by newlines."""

    name: str
    data: str


def events(chunks: Iterable[bytes]) -> Iterator[ServerEvent | None]:
    """Yield the events of the stream, and None for each comment line (a sign of life).

    Ends when the chunks do, or when a line or an event outgrows MAX_EVENT. An event cut off by the end is dropped.
    """
    name, data, size = "", list[str](), 0
    for number, whole in enumerate(_lines(chunks)):
        line = whole.removeprefix(BOM) if number == 0 else whole
        size += len(line)
        if size > MAX_EVENT:
            return
        if not line:
            if data:
                yield ServerEvent(name or "message", "\n".join(data))
            name, data, size = "", [], 0
        elif line.startswith(b":"):
            size = size if data else 0
            yield None
        else:
            key, _, value = line.decode("utf-8", "replace").partition(":")
            value = value.removeprefix(" ")
            if key == "event":
                name = value
            elif key == "data":
                data.append(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A CR at the very end may be half of a CRLF: it waits for the next chunk.
        held = b"\r" if rest.endswith(b"\r") else b""
        whole = rest[: len(rest) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        rest += held
        yield from lines
        if len(rest) > MAX_EVENT:
            return
