"""An account that its network refuses: what comes due is held, the network is asked again, and then all goes on."""

from datetime import timedelta

from handlers.delivery.checking import AGAIN, LOCK
from models.account import Access, Account
from models.delivery import DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.paper import words
from support.posts import published

WHOAMI = "GET /api/v1/accounts/verify_credentials"
LOCKED = {"status": 403, "body": '{"error": "Your login is currently disabled"}'}


def held(bench: DeskBench, *texts: str) -> None:
    """These posts were to go out at once, and acme's token is revoked."""
    bench.setup.account("acme").platform.whoami()  # as each process asks at its start
    bench.mastodon.act("settings", revoke_token="acme")
    for text in texts:
        published(bench, text)
    assert {delivery.state for delivery in bench.deliveries()} == {DeliveryState.HELD}


def room(bench: DeskBench) -> list[str]:
    return [words(sheet.card) for sheet in bench.papers["slack"].sheets if not sheet.reply_to]


def access(bench: DeskBench) -> str:
    return bench.rows(Account, Account.name == "acme")[0].access


def test_what_stands_behind_the_one_that_finds_the_loss_is_held_without_being_sent(bench: DeskBench) -> None:
    held(bench, "First", "Second")
    assert len(bench.mastodon.requests("POST /api/v1/statuses")) == 1
    assert [post.state for post in bench.posts()] == [PostState.SCHEDULED] * 2


def test_all_goes_on_by_itself_and_in_order_when_the_access_works_again(bench: DeskBench) -> None:
    held(bench, "First", "Second")
    bench.wait(AGAIN)
    assert access(bench) == Access.LOST
    bench.mastodon.act("settings", restore_token="acme")
    bench.wait(AGAIN)
    assert access(bench) == Access.GOOD
    for _ in range(3):
        bench.wait(timedelta(seconds=61))
    assert [status["text"] for status in bench.public()] == ["Second", "First"]
    assert [line for line in room(bench) if "acme is connected again" in line] != []
    assert bench.actions("acme") == ["access lost", "access regained"]


def test_what_is_overdue_by_then_is_asked_about(bench: DeskBench) -> None:
    held(bench, "Stale")
    bench.wait(timedelta(hours=3))
    bench.mastodon.act("settings", restore_token="acme")
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    assert bench.public() == []
    assert "Shall it still go out?" in bench.told()[-1]
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1


def test_the_network_is_asked_every_few_minutes_and_not_more_often(bench: DeskBench) -> None:
    held(bench, "Waiting")
    asked = len(bench.mastodon.requests(WHOAMI))
    for _ in range(12):
        bench.wait(timedelta(seconds=30))
    assert len(bench.mastodon.requests(WHOAMI)) == asked + 2


def test_an_account_whose_access_works_is_not_asked(bench: DeskBench) -> None:
    published(bench)
    bench.wait(timedelta(hours=1))
    assert bench.deliveries("check") == []


def test_an_admin_asks_at_once_and_learns_the_answer(bench: DeskBench) -> None:
    held(bench, "Urgent")
    bench.say("Bruno", "accounts")
    assert "Reconnect" not in bench.whispered("Bruno")
    bench.say("Dario", "accounts")
    assert "[Reconnect]" in bench.whispered("Dario")
    bench.press("Dario", "Reconnect", "")
    assert bench.direct("Dario")[-1] == (
        "acme is still refused: The access token was revoked. "
        "Whoever runs me makes a new token, sets BOTTEGA_ACCOUNTS__ACME__TOKEN, and starts me again."
    )
    bench.mastodon.act("settings", restore_token="acme")
    bench.press("Dario", "Reconnect", "")
    assert bench.direct("Dario")[-1] == "acme works."
    bench.wait(timedelta(seconds=2))
    assert len(bench.public()) == 1


