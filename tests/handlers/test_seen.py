"""What is approved was seen: where a chat leaves something out, the rest is shown before a verdict counts."""

from datetime import timedelta

import pytest
from sqlmodel import select

from handlers.cards import Button, Card
from handlers.seen import LANDING
from models.audit import AuditEntry
from models.card import CardRow
from models.delivery import Delivery
from models.errors import NotYet
from models.member import Member
from models.post import PostState
from models.seen import Opened, Shown
from platforms.contract import ContentRefused, Gone
from support.bench import DeskBench
from support.paper import words
from support.posts import approved, submitted
from support.whispers import press, whisper

#: More than a message of Telegram holds, in parts that the network takes.
LONG = "\n---\n".join(f"Part {number}: " + f"{number:02} words " * 48 + f"end {number}." for number in range(1, 11))


def labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


def below(bench: DeskBench, chat: str = "telegram") -> list[Card]:
    """What was posted below the card of P1 in the review place, oldest first."""
    card = bench.sheet("P1", chat=chat)
    replies = [sheet.card for sheet in bench.papers[chat].sheets if sheet.reply_to == card.message_id]
    return [shown for shown in replies if shown.title.startswith("The rest of")]


def quotes(card: Card) -> list[str]:
    return ["".join(span.text for span in one.spans) for one in card.body if one.quote]


def pressed_there(bench: DeskBench, who: str, label: str, chat: str) -> None:
    """The button of the living card, pressed on the living card."""
    sheet = bench.sheet("P1", chat=chat)
    button = next(b for b in sheet.card.buttons if b.label == label)
    at = {"room": sheet.place.room, "thread": sheet.place.thread, "message_id": sheet.message_id}
    bench.act(bench.pressed(who, button, chat=chat, **at))


def old(bench: DeskBench, who: str, chat: str, **at: str) -> None:
    """An Approve as cards carried it before: it tells nothing of what was seen."""
    button = Button(verb="approve", label="Approve", subject="P1", revision=bench.post().revision)
    bench.act(bench.pressed(who, button, chat=chat, **at))


def where(bench: DeskBench, chat: str) -> dict[str, str]:
    sheet = bench.sheet("P1", chat=chat)
    return {"room": sheet.place.room, "thread": sheet.place.thread, "message_id": sheet.message_id}


def alone(bench: DeskBench) -> Card:
    """What was written to somebody in private, and they told so in the room."""
    (actor, card), (_, told) = bench.papers["telegram"].whispers[-2:]
    assert words(told) == "I wrote to you in private."
    assert bench.papers["telegram"].rooms[-2] == actor, "nobody else reads it"
    return card


# -- texts -------------------------------------------------------------------------------------------------------------


def test_a_card_that_is_shown_whole_offers_approve(bench: DeskBench) -> None:
    submitted(bench)
    assert "Approve" in labels(bench.card("P1", chat="telegram"))
    assert "Show the rest" not in labels(bench.card("P1", chat="telegram"))


def test_what_a_chat_leaves_out_is_shown_below_the_card_in_order_and_only_then_approved(bench: DeskBench) -> None:
    submitted(bench, LONG)
    assert "Approve" in labels(bench.card("P1")), "Slack shows all of it"
    assert labels(bench.card("P1", chat="telegram"))[0] == "Show the rest"
    assert "Approve" not in labels(bench.card("P1", chat="telegram"))
    pressed_there(bench, "Chiara", "Show the rest", "telegram")
    shown = [words for card in below(bench) for words in quotes(card)]
    ends = [words for words in shown if "end" in words]
    assert [f"end {n}." in words for n, words in zip(range(1, 11), ends, strict=True)] == [True] * 10
    assert bench.setup.rest["telegram"](below(bench)[0]) == (), "what shows the rest is shown whole"
    assert below(bench)[0].title.startswith("The rest of P1, revision 1")
    assert "Approve" in labels(bench.card("P1", chat="telegram"))
    pressed_there(bench, "Bruno", "Approve", "telegram")
    assert bench.post().state == PostState.APPROVED


