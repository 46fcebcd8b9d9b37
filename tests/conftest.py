"""What holds for every test. One may be skipped for what support/programs.py lists alone; in CI, for no program.

In CI BOTTEGA_NO_SKIPS is 1.
"""

import gc
import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from support.programs import may_skip

# How long an example takes says how busy the machine is; that one hangs is seen by the limit of the whole test.
settings.register_profile("house", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def umask_as_it_was() -> Iterator[None]:
    """A command that runs in the test's own process leaves its umask there."""
    was = os.umask(0)
    os.umask(was)
    yield
    os.umask(was)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    forbid_skip(report)
    return report


def forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skipped report into a failed one unless its reason is listed; an expected failure stays what it is."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    strict = os.environ.get("BOTTEGA_NO_SKIPS") == "1"
    if report.skipped and not hasattr(report, "wasxfail") and not may_skip(reason, strict=strict):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} may not skip here. {reason}"
