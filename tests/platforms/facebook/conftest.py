"""A pretend Meta, and the Page Acme on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from platforms.contract import Attachment
from platforms.facebook.adapter import Facebook
from platforms.spec import Keys
from support.patience import CALLS
from support.platform_facebook import FacebookBench
from support.platform_running import running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[FacebookBench]:
    with running(FacebookBench.service()) as address:
        yield FacebookBench(address)


@pytest.fixture
def bench(sandbox: FacebookBench) -> FacebookBench:
    sandbox.stage("reset")
    return sandbox


@pytest.fixture
def page(bench: FacebookBench) -> Facebook:
    keys = Keys(bench.token, app_id="4000000001", app_secret="sandbox-meta-secret")
    return Facebook(base_url=f"{bench.address}/facebook", keys=keys, options={}, timeout=CALLS)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Attachment, ...]:
    found = []
    for n, colour in enumerate(("teal", "red", "navy")):
        path = tmp_path / f"{n}.jpg"
        Image.new("RGB", (40, 30), colour).save(path)
        found.append(Attachment(path, "image/jpeg", path.stat().st_size, f"{n}" * 64, f"All {colour}", 40, 30))
    return tuple(found)


@pytest.fixture
def film(tmp_path: Path) -> Attachment:
    """Three of the pieces that the sandbox asks for."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * (2 * 1024 * 1024 + 5000))
    return Attachment(path, "video/mp4", path.stat().st_size, "f" * 64, "")
