"""The queue: what goes out next, page by page."""

from support.bench import DeskBench
from support.paper import buttons
from support.posts import approved, draft, published, submitted


def queue(bench: DeskBench, who: str = "Bruno") -> str:
    bench.say(who, "queue")
    return bench.whispered(who)


def press(bench: DeskBench, label: str, subject: str = "") -> None:
    card = bench.papers["slack"].whispers[-1][1]
    button = next(b for b in buttons(card) if b.label == label and b.subject == subject)
    bench.act(bench.pressed("Bruno", button))


def test_an_empty_queue_says_what_to_do(bench: DeskBench) -> None:
    assert queue(bench) == "Nothing is planned\nDraft a post with “post” and give it an hour; it appears here."
    assert "[New post]" in queue(bench, "Ada")


def test_the_queue_lists_what_is_scheduled_and_what_waits_for_approval_by_hour(bench: DeskBench) -> None:
    approved(bench, "Later", when="wed 9:00")
    submitted(bench, "Sooner", when="tomorrow 9:00")
    draft(bench, "Only a wish", when="tomorrow 8:00")
    draft(bench, "No hour at all")
    seen = queue(bench)
    assert seen.startswith("2 posts are planned")
    assert seen.index("P2 · Tue 24 Nov 2026, 09:00 (Europe/Rome) · acme · In review\nSooner") < seen.index(
        "P1 · Wed 25"
    )
    assert "P3" not in seen
    assert "P4" not in seen


def test_what_waits_for_the_network_is_listed_as_going_out_now_and_can_be_taken_back(bench: DeskBench) -> None:
    approved(bench, "Planned", when="tomorrow 9:00")
    busy = {"status": 429, "body": '{"error": "Too many requests"}', "headers": {"X-RateLimit-Remaining": "0"}}
    bench.mastodon.fault("POST /api/v1/statuses", "status", **busy)
    published(bench, "Now")
    seen = queue(bench)
    assert seen.startswith("2 posts are planned")
    assert "P2 · going out now · acme · Scheduled\nNow" in seen
    assert seen.index("P2") < seen.index("P1")
    press(bench, "Cancel", "P2")
    assert queue(bench).startswith("1 post is planned")


def test_what_is_in_the_air_is_listed_without_buttons_that_could_not_help(bench: DeskBench) -> None:
    approved(bench)
    bench.mastodon.fault("POST /api/v1/statuses", "drop_after")
    bench.press("Bruno", "Publish now", "P1")
    assert queue(bench).endswith("Hello, world [Open]")


def test_the_queue_turns_its_pages(bench: DeskBench) -> None:
    for hour in range(8, 15):
        submitted(bench, f"At {hour}" + "!" * 60, when=f"tomorrow {hour}:00")
    assert "Page 1 of 2" in queue(bench)
    assert "…" in queue(bench)
    press(bench, "Next")
    assert "Page 2 of 2" in bench.whispered("Bruno")
    assert "At 14" in bench.whispered("Bruno")
    press(bench, "Previous")
    assert "At 8" in bench.whispered("Bruno")


def test_from_the_queue_a_post_is_moved_opened_and_taken_out(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    queue(bench)
    press(bench, "Reschedule", "P1")
    bench.fill("Bruno", bench.form, when="tomorrow 10:00")
    assert "10:00" in queue(bench)
    press(bench, "Open", "P1")
    assert "P1 · Scheduled" in bench.whispered("Bruno")
    queue(bench)
    press(bench, "Cancel", "P1")
    assert "Nothing is planned" in queue(bench)


def test_who_may_not_move_a_post_is_offered_to_open_it_only(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.say("Chiara", "queue")
    assert "[Open]" in bench.whispered("Chiara")
    assert "[Reschedule]" not in bench.whispered("Chiara")