def test_what_was_shown_is_shown_of_one_revision(bench: DeskBench) -> None:
    submitted(bench, LONG)
    pressed_there(bench, "Chiara", "Show the rest", "telegram")
    bench.say("Ada", "edit P1 " + LONG.replace("end 10", "END 10"))
    assert "Approve" not in labels(bench.card("P1", chat="telegram"))
    assert "Show the rest" in labels(bench.card("P1", chat="telegram"))
    assert [(row.revision, row.whole_at is not None) for row in bench.rows(Shown)] == [(1, True)]


def test_a_button_from_before_counts_only_where_the_chat_shows_all(bench: DeskBench) -> None:
    submitted(bench, LONG)
    old(bench, "Bruno", "telegram", **where(bench, "telegram"))
    assert bench.post().state == PostState.REVIEW
    assert "does not show all of P1" in bench.whispered("Bruno", chat="telegram")
    pressed_there(bench, "Bruno", "Show the rest", "telegram")
    old(bench, "Bruno", "telegram", **where(bench, "telegram"))
    assert bench.post().state == PostState.APPROVED


def test_a_button_from_before_on_a_short_post_counts(bench: DeskBench) -> None:
    submitted(bench)
    old(bench, "Bruno", "telegram", **where(bench, "telegram"))
    assert bench.post().state == PostState.APPROVED


def test_whoever_looks_at_a_copy_is_shown_the_rest_alone_with_the_verdict_below(bench: DeskBench) -> None:
    submitted(bench, LONG)
    bench.say("Bruno", "approve P1", chat="telegram")
    assert labels(whisper(bench, "Bruno", chat="telegram"))[0] == "Show the rest"
    press(bench, "Bruno", "Show the rest", "P1", chat="telegram")
    last = whisper(bench, "Bruno", chat="telegram")
    assert "end 10." in words(last)
    assert labels(last) == ["Approve"]
    assert not below(bench), "nothing for the others"
    press(bench, "Bruno", "Approve", "P1", chat="telegram")
    assert bench.post().state == PostState.APPROVED


def test_a_part_that_the_chat_does_not_take_keeps_the_verdict_away(bench: DeskBench) -> None:
    submitted(bench, LONG)
    bench.papers["telegram"].troubles.append(ContentRefused("no"))
    pressed_there(bench, "Bruno", "Show the rest", "telegram")
    assert "Approve" not in labels(bench.card("P1", chat="telegram"))
    pressed_there(bench, "Bruno", "Show the rest", "telegram")
    assert "is being posted. Wait a moment." in bench.whispered("Bruno", chat="telegram")
    bench.wait(timedelta(minutes=1))
    pressed_there(bench, "Bruno", "Show the rest", "telegram")
    assert "Approve" in labels(bench.card("P1", chat="telegram"))


def test_the_thread_of_a_card_that_was_deleted_showed_nothing(bench: DeskBench) -> None:
    submitted(bench, LONG)
    pressed_there(bench, "Bruno", "Show the rest", "telegram")
    bench.papers["telegram"].troubles.append(Gone("message to edit not found"))
    bench.say("Ada", "schedule P1 tomorrow 9:00")
    assert bench.rows(Shown) == []
    assert labels(bench.card("P1", chat="telegram"))[0] == "Show the rest"
    assert "Approve" not in labels(bench.card("P1", chat="telegram"))


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def filmed(bench: DeskBench) -> DeskBench:
    """In review, with a file that Telegram does not show."""
    file = bench.picture("film.png")
    bench.papers["telegram"].hides = frozenset({file.media_id})
    submitted(bench, "Look", files=(file,))
    return bench


def approve_in_telegram(bench: DeskBench, who: str = "Bruno") -> None:
    pressed_there(bench, who, "Approve", "telegram")


def test_a_file_that_the_chat_shows_was_seen(filmed: DeskBench) -> None:
    pressed_there(filmed, "Bruno", "Approve", "slack")
    assert filmed.post().state == PostState.APPROVED


