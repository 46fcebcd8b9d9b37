"""What is sent to the public is what its preview showed, ordered by who may still order it."""

import json

import pytest
from sqlalchemy import text
from sqlmodel import select

from handlers.delivery.checking import AGAIN
from models.delivery import DeliveryState
from models.member import Member, Role
from support.bakery_inbox import BakeryInbox
from support.inbox_bench import InboxBench


def behind(desk: InboxBench, statement: str, **given: object) -> None:
    """Somebody writes into the database."""
    with desk.store.write() as session:
        session.execute(text(statement), given)


def loses(desk: InboxBench, who: str, *, active: bool = True) -> None:
    """A member has no role any more, or is removed."""
    with desk.store.write() as session:
        member = session.exec(select(Member).where(Member.name == who)).one()
        member.roles, member.active = [], active


def regained(desk: InboxBench) -> None:
    desk.mastodon.act("settings", restore_token="acme")
    desk.wait(AGAIN)
    desk.wait(AGAIN)


def held(desk: InboxBench) -> str:
    """Chiara's reply waits for the account's access; returns what it answers."""
    said = desk.commented()
    desk.mastodon.act("settings", revoke_token="acme")
    desk.replied()
    return said


CHANGES = ("text = 'Never seen'", "warning = 'spoiler'", "visibility = 'direct'")


@pytest.mark.parametrize("change", CHANGES)
def test_a_reply_that_was_changed_behind_its_preview_is_not_sent(desk: InboxBench, change: str) -> None:
    said = desk.commented()
    desk.preview()
    behind(desk, f"UPDATE reply SET {change}")
    refusal = desk.press_aside("Send", "Chiara").refusal
    assert "That preview does not show what would be sent by now." in refusal
    assert desk.answers(said) == []
    assert desk.deliveries("reply") == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_reply_that_was_changed_while_it_was_held_stays_held_and_is_told(desk: InboxBench, change: str) -> None:
    said = held(desk)
    behind(desk, f"UPDATE reply SET {change}")
    regained(desk)
    assert desk.answers(said) == []
    assert desk.deliveries("reply")[0].state == DeliveryState.HELD
    assert "is held and was not sent: it is not what its preview showed." in desk.told()[-1]
    assert "[Edit] [Do not send it]" in desk.told()[-1]
    assert "it is not what its preview showed" in desk.direct("Chiara")[-1]
    desk.press("Chiara", "Edit", "R1")
    desk.fill("Chiara", desk.form, text="At eight.")
    desk.press_aside("Send", "Chiara")
    assert len(desk.answers(said)) == 1


def test_a_reply_is_not_sent_to_another_comment_than_its_preview_named(desk: InboxBench) -> None:
    said = held(desk)
    behind(desk, "UPDATE comment SET author_handle = 'somebody@else.example'")
    regained(desk)
    assert desk.answers(said) == []
    assert desk.deliveries("reply")[0].state == DeliveryState.HELD


@pytest.mark.parametrize("active", [True, False], ids=["without the role", "removed"])
def test_a_held_reply_does_not_leave_for_who_may_not_answer_any_more(desk: InboxBench, active: bool) -> None:
    said = held(desk)
    loses(desk, "Chiara", active=active)
    regained(desk)
    assert desk.answers(said) == []
    told = "Chiara ordered this and does not have the role “moderator” any more."
    assert told in desk.told()[-1]
    assert "[Retry] [Edit] [Leave it]" in desk.told()[-1]
    behind(desk, "UPDATE comment SET taken_by = NULL, taken_until = NULL")
    desk.press("Elena", "Retry", "R1")
    assert len(desk.answers(said)) == 1, "who presses orders it"


def test_a_reply_of_before_seals_were_kept_goes_out_once(desk: InboxBench) -> None:
    said = held(desk)
    behind(desk, "UPDATE delivery SET payload = :p WHERE kind = 'reply'", p=json.dumps({}))
    regained(desk)
    assert len(desk.answers(said)) == 1


def test_a_private_reply_that_was_changed_is_not_sent(bakery_inbox: BakeryInbox) -> None:
    bakery_inbox.nora_says("My bread was stale")
    bakery_inbox.press("Chiara", "Reply privately", "C1")
    bakery_inbox.fill("Chiara", bakery_inbox.form, text="We are sorry.")
    send = bakery_inbox.aside_button("Send", "Chiara")
    behind(bakery_inbox, "UPDATE reply SET text = 'Here is a voucher'")
    assert "does not show what would be sent" in bakery_inbox.act(bakery_inbox.pressed("Chiara", send)).refusal
    behind(bakery_inbox, "UPDATE reply SET text = 'We are sorry.'")

    def step(name: str) -> None:
        if name == "recorded:whisper":
            behind(bakery_inbox, "UPDATE reply SET private = :no", no=False)

    bakery_inbox.steps = step
    bakery_inbox.act(bakery_inbox.pressed("Chiara", send))
    assert [c["text"] for c in bakery_inbox.under()] == ["My bread was stale"], "never in public"


def act_held(desk: InboxBench) -> str:
    """Chiara's like waits for the account's access; returns its code."""
    desk.commented()
    desk.mastodon.act("settings", revoke_token="acme")
    desk.press("Chiara", "Like", "C1")
    return f"D{desk.deliveries('act')[0].number}"


def test_an_act_is_done_on_what_it_was_ordered_on_or_not_at_all(desk: InboxBench) -> None:
    act_held(desk)
    behind(desk, "UPDATE comment SET remote_id = '4711'")
    regained(desk)
    assert desk.deliveries("act")[0].state == DeliveryState.FAILED
    assert "C1 is not the comment any more that this was ordered on" in desk.told()[-1]


def test_a_held_act_is_not_done_for_who_may_not_order_it_any_more(desk: InboxBench) -> None:
    code = act_held(desk)
    loses(desk, "Chiara")
    regained(desk)
    assert "liked" not in desk.card("C1").footer
    assert "Chiara ordered this and does not have the role" in desk.told()[-1]
    desk.press("Elena", "Retry", code)
    assert "liked" in desk.card("C1").footer


def test_what_the_role_was_given_back_for_is_done(desk: InboxBench) -> None:
    act_held(desk)
    loses(desk, "Chiara")
    with desk.store.write() as session:
        session.exec(select(Member).where(Member.name == "Chiara")).one().roles = [Role.MODERATOR.value]
    regained(desk)
    assert "liked" in desk.card("C1").footer
