"""Runs the conformance suite over every platform of the registry, each against its sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import (
    Attachment,
    Platform,
)
from platforms.registry import NAMES
from support.platform_bench import BENCHES, Bench
from support.platform_running import running


@pytest.fixture(scope="module", params=NAMES)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Bench]:
    kind = BENCHES[request.param]
    with running(kind.service()) as address:
        yield kind(address)


@pytest.fixture
def bench(sandbox: Bench) -> Bench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def account(bench: Bench) -> Platform:
    return bench.connect()


@pytest.fixture
def picture(tmp_path: Path) -> Attachment:
    path = tmp_path / "cat.png"
    Image.new("RGB", (40, 30), "teal").save(path)
    return Attachment(path, "image/png", path.stat().st_size, "ab" * 32, "A teal cat", 40, 30)
