"""The first comment: said once under what stands, told when it is not, gone when its publication goes."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.setup import OurAccount
from models.account import Access, Account
from models.approval import Policy
from models.delivery import DeliveryState
from models.member import named
from models.post import PostState, Revision
from models.stop import Stop
from platforms.spec import Keys
from platforms.threads.adapter import Threads
from support import meta_scenes
from support.bench import DeskBench
from support.meta_bench import page_of
from support.posts import approved, published, submitted
from support.stage import Stage

COMMENTING = "POST /facebook/v26.0/*/comments"
WORDS = "Recipe: https://bakery.example"
BAKERY: dict[str, Any] = {"accounts": ("bakery",), "first_comment": WORDS}


def said(meta: Stage) -> list[str]:
    """What stands under the Page's newest post."""
    return [comment["text"] for comment in page_of(meta)["posts"][0]["comments"]]


def labels(bench: DeskBench, text: str) -> list[str]:
    """The buttons below the last message in a thread that says so."""
    sheet = next(s for s in reversed(bench.papers["slack"].sheets) if s.reply_to and text in str(s.card))
    return [button.label for button in sheet.card.buttons]


def press(bench: DeskBench, label: str, who: str = "Bruno") -> str:
    (delivery,) = bench.deliveries("first_comment")
    return bench.act(bench.pressed(who, bench.button(label, f"D{delivery.number}"))).refusal


def failed(bench: DeskBench, meta: Stage) -> None:
    """P1 stands, and its first comment was refused."""
    approved(bench, **BAKERY)
    meta.fault(COMMENTING, "status", status=400, body='{"error": {"message": "No links here", "code": 100}}')
    bench.press("Bruno", "Publish now", "P1")


def unsure(bench: DeskBench, meta: Stage, kind: str) -> None:
    """P1 stands; nobody knows whether its first comment does, and Facebook does not tell."""
    approved(bench, **BAKERY)
    meta.fault(COMMENTING, kind)
    meta.fault("GET /facebook/v26.0/*/comments", "status", status=400, times=50, body=HIDDEN)
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(minutes=3))


HIDDEN = '{"error": {"message": "Not for you", "code": 200}}'


def test_it_is_said_once_under_what_stands(bakery: DeskBench, meta: Stage) -> None:
    published(bakery, **BAKERY)
    assert said(meta) == [WORDS]
    assert "The first comment of P1 stands on Bakery." in bakery.told()
    assert "First comment on Bakery: stands there" in bakery.shown("P1")
    assert bakery.actions()[-2:] == ["published", "first comment stands"]
    bakery.wait(timedelta(hours=1))
    assert said(meta) == [WORDS]


def test_the_card_shows_it_before_anybody_approves(bakery: DeskBench) -> None:
    submitted(bakery, **BAKERY)
    assert WORDS in bakery.shown("P1")
    assert bakery.deliveries("first_comment") == []


def test_an_account_that_cannot_comment_leaves_it_out_and_says_so(bakery: DeskBench, meta: Stage) -> None:
    submitted(bakery, accounts=("acme", "bakery"), first_comment=WORDS)
    warned = "acme: This account cannot comment under its own posts: the first comment is left out there."
    assert warned in bakery.shown("P1")
    bakery.press("Bruno", "Approve", "P1")
    bakery.press("Bruno", "Publish now", "P1")
    assert bakery.post().state == PostState.PUBLISHED
    assert said(meta) == [WORDS]
    assert [d.lane for d in bakery.deliveries("first_comment")] == ["account:bakery"]


def test_one_that_the_network_would_refuse_is_told_in_its_field(bench: DeskBench) -> None:
    threads = Threads(base_url=meta_scenes.NOWHERE, keys=Keys("x"), options={}, now=bench.clock)
    bench.reshape(accounts={"knot": OurAccount(name="knot", title="Knot", platform=threads, policy=Policy())})
    bench.say("Ada", "post Hello")
    handled = bench.fill("Ada", bench.form, first_comment="x" * 510)
    assert handled.field == "first_comment"
    assert "Knot: The text has 510 characters of at most 500: shorten it by 10." in handled.refusal


