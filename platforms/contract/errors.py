"""What is certain after a failure, and who can act on it."""

from datetime import timedelta

from platforms.contract.outside import clean


class OutcomeUnknown(Exception):
    """The request left, no sure answer came back. Stands alone: catching TryLater or PlatformError never catches it."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(clean(reason))


class PlatformError(Exception):
    """The network said no, and it is certain that nothing happened. `reason`: the network's own words."""

    def __init__(self, reason: str = "") -> None:
        self.reason = clean(reason)  # which is stored and shown
        super().__init__(self.reason or type(self).__doc__ or type(self).__name__)


class TryLater(PlatformError):
    """It certainly did not happen, and may work later. `after`: not before, as a span from now; None where unknown."""

    def __init__(self, reason: str = "", after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class RateLimited(TryLater):
    """Too many requests."""


class QuotaSpent(RateLimited):
    """The account has used up what the network takes of such things in a day; others it takes."""


class Unreachable(TryLater):
    """The network could not be reached, or is in trouble."""


class MediaNotReady(TryLater):
    """The network is still processing the media."""


class Permanent(PlatformError):
    """It certainly did not happen and will not, until a person changes something."""


class AccessLost(Permanent):
    """The token is invalid, revoked or expired: the account must be connected again."""


class AccountLocked(AccessLost):
    """The network has locked the account: it must be put right there, another token would not help."""


class AdsAccessLost(AccessLost):
    """The token for ads is invalid, revoked or expired. It says nothing of the account's own, which may go on."""


class NotPermitted(Permanent):
    """The token lacks a scope, or the network forbids this to the account."""


class ContentRefused(Permanent):
    """The network refused the content, for the reason it gave."""


class Gone(Permanent):
    """What it was about does not exist any more."""


class Unsupported(Permanent):
    """This server cannot do that."""


class BudgetSpent(Permanent):
    """A paid network's credit is used up."""


class CannotTell(Exception):
    """`find` has no evidence either way; a member must be asked. Not a PlatformError: nothing was refused."""
