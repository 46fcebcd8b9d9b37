"""A pretend Meta, and the account Acme on its Instagram."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import Attachment
from platforms.instagram.adapter import Instagram
from support.platform_instagram import InstagramBench
from support.platform_running import running
from support.platform_shelf import attachment, lending


@pytest.fixture(scope="module")
def sandbox() -> Iterator[InstagramBench]:
    with running(InstagramBench.service()) as address, lending() as shelf:
        yield InstagramBench(address, shelf)


@pytest.fixture
def bench(sandbox: InstagramBench) -> InstagramBench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def account(bench: InstagramBench) -> Instagram:
    return bench.connect()


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Attachment, ...]:
    found = []
    for colour in ("teal", "red", "navy"):
        path = tmp_path / f"{colour}.jpg"
        Image.new("RGB", (400, 300), colour).save(path)
        found.append(attachment(path, "image/jpeg", f"All {colour}", 400, 300))
    return tuple(found)


@pytest.fixture
def film(tmp_path: Path) -> Attachment:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 5000)
    return attachment(path, "video/mp4")
