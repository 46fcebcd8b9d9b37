"""Whose turn it is to write: one at a time, and who goes first goes first."""

import threading

import pytest

from models.turn import Turn
from support.patience import PATIENCE
from support.world import eventually


def waits(turn: Turn, name: str, order: list[str], *, first: bool = False) -> threading.Thread:
    """A thread that wants the turn."""

    def take() -> None:
        with turn.taken(first=first):
            order.append(name)

    thread = threading.Thread(target=take)
    thread.start()
    return thread


def test_one_has_the_turn_and_who_goes_first_is_next() -> None:
    turn, order = Turn(), list[str]()
    with turn.taken(first=False):
        threads = [waits(turn, "patient", order), waits(turn, "urgent", order, first=True)]
        eventually(lambda: turn.waiting == 2)
        assert order == []
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["urgent", "patient"]


def test_a_turn_that_ends_in_an_exception_is_over() -> None:
    turn = Turn()
    with pytest.raises(ValueError, match="no"), turn.taken(first=False):
        raise ValueError("no")
    with turn.taken(first=True):
        assert turn.waiting == 0


def test_many_threads_all_get_their_turn_and_never_two_at_once() -> None:
    turn, inside, most, done = Turn(), [0], [0], list[int]()

    def work(n: int) -> None:
        for _ in range(50):
            with turn.taken(first=n % 3 == 0):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1
        done.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (sorted(done), most) == (list(range(12)), [1])
