"""Budgets as they are sent: whole minor units, for each day or for all of it, and never under the account's least."""

from datetime import timedelta

from sandbox.meta.ads.account import AdAccount
from sandbox.meta.ads.refusals import too_low, wrong
from sandbox.meta.ads.tree import Purse
from sandbox.meta.errors import GraphError
from sandbox.meta.graph import Call

#: Changes of an ad set's budget in an hour (meta.md 6.5).
MOST_CHANGES = 4


def check_budget(call: Call, ads: AdAccount, *, required: bool, days: int = 1) -> bool:
    """Whether the call brings a budget. Raises GraphError 100 where it brings two, too little, or none that it must.

    `days`: how long it runs, for the least of a lifetime budget.
    """
    daily, lifetime = call.get("daily_budget"), call.get("lifetime_budget")
    if daily is not None and lifetime is not None:
        raise wrong("Two budgets", "Set either a daily budget or a lifetime budget.", blame=("daily_budget",))
    if daily is None and lifetime is None:
        if required:
            raise wrong("Budget required", "You must set a daily budget or a lifetime budget.", blame=("daily_budget",))
        return False
    least = ads.settings.min_budget * (1 if lifetime is None else days)
    if (daily if lifetime is None else lifetime) < least:
        raise too_low(f"{least} in the minor unit of {ads.settings.currency}")
    return True


def days_of(call: Call, ads: AdAccount, purse: Purse | None) -> int:
    """How many days it is to run, at least one. Raises GraphError 100 (1487033) where it ends before it begins."""
    start = max(call.get("start_time", purse.start if purse else ads.settled), ads.settled)
    end = call.get("end_time", purse.end if purse else None)
    if end is None or end.timestamp() == 0:
        return 1
    if "end_time" in call.params and end <= start:
        raise wrong("End time in the past", "The end must lie after the start and in the future.", 1_487_033)
    daily = call.get("daily_budget", purse.daily if purse else None)
    if daily is not None and "end_time" in call.params and end - (purse.start if purse else start) <= timedelta(days=1):
        raise wrong("Too short for a daily budget", "With a daily budget it must run for more than 24 hours.")
    return max(1, int((end - start) / timedelta(days=1)))


def count_change(purse: Purse, ads: AdAccount) -> None:
    """Raises GraphError 613 (1487632) at the fifth change of the budget in an hour."""
    while purse.changes and purse.changes[0] <= ads.settled - timedelta(hours=1):
        purse.changes.popleft()
    if len(purse.changes) >= MOST_CHANGES:
        text = "(#613) Calls to this api have exceeded the rate limit."
        sentence = "The budget of an ad set can be changed four times in an hour."
        raise GraphError(613, text, subcode=1_487_632, title="Budget changed too often", user_message=sentence)
    purse.changes.append(ads.settled)
