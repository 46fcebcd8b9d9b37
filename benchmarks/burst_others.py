"""The others in the burst, each a process that posts with requests: a bare loop, Procrastinate, Celery."""

import asyncio
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import requests

from benchmarks.common import say

if TYPE_CHECKING:  # not everybody has them; see `needs`
    from celery import Celery
    from procrastinate import App
    from procrastinate.types import JSONValue

#: Jobs deferred in one statement.
BATCH = 1000
_mine = threading.local()


def words(n: int) -> str:
    """What the n-th post says."""
    return f"Post {n}"


def _post(network: str, n: int) -> None:
    """One post, over a session of this thread."""
    if not hasattr(_mine, "session"):
        _mine.session = requests.Session()
    _mine.session.post(f"{network}/api/v1/statuses", json={"status": words(n)}, timeout=30).raise_for_status()


def bare(network: str, threads: int, count: int) -> None:
    """Posts in so many threads from the hour on that it is told; remembers nothing."""
    print("ready", flush=True)
    due = float(sys.stdin.readline())
    with ThreadPoolExecutor(threads) as pool:
        time.sleep(max(0.0, due - time.time()))
        for done in [pool.submit(_post, network, n) for n in range(count)]:
            done.result()
    sys.stdin.read()


def procrastinate_app(address: str) -> "App":
    """Plain Procrastinate: a job is one post."""
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=address))

    app.task(name="post")(_post)
    return app


async def defer_all(address: str, network: str, count: int, due: float) -> None:
    """Jobs for all posts, due at a unix time."""
    app = procrastinate_app(address)
    at = datetime.fromtimestamp(due, UTC)
    async with app.open_async():
        task = app.configure_task("post", schedule_at=at)
        for first in range(0, count, BATCH):
            jobs: list[dict[str, JSONValue]] = [
                {"network": network, "n": n} for n in range(first, min(first + BATCH, count))
            ]
            await task.batch_defer_async(*jobs)


async def procrastinate(address: str, threads: int) -> None:
    """A worker; its jobs are deleted when they are done, as ours are."""
    app = procrastinate_app(address)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads + 2))
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=threads,
                delete_jobs="always",
                fetch_job_polling_interval=1.0,
                install_signal_handlers=False,
            )
        )
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        working.cancel()
        await asyncio.wait([working])


def celery_app(broker: str) -> "Celery":
    """Plain Celery: a task is one post; its result is not kept."""
    from celery import Celery

    app = Celery("benchmark", broker=broker)
    app.conf.update(
        task_ignore_result=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
    )

    app.task(name="post")(_post)
    return app


def send_all(broker: str, network: str, count: int, due: float) -> None:
    """Tasks for all posts, due at a unix time."""
    app = celery_app(broker)
    at = datetime.fromtimestamp(due, UTC)
    with app.producer_or_acquire() as producer:
        for n in range(count):
            app.send_task("post", (network, n), eta=at, producer=producer)


def celery(broker: str, threads: int) -> None:
    """A worker with threads."""
    from celery.signals import worker_ready

    def end() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    def ready(**_: object) -> None:
        print("ready", flush=True)
        threading.Thread(target=end, daemon=True).start()

    worker_ready.connect(ready, weak=False)
    celery_app(broker).worker_main(
        ["--quiet", "worker", "--pool=threads", f"--concurrency={threads}", "--loglevel=ERROR", "--without-gossip",
         "--without-mingle"]
    )  # fmt: skip


def _main(kind: str, where: str, threads: str, count: str) -> None:
    works: dict[str, Callable[[], None]] = {
        "bare": lambda: bare(where, int(threads), int(count)),
        "procrastinate": lambda: asyncio.run(procrastinate(where, int(threads))),
        "celery": lambda: celery(where, int(threads)),
    }
    try:
        works[kind]()
    except SystemExit:  # how Celery ends; a failure says nothing more and is noticed by that
        if kind != "celery":
            raise
    usage = resource.getrusage(resource.RUSAGE_SELF)
    say({"cpu": usage.ru_utime + usage.ru_stime})


if __name__ == "__main__":
    _main(*sys.argv[1:])
