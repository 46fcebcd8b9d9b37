"""The clock of a sandbox: it follows the real one, is put ahead, and stops for what is counted in seconds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.mastodon.server import MastodonSandbox
from support.platform_running import running
from support.stage import Stage

HOUR = timedelta(hours=1)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running(MastodonSandbox()) as address:
        yield Stage(address)


def told(stage: Stage, **wish: object) -> datetime:
    return datetime.fromisoformat(stage.act("clock", **wish)["now"])


def test_it_follows_the_real_clock_and_is_put_ahead(stage: Stage) -> None:
    before = datetime.now(UTC)
    now, ahead = told(stage), told(stage, advance=3600)
    after = datetime.now(UTC)
    assert before <= now <= ahead - HOUR <= after


def test_a_stopped_clock_moves_only_where_it_is_put(stage: Stage) -> None:
    stood = told(stage, stopped=True)
    assert told(stage) == stood
    assert told(stage, stopped=True) == stood
    assert told(stage, advance=3600) == stood + HOUR
    assert told(stage, stopped=True, advance=-3600) == stood


def test_it_goes_on_from_the_time_that_it_showed(stage: Stage) -> None:
    before = datetime.now(UTC)
    stood = told(stage, stopped=True, advance=3600)
    again, later = told(stage, stopped=False), told(stage)
    assert timedelta() <= again - stood <= datetime.now(UTC) - before
    assert again < later
    stage.act("reset")
    assert told(stage) - later < -HOUR / 2
