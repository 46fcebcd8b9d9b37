"""The pretend Mastodon, and an adapter connected to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import (
    Attachment,
)
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys
from support.patience import CALLS
from support.platform_bench import MastodonBench
from support.platform_mastodon import Clock
from support.platform_running import running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[MastodonBench]:
    with running(MastodonBench.service()) as address:
        yield MastodonBench(address)


@pytest.fixture
def bench(sandbox: MastodonBench) -> MastodonBench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(bench: MastodonBench, clock: Clock) -> Mastodon:
    return Mastodon(
        base_url=f"{bench.address}/",
        keys=Keys(bench.token),
        options={},
        pause=clock.pause,
        now=clock.now,
        timeout=CALLS,
    )


@pytest.fixture
def picture(tmp_path: Path) -> Attachment:
    path = tmp_path / "cat.png"
    Image.new("RGB", (40, 30), "teal").save(path)
    return Attachment(path, "image/png", path.stat().st_size, "ab" * 32, "A teal cat", 40, 30)
