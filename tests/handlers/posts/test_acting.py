"""Acts on what stands: closing a publication for comments and opening it again, reposting it and taking that back."""

from datetime import timedelta

import pytest

from handlers.intents import Pressed
from support.bench import DeskBench
from support.meta_bench import add_gram, gram_of
from support.posts import published, stands
from support.stage import Stage


@pytest.fixture
def gram(bench: DeskBench, meta: Stage) -> DeskBench:
    """The bench with an Instagram account, on which P1 stands as U1."""
    add_gram(bench, meta)
    stands(bench, "gram", meta.act("instagram/post", text="Hello, world")["id"])
    bench.say("Ada", "open P1", room="CREVIEW", message_id="")
    return bench


def is_open(meta: Stage) -> bool:
    return bool(gram_of(meta)["media"][0]["comment_enabled"])


def press(bench: DeskBench, verb: str, who: str = "Chiara") -> str:
    return bench.act(Pressed(origin=bench.origin(who), verb=verb, subject="U1")).refusal


def test_comments_are_closed_and_opened_from_the_card(gram: DeskBench, meta: Stage) -> None:
    button = gram.button("Close comments · Gram", "U1")
    assert button.confirm == "Shall nobody be able to comment on it any more on Gram?"
    gram.act(gram.pressed("Chiara", button))
    assert not is_open(meta)
    assert gram.told()[-1] == "Nobody can comment on P1 on Gram any more."
    assert "closed for comments" in gram.shown("P1")
    gram.press("Chiara", "Open comments · Gram", "U1")
    assert is_open(meta)
    assert gram.told()[-1] == "P1 on Gram is open for comments again."
    assert "closed for comments" not in gram.shown("P1")


def test_what_is_so_already_is_not_done_again(gram: DeskBench) -> None:
    assert press(gram, "open_comments") == "That is so already."
    press(gram, "close_comments")
    assert press(gram, "close_comments") == "That is so already."


def test_an_order_whose_answer_was_lost_is_repeated(gram: DeskBench, meta: Stage) -> None:
    meta.fault("POST /facebook/v26.0/*", "drop_before")
    press(gram, "close_comments")
    assert press(gram, "open_comments") == "That is on its way already; the card of P1 will show it."
    gram.wait(timedelta(minutes=2))
    assert not is_open(meta)


def test_a_refusal_is_told_and_the_button_stays(gram: DeskBench, meta: Stage) -> None:
    refusal = '{"error": {"message": "Not this one", "code": 100}}'
    meta.fault("POST /facebook/v26.0/*", "status", status=400, body=refusal)
    press(gram, "close_comments")
    assert "P1 on Gram stays as it is: Not this one." in gram.told()[-1]
    gram.press("Chiara", "Close comments · Gram", "U1")
    assert not is_open(meta)


def reposts(bench: DeskBench) -> list[str]:
    """Who reposted P1."""
    return [name for status in bench.mastodon.state()["timeline"] for name in status["reblogged_by_us"]]


def test_a_publication_is_reposted_and_that_is_taken_back(bench: DeskBench) -> None:
    published(bench)
    button = bench.button("Repost on acme", "U1")
    assert button.confirm == "Show it to the followers of acme once more? That costs nothing."
    bench.act(bench.pressed("Ada", button))
    assert "role “publisher”" in bench.whispered("Ada")
    bench.act(bench.pressed("Bruno", button))
    assert reposts(bench) == ["acme"]
    assert bench.told()[-1] == "P1 is reposted on acme."
    assert "; reposted" in bench.shown("P1")
    bench.press("Bruno", "Undo repost · acme", "U1")
    assert reposts(bench) == []
    assert bench.told()[-1] == "The repost of P1 on acme is taken back."
    assert "reposted" not in bench.shown("P1")


def test_a_stopped_account_reposts_nothing_until_it_is_resumed(bench: DeskBench) -> None:
    published(bench)
    bench.say("Bruno", "stop acme")
    bench.press("Bruno", "Repost on acme", "U1")
    assert reposts(bench) == []
    assert bench.told()[-1] == "P1 on acme stays as it is until somebody resumes that account."
    bench.say("Bruno", "resume acme")
    bench.wait(timedelta(minutes=1))
    assert reposts(bench) == ["acme"]


def test_where_a_network_cannot_it_is_not_offered(bench: DeskBench) -> None:
    published(bench)
    assert not any("comments" in button.label for button in bench.card("P1").buttons)
    assert "acme cannot do that" in press(bench, "close_comments")
