"""History: who did what and when, readable, page by page; an altered log is noticed."""

import pytest
from sqlalchemy import text

from handlers.team.deeds import DEEDS
from support.bench import DeskBench
from support.inbox_bench import InboxBench
from support.plans import explained
from support.posts import draft, published, submitted
from support.whispers import press, whisper


def log(bench: DeskBench, words: str, who: str = "Ada") -> str:
    bench.say(who, f"log {words}".strip())
    return bench.whispered(who)


def test_a_posts_history_tells_who_did_what_newest_first(bench: DeskBench) -> None:
    published(bench)
    seen = log(bench, "p1")
    assert "History of P1" in seen
    assert seen.index("Bruno · published at once") < seen.index("Bruno · approved") < seen.index("Ada · drafted")
    assert "Mon 23 Nov 2026, 10:00 (Europe/Rome)" in seen
    assert "This is as it was written." in seen


def test_what_the_desk_did_itself_stands_under_its_name(bench: DeskBench) -> None:
    published(bench)
    seen = log(bench, "P1")
    assert "Bottega · published\naccount: acme\naddress: " in seen


def test_times_are_in_the_readers_zone(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "zone Asia/Tokyo")
    assert "Mon 23 Nov 2026, 18:00 (Asia/Tokyo)" in log(bench, "P1")


def test_an_edit_shows_the_words_before_and_after(bench: DeskBench) -> None:
    submitted(bench, "Hello, world")
    bench.say("Ada", "edit P1 Hello, moon", chat="telegram")
    seen = log(bench, "P1")
    assert "Ada · edited\nrevision: 1 → 2" in seen
    assert "− world + moon" in seen
    assert "digest" not in seen


def test_an_hour_is_read_as_a_time_of_the_readers_zone(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "schedule P1 fri 18:30")
    assert "hour: – → Fri 27 Nov 2026, 18:30 (Europe/Rome)" in log(bench, "P1")


def test_a_long_history_has_pages(bench: DeskBench) -> None:
    draft(bench)
    for number in range(10):
        bench.say("Ada", f"edit P1 Text {number}", chat="telegram")
    assert "Page 1 of 2" in log(bench, "P1")
    assert "drafted" not in bench.whispered("Ada")
    press(bench, "Ada", "Older", "P1")
    assert "Ada · drafted" in bench.whispered("Ada")
    press(bench, "Ada", "Newer", "P1")
    assert "Page 1 of 2" in bench.whispered("Ada")


def test_a_nonsense_page_is_the_first(bench: DeskBench) -> None:
    draft(bench)
    for number in range(10):
        bench.say("Ada", f"edit P1 Text {number}", chat="telegram")
    log(bench, "P1")
    button = whisper(bench, "Ada").buttons[0].model_copy(update={"value": "x"})
    bench.act(bench.pressed("Ada", button))
    assert "Page 1 of 2" in bench.whispered("Ada")


def test_the_log_alone_is_for_admins_and_holds_everything(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "zone Tokyo")
    assert "That needs the role “admin”" in log(bench, "")
    seen = log(bench, "", "Dario")
    assert "What was done last" in seen
    assert "Ada · P1 · drafted" in seen
    assert "Ada · M1 · chose a time zone\ntime zone: – → Asia/Tokyo" in seen


def test_a_page_of_the_whole_log_stays_closed_to_others(bench: DeskBench) -> None:
    for number in range(10):
        draft(bench, f"Hello {number}")
    log(bench, "", "Dario")
    older = whisper(bench, "Dario").buttons[0]
    bench.act(bench.pressed("Ada", older))
    assert "That needs the role “admin”" in bench.whispered("Ada")


def test_a_members_history_is_found_by_name_and_only_by_admins(bench: DeskBench) -> None:
    bench.say("Dario", "team role Ada +publisher +moderator")
    assert "Dario · changed roles\nroles: author → author, publisher, moderator" in log(bench, "ada", "Dario")
    assert "That needs the role “admin”" in log(bench, "Bruno")


def test_before_anything_was_done_the_log_says_so(bench: DeskBench) -> None:
    assert "Nothing was done here yet." in log(bench, "", "Dario")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("P99", "There is no P99 here."),
        ("U5", "The history of U5 is in that of its post or comment."),
        ("R5", "The history of R5 is in that of its post or comment."),
        ("Zoe", "There is no member called “Zoe”"),
        ("V99", "There is no V99 here."),
        ("V9999999999999999999999", "is not a code like V12."),
    ],
)
def test_what_has_no_history_is_refused_with_the_reason(bench: DeskBench, words: str, said: str) -> None:
    draft(bench)
    assert said in log(bench, words, "Dario")


def test_a_conversations_history_holds_that_of_its_comments(desk: InboxBench) -> None:
    desk.commented("First?")
    assert "C1 · the comment arrived" in log(desk, "V1")
    assert "First?" in desk.whispered("Ada")
    assert "Bottega · the comment arrived" in log(desk, "C1")


def test_a_long_value_is_shortened(desk: InboxBench) -> None:
    desk.commented("why " * 100)
    assert "…" in log(desk, "C1")


# -- the chain ---------------------------------------------------------------------------------------------------------


def altered(bench: DeskBench, statement: str) -> None:
    """Somebody with all rights on the database does it."""
    with bench.store.write() as session:
        for deed in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_no_{deed}"))
        session.execute(text(statement))


def test_an_altered_entry_is_noticed_where_it_is_shown(bench: DeskBench) -> None:
    draft(bench, "One")
    draft(bench, "Two")
    assert "This is as it was written." in log(bench, "P1")
    altered(bench, "UPDATE audit SET actor = 'Nobody' WHERE id = 1")
    assert "THE LOG WAS ALTERED: entry 1" in log(bench, "P1")
    assert "This is as it was written." in log(bench, "P2")


def test_a_removed_entry_is_noticed_at_the_one_after_it(bench: DeskBench) -> None:
    for words in ("One", "Two", "Three"):
        draft(bench, words)
    altered(bench, "DELETE FROM audit WHERE id = 2")
    assert "THE LOG WAS ALTERED: entry 3" in log(bench, "P3")


def test_a_page_costs_the_same_however_long_the_log_is(bench: DeskBench) -> None:
    for number in range(12):
        draft(bench, f"Number {number}")
    with explained() as steps:
        log(bench, "P1")
    looked = {statement for statement, _ in steps if statement.startswith("SELECT audit.")}
    assert looked
    assert all("LIMIT" in statement for statement in looked)


def test_deeds_are_read_as_words() -> None:
    assert all("_" not in said for said in DEEDS.values())
