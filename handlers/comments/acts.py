"""What can be done about a comment or its author; shared by ordering it and doing it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk import Desk
from handlers.words import N_
from models.conversation import Comment
from models.delivery import UNDER_WAY, Delivery
from models.errors import WrongMoment
from platforms.contract import Can


@dataclass(frozen=True)
class Act:
    """One kind of act: what the account must be able to do, the mark it sets on the comment, how it is called."""

    allowed: Callable[[Can], bool]
    mark: str
    value: bool
    name: str  #: English catalogue key
    help_line: str
    on_author: bool = False


ACTS = {
    "like": Act(lambda can: can.likes, "liked", True, N_("like"), N_("Like a comment")),
    "unlike": Act(lambda can: can.likes, "liked", False, N_("take back a like"), N_("Take a like back")),
    "repost": Act(lambda can: can.reposts, "reposted", True, N_("repost"), N_("Repost a comment to our followers")),
    "unrepost": Act(lambda can: can.reposts, "reposted", False, N_("take back a repost"), N_("Take a repost back")),
    "mute": Act(lambda can: can.mutes, "muted", True, N_("mute"), N_("Mute the author"), on_author=True),
    "unmute": Act(lambda can: can.mutes, "muted", False, N_("unmute"), N_("Hear of the author again"), on_author=True),
    "block": Act(lambda can: can.blocks, "blocked", True, N_("block"), N_("Block the author"), on_author=True),
    "unblock": Act(lambda can: can.blocks, "blocked", False, N_("unblock"), N_("Unblock the author"), on_author=True),
    "hide": Act(lambda can: can.hides, "hidden", True, N_("hide"), N_("Hide a comment from the public")),
    "unhide": Act(lambda can: can.hides, "hidden", False, N_("show again"), N_("Show a hidden comment again")),
    "remove_comment": Act(
        lambda can: can.removes_comments, "removed", True, N_("remove"), N_("Remove a comment for good")
    ),
}
REPORT = Act(lambda can: can.reports, "reported", True, N_("report"), N_("Report a comment to the network"))
REASONS = {
    "spam": N_("Spam"),
    "legal": N_("Against the law"),
    "violation": N_("Against the server's rules"),
    "other": N_("Something else"),
}


def refuse_if_under_way(desk: Desk, comment: Comment, act: Act) -> None:
    """Refuse while an act that sets the same mark is on its way."""
    if any(act_of(delivery).mark == act.mark for delivery in _under_way(desk, comment)):
        raise WrongMoment("That is on its way already; the card of {comment} will show it.", comment=comment.code)


def is_being_removed(desk: Desk, comment: Comment) -> bool:
    """Whether our order to remove it is on its way."""
    return any(act_of(delivery).mark == "removed" for delivery in _under_way(desk, comment))


def _under_way(desk: Desk, comment: Comment) -> Sequence[Delivery]:
    query = select(Delivery).where(
        Delivery.subject == comment.code, Delivery.kind == "act", col(Delivery.state).in_(UNDER_WAY)
    )
    return desk.session.exec(query).all()


def on(comment: Comment) -> dict[str, str]:
    """What an act is ordered on, by the network's ids."""
    return {"comment": comment.remote_id, "author": comment.author_id}


def act_of(delivery: Delivery) -> Act:
    """The act that a delivery carries."""
    return ACTS.get(delivery.payload["act"], REPORT)
