"""The door: who gets a place, who has to go, and how long anybody may take."""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot import descriptors
from bot.seldom import Seldom
from bot.web.guest import Times
from bot.web.server import Web
from support.patience import PATIENCE

#: For what is cut off. Who is to be answered is given the usual times: a busy machine may take longer than these.
SHORT = Times(head=0.6, rest=1.5, body=0.6, pace=1024 * 1024, unread=0.6)
PROOF = "knows"
LONGEST_LINE = 100_000

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def knock(request: Request) -> PlainTextResponse:
    """A path that verifies."""
    if request.headers.get("Proof") != PROOF:
        return PlainTextResponse("No.", 401)
    return PlainTextResponse(str(len(await request.body())))


async def open_to_all(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ready" * 1000)


async def broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("a bug")


ROUTES = [
    Route("/knock", knock, methods=["GET", "POST"]),
    Route("/readyz", open_to_all),
    Route("/broken", broken),
]


class Served:
    """A port of so many places, and what it dropped."""

    def __init__(self, places: int, times: Times, routes: Sequence[Route] = ROUTES) -> None:
        self.why: Counter[str] = Counter()
        self.web = Web("127.0.0.1", 0, routes, dropped=self._dropped, most=places, times=times)
        self._opened: list[Ends] = []

    def _dropped(self, why: str) -> None:
        self.why[why] += 1

    async def connect(self) -> Ends:
        ends = await asyncio.open_connection("127.0.0.1", self.web.port)
        self._opened.append(ends)
        return ends

    async def stop(self) -> None:
        for _, writer in self._opened:
            writer.transport.abort()
        await asyncio.sleep(0)
        await self.web.stop()


def served(look: Callable[[Served], Awaitable[None]], places: int = 8, times: Times = SHORT) -> None:
    async def run() -> None:
        made = Served(places, times)
        await made.web.start()
        try:
            await look(made)
        finally:
            await made.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


async def ask(ends: Ends, path: str = "/knock", proof: str = PROOF) -> int:
    """The status of a request on an open connection, which stays open; 0 where it is gone."""
    reader, writer = ends
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: desk\r\nProof: {proof}\r\n\r\n".encode())
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(next(line for line in head.splitlines() if line.lower().startswith("content-length")).split()[1])
        await reader.readexactly(length)
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0
    return int(head.split()[1])


async def until(look: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


async def is_gone(ends: Ends, within: float = PATIENCE) -> bool:
    """Whether the other side has closed it."""
    try:
        while await asyncio.wait_for(ends[0].read(65536), within):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def test_idle_connections_take_three_quarters_and_the_longest_idle_makes_room() -> None:
    async def look(door: Served) -> None:
        idle = [await door.connect() for _ in range(6)]
        await until(lambda: len(door.web.door.guests) == 6)
        assert not door.why
        late = await door.connect()
        assert await ask(late) == 200
        assert await is_gone(idle[0])
        assert await ask(idle[5]) == 200
        assert door.why == {"room": 1}

    served(look, times=Times())


def test_who_proved_itself_keeps_its_place_whoever_comes() -> None:
    async def look(door: Served) -> None:
        slack, stranger, watcher = [await door.connect() for _ in range(3)]
        assert await ask(slack) == 200
        assert await ask(stranger, proof="guessed") == 401
        assert await ask(watcher, "/readyz") == 200
        for _ in range(40):
            await door.connect()
            await asyncio.sleep(0.01)
        assert len(door.web.door.guests) <= 8
        assert await ask(slack) == 200
        assert (await ask(stranger), await ask(watcher)) == (0, 0)

    served(look, times=Times())


def test_where_the_proven_fill_the_house_the_one_at_rest_for_longest_makes_room() -> None:
    async def look(door: Served) -> None:
        proven = []
        for _ in range(8):
            proven.append(await door.connect())
            assert await ask(proven[-1]) == 200
        assert await ask(await door.connect()) == 200
        assert await is_gone(proven[0])
        assert await ask(proven[1]) == 200

    served(look, times=Times())


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", b""),
        (b"GET /knock HTTP/1.1\r\nHost: de", b"408"),
        (b"POST /knock HTTP/1.1\r\nHost: desk\r\nProof: knows\r\nContent-Length: 100\r\n\r\nfew", b"408"),
        (b"POST /knock HTTP/1.1\r\nHost: desk\r\nProof: knows\r\nTransfer-Encoding: chunked\r\n\r\n", b"408"),
    ],
    ids=["nothing", "half a head", "half a body", "no end of chunks"],
)
@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_a_request_that_does_not_come_to_its_end_is_cut_off(sent: bytes, answered: bytes, drips: bool) -> None:
    async def look(door: Served) -> None:
        reader, writer = await door.connect()
        writer.write(sent)
        drip = b"1\r\nx\r\n" if b"chunked" in sent else b"x"
        for _ in range(20 if drips and sent else 0):
            await asyncio.sleep(0.1)
            writer.write(drip)  # lost once the other side is closed
        if not drips:
            assert answered in (await reader.readline())
        assert await is_gone((reader, writer))
        assert not door.web.door.guests

    served(look)


