"""The worlds of the stories: one with an open desk for each file, and one for each story that opens its own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from support.postgres import postgres, postgres_server
from support.story import Clock, Desk, honest_world, open_desk
from support.team import Team
from support.world import World

__all__ = ["clock", "desk", "postgres", "postgres_server", "team", "world"]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One desk for a whole file of stories, which do not disturb each other."""
    with honest_world(tmp_path_factory.mktemp("desk")) as world, open_desk(world) as team:
        yield team


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own for one story."""
    with honest_world(tmp_path) as world:
        yield world


@pytest.fixture
def desk(world: World) -> Desk:
    """Opens the desk in that world; a second time it goes on with what the first has stored."""

    def opened(**how: Any) -> AbstractContextManager[Team]:
        return open_desk(world, **how)

    return opened


@pytest.fixture
def clock() -> Clock:
    return Clock()
