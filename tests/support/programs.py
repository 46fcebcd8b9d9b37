"""What a machine may lack: the only reasons for which a test is skipped, each counted by tests/house/test_skips.py."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Kept beside this repository, where somebody has them.
SPECS = ROOT.parent / "shared" / "specs"
#: Program -> why tests need it although nothing that `make setup` installs brings it. CI has them all (.ci/run).
PROGRAMS = {
    "chromium": "the browser in which the tests open the demo's page; a Debian package",
    "redis-server": "the broker of Celery, beside which the burst is measured; a Debian package",
}
#: The folder that may be absent, in CI too: the networks' own specifications are not ours to give away.
ABSENT = "the specifications in ../shared/specs are not beside this repository"


def program(name: str) -> str:
    """The path of one of PROGRAMS; skips the test where it is not installed."""
    reason = PROGRAMS[name]
    found = shutil.which(name)
    if found is None:
        pytest.skip(missing(name, reason))
    return found


def missing(name: str, reason: str) -> str:
    """What is said where a program is not installed."""
    return f"{name} is not installed: {reason}"


def needs_specs(*parts: str) -> pytest.MarkDecorator:
    """For tests that read this file or folder of the specifications."""
    return pytest.mark.skipif(not SPECS.joinpath(*parts).exists(), reason=ABSENT)


def may_skip(reason: str, *, strict: bool) -> bool:
    """Whether a test may be skipped for that reason; `strict` as in CI, where every program is there."""
    allowed = [ABSENT, *([] if strict else [missing(name, why) for name, why in PROGRAMS.items()])]
    return any(reason.removeprefix("Skipped: ") == one for one in allowed)