def quick(bench: DeskBench, ahead: timedelta) -> list[str]:
    """What Bruno is told who presses Approve on the card in Telegram so long after it left and before that is noted."""
    came: list[str] = []

    def press(step: str) -> None:
        if step != "sent:card" or came:
            return
        sheet = bench.sheet("P1", chat="telegram")
        button = next(b for b in sheet.card.buttons if b.label == "Approve")
        at = {"room": sheet.place.room, "message_id": sheet.message_id}
        pressed = bench.pressed("Bruno", button, chat="telegram", **at)
        try:
            with bench.store.write() as session:
                bench.router.handle(session, pressed, bench.now + ahead)
                (whisper,) = session.exec(select(Delivery).where(Delivery.kind == "whisper")).all()
                came.append(str(whisper.payload["card"]))
        except NotYet:
            came.append("not yet")

    submitted(bench, "Look", files=(bench.picture("cat.png"),))
    bench.steps = press
    bench.papers.watch("telegram")
    return came


def test_a_press_before_it_is_noted_that_its_card_has_come_is_handled_again(bench: DeskBench) -> None:
    assert quick(bench, LANDING - timedelta(seconds=1)) == ["not yet"]
    approve_in_telegram(bench)
    assert bench.post().state == PostState.APPROVED


def test_a_card_of_which_nothing_is_noted_for_long_is_not_waited_for(bench: DeskBench) -> None:
    (told,) = quick(bench, LANDING)
    assert "You have not seen cat.png here. Approve it unseen?" in told
    assert bench.post().state == PostState.REVIEW


def test_a_file_that_nobody_can_open_is_approved_unseen_after_a_yes_and_the_log_says_so(filmed: DeskBench) -> None:
    approve_in_telegram(filmed)
    assert "You have not seen film.png here. Approve it unseen?" in filmed.whispered("Bruno", chat="telegram")
    assert filmed.post().state == PostState.REVIEW
    press(filmed, "Bruno", "Approve it unseen", "P1", chat="telegram")
    assert filmed.post().state == PostState.APPROVED
    logged = filmed.rows(AuditEntry, AuditEntry.action == "approved")
    assert [entry.after["unseen"] for entry in logged] == [["film.png"]]


def test_where_the_policy_wants_every_file_seen_an_unseen_one_keeps_the_approval_away(filmed: DeskBench) -> None:
    filmed.set_policy(unseen="refuse")
    approve_in_telegram(filmed)
    assert "the policy wants every file seen. Decide in a chat that shows it" in filmed.whispered(
        "Bruno", chat="telegram"
    )
    old(filmed, "Bruno", "telegram", **where(filmed, "telegram"))
    assert filmed.post().state == PostState.REVIEW


def test_a_file_counts_as_seen_by_the_member_who_opened_it(filmed: DeskBench) -> None:
    filmed.reshape(open_file=lambda *about: "https://bot.example/open/" + "-".join(map(str, about)))
    media = filmed.post().content.media[0].media_id
    approve_in_telegram(filmed)
    asked = alone(filmed)
    assert "You have not seen film.png here." in words(asked)
    bruno = filmed.rows(Member, Member.name == "Bruno")[0].number
    assert asked.buttons[0].url == f"https://bot.example/open/{bruno}-P1-1-{media}"
    again = next(b for b in asked.buttons if b.label == "Approve")
    filmed.act(filmed.pressed("Bruno", again, chat="telegram", room="bruno's own", private=True))
    assert filmed.post().state == PostState.REVIEW, "asked for is not opened"
    with filmed.store.write() as session:
        session.add(Opened(member_id=bruno, subject="P1", revision=1, media_id=media, at=filmed.now))
    approve_in_telegram(filmed, "Chiara")
    assert filmed.post().state == PostState.REVIEW, "what Bruno opened Chiara has not seen"
    filmed.act(filmed.pressed("Bruno", again, chat="telegram", room="bruno's own", private=True))
    assert filmed.post().state == PostState.APPROVED


def test_a_card_with_a_file_that_the_chat_does_not_show_offers_to_open_it(filmed: DeskBench) -> None:
    filmed.reshape(open_file=lambda *_about: "https://bot.example/open/x")
    filmed.say("Ada", "schedule P1 tomorrow 9:00")
    assert "Open film.png" in labels(filmed.card("P1", chat="telegram"))
    assert "Open film.png" not in labels(filmed.card("P1", chat="slack"))
    pressed_there(filmed, "Chiara", "Open film.png", "telegram")
    assert [button.url for button in alone(filmed).buttons] == ["https://bot.example/open/x"]


