"""What the desk knows, as JSON lines."""

import json
from itertools import pairwise
from typing import Any

import pytest

from bot.export import What, lines
from models.audit import AuditEntry
from support.inbox_bench import InboxBench
from support.posts import draft, published


def exported(desk: InboxBench, what: What) -> list[dict[str, Any]]:
    """The lines, read."""
    with desk.store.read() as session:
        return [json.loads(line) for line in lines(session, what)]


def test_a_post_is_exported_with_who_approved_it_and_where_it_stands(desk: InboxBench) -> None:
    published(desk, "Hello, wörld", accounts=("acme",))
    draft(desk, "Not yet")
    first, second = exported(desk, What.POSTS)
    assert (first["author"], first["state"], first["content_json"]["text"]) == ("Ada", "published", "Hello, wörld")
    assert [(a["member"], a["verdict"]) for a in first["approvals"]] == [("Bruno", "approved")]
    [publication] = first["publications"]
    assert (publication["account"], publication["state"]) == ("acme", "done")
    assert publication["url"].startswith("http")
    assert (second["state"], second["approvals"], second["publications"]) == ("draft", [], [])


def test_a_comment_is_exported_with_what_was_answered_and_not_with_what_was_only_previewed(desk: InboxBench) -> None:
    desk.commented("When do you open?")
    desk.replied(text="At seven.")
    desk.preview(text="Never sent.")
    [comment] = exported(desk, What.COMMENTS)
    assert comment["author_handle"].startswith("nora")
    assert "When do you open?" in comment["text"]
    assert [(r["member"], r["text"], r["state"]) for r in comment["replies"]] == [("Chiara", "At seven.", "done")]


def test_times_say_that_they_are_utc(desk: InboxBench) -> None:
    draft(desk)
    [post] = exported(desk, What.POSTS)
    assert post["created_at"].endswith(("Z", "+00:00"))


def test_the_audit_log_is_exported_as_it_is_chained(desk: InboxBench) -> None:
    published(desk)
    entries = exported(desk, What.AUDIT)
    assert len(entries) > 3
    for before, after in pairwise(entries):
        assert after["previous"] == before["hash"]
    with desk.store.read() as session:
        row = session.get(AuditEntry, entries[0]["id"])
        assert row is not None
        assert row.compute() == entries[0]["hash"]


def test_a_line_never_breaks_whatever_people_write(desk: InboxBench) -> None:
    draft(desk, 'one\ntwo\u2028three "four" \\ 🧁')
    with desk.store.read() as session:
        [line] = lines(session, What.POSTS)
    assert "\n" not in line
    assert "🧁" in line


@pytest.mark.parametrize("what", list(What))
def test_an_empty_desk_exports_nothing(desk: InboxBench, what: What) -> None:
    assert exported(desk, what) == []
