"""Where BOTTEGA_NO_SKIPS=1 (CI) a skipped test is a failed one, unless it misses specifications kept elsewhere."""

import os
from collections.abc import Generator

import pytest

#: The one reason to skip that CI accepts.
ELSEWHERE = "../shared/specs"


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
    """Turn a skipped report into a failed one where nothing may skip; an expected failure stays what it is."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    expected_to_fail = hasattr(report, "wasxfail")
    if (
        os.environ.get("BOTTEGA_NO_SKIPS") == "1"
        and report.skipped
        and not expected_to_fail
        and ELSEWHERE not in reason
    ):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} may not skip here. {reason}"
