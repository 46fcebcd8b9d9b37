"""A post's way to the network, and every end of it."""

from datetime import timedelta
from typing import Any

from models.account import Access, Account
from models.delivery import DeliveryState
from models.member import Member
from models.post import Post, PostState
from support.bench import DeskBench
from support.paper import words
from support.posts import approved, draft, published, submitted

POSTING = "POST /api/v1/statuses"


def labels(bench: DeskBench, chat: str = "slack") -> list[str]:
    return [button.label for button in bench.card("P1", chat=chat).buttons]


def state(bench: DeskBench) -> str:
    return bench.deliveries()[0].state


def failed(bench: DeskBench, **fault: Any) -> None:
    """P1 refused by the network."""
    approved(bench)
    bench.mastodon.fault(POSTING, "status", **{"status": 422, "body": '{"error": "Text is banned here"}', **fault})
    bench.press("Bruno", "Publish now", "P1")


# -- published


def test_an_approved_post_is_published_where_it_should_and_nowhere_else(bench: DeskBench) -> None:
    published(bench)
    assert [s["text"] for s in bench.public("acme")] == ["Hello, world"]
    assert bench.public("acme_it") == []
    assert bench.post().state == PostState.PUBLISHED
    url = bench.public("acme")[0]["url"]
    for chat in ("slack", "telegram"):
        assert bench.told(chat=chat)[-1] == f"P1 stands on acme: {url}"
        assert any(b.url == url for b in bench.card("P1", chat=chat).buttons)
    assert bench.actions() == ["drafted", "submitted", "approved", "accepted", "published_now", "published"]


def test_a_post_leaves_with_everything_that_was_approved(bench: DeskBench) -> None:
    cat = bench.picture()
    parts = "One\n---\nTwo\n---\nThree"
    more: dict[str, Any] = {"warning": "numbers", "visibility": "unlisted", "language": "it"}
    published(bench, parts, files=(cat,), alt="a red square", link="https://example.com", **more)
    third, second, first = bench.public()
    assert [s["text"] for s in (first, second, third)] == ["One\n\nhttps://example.com", "Two", "Three"]
    assert (second["reply_to"], third["reply_to"]) == (first["id"], second["id"])
    assert [m["description"] for m in first["media"]] == ["a red square"]
    assert (first["warning"], first["visibility"], first["language"]) == ("numbers", "unlisted", "it")


