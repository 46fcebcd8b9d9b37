"""Runs the conformance suite over every platform of the registry, each against its sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import (
    Attachment,
    Platform,
)
from platforms.registry import NAMES, spec
from support.platform_bench import Bench
from support.platform_benches import BENCHES
from support.platform_running import running
from support.platform_shelf import attachment, lending


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A promise that `needs` something (a flag of `Can`, or what the bench says) is made by networks that have it."""
    others = [item for item in items if not _is_made(item)]
    items[:] = [item for item in items if _is_made(item)]
    config.hook.pytest_deselected(items=others)


def _is_made(item: pytest.Item) -> bool:
    needs = [flag for mark in item.iter_markers("needs") for flag in mark.args]
    name = getattr(item, "callspec").params["sandbox"] if needs else ""  # noqa: B009 - items of functions have one
    return all(getattr(spec(name).can, flag, False) or getattr(BENCHES[name], flag, None) is True for flag in needs)


@pytest.fixture(scope="module", params=NAMES)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Bench]:
    kind = BENCHES[request.param]
    with running(kind.service()) as address, lending() as shelf:
        yield kind(address, shelf)


@pytest.fixture
def bench(sandbox: Bench) -> Bench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def account(bench: Bench) -> Platform:
    return bench.connect()


@pytest.fixture
def picture(bench: Bench, tmp_path: Path) -> Attachment:
    path = tmp_path / f"cat.{bench.picture}"
    Image.new("RGB", (400, 300), "teal").save(path)
    return attachment(path, f"image/{bench.picture}", "A teal cat", 400, 300)
