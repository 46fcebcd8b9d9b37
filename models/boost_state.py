"""The states of a boost, and the machine that leads from one to another: see models.boost."""

from enum import StrEnum


class BoostState(StrEnum):
    """Where a boost stands."""

    REVIEW = "review"  #: wished for; its price is asked for, then it is agreed to
    ORDERING = "ordering"  #: agreed to; its parts are being made, and it is switched on
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"  #: it shall spend nothing more, and the network has not confirmed that
    ENDED = "ended"  #: its time or money is over
    STOPPED = "stopped"
    REFUSED = "refused"  #: the network's review refused the ad
    FAILED = "failed"  #: the network did not take the order; nothing runs
    WITHDRAWN = "withdrawn"  #: given up before it was ordered


S = BoostState
#: States that nothing leads out of by itself.
OVER = frozenset({S.ENDED, S.STOPPED, S.REFUSED, S.FAILED, S.WITHDRAWN})
#: States of wishes: nothing of them runs, and members may order them.
OPEN = (S.REVIEW, S.FAILED)
#: action -> (states it is allowed in, state after it)
MACHINE: dict[str, tuple[frozenset[BoostState], BoostState]] = {
    "revise": (frozenset({S.REVIEW, S.FAILED}), S.REVIEW),
    "withdraw": (frozenset({S.REVIEW, S.FAILED}), S.WITHDRAWN),
    "accept": (frozenset({S.REVIEW}), S.ORDERING),
    "open_round": (frozenset({S.ORDERING}), S.REVIEW),
    "fail": (frozenset({S.ORDERING}), S.FAILED),
    "retry": (frozenset({S.FAILED}), S.ORDERING),
    "start": (frozenset({S.ORDERING, S.PAUSED}), S.RUNNING),
    "pause": (frozenset({S.RUNNING}), S.PAUSED),
    "stop": (frozenset({S.ORDERING, S.RUNNING, S.PAUSED}), S.STOPPING),
    "stopped": (frozenset({S.STOPPING}), S.STOPPED),
    "end": (frozenset({S.RUNNING, S.PAUSED}), S.ENDED),
    "reject": (frozenset({S.RUNNING, S.PAUSED}), S.REFUSED),
    "reawaken": (frozenset({S.ENDED, S.STOPPED, S.REFUSED, S.FAILED, S.WITHDRAWN}), S.STOPPING),
}