def test_a_scheduled_post_leaves_at_its_hour_and_not_before(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1 tomorrow 9:30")
    bench.wait(timedelta(hours=23, minutes=29))
    assert bench.public() == []
    bench.wait(timedelta(minutes=1))
    assert len(bench.public()) == 1


def test_a_post_is_published_once_all_its_accounts_have_it(bench: DeskBench) -> None:
    bench.mastodon.act("settings", scopes={"acme_it": "read"})
    published(bench, accounts=("acme", "acme_it"))
    assert bench.post().state == PostState.UNFINISHED
    assert "P1 · Not everywhere" in bench.shown("P1")
    bench.mastodon.act("settings", scopes={"acme_it": "read write"})
    bench.press("Bruno", "Retry · acme_it", "U2")
    assert bench.post().state == PostState.PUBLISHED
    assert (len(bench.public("acme")), len(bench.public("acme_it"))) == (1, 1)


def test_a_card_says_which_revision_stands_where_after_an_edit(bench: DeskBench) -> None:
    bench.mastodon.act("settings", scopes={"acme_it": "read"})
    published(bench, "Old words", accounts=("acme", "acme_it"))
    bench.mastodon.act("settings", scopes={"acme_it": "read write"})
    bench.say("Ada", "edit P1 New words")
    bench.press("Bruno", "Approve", "P1")
    assert bench.button("Publish now", "P1").confirm == "Publish P1 on acme_it now?"
    bench.press("Bruno", "Publish now", "P1")
    assert "Bruno publishes P1 on acme_it now." in bench.told()
    assert [s["text"] for s in bench.public("acme") + bench.public("acme_it")] == ["Old words", "New words"]
    shown = bench.shown("P1")
    assert "acme · revision 1 · 9 / 500\nOld words\nacme_it · 9 / 500\nNew words" in shown
    assert "acme: published Mon 23 Nov 2026, 10:00 (Europe/Rome) (revision 1)\nacme_it: published" in shown


# -- nothing leaves that is not approved as it stands


def test_what_was_changed_behind_the_desks_back_does_not_leave(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    with bench.store.write() as session:
        post = session.get(Post, 1)
        assert post
        content = post.content.model_copy(update={"text": "Never approved"})
        post.content_json, post.digest = content.model_dump(mode="json"), content.digest()
    bench.wait(timedelta(days=1))
    assert bench.public() == []
    assert "it is not what was approved" in bench.told()[-1]
    assert state(bench) == DeliveryState.HELD


def test_what_an_approver_approved_who_left_since_does_not_leave(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    with bench.store.write() as session:
        bruno = session.get(Member, 2)
        assert bruno
        bruno.active = False
    bench.wait(timedelta(days=1))
    assert bench.public() == []
    assert "its approvals do not suffice any more" in bench.direct("Ada")[-1]


def test_a_post_for_an_account_that_is_gone_is_refused_with_the_names_there_are(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    bench.reshape(accounts={"acme_it": bench.account("acme_it")})
    bench.wait(timedelta(days=1))
    assert "There is no account called “acme”. There are: acme_it." in bench.told()[-1]
    assert "acme" in bench.shown("P1")


# -- certainly not there


def test_a_refused_post_says_why_where_it_was_decided_and_to_whom_it_concerns(bench: DeskBench) -> None:
    failed(bench)
    assert bench.post().state == PostState.UNFINISHED
    sentence = "P1 was not published: acme refused the content (Text is banned here). Edit it and submit that."
    assert bench.told()[-1].startswith(sentence)
    assert "[Retry] [Edit] [Leave]" in bench.told()[-1]
    assert bench.direct("Ada")[-1].startswith(sentence)
    assert bench.direct("Bruno")[-1].startswith(sentence)
    assert labels(bench) == ["Edit", "Withdraw", "Retry", "Leave"]


def test_a_retry_sends_it_once_more_and_only_once(bench: DeskBench) -> None:
    failed(bench)
    button = bench.button("Retry", "U1")
    bench.act(bench.pressed("Bruno", button))
    assert len(bench.public()) == 1
    assert "Bruno tries P1 on acme again." in bench.told()
    bench.act(bench.pressed("Dario", button))
    told = bench.whispered("Dario").splitlines()
    assert told[:2] == ["P1 · Published", "That button belongs to an earlier try. This is P1 as it is now."]
    assert len(bench.public()) == 1


def test_two_retries_at_once_are_one(bench: DeskBench) -> None:
    failed(bench)
    button = bench.button("Retry", "U1")
    with bench.store.write() as session:
        bench.router.handle(session, bench.pressed("Bruno", button), bench.now)
    bench.act(bench.pressed("Dario", button))
    assert bench.whispered("Dario") == "That was settled already; open the post again to see how."
    assert len(bench.public()) == 1


def test_only_publishers_settle_failures(bench: DeskBench) -> None:
    failed(bench)
    for label in ("Retry", "Leave"):
        bench.press("Ada", label, "U1")
        assert "role “publisher”" in bench.whispered("Ada")
    bench.act(bench.pressed("Bruno", bench.button("Retry", "U1").model_copy(update={"subject": "U99"})))
    assert bench.whispered("Bruno") == "There is no U99 here."


def test_a_failed_post_can_be_edited_approved_and_published(bench: DeskBench) -> None:
    failed(bench)
    sheet = bench.papers["slack"].sheets[-1]
    bench.act(bench.pressed("Ada", next(b for b in sheet.card.buttons if b.label == "Edit")))
    bench.fill("Ada", bench.form, text="Nicer words")
    assert bench.post().state == PostState.REVIEW
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert [s["text"] for s in bench.public()] == ["Nicer words"]


def test_a_failed_post_can_be_left_and_then_has_nothing_to_retry(bench: DeskBench) -> None:
    failed(bench)
    bench.press("Bruno", "Leave", "U1")
    assert labels(bench) == ["Edit", "Withdraw"]
    assert "Bruno leaves P1 on acme as it is." in bench.told()
    assert bench.post().state == PostState.UNFINISHED


def test_a_failed_post_can_be_published_by_command(bench: DeskBench) -> None:
    failed(bench)
    bench.say("Bruno", "publish P1")
    assert len(bench.public()) == 1
    assert bench.post().state == PostState.PUBLISHED


def test_what_finds_the_access_lost_is_held_and_the_card_says_so(bench: DeskBench) -> None:
    bench.mastodon.act("settings", revoke_token="acme")
    published(bench)
    held = "P1 is held: access to acme is lost. It goes on by itself when that works again."
    assert bench.told()[-1] == held
    assert "held: access to this account is lost; it goes on by itself" in bench.shown("P1")
    assert bench.rows(Account, Account.name == "acme")[0].access == Access.LOST
    assert "access lost" in bench.actions("acme")
    draft(bench, "Another")
    assert "We have lost access to this account" in bench.shown("P2")


def test_a_missing_right_says_so(bench: DeskBench) -> None:
    bench.mastodon.act("settings", scopes={"acme": "read"})
    published(bench)
    assert "P1 was not published: acme does not allow it" in bench.told()[-1]


def test_a_busy_network_is_waited_for_and_the_card_says_so(bench: DeskBench) -> None:
    failed(bench, status=429, body='{"error": "Too many requests"}', headers={"X-RateLimit-Remaining": "0"})
    assert "waiting: The network asks us to slow down. Next try Mon 23 Nov 2026" in bench.shown("P1")
    assert bench.post().state == PostState.SCHEDULED
    bench.wait(timedelta(minutes=20))
    assert bench.post().state == PostState.PUBLISHED


def test_a_network_that_never_comes_back_is_given_up_and_told(bench: DeskBench) -> None:
    failed(bench, status=429, body='{"error": "Too many requests"}', times=50)
    for _ in range(12):
        bench.wait(timedelta(minutes=20))
    assert "acme could not take it (The network asks us to slow down). Press Retry to try again." in bench.told()[-1]
    assert state(bench) == DeliveryState.FAILED


# -- what stays


def test_the_card_of_a_post_is_one_message_that_changes(bench: DeskBench) -> None:
    submitted(bench)
    cards = [s for s in bench.papers["slack"].sheets if not s.reply_to]
    assert [s.place.room for s in cards] == ["CTEAM", "CREVIEW"]
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert [words(s.card).splitlines()[0] for s in cards] == ["P1 · Published"] * 2
    assert len([s for s in bench.papers["slack"].sheets if not s.reply_to]) == 2
