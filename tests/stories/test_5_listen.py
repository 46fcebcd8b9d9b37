"""What the public writes arrives in both chats: streamed or polled, after a pause too, each comment once."""

import pytest

from sandbox.slack.person import labels
from support.story import Desk
from support.team import Team, flat, read
from support.world import INBOX, World


def cards_with(team: Team, text: str) -> tuple[int, int]:
    """How many comment cards in Slack and in Telegram show the text."""
    slack = [m for m in flat(team.chiara.slack, INBOX) if text in read(m) and labels(m["blocks"])]
    tele = [m for m in team.chiara.inbox.messages() if m["from"]["is_bot"] and text in m["text"] and m["keyboard"]]
    return len(slack), len(tele)


def test_a_comment_arrives_in_both_chats_under_its_publication(team: Team) -> None:
    code, status = team.published("Ask me anything")
    first = team.commented(status, "What is <b>your</b> favourite *color* & why?")
    second = team.commented(status, "And your second?")
    card = team.comment("favourite")
    assert card
    shown = read(card)
    assert "nora" in shown
    assert "What is <b>your</b> favourite *color* & why?" in shown
    assert "Written: " in shown
    root = next(m for m in team.chiara.slack.messages(INBOX) if m["ts"] == card["thread_ts"])
    assert f"Conversation under {code}" in read(root) or code in read(root)
    other = team.comment("And your second?")
    assert other
    assert other["thread_ts"] == card["thread_ts"], "one thread for each publication"
    tele = team.tele_comment("favourite")
    assert tele
    assert "What is <b>your</b> favourite *color* & why?" in tele["text"]
    assert not [
        e for e in tele["entities"] if e["type"] == "bold" and "your" in tele["text"][e["offset"] :][: e["length"]]
    ]
    assert first != second
    for text in ("favourite", "And your second?"):
        assert cards_with(team, text) == (1, 1)


def test_a_mention_out_of_the_blue_begins_a_conversation(team: Team) -> None:
    team.nora.mention("acme", "Do you deliver to the moon?")
    team.until(lambda: team.comment("to the moon"))
    team.until(lambda: team.tele_comment("to the moon"))


def test_a_reply_to_the_second_part_of_a_thread_lands_under_its_publication(team: Team) -> None:
    team.published("Part one here\n---\nPart two here")
    (one,) = team.on_network("Part one here")
    (two,) = team.on_network("Part two here")
    team.commented(one, "to the first part")
    team.commented(two, "to the second part")
    first, second = team.comment("to the first part"), team.comment("to the second part")
    assert first
    assert second
    assert first["thread_ts"] == second["thread_ts"]


@pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "polled"])
def test_comments_arrive_after_a_pause_too_without_gaps_or_duplicates(desk: Desk, streaming: bool) -> None:
    with desk() as team:
        team.world.mastodon.act("settings", streaming=streaming)
        _, status = team.published("Before the pause")
        team.commented(status, "comment one")
    team.nora.reply(status["id"], "comment two")
    for number in range(3, 6):
        team.nora.reply(status["id"], f"comment {number}")
    with desk() as team:
        texts = ("comment one", "comment two", "comment 3", "comment 4", "comment 5")
        team.until(lambda: all(cards_with(team, text) == (1, 1) for text in texts), "each once in both chats")
        team.world.mastodon.act("streams/drop")
        team.nora.reply(status["id"], "comment six")
        team.until(lambda: cards_with(team, "comment six") == (1, 1))
        team.commented(status, "comment seven")
        assert [cards_with(team, text) for text in ("comment one", "comment 4", "comment six")] == [(1, 1)] * 3


def test_nothing_old_floods_the_chat_at_the_first_start(desk: Desk, world: World) -> None:
    world.visitor("nora").mention("acme", "from before the desk was there")
    with desk() as team:
        team.nora.mention("acme", "the first to arrive")
        team.until(lambda: cards_with(team, "the first to arrive") == (1, 1))
        assert cards_with(team, "from before the desk was there") == (0, 0)


def test_events_told_twice_make_one_card(team: Team) -> None:
    _, status = team.published("Told twice")
    team.world.mastodon.act("settings", notifications="duplicated")
    try:
        team.commented(status, "hear me, hear me")
        team.commented(status, "the one after it")
    finally:
        team.world.mastodon.act("settings", notifications="normal")
    assert cards_with(team, "hear me, hear me") == (1, 1)
