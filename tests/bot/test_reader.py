"""Comments are read without gaps and without duplicates, whatever happens meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from structlog.testing import capture_logs

from bot import reader
from handlers.delivery import checking
from handlers.intents import Place
from models.account import Account
from models.conversation import Comment, CommentState
from models.inbound import Inbound, InboundState
from platforms.contract import ContentRefused, Page, RemoteAuthor, RemoteComment, Unsupported
from support.bench import START
from support.inbox_bench import InboxBench
from support.paper_network import PaperNetwork, account
from support.plans import writing

NOTES = "GET /api/v1/notifications"
HEARD = RemoteComment("500", RemoteAuthor("77", "pia@far.example", "Pia"), "What a loaf!", START)


class Killed(BaseException):
    """The process ends here."""


def texts(desk: InboxBench) -> list[str]:
    return [comment.text for comment in desk.rows(Comment)]


def cursor(desk: InboxBench) -> str:
    return desk.rows(Account, Account.name == "acme")[0].cursor


def test_the_first_look_takes_nothing_old(desk: InboxBench) -> None:
    desk.nora.mention("acme_it", "long ago")
    desk.look("acme_it")
    assert texts(desk) == []
    desk.nora.mention("acme_it", "just now")
    desk.look("acme_it")
    assert texts(desk) == ["@acme_it just now"]


def test_a_look_that_finds_nothing_new_waits_for_no_writer(desk: InboxBench) -> None:
    desk.look()
    with writing() as begun:
        desk.look()
    assert begun == []


def test_the_first_comment_ever_is_not_missed(desk: InboxBench) -> None:
    assert desk.mastodon.state()["notices"] == []
    desk.nora.mention("acme", "the very first")
    desk.look()
    assert texts(desk) == ["@acme the very first"]


def test_after_downtime_everything_comes_once_and_in_order(desk: InboxBench) -> None:
    desk.commented("before")
    said = [f"@acme {n}" for n in range(90)]
    for n in range(90):
        desk.nora.mention("acme", str(n))
    desk.restart()
    desk.reader.look(desk.setup.accounts["acme"])
    desk.reader.look(desk.setup.accounts["acme"])
    assert texts(desk) == ["@acme before", *said]


@pytest.mark.parametrize("step", ["collected", "kept"])
def test_a_process_killed_in_a_look_loses_nothing_and_doubles_nothing(desk: InboxBench, step: str) -> None:
    desk.commented("one")
    desk.nora.mention("acme", "two")

    def die(name: str) -> None:
        if name == step:
            raise Killed

    with pytest.raises(Killed):
        desk.new_reader(step=die).look(desk.setup.accounts["acme"])
    desk.look()
    assert texts(desk) == ["@acme one", "@acme two"]


def test_a_notification_told_twice_is_one_comment(desk: InboxBench) -> None:
    desk.mastodon.act("settings", notifications="doubled")
    desk.commented("twice")
    assert texts(desk) == ["@acme twice"]


def test_an_event_that_meets_a_bug_is_set_aside_and_stops_nothing(desk: InboxBench) -> None:
    poison = replace(HEARD, remote_id="501", text="\ud800 half a character")
    network = PaperNetwork(pages=[Page((HEARD, poison, replace(HEARD, remote_id="502")), "502")])
    with capture_logs() as logged:
        desk.reader.look(account(network))
    assert [(entry["log_level"], entry["account"]) for entry in logged] == [("error", "acme")]
    desk.deliver()
    assert [c.remote_id for c in desk.rows(Comment)] == ["500", "502"]
    (broken,) = desk.rows(Inbound)
    assert (broken.source, broken.state, broken.body["remote_id"]) == ("account:acme", InboundState.BROKEN, "501")
    assert cursor(desk) == "502"


def test_trouble_of_the_database_sets_nothing_aside(desk: InboxBench) -> None:
    before = cursor(desk)
    desk.nora.mention("acme", "hello")
    rename(desk, "card", "card_away")
    with pytest.raises(OperationalError):
        desk.look()
    rename(desk, "card_away", "card")
    assert (texts(desk), desk.rows(Inbound), cursor(desk)) == ([], [], before)
    desk.look()
    assert texts(desk) == ["@acme hello"]


class Shaken:
    """The places where comments arrive; asked for them the first time, the database is in trouble."""

    def __init__(self, places: tuple[Place, ...], trouble: DBAPIError) -> None:
        self.places, self.trouble = places, [trouble]

    def __iter__(self) -> Iterator[Place]:
        if self.trouble:
            raise self.trouble.pop()
        return iter(self.places)


def shaken(desk: InboxBench, kind: type[DBAPIError]) -> None:
    desk.reshape(inbox=Shaken(desk.setup.inbox, kind("INSERT", {}, Exception("the connection is closed"))))


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_lost_connection_sets_nothing_aside_whatever_it_is_called(desk: InboxBench, kind: type[DBAPIError]) -> None:
    desk.nora.mention("acme", "hello")
    shaken(desk, kind)
    with pytest.raises(kind):
        desk.look()
    assert (texts(desk), desk.rows(Inbound)) == ([], [])
    desk.look()
    assert texts(desk) == ["@acme hello"]


def test_where_somebody_was_quicker_all_of_it_is_stored_once_more(desk: InboxBench) -> None:
    desk.nora.mention("acme", "hello")
    shaken(desk, IntegrityError)
    desk.look()
    assert (texts(desk), desk.rows(Inbound)) == (["@acme hello"], [])


def test_an_event_that_the_database_always_refuses_is_set_aside_and_stops_nothing(desk: InboxBench) -> None:
    with desk.store.write() as session:
        refusal = (
            "CREATE TRIGGER t BEFORE INSERT ON comment WHEN new.remote_id = '501' BEGIN SELECT RAISE(ABORT, ''); END"
        )
        session.execute(text(refusal))
    network = PaperNetwork(
        pages=[Page((HEARD, replace(HEARD, remote_id="501"), replace(HEARD, remote_id="502")), "502")]
    )
    with capture_logs():
        desk.reader.look(account(network))
    assert [c.remote_id for c in desk.rows(Comment)] == ["500", "502"]
    assert [event.body["remote_id"] for event in desk.rows(Inbound)] == ["501"]


def rename(desk: InboxBench, table: str, name: str) -> None:
    with desk.store.write() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_very_much_news_is_read_in_several_looks(desk: InboxBench) -> None:
    pages = [Page((replace(HEARD, remote_id=str(n)),), str(n), more=True) for n in range(reader.PAGES + 2)]
    network = PaperNetwork(pages=list(pages))
    assert desk.reader.look(account(network)).more
    assert len(desk.rows(Comment)) == reader.PAGES


def test_a_network_that_always_says_more_is_not_asked_for_ever(desk: InboxBench) -> None:
    network = PaperNetwork(pages=[Page((), "7", more=True)] * 5)
    assert not desk.reader.look(account(network)).more
    assert len(network.asked) == 2


# -- read again --------------------------------------------------------------------------------------------------------


def test_what_no_stream_tells_is_seen_by_reading_again(desk: InboxBench) -> None:
    said = [desk.nora.mention("acme", f"n {n}")["id"] for n in range(reader.REREAD + 2)]
    desk.look()
    desk.nora.edit(said[0], "@acme first, edited")
    desk.nora.delete(said[-1])
    desk.look()
    desk.look()
    assert texts(desk)[0] == "@acme first, edited"
    assert desk.comment(len(said)).state == CommentState.GONE


def test_reading_again_has_a_price_that_does_not_grow(desk: InboxBench) -> None:
    for n in range(reader.REREAD * 2):
        desk.nora.mention("acme", f"n {n}")
    desk.look()
    seen = set()
    for _ in range(3):
        before = len(desk.mastodon.requests("GET /api/v1/statuses/*"))
        desk.look()
        asked = [r["path"] for r in desk.mastodon.requests("GET /api/v1/statuses/*")[before:]]
        assert len(asked) <= reader.REREAD
        seen |= set(asked)
    assert len(seen) == reader.REREAD * 2


def test_what_is_old_is_not_read_again_and_done_is_old_sooner(desk: InboxBench) -> None:
    desk.commented("old and open")
    passes(desk, reader.REREAD_SPAN - reader.REREAD_DONE)
    desk.commented("old and done")
    desk.press("Chiara", "Done", "C2")
    passes(desk, reader.REREAD_DONE + timedelta(hours=1))
    before = len(desk.mastodon.requests("GET /api/v1/statuses/*"))
    desk.look()
    assert len(desk.mastodon.requests("GET /api/v1/statuses/*")) == before


def test_what_is_changed_after_it_was_done_waits_again(desk: InboxBench) -> None:
    said = desk.commented("Is it free?")
    desk.press("Chiara", "Done", "C1")
    desk.nora.edit(said, "@acme Is it poison?")
    desk.look()
    assert texts(desk) == ["@acme Is it poison?"]
    assert desk.comment(1).state == CommentState.OPEN


def passes(desk: InboxBench, span: timedelta) -> None:
    desk.now += span
    desk.mastodon.act("clock", advance=span.total_seconds())


def test_a_comment_that_is_not_shown_alone_is_left_as_it_is(desk: InboxBench) -> None:
    said = desk.commented("hello")
    desk.mastodon.fault(f"GET /api/v1/statuses/{said}", "status", status=403, body='{"error": "not yours"}')
    assert desk.look().state == "polling"
    assert desk.comment().state == CommentState.OPEN


def test_what_was_read_before_the_network_had_enough_is_kept(desk: InboxBench) -> None:
    first, second = desk.commented("one"), desk.commented("two")
    desk.nora.edit(first, "@acme one, edited")
    match, headers = f"GET /api/v1/statuses/{second}", {"Retry-After": "120"}
    desk.mastodon.fault(match, "status", status=429, headers=headers)
    look = desk.look()
    assert (look.state, look.wait) == ("unreachable", 120.0)
    assert texts(desk) == ["@acme one, edited", "@acme two"]


# -- when the network does not answer ----------------------------------------------------------------------------------


def test_a_lost_token_is_told_once_and_read_on_after_it_is_back(desk: InboxBench) -> None:
    desk.commented("before")
    desk.mastodon.act("settings", revoke_token="acme")
    woken = desk.woken
    assert desk.look() == reader.Look("no access")
    assert desk.woken == woken + 1
    asked = len(desk.mastodon.requests(NOTES))
    assert desk.look().state == "no access"
    assert len(desk.mastodon.requests(NOTES)) == asked, "a network that refuses us is not asked in vain"
    assert desk.posted("acme has lost access to its network (The access token was revoked).") == 1
    desk.nora.mention("acme", "meanwhile")
    desk.mastodon.act("settings", restore_token="acme")
    desk.wait(checking.AGAIN)
    assert desk.look().state == "polling"
    assert texts(desk) == ["@acme before", "@acme meanwhile"]


def test_a_token_lost_while_reading_again_is_told_too(desk: InboxBench) -> None:
    said = desk.commented("before")
    for asked in (f"GET /api/v1/statuses/{said}", "GET /api/v1/accounts/verify_credentials"):
        desk.mastodon.fault(asked, "status", status=401, body='{"error": "revoked"}')
    assert desk.look().state == "no access"


def test_a_token_that_is_refused_for_comments_alone_is_not_lost(desk: InboxBench) -> None:
    desk.mastodon.fault(NOTES, "status", status=401, body='{"error": "The access token is invalid"}', times=9)
    assert desk.look() == reader.Look("refused", reader.REFUSED)
    assert desk.posted("acme has lost access") == 0


def test_a_network_in_trouble_is_asked_again_later(desk: InboxBench) -> None:
    desk.mastodon.fault(NOTES, "status", status=503, headers={"Retry-After": "30"})
    assert desk.look() == reader.Look("unreachable", 30.0)
    desk.mastodon.fault(NOTES, "drop_before", times=3)
    assert desk.look() == reader.Look("unreachable", 0.0)
    assert desk.look().state == "polling"


@pytest.mark.parametrize("refusal", [ContentRefused("no such cursor"), Unsupported("moved")])
def test_a_refusal_is_not_asked_for_every_minute(desk: InboxBench, refusal: Exception) -> None:
    look = desk.reader.look(account(PaperNetwork(pages=[refusal])))
    assert look == reader.Look("refused", reader.REFUSED)


def test_nothing_is_stored_after_the_end(desk: InboxBench) -> None:
    desk.reader.over.set()
    desk.hear(HEARD)
    desk.commented("late")
    assert texts(desk) == []
