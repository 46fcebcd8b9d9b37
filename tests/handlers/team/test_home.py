"""Home: what waits for me, what goes out next, what is unanswered, and for the new what to do first."""

from datetime import timedelta

import pytest

from handlers.intents import Filled, Happened, Origin
from models.member import Identity, Member
from models.post import PostState
from support.bench import DeskBench, external
from support.inbox_bench import InboxBench
from support.paper import words
from support.posts import approved, draft, published, submitted
from support.whispers import offered, press, whisper


def opened(bench: DeskBench, who: str) -> str:
    """The words of the person's home in Slack, as it is drawn when they look."""
    origin = Origin(chat="slack", actor=external(who, "slack"))
    bench.act(Happened(origin=origin, name="home_opened"))
    actor, card = bench.papers["slack"].homes[-1]
    assert actor == origin.actor
    return words(card)


# -- where it is shown -------------------------------------------------------------------------------------------------


def test_home_is_whispered_where_it_is_asked_for(bench: DeskBench) -> None:
    bench.say("Ada", "home", chat="telegram")
    assert "Bottega · Ada" in bench.whispered("Ada", chat="telegram")
    assert bench.papers["slack"].homes == []


def test_opening_the_home_draws_it(bench: DeskBench) -> None:
    assert "Bottega · Ada" in opened(bench, "Ada")


def test_refresh_draws_the_home_anew_where_it_was_pressed(bench: DeskBench) -> None:
    bench.say("Ada", "home")
    button = offered(bench, "Ada", "Refresh")
    bench.act(bench.pressed("Ada", button, room=""))
    assert len(bench.papers["slack"].homes) == 1
    press(bench, "Ada", "Refresh")
    assert len(bench.papers["slack"].homes) == 1
    assert len(bench.papers["slack"].whispers) == 2


def test_the_same_home_tells_each_member_their_own(bench: DeskBench) -> None:
    submitted(bench)
    assert "1 post waits for your approval" in opened(bench, "Bruno")
    assert "waits for your approval" not in opened(bench, "Ada")


def test_a_post_drafted_at_home_is_shown_to_whoever_drafted_it(bench: DeskBench) -> None:
    bench.say("Ada", "home")
    bench.act(bench.pressed("Ada", offered(bench, "Ada", "New post"), room=""))
    values = {"text": "Hello", "accounts": ["acme"]}
    bench.act(Filled(origin=bench.origin("Ada", room=""), verb=bench.form.verb, values=values))
    assert "P1 · Draft" in bench.whispered("Ada")


# -- the new -----------------------------------------------------------------------------------------------------------


def test_a_stranger_reads_how_to_join(bench: DeskBench) -> None:
    assert "Ask Dario for an invitation code, then type “/social link CODE”." in opened(bench, "Zoe")
    bench.say("Zoe", "home", chat="telegram")
    assert "then type “/link CODE”" in bench.whispered("Zoe", chat="telegram")


def test_where_nobody_is_admin_a_stranger_reads_the_own_id(bench: DeskBench) -> None:
    with bench.store.write() as session:
        for member in bench.rows(Member):
            session.merge(Member(**{**member.model_dump(), "roles": []}))
    assert f"(your id here is {external('Zoe', 'slack')})" in opened(bench, "Zoe")


def test_a_desk_without_accounts_says_what_to_put_where(bench: DeskBench) -> None:
    bench.reshape(accounts={})
    seen = opened(bench, "Ada")
    assert "[accounts.NAME]" in seen
    assert "New post" not in seen


def test_an_admin_who_is_alone_is_told_to_invite(bench: DeskBench) -> None:
    with bench.store.write() as session:
        for member in bench.rows(Member, Member.name != "Dario"):
            session.merge(Member(**{**member.model_dump(), "active": False}))
    assert "You are alone here. Invite somebody: /social team add Ada author,approver" in opened(bench, "Dario")


def test_an_empty_desk_says_how_the_first_post_is_drafted_until_there_is_one(bench: DeskBench) -> None:
    assert "There is no post yet. Draft the first: /social post Hello from our team" in opened(bench, "Ada")
    assert "Nothing waits for you, nothing is planned, nothing is unanswered." in opened(bench, "Ada")
    draft(bench)
    assert "There is no post yet" not in opened(bench, "Ada")


def test_whoever_is_in_one_chat_only_learns_how_to_be_known_in_the_other(bench: DeskBench) -> None:
    assert "known in the other chat" not in opened(bench, "Ada")
    with bench.store.write() as session:
        for identity in bench.rows(Identity, Identity.member_id == 1, Identity.chat == "telegram"):
            session.delete(session.merge(identity))
    assert "/social link" in opened(bench, "Ada")


# -- what waits for me -------------------------------------------------------------------------------------------------


