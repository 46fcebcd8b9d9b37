"""A benchmark whose log tells of a bug, or whose posts did not all arrive once, fails."""

import logging
from collections import Counter

import pytest
import structlog
from sqlalchemy import text

from benchmarks import burst
from benchmarks.burst import Contender
from benchmarks.common import children, database
from benchmarks.logs import Failed, judge, watched
from benchmarks.network import ask

pytestmark = pytest.mark.timeout(300)
SQLITE = burst.CONTENDERS["sqlite"]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-30T09:00:00Z [error    ] a bug met the end of a delivery about=P1",
        "2026-11-30T09:00:00Z [critical ] the disk is full",
        '{"event": "a bug met a tick", "level": "error"}',
        "Traceback (most recent call last):",
    ],
)
def test_a_line_that_tells_of_trouble_fails_the_measurement(line: str) -> None:
    with pytest.raises(Failed, match="its log tells of trouble") as failed:
        judge("bottega", f"2026-11-30T09:00:00Z [warning  ] away\n{line}\n")
    assert line in str(failed.value)


@pytest.mark.parametrize("line", ["", "[warning  ] tried again", "an error of 3 % is expected", '{"level": "info"}'])
def test_other_lines_do_not(line: str) -> None:
    judge("bottega", line)


def test_the_cause_at_the_end_of_a_long_trace_is_quoted() -> None:
    trace = "Traceback (most recent call last):\n" + "  File somewhere\n" * 2000 + "KeyError: 'revision'\n"
    with pytest.raises(Failed, match="KeyError: 'revision'") as failed:
        judge("bottega", trace + "2026-11-30T09:00:01Z [info     ] the next line\n")
    assert "the next line" not in str(failed.value)


def test_what_this_process_logs_is_read_as_well() -> None:
    with pytest.raises(Failed, match="a bug met a tick"), watched("a part"):
        structlog.get_logger().error("a bug met a tick")
    with pytest.raises(Failed, match="never retrieved"), watched("a part"):
        logging.getLogger("asyncio").error("Task exception was never retrieved")
    with watched("a part"):
        structlog.get_logger().warning("away")


def measured(contender: Contender, *spoil: str) -> None:
    """A burst of three posts after something was done to what people made."""
    with database(contender.database) as url, children() as start:
        network = start("network").hear()
        store = burst.prepared(url, 3)
        with store.write() as session:
            for statement in spoil:
                session.execute(text(statement))
        burst.ours(start, contender, store, network)
        assert ask(network, "/count")["posts"] == 3
        store.close()


def test_a_bug_at_the_end_of_deliveries_fails_the_burst() -> None:
    with pytest.raises(Failed, match="a bug met the end of a delivery"):
        # What leaves is an earlier revision, which is nowhere to be found once its first comment is looked for.
        measured(SQLITE, "UPDATE post SET revision = 2", "UPDATE approval SET revision = 2", "DELETE FROM revision")


def test_a_post_that_arrives_twice_or_not_at_all_fails_the_burst() -> None:
    with children() as start:
        network = start("network").hear()
        for words in ("Post 0", "Post 0", "Post 2"):
            ask(network, "/api/v1/statuses", "POST", {"status": words})
        with pytest.raises(Failed, match="of 3 the network got 2; 1 did not arrive, 1 came twice or were not ours"):
            burst.arrived(network, Counter(["Post 0", "Post 1", "Post 2"]), "bare")
