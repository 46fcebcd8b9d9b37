"""A crowd before the door: connections that are opened and never come to a request's end, in a process of its own.

python tests/chaos/crowd.py PORT COUNT

Keeps COUNT connections open, replacing at a bounded pace those that are dropped, until its standard input ends. Most
say nothing; the others drip heads, bodies, chunks and header lines, a byte or so each second. Prints a line of JSON
each second: how many are open, and how many were opened, refused and dropped so far.
"""

import asyncio
import json
import resource
import sys
from itertools import cycle

#: How a request begins, and what drips after it.
KINDS: tuple[tuple[bytes, bytes], ...] = (
    *[(b"", b"")] * 6,
    (b"POST /slack/events HTTP/1.1\r\nHost: desk\r\nX-A: ", b"a"),
    (b"POST /slack/events HTTP/1.1\r\nHost: desk\r\nContent-Length: 100000\r\n\r\n", b"x"),
    (b"POST /slack/events HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    (b"GET /" + b"x" * 30_000, b"x"),
)
#: New connections begun at the same time, and replaced in a second once all have been opened.
AT_ONCE, REPLACED = 100, 300


class Crowd:
    """The connections of one attacker."""

    def __init__(self, port: int, count: int) -> None:
        self.port, self.count = port, count
        self.open: set[asyncio.StreamWriter] = set()
        self.opened = self.refused = self.dropped = self.broken = 0
        self._kinds = cycle(KINDS)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until standard input ends."""
        loop = asyncio.get_running_loop()
        ended = loop.run_in_executor(None, sys.stdin.read)
        for _ in range(self.count):
            await self._gate.acquire()
            self._begin()
        while not ended.done():
            missing = self.count - len(self._tasks)
            for _ in range(min(missing, REPLACED)):
                await self._gate.acquire()
                self._begin()
            counts = {"open": len(self.open), "opened": self.opened, "refused": self.refused, "dropped": self.dropped}
            sys.stdout.write(json.dumps(counts) + "\n")
            sys.stdout.flush()
            await asyncio.sleep(1)

    def _begin(self) -> None:
        task = asyncio.create_task(self._stand(*next(self._kinds)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stand(self, begun: bytes, drip: bytes) -> None:
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 20)
        except (OSError, TimeoutError):
            self.refused += 1
            return
        finally:
            self._gate.release()
        self.opened += 1
        self.open.add(writer)
        try:
            writer.write(begun)
            told = asyncio.ensure_future(reader.read(1000))
            while not (await asyncio.wait([told], timeout=1 if drip else None))[0]:
                writer.write(drip)
            told.result()
        except OSError:
            self.broken += 1
        finally:
            self.dropped += 1
            self.open.discard(writer)
            writer.transport.abort()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(Crowd(int(sys.argv[1]), int(sys.argv[2])).run())