def test_one_that_failed_is_told_and_can_be_sent_again(bakery: DeskBench, meta: Stage) -> None:
    failed(bakery, meta)
    assert bakery.post().state == PostState.PUBLISHED
    assert "P1 stands on Bakery, but its first comment does not: No links here." in bakery.told()[-1]
    assert labels(bakery, "but its first comment") == ["Retry", "Leave it"]
    assert "First comment on Bakery: not published: No links here" in bakery.shown("P1")
    assert "role “publisher”" in press(bakery, "Retry", "Ada")
    button = bakery.button("Retry", "D" + str(bakery.deliveries("first_comment")[0].id))
    assert press(bakery, "Retry") == ""
    assert said(meta) == [WORDS]
    bakery.act(bakery.pressed("Bruno", button))
    assert "That button belongs to an earlier try" in bakery.whispered("Bruno")


def test_one_that_failed_can_be_left(bakery: DeskBench, meta: Stage) -> None:
    failed(bakery, meta)
    press(bakery, "Leave it")
    assert "Bruno leaves the first comment of P1 on Bakery as it is." in bakery.told()[-1]
    assert "First comment on Bakery: left out" in bakery.shown("P1")
    assert said(meta) == []


@pytest.mark.parametrize(("kind", "count"), [("drop_after", 1), ("drop_before", 1)])
def test_one_whose_answer_was_lost_is_looked_up_and_stands_once(
    bakery: DeskBench, meta: Stage, kind: str, count: int
) -> None:
    approved(bakery, **BAKERY)
    meta.fault(COMMENTING, kind)
    bakery.press("Bruno", "Publish now", "P1")
    assert bakery.deliveries("first_comment")[0].state == DeliveryState.UNSURE
    for _ in range(3):
        bakery.wait(timedelta(minutes=2))
    assert said(meta) == [WORDS] * count
    assert "The first comment of P1 stands on Bakery." in bakery.told()


@pytest.mark.parametrize(
    ("kind", "label", "told", "count"),
    [
        ("drop_after", "It is live", "Bruno looked: the first comment of P1 stands on Bakery.", 1),
        ("drop_before", "It is not, send it", "Bruno sends the first comment of P1 to Bakery again.", 1),
        ("drop_before", "Leave it", "Bruno leaves the first comment of P1 on Bakery as it is.", 0),
    ],
)
def test_where_the_network_does_not_tell_a_member_does(
    bakery: DeskBench, meta: Stage, kind: str, label: str, told: str, count: int
) -> None:
    unsure(bakery, meta, kind)
    assert labels(bakery, "Nobody can tell whether the first comment") == [
        "It is live",
        "It is not, send it",
        "Leave it",
    ]
    press(bakery, label)
    assert told in bakery.told()
    assert said(meta) == [WORDS] * count


def test_it_is_held_while_the_account_is_stopped(bakery: DeskBench, meta: Stage) -> None:
    approved(bakery, **BAKERY)
    meta.fault(COMMENTING, "status", status=503, body="")
    bakery.press("Bruno", "Publish now", "P1")
    bakery.say("Ada", "stop bakery")
    bakery.wait(timedelta(minutes=3))
    assert "The first comment of P1 is held: Bakery is stopped." in bakery.told()[-1]
    bakery.say("Bruno", "resume bakery")
    bakery.wait(timedelta(minutes=1))
    assert said(meta) == [WORDS]


def test_it_is_held_while_access_is_lost_and_can_be_given_up(bakery: DeskBench, meta: Stage) -> None:
    approved(bakery, **BAKERY)
    meta.fault(COMMENTING, "status", status=400, body='{"error": {"message": "Session expired", "code": 190}}')
    bakery.press("Bruno", "Publish now", "P1")
    assert "The first comment of P1 on Bakery is held: access is lost." in bakery.told()[-1]
    press(bakery, "Do not send it")
    bakery.wait(timedelta(minutes=5))
    assert bakery.rows(Account, Account.name == "bakery")[0].access == Access.GOOD
    assert said(meta) == []