def test_a_large_body_at_a_fair_pace_may_take_longer_than_a_small_one() -> None:
    async def look(door: Served) -> None:
        reader, writer = await door.connect()
        writer.write(b"POST /knock HTTP/1.1\r\nHost: desk\r\nProof: knows\r\nContent-Length: 1600000\r\n\r\n")
        for _ in range(8):
            writer.write(b"x" * 200_000)
            await asyncio.sleep(0.15)
        assert b" 200 " in await reader.readline()

    served(look, times=replace(SHORT, pace=32 * 1024))


def test_what_is_larger_than_any_body_is_refused_before_it_comes() -> None:
    async def look(door: Served) -> None:
        for length in (b"5000000", b"9" * 19):
            reader, writer = await door.connect()
            writer.write(b"POST /knock HTTP/1.1\r\nHost: desk\r\nContent-Length: " + length + b"\r\n\r\n")
            assert b" 413 " in await reader.readline()
            assert await is_gone((reader, writer))

    served(look)


def test_thousands_of_pipelined_requests_are_answered_one_after_the_other() -> None:
    async def look(door: Served) -> None:
        reader, writer = await door.connect()
        writer.write(b"GET /knock HTTP/1.1\r\nHost: desk\r\nProof: knows\r\n\r\n" * 2000)
        other = await door.connect()
        assert await ask(other) == 200, "nobody waits for them"
        for _ in range(2000):
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(1)

    served(look, times=Times())


def test_who_asks_much_and_reads_nothing_is_cut_off() -> None:
    async def look(door: Served) -> None:
        _, writer = await door.connect()
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()
        for _ in range(300):
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: desk\r\n\r\n" * 100)
        await until(lambda: door.why["slow"])
        assert door.why == {"slow": 1}
        assert not door.web.door.guests
        writer.transport.abort()

    served(look)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"x" * LONGEST_LINE,
        b"GET / HTTP/1.1\r\nHost: desk\r\nX: " + b"y" * LONGEST_LINE,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST /knock HTTP/1.1\r\nHost: desk\r\nProof: knows\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: desk\r\nContent-Length: -1\r\n\r\n",
    ],
    ids=["long line", "long header", "TLS", "no chunk", "negative"],
)
def test_what_is_no_http_costs_one_line_however_often_it_comes(sent: bytes) -> None:
    with structlog.testing.capture_logs() as lines:

        async def look(door: Served) -> None:
            for _ in range(5):
                ends = await door.connect()
                ends[1].write(sent)
                assert await is_gone(ends)
            assert door.why == {"unreadable": 5}
            assert await ask(await door.connect()) == 200

        served(look, times=Times())
    assert [line["event"] for line in lines] == ["connections are dropped: unreadable"]


def test_a_bug_in_a_route_is_503_and_one_traceback() -> None:
    with structlog.testing.capture_logs() as lines:

        async def look(door: Served) -> None:
            ends = await door.connect()
            for _ in range(5):
                assert await ask(ends, "/broken") == 503

        served(look, times=Times())
    assert [line["event"] for line in lines] == ["a request failed"]


def test_only_so_many_may_ask_at_once_where_everybody_is_answered() -> None:
    release, inside = asyncio.Event(), list[Request]()

    async def slow(request: Request) -> PlainTextResponse:
        inside.append(request)
        await release.wait()
        return PlainTextResponse("ready")

    async def run() -> None:
        routes = [Route("/readyz", slow), Route("/knock", knock)]
        door = Served(8, Times(), routes)
        await door.web.start()
        tasks = [asyncio.create_task(ask(await door.connect(), "/readyz")) for _ in range(5)]
        done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await until(lambda: len(inside) == 4)
        assert [task.result() for task in done] == [503]
        assert await ask(await door.connect()) == 200
        release.set()
        assert [await task for task in waiting] == [200] * 4
        await door.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_lines_of_one_kind_are_a_minute_apart_and_count_the_others() -> None:
    now = 0.0
    seldom = Seldom(clock=lambda: now)
    with structlog.testing.capture_logs() as lines:
        for now in (0.0, 1.0, 59.0, 60.0, 61.0):  # noqa: B007 - the clock reads it
            seldom.warning("flood", open=3)
        seldom.warning("another")
    assert [(line["event"], line.get("untold", 0)) for line in lines] == [("flood", 0), ("flood", 2), ("another", 0)]


def test_the_door_leaves_descriptors_for_the_desk() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        found = {}
        for limit in (64, 256, 1024, 1600, hard):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            found[limit] = descriptors.places()
        assert descriptors.raise_limit() == min(hard, descriptors.ENOUGH)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == {64: 32, 256: 128, 1024: 512, 1600: 1088, hard: min(2048, hard - 512)}
