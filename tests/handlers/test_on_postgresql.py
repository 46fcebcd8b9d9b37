"""The life of a post on PostgreSQL: what SQLite lets pass must hold there too."""

from datetime import timedelta
from pathlib import Path

from models.post import PostState
from models.store import Store
from support.bench import DeskBench
from support.posts import approved, draft, published
from support.stage import Stage


def test_a_post_lives_its_life_on_postgresql_too(migrated_postgres: str, mastodon: Stage, tmp_path: Path) -> None:
    store = Store(migrated_postgres)
    bench = DeskBench(store, mastodon, tmp_path / "media")
    published(bench, "Open on Sunday", files=(bench.picture(),), alt="a red square")
    draft(bench, "Open on Sunday")
    assert "P1 has the same words on acme." in bench.shown("P2")
    bench.say("Ada", "withdraw P2")
    bench.say("Ada", "post Next")
    bench.fill("Ada", bench.form, when="tomorrow 9:00")
    bench.press("Ada", "Submit", "P3")
    bench.press("Bruno", "Approve", "P3", chat="telegram")
    bench.say("Bruno", "queue")
    assert "P3" in bench.whispered("Bruno")
    bench.wait(timedelta(hours=23))
    assert [bench.post(code).state for code in ("P1", "P3")] == [PostState.PUBLISHED] * 2
    approved(bench, "Last", when="in 2 hours")
    bench.say("Ada", "edit P4 Last of all")
    bench.wait(timedelta(hours=3))
    assert bench.post("P4").due_at is None
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "No"}')
    published(bench, "Refused")
    bench.say("Bruno", "home")
    assert "1 post needs a decision" in bench.whispered("Bruno")
    store.close()