def test_a_network_that_cannot_be_asked_is_not_asked_in_a_frenzy(bench: DeskBench) -> None:
    held(bench, "Waiting")
    bench.mastodon.fault(WHOAMI, "status", status=418, body='{"error": "I am a teapot"}', times=99)
    for _ in range(12):
        bench.wait(timedelta(seconds=30))
    assert len(bench.deliveries("check")) == 2
    bench.press("Dario", "Reconnect", "")
    assert bench.direct("Dario")[-1] == "acme could not be asked: I am a teapot"


def test_a_token_that_may_not_tell_who_it_is_works(bench: DeskBench) -> None:
    held(bench, "Waiting")
    bench.mastodon.act("settings", restore_token="acme", scopes={"acme": "write"})
    bench.wait(AGAIN)
    assert access(bench) == Access.GOOD


def test_a_locked_account_is_to_be_put_right_on_its_network(bench: DeskBench) -> None:
    bench.mastodon.fault("POST /api/v1/statuses", "status", **LOCKED)
    published(bench)
    told = room(bench)[-1]
    assert "The network has locked acme (Your login is currently disabled). Sign in there as acme" in told
    assert "token" not in told.lower()
    assert "[Reconnect]" in told
    bench.press("Dario", "Reconnect", "")
    bench.wait(timedelta(seconds=2))
    assert len(bench.public()) == 1


def test_a_lock_that_is_only_met_in_writing_is_not_run_into_every_few_minutes(bench: DeskBench) -> None:
    bench.mastodon.fault("POST /api/v1/statuses", "status", times=2, **LOCKED)
    published(bench)
    for _ in range(4):
        bench.wait(AGAIN)
    assert len(bench.mastodon.requests("POST /api/v1/statuses")) == 1, "reading works, and shows nothing of the lock"
    assert len([line for line in room(bench) if "The network has locked acme" in line]) == 1
    assert bench.rows(Account)[0].is_locked
    bench.wait(LOCK)
    bench.wait(AGAIN)
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.mastodon.requests("POST /api/v1/statuses")) == 2
    assert len([line for line in room(bench) if "The network has locked acme" in line]) == 2
    bench.press("Dario", "Reconnect", "")
    bench.wait(timedelta(seconds=2))
    bench.press("Bruno", "Publish now", "P1")
    assert len(bench.public()) == 1
    assert not bench.rows(Account)[0].is_locked


def test_any_success_with_the_account_shows_that_its_access_works(bench: DeskBench) -> None:
    published(bench, "Up")
    with bench.store.write() as session:
        session.get_one(Account, "acme").lose_access("revoked", bench.now)
    bench.press("Bruno", "Delete on acme", "U1")
    assert "[Let it stand]" in bench.told()[-1]
    assert "still stands on acme: access to it is lost" in bench.told()[-1]
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    assert bench.public() == []


def test_a_deletion_that_is_held_can_be_taken_back(bench: DeskBench) -> None:
    published(bench, "Up")
    bench.mastodon.act("settings", revoke_token="acme")
    bench.press("Bruno", "Delete on acme", "U1")
    bench.press("Bruno", "Delete on acme", "U1")
    assert "being taken down from acme already" in bench.whispered("Bruno")
    (ordered,) = bench.deliveries("deletion")
    bench.press("Bruno", "Let it stand", f"D{ordered.id}")
    bench.press("Bruno", "Let it stand", f"D{ordered.id}")
    assert "Nothing takes P1 down from acme any more." in bench.whispered("Bruno")
    bench.mastodon.act("settings", restore_token="acme")
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    assert len(bench.public()) == 1
    assert "Bruno lets P1 stand on acme." in bench.told()[-1]


def test_held_by_a_stop_too_it_waits_for_both(bench: DeskBench) -> None:
    held(bench, "Twice")
    bench.say("Ada", "stop acme")
    bench.mastodon.act("settings", restore_token="acme")
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    assert bench.public() == []
    assert "acme is stopped" in bench.told()[-1]
    bench.say("Bruno", "resume acme")
    bench.wait(timedelta(seconds=2))
    assert len(bench.public()) == 1
