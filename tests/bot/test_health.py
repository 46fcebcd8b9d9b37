"""Whoever watches the process learns whether it lives, whether it can work, and what is in the way; nothing secret."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import SecretStr, ValidationError

from bot.app import App
from bot.outpost import Outpost
from bot.settings import DeskSettings, MetricsSettings, Settings
from bot.settings import Web as WebSettings
from bot.web.health import Health, metrics
from bot.web.server import Web
from models.store import Store
from support.patience import PATIENCE

Answer = tuple[int, str]
Ask = Callable[..., Awaitable[Answer]]


def asked(web: Web, look: Callable[[Ask], Awaitable[None]]) -> None:
    """Look at the pages while the port is open."""

    async def run() -> None:
        await web.start()
        try:
            async with aiohttp.ClientSession() as session:

                async def ask(path: str, **headers: str) -> Answer:
                    async with session.get(f"http://127.0.0.1:{web.port}{path}", headers=headers) as got:
                        return got.status, await got.text()

                await look(ask)
        finally:
            await web.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_what_is_not_ready_is_named_without_its_reason(migrated: Path) -> None:
    store, state, chats = Store(f"sqlite:///{migrated}"), ["starting"], {"slack": "down: xoxb-secret refused"}

    async def look(ask: Ask) -> None:
        assert await ask("/healthz") == (200, '{"status":"alive"}')
        told = '{"status":"not ready","missing":{"process":"starting","slack":"down"},"leads":["time"]}'
        assert await ask("/readyz") == (503, told)
        state[0], chats["slack"] = "ready", "connected"
        assert await ask("/readyz") == (200, '{"status":"ready","leads":["time"]}')
        chats["slack"] = "elsewhere"  # another process hears it
        assert (await ask("/readyz"))[0] == 200
        state[0] = "stopping"
        assert await ask("/readyz") == (503, '{"status":"not ready","missing":{"process":"stopping"},"leads":["time"]}')

    asked(
        Web("127.0.0.1", 0, Health(store, lambda: state[0], lambda: chats, lambda: ["time"], patience=PATIENCE).routes),
        look,
    )
    store.close()


def test_a_database_that_is_away_is_named() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/nothing")

    async def look(ask: Ask) -> None:
        assert await ask("/readyz") == (503, '{"status":"not ready","missing":{"database":"away"},"leads":[]}')
        assert (await ask("/healthz"))[0] == 200

    asked(Web("127.0.0.1", 0, Health(store, lambda: "ready", patience=PATIENCE).routes), look)
    store.close()


@pytest.mark.parametrize(
    ("shown", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": "Bearer open-sesame"}, 200)],
)
def test_metrics_are_for_whoever_shows_the_token(shown: dict[str, str], status: int) -> None:
    registry = CollectorRegistry()
    Counter("counted", "Something", registry=registry).inc()

    async def look(ask: Ask) -> None:
        found, page = await ask("/metrics", **shown)
        assert found == status
        assert ("counted_total 1.0" in page) == (status == 200)

    asked(Web("127.0.0.1", 0, [metrics(registry, "open-sesame")]), look)


def made(folder: Path, **more: object) -> App:
    return App(Settings.model_validate({"desk": DeskSettings(data=folder), **more}))


def test_no_port_is_open_unless_asked_for_and_metrics_are_never_open_on_that_of_the_webhooks(tmp_path: Path) -> None:
    closed = made(tmp_path)
    assert closed.web is None
    assert closed.watched is None
    app = made(tmp_path, web=WebSettings(enabled=True, port=0))
    assert app.web is not None
    assert app.watched is None

    async def look(ask: Ask) -> None:
        assert (await ask("/metrics"))[0] == 404
        assert (await ask("/readyz"))[0] == 503

    asked(app.web, look)


def test_a_worker_that_only_sends_can_be_watched_too(tmp_path: Path) -> None:
    database = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
    desk = DeskSettings(data=tmp_path, database=database, engine="procrastinate")
    assert Outpost(Settings(desk=desk)).watched is None
    watched = Outpost(Settings(desk=desk, metrics=MetricsSettings(enabled=True, port=0))).watched
    assert watched is not None

    async def look(ask: Ask) -> None:
        assert "bottega_database_up 0.0" in (await ask("/metrics"))[1]
        missing = '{"process":"starting","database":"away"}'
        assert await ask("/readyz") == (503, f'{{"status":"not ready","missing":{missing},"leads":[]}}')

    asked(watched, look)


def test_the_port_of_metrics_is_for_this_machine_or_needs_a_token() -> None:
    with pytest.raises(ValidationError, match="token is missing"):
        MetricsSettings(enabled=True, host="0.0.0.0")
    assert MetricsSettings(enabled=True, host="0.0.0.0", token=SecretStr("open-sesame")).enabled
    assert "open-sesame" in Settings(metrics=MetricsSettings(token=SecretStr("open-sesame"))).secrets()


def test_a_database_that_hangs_takes_one_thread_however_often_the_metrics_are_read() -> None:
    over, threads = threading.Event(), set[int]()

    class Hanging(Collector):
        def collect(self) -> Iterator[Metric]:
            threads.add(threading.get_ident())
            over.wait(PATIENCE)
            yield GaugeMetricFamily("seen", "it", value=1)

        def describe(self) -> list[Metric]:
            return []

    registry = CollectorRegistry()
    registry.register(Hanging())

    async def look(ask: Ask) -> None:
        asking = [asyncio.ensure_future(ask("/metrics")) for _ in range(40)]
        await asyncio.wait(asking, timeout=1)
        assert await asyncio.to_thread(lambda: "free") == "free"
        over.set()
        assert {status for status, _ in await asyncio.gather(*asking)} == {200}

    try:
        asked(Web("127.0.0.1", 0, [metrics(registry, "")]), look)
    finally:
        over.set()
    assert len(threads) == 1
