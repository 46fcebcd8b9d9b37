"""Which accounts a new draft is for before anybody has chosen."""

from collections.abc import Iterator

from handlers.desk import Desk
from handlers.setup import OurAccount
from models.post import Content
from platforms.contract import Outgoing, Problem

#: What an account that takes words alone has nothing against.
WORDS = Outgoing(parts=("x",))


def preselected(desk: Desk, *, words_alone: bool = False) -> tuple[str, ...]:
    """Names of the accounts that the settings preselect.

    `words_alone`: a message without files is at hand. Accounts that refuse such are left out, unless that leaves none.
    """
    ours = [account for account in desk.setup.accounts.values() if account.preselected]
    taking = [account for account in ours if _refusal(account) is None] if words_alone else []
    return tuple(account.name for account in taking or ours)


def left_out(desk: Desk, content: Content) -> Iterator[str]:
    """A sentence for each preselected account that the content is not for because it is words alone."""
    for account in desk.setup.accounts.values():
        if account.preselected and account.name not in content.accounts and (problem := _refusal(account)):
            said = desk.t(problem.sentence, **problem.params)
            yield desk.t("{account} is not chosen: {problem}", account=account.title, problem=said)


def _refusal(account: OurAccount) -> Problem | None:
    return next((problem for problem in account.platform.problems(WORDS) if not problem.warning), None)