def test_what_is_taken_down_takes_its_first_comment_with_it(bakery: DeskBench, meta: Stage) -> None:
    published(bakery, **BAKERY)
    bakery.press("Bruno", "Delete on Bakery", "U1")
    assert page_of(meta)["posts"] == []
    assert len(meta.requests("DELETE /facebook/v26.0/*")) == 2


def test_one_that_waits_does_not_follow_what_was_taken_down(bakery: DeskBench, meta: Stage) -> None:
    failed(bakery, meta)
    bakery.press("Bruno", "Delete on Bakery", "U1")
    assert bakery.deliveries("first_comment")[0].state == DeliveryState.CANCELLED
    assert "P1 was taken down, so nothing is said under it." in press(bakery, "Retry")
    assert "First comment" not in [fact.label for fact in bakery.card("P1").facts]


def test_a_post_found_live_gets_it_once_its_link_is_known(bakery: DeskBench, meta: Stage) -> None:
    approved(bakery, **BAKERY)
    meta.fault("POST /facebook/v26.0/1001/feed", "drop_after")
    meta.fault("GET /facebook/v26.0/1001/*", "status", status=400, times=50, body=HIDDEN)
    bakery.press("Bruno", "Publish now", "P1")
    bakery.wait(timedelta(minutes=3))
    bakery.press("Bruno", "It is live", "U1")
    assert "First comment on Bakery: goes out when somebody adds the link of the post" in bakery.shown("P1")
    meta.calm()
    bakery.press("Bruno", "Add its link · Bakery", "U1")
    bakery.fill("Bruno", bakery.form, link=f"https://www.facebook.com/{page_of(meta)['posts'][0]['id']}")
    assert said(meta) == [WORDS]


# -- what was approved is what is said ---------------------------------------------------------------------------------


def held_by_a_stop(bench: DeskBench) -> None:
    """P1 stands, and its first comment is held, since somebody stopped the account in between."""

    def step(name: str) -> None:
        if name == "sent:publication":
            with bench.store.write() as session:
                session.add(Stop(name="bakery", member_id=1, at=bench.now))

    approved(bench, **BAKERY)
    bench.steps = step
    bench.press("Bruno", "Publish now", "P1")
    bench.steps = lambda _name: None
    assert bench.deliveries("first_comment")[0].state == DeliveryState.HELD


def resumed(bench: DeskBench) -> None:
    bench.say("Dario", "resume bakery")
    bench.wait(timedelta(minutes=2))


def test_a_first_comment_that_was_changed_behind_the_desk_is_held(bakery: DeskBench, meta: Stage) -> None:
    held_by_a_stop(bakery)
    with bakery.store.write() as session:
        revision = session.get_one(Revision, 1)
        approved_content = dict(revision.content_json)
        revision.content_json = {**approved_content, "first_comment": "Never approved"}
    resumed(bakery)
    assert said(meta) == []
    assert "The first comment of P1 on Bakery is held: it is not what was approved." in bakery.told()[-1]
    assert "[Check it again] [Do not send it]" in bakery.told()[-1]
    assert "it is not what was approved" in bakery.direct("Bruno")[-1]
    with bakery.store.write() as session:
        session.get_one(Revision, 1).content_json = approved_content
    assert press(bakery, "Check it again") == ""
    assert said(meta) == [WORDS]


def test_a_first_comment_that_was_held_does_not_leave_with_an_approval_that_does_not_count_any_more(
    bakery: DeskBench, meta: Stage
) -> None:
    held_by_a_stop(bakery)
    with bakery.store.write() as session:
        bruno = named(session, "Bruno")
        bruno.roles = ["publisher"]
    resumed(bakery)
    assert said(meta) == []
    assert "the approvals of P1 do not suffice any more" in bakery.told()[-1]
    with bakery.store.write() as session:
        named(session, "Bruno").roles = ["publisher", "approver"]
    assert press(bakery, "Check it again") == ""
    assert said(meta) == [WORDS]
