"""Two people, two chats, two threads at the same moment: one of them is first, on both databases."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from handlers.intents import Pressed
from handlers.router import Handled
from models.audit import chain
from models.conversation import Comment
from models.inbound import Inbound
from models.store import Store
from platforms.contract import RemoteAuthor, RemoteComment
from support.bench import START
from support.inbox_bench import InboxBench
from support.stage import Stage

HEARD = RemoteComment("500", RemoteAuthor("77", "pia@far.example", "Pia"), "What a loaf!", START)


@pytest.fixture
def desk(either: Store, mastodon: Stage, tmp_path: Path) -> InboxBench:
    made = InboxBench(either, mastodon, tmp_path / "media")
    made.look()
    return made


def at_once(*acts: Callable[[], object]) -> None:
    """All of them start at the same moment; what one raises fails the test."""
    ready, raised = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait(5)
            act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not raised


def pressing(desk: InboxBench, who: str, chat: str, verb: str, subject: str, came: list[Handled]) -> Callable[[], None]:
    intent = Pressed(origin=desk.origin(who, chat), verb=verb, subject=subject)

    def press() -> None:
        with desk.store.write() as session:
            came.append(desk.router.handle(session, intent, desk.now))

    return press


def test_of_two_who_take_one_holds_and_the_other_is_told_who(desk: InboxBench) -> None:
    desk.commented()
    came: list[Handled] = []
    at_once(
        pressing(desk, "Chiara", "slack", "take", "C1", came), pressing(desk, "Elena", "telegram", "take", "C1", came)
    )
    refusals = sorted(handled.refusal for handled in came)
    assert refusals[0] == ""
    assert "C1 is held by" in refusals[1]


def test_send_pressed_in_both_chats_sends_once(desk: InboxBench) -> None:
    said = desk.commented()
    desk.preview()
    came: list[Handled] = []
    at_once(*(pressing(desk, "Chiara", chat, "send_reply", "R1", came) for chat in ("slack", "telegram")))
    desk.deliver()
    assert sorted("sent already" in handled.refusal for handled in came) == [False, True]
    assert len(desk.answers(said)) == 1


def test_an_act_ordered_by_two_is_ordered_once(desk: InboxBench) -> None:
    desk.commented()
    came: list[Handled] = []
    at_once(*(pressing(desk, who, "slack", "like", "C1", came) for who in ("Chiara", "Elena")))
    assert len(desk.deliveries("act")) == 1


def test_what_stream_and_look_tell_at_once_is_one_comment_in_one_conversation(desk: InboxBench) -> None:
    at_once(*(lambda: desk.reader.keep("acme", [HEARD]) for _ in range(6)))
    assert len(desk.rows(Comment)) == 1
    assert desk.rows(Inbound) == []


def test_two_who_write_to_the_audit_log_at_once_make_one_chain(desk: InboxBench) -> None:
    first_wrote, written = threading.Event(), list[str]()

    def follow() -> None:
        first_wrote.wait(5)
        write("second")

    def write(name: str) -> None:
        with desk.store.write() as session:
            desk.desk(session, "Ada").audit(name, "P1")
            written.append(name)
            first_wrote.set()
            if name == "first":
                second.join(0.5)

    second = threading.Thread(target=follow)
    second.start()
    write("first")
    second.join(30)
    assert written == ["first", "second"]
    with desk.store.read() as session:
        assert chain(session).broken_at is None
