"""What can be done with what stands on a network: closing it for comments, reposting it, and taking that back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handlers.cards import Button
from handlers.desk import Desk
from handlers.words import N_
from models.member import Role
from models.publication import Publication
from platforms.contract import Can


@dataclass(frozen=True)
class Act:
    """One kind of act: what the account must be able to do, the mark it sets on the publication, how it is called."""

    allowed: Callable[[Can], bool]
    method: str  #: of the platform; it takes the publication's remote id, and done already is success there
    mark: str
    value: bool
    role: Role
    help_line: str  #: English catalogue key, as all that follow
    label: str
    done: str
    deed: str  #: what the log calls it once it has happened
    sure: str = ""  #: asked before it is ordered
    is_public: bool = False  #: people are shown something by it, so that a stop holds it


ACTS = {
    "close_comments": Act(
        allowed=lambda can: can.closes_comments,
        method="close_comments",
        mark="comments_closed",
        value=True,
        role=Role.MODERATOR,
        help_line=N_("Close a publication for comments"),
        label=N_("Close comments · {account}"),
        done=N_("Nobody can comment on {post} on {account} any more."),
        deed="comments closed",
        sure=N_("Shall nobody be able to comment on it any more on {account}?"),
    ),
    "open_comments": Act(
        allowed=lambda can: can.closes_comments,
        method="open_comments",
        mark="comments_closed",
        value=False,
        role=Role.MODERATOR,
        help_line=N_("Open a publication for comments again"),
        label=N_("Open comments · {account}"),
        done=N_("{post} on {account} is open for comments again."),
        deed="comments opened",
    ),
    "repost_post": Act(
        allowed=lambda can: can.reposts,
        method="repost",
        mark="reposted",
        value=True,
        role=Role.PUBLISHER,
        help_line=N_("Repost a publication to our followers"),
        label=N_("Repost on {account}"),
        done=N_("{post} is reposted on {account}."),
        deed="post reposted",
        sure=N_("Show it to the followers of {account} once more? That costs nothing."),
        is_public=True,
    ),
    "unrepost_post": Act(
        allowed=lambda can: can.reposts,
        method="unrepost",
        mark="reposted",
        value=False,
        role=Role.PUBLISHER,
        help_line=N_("Take the repost of a publication back"),
        label=N_("Undo repost · {account}"),
        done=N_("The repost of {post} on {account} is taken back."),
        deed="repost of post undone",
    ),
}


def buttons(desk: Desk, publication: Publication) -> Iterator[Button]:
    """What the account can do with what stands there, where it is not so already."""
    account = desk.setup.accounts.get(publication.account)
    if account is None or not publication.remote_id:
        return
    t = desk.room_t
    for verb, act in ACTS.items():
        if act.allowed(account.platform.can) and getattr(publication, act.mark) is not act.value:
            label, sure = t(act.label, account=account.title), t(act.sure, account=account.title) if act.sure else ""
            yield Button(verb=verb, label=label, subject=publication.code, confirm=sure)
