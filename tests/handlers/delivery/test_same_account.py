"""What an admin's word that an account is the same leaves as it is."""

from handlers.cards import Button
from models.account import Account, Stranger
from models.approval import Approval
from models.delivery import DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.posts import published


def test_what_stands_on_the_same_account_already_keeps_its_voices_for_the_others(bench: DeskBench) -> None:
    bench.mastodon.fault("POST /api/v1/statuses", "slow", times=1, seconds=0)
    bench.mastodon.fault("POST /api/v1/statuses", "status", status=422, body='{"error": "Text is banned here"}')
    published(bench, accounts=("acme", "acme_it"))
    done = {d.lane: d.state for d in bench.deliveries()}
    assert sorted(done.values()) == [DeliveryState.DONE, DeliveryState.FAILED]
    name = next(lane.partition(":")[2] for lane, state in done.items() if state == DeliveryState.DONE)
    with bench.store.write() as session:
        known = session.get_one(Account, name)
        known.meet_stranger(
            Stranger(
                platform=known.platform, server=known.server, remote_id="999", handle="n", name="n", url="", mark="x.y"
            ),
            bench.now,
        )
        revision = known.others
    same = Button(verb="same_account", label="", revision=revision, value=name)
    assert not bench.act(bench.pressed("Dario", same)).refusal
    assert bench.rows(Account, Account.name == name)[0].remote_id == "999"
    assert bench.post().state == PostState.UNFINISHED
    assert len(bench.rows(Approval)) == 1
