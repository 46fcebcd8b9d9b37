"""A token that belongs to another identity: nothing leaves with it, an admin is told once, and says what it means."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.vault import fingerprint
from handlers import outbox
from handlers.cards import Button
from handlers.delivery import identity
from handlers.delivery.access import OtherIdentity
from handlers.delivery.checking import AGAIN
from handlers.desk import Desk
from handlers.setup import OurAccount
from models.account import Access, Account
from models.approval import Approval
from models.delivery import DeliveryState
from models.post import PostState
from support.bench import TOKENS, DeskBench
from support.paper import buttons, words
from support.posts import approved, published, submitted

WHOAMI = "GET /api/v1/accounts/verify_credentials"
POSTING = "POST /api/v1/statuses"


def given(bench: DeskBench, name: str, token: str, **more: Any) -> None:
    """The desk is started anew, and the account has that token."""
    with_it = bench.account(name)
    other = next(key for key, value in TOKENS.items() if value == token)
    platform = bench.account(other).platform
    fresh = replace(with_it, **{"platform": platform, "fingerprint": partial(fingerprint, "", [token]), **more})
    accounts: dict[str, OurAccount] = {**bench.setup.accounts, name: fresh}
    bench.reshape(accounts=accounts)
    bench.deliverer = bench.new_deliverer()


def swapped(bench: DeskBench) -> None:
    """Acme was met; from now on its token is that of acme_it, which is no account of the desk."""
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    meet(bench)
    given(bench, "acme", TOKENS["acme_it"])


def meet(bench: DeskBench, name: str = "acme") -> None:
    """The network is asked whose token it is, as each process does at its start."""
    with bench.store.write() as session:
        desk = Desk(session=session, now=bench.now, setup=bench.setup)
        outbox.keep(desk, identity.ask(bench.setup.accounts[name])(desk))
    bench.deliver()


def row(bench: DeskBench, name: str = "acme") -> Account:
    return bench.rows(Account, Account.name == name)[0]


def room(bench: DeskBench, said: str, *, chat: str = "slack") -> list[str]:
    return [text for s in bench.papers[chat].sheets if said in (text := words(s.card))]


def pressable(bench: DeskBench, label: str) -> Button:
    """The newest button with that label on what the rooms were told."""
    found = [b for s in bench.papers["slack"].sheets for b in buttons(s.card) if b.label == label]
    return found[-1]


def press(bench: DeskBench, who: str, button: Button) -> None:
    bench.act(bench.pressed(who, button))


def everywhere(bench: DeskBench) -> list[str]:
    return [post["text"] for name in TOKENS for post in bench.public(name)]


# -- held --------------------------------------------------------------------------------------------------------------


def test_what_was_approved_for_one_account_is_not_published_on_another(bench: DeskBench) -> None:
    swapped(bench)
    published(bench)
    assert everywhere(bench) == []
    assert bench.mastodon.requests(POSTING) == []
    (sent,) = bench.deliveries()
    assert (sent.state, sent.error) == (DeliveryState.HELD, OtherIdentity.__name__)
    known = row(bench)
    assert known.access == Access.LOST
    assert known.handle == "acme@social.example", "it is what it was"
    assert known.stranger
    assert known.stranger.handle == "acme_it@social.example"
    assert "The token of this account is another's" in bench.shown("P1")


def test_an_admin_is_told_once_and_the_state_is_shown_everywhere(bench: DeskBench) -> None:
    swapped(bench)
    published(bench)
    meet(bench)
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    for chat in ("slack", "telegram"):
        assert len(room(bench, "acme is @acme@social.example, but its token belongs to @acme_it@", chat=chat)) == 1
    assert len([said for said in bench.direct("Dario") if "its token belongs to @acme_it@" in said]) == 1
    assert not bench.direct("Bruno")
    assert bench.actions("acme") == ["other identity"]
    bench.say("Dario", "accounts")
    shown = bench.whispered("Dario")
    assert "its token belongs to @acme_it@social.example, and it is @acme@social.example" in shown
    assert "[It is the same account]" in shown
    assert "[Drop]" in shown
    bench.say("Bruno", "accounts")
    assert "[Drop]" not in bench.whispered("Bruno")
    bench.say("Bruno", "status")
    assert "its token belongs to @acme_it" in bench.whispered("Bruno")


def test_a_token_that_is_known_again_is_not_asked_about(bench: DeskBench) -> None:
    meet(bench)
    bench.deliverer = bench.new_deliverer()
    before = len(bench.mastodon.requests(WHOAMI))
    given(bench, "acme", TOKENS["acme"])
    bench.setup.accounts["acme"].platform.whoami()  # what a new process asks for the network's clock
    published(bench)
    assert len(bench.mastodon.requests(WHOAMI)) == before + 1
    assert len(bench.public()) == 1


def test_another_token_of_the_same_identity_is_asked_about_once_and_then_used(bench: DeskBench) -> None:
    meet(bench)
    acme = bench.setup.accounts["acme"]
    bench.reshape(accounts={"acme": replace(acme, fingerprint=partial(fingerprint, "", ["renewed"]))})
    bench.deliverer = bench.new_deliverer()
    before = len(bench.mastodon.requests(WHOAMI))
    published(bench)
    published(bench, "Second")
    bench.wait(timedelta(minutes=2))
    assert len(bench.mastodon.requests(WHOAMI)) == before + 1
    assert len(bench.public()) == 2


def test_nothing_is_published_because_nobody_could_be_asked(bench: DeskBench) -> None:
    swapped(bench)
    bench.mastodon.fault(WHOAMI, "status", status=503, times=99)
    published(bench)
    bench.wait(timedelta(minutes=5))
    assert everywhere(bench) == []
    assert [d.state for d in bench.deliveries()] == [DeliveryState.WAITING]
    bench.mastodon.calm()
    bench.wait(timedelta(minutes=16))
    assert everywhere(bench) == []
    assert [d.state for d in bench.deliveries()] == [DeliveryState.HELD]


def test_a_changed_token_that_may_not_tell_whose_it_is_is_not_used(bench: DeskBench) -> None:
    swapped(bench)
    bench.mastodon.act("settings", scopes={"acme_it": "write"})
    published(bench)
    assert everywhere(bench) == []
    assert [d.state for d in bench.deliveries()] == [DeliveryState.HELD]
    assert len(room(bench, "may not tell whose it is")) == 1
    bench.wait(AGAIN)
    bench.wait(AGAIN)
    assert len(room(bench, "may not tell whose it is")) == 1
    assert everywhere(bench) == []


def test_an_outcome_that_nobody_knows_is_not_looked_up_among_anothers_posts(bench: DeskBench) -> None:
    meet(bench)
    bench.mastodon.fault(POSTING, "drop_after")
    published(bench)
    assert [d.state for d in bench.deliveries()] == [DeliveryState.UNSURE]
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    given(bench, "acme", TOKENS["acme_it"])
    for _ in range(4):
        bench.wait(timedelta(minutes=1))
    assert [d.state for d in bench.deliveries()] == [DeliveryState.UNSURE], "absent there proves nothing"
    given(bench, "acme", TOKENS["acme"])
    for _ in range(4):
        bench.wait(timedelta(minutes=16))
    assert [d.state for d in bench.deliveries()] == [DeliveryState.DONE]
    assert len(everywhere(bench)) == 1


def test_the_right_token_resolves_it_by_itself_and_tells_so(bench: DeskBench) -> None:
    swapped(bench)
    published(bench)
    given(bench, "acme", TOKENS["acme"])
    bench.wait(AGAIN)
    assert row(bench).other is None
    bench.wait(timedelta(seconds=10))
    assert [post["text"] for post in bench.public()] == ["Hello, world"]
    assert bench.public("acme_it") == []
    assert len(room(bench, "acme has its own token again")) == 1
    assert bench.actions("acme") == ["other identity", "identity regained"]


def test_another_server_with_the_same_id_is_another_identity(bench: DeskBench) -> None:
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    meet(bench)
    given(bench, "acme", TOKENS["acme"], server="elsewhere.example", fingerprint=partial(fingerprint, "", ["there"]))
    published(bench)
    assert everywhere(bench) == []
    assert row(bench).stranger


def test_a_name_that_was_used_on_another_network_is_not_the_same_account(bench: DeskBench) -> None:
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    with bench.store.write() as session:
        known = session.get_one(Account, "acme")
        known.platform, known.remote_id, known.token_mark = "threads", "26000000000000001", ""
    published(bench)
    assert everywhere(bench) == []
    assert len(room(bench, "Give @acme@social.example a name of its own in config.toml")) == 1
    assert not [b for s in bench.papers["slack"].sheets for b in buttons(s.card) if b.verb == "same_account"]


def test_a_desk_from_before_goes_on_with_the_identity_that_it_knew(bench: DeskBench) -> None:
    meet(bench)
    with bench.store.write() as session:
        known = session.get_one(Account, "acme")
        known.server, known.token_mark = "", ""  # as an update leaves it
    published(bench)
    assert len(bench.public()) == 1
    assert row(bench).server == "social.example"
    assert bench.actions("acme") == []


# -- twins -------------------------------------------------------------------------------------------------------------


def test_two_accounts_with_one_token_publish_once(bench: DeskBench) -> None:
    meet(bench)
    given(bench, "acme_it", TOKENS["acme"])
    published(bench, accounts=("acme", "acme_it"))
    bench.wait(timedelta(minutes=2))
    assert everywhere(bench) == ["Hello, world"]
    states = {d.lane: d.state for d in bench.deliveries()}
    assert states == {"account:acme": DeliveryState.DONE, "account:acme_it": DeliveryState.HELD}
    (told,) = room(bench, "have tokens of the same account")
    assert "acme_it and acme" in told
    assert "[It is the same account]" not in told
    given(bench, "acme_it", TOKENS["acme_it"])
    bench.wait(AGAIN)
    bench.wait(timedelta(minutes=2))
    assert len(bench.public("acme_it")) == 1
    assert len(bench.public()) == 1


def test_of_two_that_were_one_for_long_the_first_of_the_settings_goes_on(bench: DeskBench) -> None:
    given(bench, "acme_it", TOKENS["acme"])
    who = bench.setup.accounts["acme"].platform.whoami()
    with bench.store.write() as session:
        for name in TOKENS:
            known = session.get_one(Account, name)
            known.remote_id, known.token_mark = who.remote_id, ""
    published(bench, accounts=("acme", "acme_it"))
    bench.wait(timedelta(minutes=2))
    assert everywhere(bench) == ["Hello, world"]
    assert (row(bench).other, bool(row(bench, "acme_it").other)) == (None, True)


# -- what an admin says ------------------------------------------------------------------------------------------------


def test_the_same_account_is_bound_and_what_was_approved_is_reviewed_again(bench: DeskBench) -> None:
    swapped(bench)
    published(bench)
    approved(bench, "Later")
    submitted(bench, "In review")
    old = bench.button("Approve", "P3")
    press(bench, "Bruno", pressable(bench, "It is the same account"))
    assert row(bench).stranger, "an admin says so, nobody else"
    press(bench, "Dario", pressable(bench, "It is the same account"))
    known = row(bench)
    assert (known.other, known.access, known.handle) == (None, Access.GOOD, "acme_it@social.example")
    bench.wait(timedelta(minutes=2))
    assert everywhere(bench) == []
    assert [post.state for post in bench.posts()] == [PostState.REVIEW] * 3
    assert bench.rows(Approval) == []
    bench.act(bench.pressed("Bruno", old))
    assert bench.post("P3").state == PostState.REVIEW, "that button is of before"
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(minutes=2))
    assert [post["text"] for post in bench.public("acme_it")] == ["Hello, world"]
    assert bench.actions("acme") == ["other identity", "same account"]
    assert len(room(bench, "Dario says that acme is @acme_it@social.example now")) == 1


def test_dropping_gives_up_what_waits_and_the_token_stays_unused(bench: DeskBench) -> None:
    swapped(bench)
    published(bench)
    button = pressable(bench, "Drop")
    press(bench, "Bruno", button)
    assert [d.state for d in bench.deliveries()] == [DeliveryState.HELD]
    press(bench, "Dario", button)
    (sent,) = bench.deliveries()
    assert (sent.state, sent.error) == (DeliveryState.FAILED, "DroppedToken")
    assert "an admin dropped it" in sent.reason
    told = bench.told()[-1]
    assert told.startswith("P1 was not published on acme: an admin dropped it"), told
    assert "Retry sends it, Leave gives it up." in told
    assert bench.post().state == PostState.UNFINISHED
    published(bench, "Another")
    assert everywhere(bench) == []
    given(bench, "acme", TOKENS["acme"])
    bench.wait(AGAIN)
    bench.wait(timedelta(minutes=2))
    assert [post["text"] for post in bench.public()] == ["Another"]
    bench.press("Bruno", "Retry", "U1")
    bench.wait(timedelta(minutes=2))
    assert len(bench.public()) == 2


@pytest.mark.parametrize("label", ["It is the same account", "Drop"])
def test_an_outdated_button_is_refused(bench: DeskBench, label: str) -> None:
    swapped(bench)
    published(bench)
    button = pressable(bench, label)
    given(bench, "acme", TOKENS["acme"])
    bench.wait(AGAIN)
    press(bench, "Dario", button)
    assert bench.handled.refusal
    assert row(bench).handle == "acme@social.example"
    given(bench, "acme", TOKENS["acme_it"])
    meet(bench)
    press(bench, "Dario", button)
    assert bench.handled.refusal, "it is of the first time"
    stranger = row(bench).stranger
    assert stranger
    assert not stranger.is_dropped


def test_the_longest_name_of_an_account_fits_its_buttons() -> None:
    for verb in ("same_account", "drop_token"):
        assert Button(verb=verb, label="", revision=999_999, value="a" * 40).code


def test_the_rest_of_a_chain_follows_once_it_is_approved_for_what_is_the_same_account(bench: DeskBench) -> None:
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    meet(bench)
    approved(bench, "One\n---\nTwo")
    bench.mastodon.fault("DELETE /api/v1/statuses/*", "status", status=403, body='{"error": "Not allowed"}')
    bench.mastodon.fault(POSTING, "slow", times=1, seconds=0)
    bench.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is banned here"}')
    bench.press("Bruno", "Publish now", "P1")
    assert everywhere(bench) == ["One"]
    bench.mastodon.calm()
    given(bench, "acme", TOKENS["acme_it"])
    meet(bench)
    press(bench, "Dario", pressable(bench, "It is the same account"))
    bench.press("Bruno", "Retry", "U1")
    bench.wait(timedelta(minutes=1))
    assert everywhere(bench) == ["One"], "nobody approved it for what the account is now"
    assert "its approvals do not suffice any more" in bench.told()[-1]
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(minutes=2))
    assert sorted(everywhere(bench)) == ["One", "Two"]
    assert bench.post().state == PostState.PUBLISHED


def test_what_a_member_left_for_good_is_not_reviewed_again(bench: DeskBench) -> None:
    bench.reshape(accounts={"acme": bench.setup.accounts["acme"]})
    meet(bench)
    bench.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is banned here"}')
    published(bench)
    bench.press("Bruno", "Leave", "U1")
    assert bench.post().state == PostState.UNFINISHED
    given(bench, "acme", TOKENS["acme_it"])
    meet(bench)
    press(bench, "Dario", pressable(bench, "It is the same account"))
    assert bench.post().state == PostState.UNFINISHED
    assert room(bench, "P1 is reviewed again") == []
    bench.mastodon.calm()
    bench.say("Bruno", "publish P1")
    bench.wait(timedelta(minutes=2))
    assert everywhere(bench) == [], "nobody approved it for what the account is now"
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(minutes=2))
    assert everywhere(bench) == ["Hello, world"]