def test_a_post_in_review_waits_for_those_who_may_still_approve_it(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    for who in ("Bruno", "Chiara"):
        assert "P1 · acme · Ada\nHello, world [Open]" in opened(bench, who)
        assert "[Approve]" not in opened(bench, who), "a few words are not the post"
    assert "waits for your approval" not in opened(bench, "Dario")
    bench.say("Bruno", "home")
    press(bench, "Bruno", "Open", "P1")
    press(bench, "Bruno", "Approve", "P1")
    assert "waits for your approval" not in opened(bench, "Bruno")
    assert "1 post waits for your approval" in opened(bench, "Chiara")


def test_an_outdated_copy_approves_nothing(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Bruno", "home")
    press(bench, "Bruno", "Open", "P1")
    bench.say("Ada", "edit P1 Hello, moon", chat="telegram")
    press(bench, "Bruno", "Approve", "P1")
    assert "P1 has changed since that card was drawn" in bench.whispered("Bruno")
    assert bench.post().state == PostState.REVIEW


def test_my_post_that_was_sent_back_waits_for_me_alone(bench: DeskBench) -> None:
    submitted(bench)
    bench.press("Bruno", "Request changes", "P1")
    bench.fill("Bruno", bench.form, note="Shorter")
    assert "1 post of yours was sent back" in opened(bench, "Ada")
    assert "[Edit] [Open]" in opened(bench, "Ada")
    assert "sent back" not in opened(bench, "Bruno")


def test_what_was_sent_back_in_an_earlier_round_is_not_said_again(bench: DeskBench) -> None:
    submitted(bench)
    bench.press("Bruno", "Request changes", "P1")
    bench.fill("Bruno", bench.form, note="Shorter")
    bench.say("Ada", "edit P1 Short")
    assert "1 post of yours was sent back" in opened(bench, "Ada")
    bench.press("Ada", "Submit", "P1")
    bench.say("Ada", "withdraw P1")
    bench.press("Ada", "Reopen", "P1")
    assert "sent back" not in opened(bench, "Ada")


def test_what_needs_a_decision_waits_for_publishers(bench: DeskBench) -> None:
    approved(bench)
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "Text is banned here"}')
    bench.press("Bruno", "Publish now", "P1")
    assert "1 post needs a decision" in opened(bench, "Bruno")
    assert "needs a decision" not in opened(bench, "Ada")


def test_what_was_left_needs_no_decision_any_more_and_its_card_says_why(bench: DeskBench) -> None:
    bench.mastodon.act("settings", scopes={"acme_it": "read"})
    published(bench, accounts=("acme", "acme_it"))
    assert "1 post needs a decision" in opened(bench, "Bruno")
    bench.press("Bruno", "Leave · acme_it", "U2")
    assert "needs a decision" not in opened(bench, "Bruno")
    assert "acme_it: left as it is; not published: This action is outside the authorized scopes" in bench.shown("P1")


def test_many_posts_are_counted_and_the_first_five_shown(bench: DeskBench) -> None:
    for number in range(6):
        submitted(bench, f"Hello {number}")
    seen = opened(bench, "Bruno")
    assert "6 posts wait for your approval" in seen
    assert seen.count("[Open]") == 5


def test_a_long_text_is_shortened_and_a_missing_one_is_named(bench: DeskBench) -> None:
    submitted(bench, "word " * 50)
    assert f"{'word ' * 16}…" in opened(bench, "Bruno")
    draft(bench, "", files=(bench.picture(),))
    bench.say("Ada", "submit P2")
    assert "(no text)" in opened(bench, "Bruno")


# -- what goes out, what is unanswered ---------------------------------------------------------------------------------


def test_what_goes_out_next_is_listed_in_the_members_own_time(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1 fri 18:30")
    bench.say("Ada", "zone Asia/Tokyo")
    assert "Goes out next\nP1 · Fri 27 Nov 2026, 18:30 (Europe/Rome) · acme\nHello, world [Open]" in opened(
        bench, "Bruno"
    )
    assert "P1 · Sat 28 Nov 2026, 02:30 (Asia/Tokyo) · acme" in opened(bench, "Ada")


def test_a_post_in_review_shows_its_hour(bench: DeskBench) -> None:
    submitted(bench, when="fri 18:30")
    assert "P1 · acme · Fri 27 Nov 2026, 18:30 (Europe/Rome) · Ada" in opened(bench, "Bruno")


def test_open_comments_are_listed_oldest_first_with_what_moderators_can_do(desk: InboxBench) -> None:
    desk.commented("First?")
    desk.now += timedelta(minutes=5)
    desk.commented("Second?")
    seen = opened(desk, "Chiara")
    assert "2 comments are unanswered" in seen
    assert seen.index("First?") < seen.index("Second?")
    assert "[Open] [Take] [Reply]" in seen
    assert "[Take]" not in opened(desk, "Ada")


def test_a_comment_that_i_hold_waits_for_me_and_others_see_who_holds_it(desk: InboxBench) -> None:
    desk.commented("First?")
    desk.say("Chiara", "home")
    press(desk, "Chiara", "Take", "C1")
    assert "You hold 1 comment" in opened(desk, "Chiara")
    assert "[Take]" not in opened(desk, "Chiara")
    assert "[Reply]" in opened(desk, "Chiara")
    assert "held by Chiara" in opened(desk, "Elena")
    assert "[Reply]" not in opened(desk, "Elena")
    desk.now += timedelta(minutes=31)
    assert "You hold" not in opened(desk, "Chiara")
    assert "[Take]" in opened(desk, "Elena")


@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_every_button_of_a_full_home_is_known(desk: InboxBench, chat: str) -> None:
    desk.commented("First?")
    submitted(desk)
    desk.say("Bruno", "home", chat=chat)
    card = whisper(desk, "Bruno", chat=chat)
    for button in (*card.buttons, *(b for row in card.rows for b in row.buttons)):
        assert button.verb in desk.router.registry.buttons
