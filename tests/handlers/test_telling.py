"""What is told in threads and to members: each in their language, nobody twice."""

from datetime import timedelta
from typing import Any

from support.bench import DeskBench, external
from support.posts import approved, submitted


def sent_back(bench: DeskBench, **where: Any) -> None:
    bench.say("Ada", "post Hello, world", **where)
    bench.fill("Ada", bench.form, accounts=("acme",)) if not where else None
    bench.press("Ada", "Submit", "P1")
    bench.press("Bruno", "Request changes", "P1")
    bench.fill("Bruno", bench.form, note="shorter")


def test_a_member_is_written_to_in_their_own_language_and_the_room_in_its(bench: DeskBench) -> None:
    bench.say("Ada", "language it")
    sent_back(bench)
    assert bench.direct("Ada")[-1].startswith("Bruno chiede modifiche")
    assert bench.told()[-1].startswith("Bruno asks for changes")


def test_who_follows_the_post_in_private_anyway_is_not_told_twice(bench: DeskBench) -> None:
    sent_back(bench, room=external("Ada", "slack"), private=True)
    assert bench.direct("Ada") == []
    rooms = {sheet.place.room for sheet in bench.papers["slack"].sheets if sheet.reply_to}
    assert external("Ada", "slack") in rooms


def test_a_networks_reason_in_our_words_is_said_in_the_readers_language(bench: DeskBench) -> None:
    approved(bench)
    bench.reshape(language="it")
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=429, times=3)
    bench.press("Bruno", "Publish now", "P1")
    assert "in attesa: La rete ci chiede di rallentare" in bench.shown("P1")


def test_a_missed_hour_is_told_in_both_languages(bench: DeskBench) -> None:
    bench.say("Ada", "language it")
    submitted(bench, when="in 2 hours")
    bench.wait(timedelta(hours=3))
    assert "was not approved in time" in bench.told()[-1]
    assert "non è stato approvato in tempo" in bench.direct("Ada")[-1]
