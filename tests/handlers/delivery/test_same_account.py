"""What an admin's word that an account is the same leaves as it is, and which agreements do not count after it."""

from handlers.cards import Button
from models.account import Account, Stranger
from models.agreement import BoostApproval
from models.approval import Approval
from models.boost_state import BoostState
from models.delivery import DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.boost_bench import BoostBench
from support.meta_bench import page_of
from support.posts import published
from support.stage import Stage


def becomes(bench: DeskBench, name: str) -> None:
    """The account's token is somebody else's, and Dario says that it is the same account."""
    with bench.store.write() as session:
        known = session.get_one(Account, name)
        platform, server = known.platform, known.server
        other = Stranger(
            platform=platform,
            server=server,
            remote_id="999",
            handle="n",
            name="n",
            url="",
            mark=bench.setup.accounts[name].mark(),
        )
        known.meet_stranger(other, bench.now)
        revision = known.others
    same = Button(verb="same_account", label="", revision=revision, value=name)
    assert not bench.act(bench.pressed("Dario", same)).refusal
    assert bench.rows(Account, Account.name == name)[0].remote_id == "999"


def test_what_stands_on_the_same_account_already_keeps_its_voices_for_the_others(bench: DeskBench) -> None:
    bench.mastodon.fault("POST /api/v1/statuses", "slow", times=1, seconds=0)
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "Text is banned here"}')
    published(bench, accounts=("acme", "acme_it"))
    done = {d.lane: d.state for d in bench.deliveries()}
    assert sorted(done.values()) == [DeliveryState.DONE, DeliveryState.FAILED]
    name = next(lane.partition(":")[2] for lane, state in done.items() if state == DeliveryState.DONE)
    becomes(bench, name)
    assert bench.post().state == PostState.UNFINISHED
    assert len(bench.rows(Approval)) == 1


def test_an_agreement_to_a_boost_drawn_before_does_not_count_for_the_other_identity(boosts: BoostBench) -> None:
    code = boosts.wished()
    drawn = boosts.desk.button("Approve", code)
    becomes(boosts.desk, "bakery")
    refusal = boosts.desk.act(boosts.desk.pressed("Bruno", drawn)).refusal
    assert "has changed since that card was drawn" in refusal
    assert boosts.desk.rows(BoostApproval) == []
    assert boosts.row().state == BoostState.REVIEW


def test_a_first_comment_that_was_approved_for_the_former_identity_is_held(bakery: DeskBench, meta: Stage) -> None:
    refused = '{"error": {"message": "No links here", "code": 100}}'
    meta.fault("POST /facebook/v26.0/*/comments", "status", status=400, body=refused)
    published(bakery, accounts=("bakery",), first_comment="Recipe: https://bakery.example")
    meta.calm()
    becomes(bakery, "bakery")
    (first,) = bakery.deliveries("first_comment")
    assert first.state == DeliveryState.FAILED
    retry = bakery.button("Retry", f"D{first.number}")
    assert not bakery.act(bakery.pressed("Bruno", retry)).refusal
    assert page_of(meta)["posts"][0]["comments"] == []
    assert bakery.deliveries("first_comment")[0].state == DeliveryState.HELD
    assert "is another account on its network than it was when this was approved" in bakery.told()[-1]
    leave = bakery.button("Do not send it", f"D{first.number}")
    assert not bakery.act(bakery.pressed("Bruno", leave)).refusal
    assert bakery.deliveries("first_comment")[0].state == DeliveryState.CANCELLED
