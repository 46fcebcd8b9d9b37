"""A pretend Meta, and the account Acme on its Threads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import Attachment
from platforms.threads.adapter import Threads
from support.platform_running import running
from support.platform_shelf import attachment, lending
from support.platform_threads import ThreadsBench


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ThreadsBench]:
    with running(ThreadsBench.service()) as address, lending() as shelf:
        yield ThreadsBench(address, shelf)


@pytest.fixture
def bench(sandbox: ThreadsBench) -> ThreadsBench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def account(bench: ThreadsBench) -> Threads:
    return bench.connect()


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Attachment, ...]:
    found = []
    for colour in ("teal", "red"):
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (400, 300), colour).save(path)
        found.append(attachment(path, "image/png", f"All {colour}", 400, 300))
    return tuple(found)


@pytest.fixture
def film(tmp_path: Path) -> Attachment:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 5000)
    return attachment(path, "video/mp4", "it runs")