def test_a_copy_without_its_pictures_is_no_place_to_approve_them(bench: DeskBench) -> None:
    submitted(bench, "Look", files=(bench.picture("cat.png"),))
    bench.say("Bruno", "approve P1", chat="telegram")
    press(bench, "Bruno", "Approve", "P1", chat="telegram")
    assert "You have not seen cat.png here." in bench.whispered("Bruno", chat="telegram")
    assert bench.post().state == PostState.REVIEW


def test_what_a_chat_hides_is_kept_with_the_card(filmed: DeskBench) -> None:
    media = filmed.post().content.media[0].media_id
    hidden = {(row.chat, row.room): row.hidden for row in filmed.rows(CardRow)}
    assert hidden["telegram", "-1001"] == [media]
    assert hidden["slack", "CREVIEW"] == []


# -- copies of the card with something else ----------------------------------------------------------------------------


def outdated(bench: DeskBench, text: str) -> Card:
    """What Bruno is answered in Telegram who presses a Retry of before P1 was edited to say that."""
    approved(bench)
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "Text is banned here"}')
    bench.press("Bruno", "Publish now", "P1")
    retry = bench.button("Retry", "U1")
    bench.say("Ada", f"edit P1 {text}")
    assert bench.post().state == PostState.REVIEW
    older = retry.model_copy(update={"revision": retry.revision + 7})
    assert bench.act(bench.pressed("Bruno", older, chat="telegram")).refusal.startswith("That button belongs")
    return bench.papers["telegram"].whispers[-1][1]


def test_the_living_card_of_a_refusal_offers_no_verdict_on_what_it_leaves_out(bench: DeskBench) -> None:
    told = outdated(bench, LONG)
    assert "Show the rest" in labels(told)
    assert "Approve" not in labels(told)


def test_the_living_card_of_a_refusal_that_shows_all_offers_its_verdicts(bench: DeskBench) -> None:
    approve = next(button for button in outdated(bench, "Short").buttons if button.label == "Approve")
    assert approve.value == "w", "it was seen whole"


def test_show_the_rest_on_a_copy_that_was_longer_than_the_card_shows_the_card(bench: DeskBench) -> None:
    submitted(bench)
    bench.act(bench.pressed("Bruno", Button(verb="rest", label="", subject="P1", revision=1), chat="telegram"))
    assert "Approve" in labels(bench.papers["telegram"].whispers[-1][1])


# -- in whose language -------------------------------------------------------------------------------------------------


def test_a_copy_is_in_the_language_of_the_member_who_alone_reads_it(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Chiara", "language it")
    bench.say("Chiara", "approve P1", room="COTHER")
    assert "Approva" in labels(whisper(bench, "Chiara"))


def test_a_card_in_a_private_chat_is_in_the_language_of_its_one_reader(bench: DeskBench) -> None:
    submitted(bench, LONG)
    bench.say("Chiara", "language it", chat="telegram")
    bench.say("Chiara", "approve P1", chat="telegram", private=True, room="alone")
    cards = {s.place.room: s.card for s in bench.papers["telegram"].sheets if not s.reply_to}
    assert labels(cards.pop("alone"))[0] == "Mostra il resto"
    assert [labels(card)[0] for card in cards.values()] == ["Show the rest"]


def test_showing_the_rest_of_a_copy_needs_no_word_that_it_was_done(bench: DeskBench) -> None:
    submitted(bench, LONG)
    bench.say("Chiara", "approve P1", chat="telegram")
    rest = next(b for b in whisper(bench, "Chiara", chat="telegram").buttons if b.verb == "rest")
    bench.act(bench.pressed("Chiara", rest, chat="telegram", aside=True))
    assert "Done." not in [words(card) for _, card in bench.papers["telegram"].whispers]


def test_what_is_asked_first_of_a_file_is_in_the_members_language_with_its_button(filmed: DeskBench) -> None:
    filmed.reshape(open_file=lambda *_about: "https://bot.example/open/x")
    filmed.say("Chiara", "language it", chat="telegram")
    approve_in_telegram(filmed, "Chiara")
    (_, asked), _ = filmed.papers["telegram"].whispers[-2:]
    assert labels(asked) == ["Apri film.png", "Approva"]
