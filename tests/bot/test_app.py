"""The process starts, ends and starts again: it refuses a second one, and goes on where the last one stopped."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.app import App, utc_now
from bot.lock import AlreadyRunning
from bot.settings import DeskSettings, MemberSettings, Settings
from handlers.setup import OurAccount
from models.approval import Policy
from models.delivery import LEASE, Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.member import Member
from models.retention import EVENTS
from support.patience import PATIENCE

ADA = MemberSettings(name="Ada", roles=["admin"], telegram=7)


def made(folder: Path, **more: Any) -> App:
    return App(Settings(desk=DeskSettings(data=folder), members=[ADA], **more))


def living(folder: Path, work: Callable[[App], Awaitable[Any]]) -> None:
    """Do something while the desk is open."""

    async def life() -> None:
        app = made(folder)
        try:
            await app.start()
            await work(app)
        finally:
            await asyncio.wait_for(app.stop(), PATIENCE)

    asyncio.run(life())


async def nothing(_app: App) -> None:
    """Only live."""


def test_a_desk_may_be_opened_and_closed_again_and_again(tmp_path: Path) -> None:
    async def look(app: App) -> None:
        assert app.ready

    living(tmp_path, look)
    living(tmp_path, look)


def test_stopping_is_harmless_before_the_start_and_twice(tmp_path: Path) -> None:
    async def story() -> None:
        app = made(tmp_path)
        await app.stop()
        app = made(tmp_path)
        await app.start()
        await app.stop()
        await app.stop()
        assert not app.ready

    asyncio.run(story())


def test_a_second_process_on_the_same_file_is_refused_and_disturbs_nothing(tmp_path: Path) -> None:
    async def look(app: App) -> None:
        second = made(tmp_path)
        with pytest.raises(AlreadyRunning, match="stop it first"):
            await second.start()
        await second.stop()
        assert app.ready

    living(tmp_path, look)
    living(tmp_path, nothing)


def test_what_the_last_process_left_in_mid_air_is_taken_up(tmp_path: Path) -> None:
    def left(app: App) -> None:
        now = utc_now()
        with app.store.write() as session:
            given: dict[str, Any] = {"due_at": now, "created_at": now, "attempts": 1, "fence": 1}
            sending: dict[str, Any] = {
                "state": DeliveryState.SENDING.value,
                "lease_until": now + LEASE,
                "started_at": now,
            }
            session.add(Delivery(kind="message", lane="slack:C1", payload={}, **sending, **given))
            session.add(Delivery(kind="unheard-of", lane="slack:C2", payload={}, **sending, **given))

    async def leave(app: App) -> None:
        await app.engine.stop()
        await asyncio.to_thread(left, app)

    async def look(app: App) -> None:
        with app.store.read() as session:
            assert set(session.exec(select(Delivery.state)).all()) == {DeliveryState.UNSURE}

    living(tmp_path, leave)
    living(tmp_path, look)


def test_the_team_of_the_configuration_is_written_once(tmp_path: Path) -> None:
    async def look(app: App) -> None:
        with app.store.read() as session:
            assert session.exec(select(Member.name)).all() == ["Ada"]

    living(tmp_path, look)
    living(tmp_path, look)


def test_what_is_over_and_old_is_forgotten_by_the_hour(tmp_path: Path) -> None:
    def old(app: App) -> None:
        at = utc_now() - EVENTS - timedelta(days=1)
        with app.store.write() as session:
            given: dict[str, Any] = {"body": {}, "state": InboundState.DONE.value, "due_at": at, "received_at": at}
            session.add_all(Inbound(source="slack", event_id=str(n), **given) for n in range(1200))

    async def look(app: App) -> None:
        await asyncio.to_thread(old, app)
        await app._forget()
        with app.store.read() as session:
            assert session.exec(select(Inbound)).all() == []

    living(tmp_path, look)


def test_an_account_whose_network_answers_nonsense_does_not_stop_the_others(tmp_path: Path) -> None:
    class Nonsense:
        def whoami(self) -> None:
            raise KeyError("id")

    async def look(app: App) -> None:
        app._meet_one(OurAccount("acme", "acme", Nonsense(), Policy()))  # type: ignore[arg-type]  # asked only that

    living(tmp_path, look)


def test_the_process_ends_in_time_even_where_a_thread_hangs() -> None:
    hangs = (
        "import threading, time; from bot.app import end_soon; threading.Thread(target=time.sleep, args=(600,)).start()"
    )
    ended = subprocess.run([sys.executable, "-c", f"{hangs}; end_soon(0.5)"], timeout=PATIENCE, check=False)
    assert ended.returncode == 0
