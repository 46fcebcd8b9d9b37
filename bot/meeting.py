"""Meeting the networks: whose token each account has, asked now and then, and that they call us where they can."""

from collections.abc import Callable, Collection, Iterable

import structlog

from bot.keyring import Keyring
from handlers.delivery import access, identity
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import OurAccount
from models.account import Account
from models.trace import traced
from platforms.contract import AccessLost, CallsUs, OutcomeUnknown, PlatformError

log = structlog.get_logger()


class Meeting:
    """Asks one account's network after the other; blocks, so that it runs in a thread."""

    def __init__(
        self,
        keyring: Keyring,
        keep: Callable[[Callable[[Desk], Iterable[Effect]]], None],
        callers: Collection[str] = (),
    ) -> None:
        """`keep` stores what the desk decides; `callers`: platforms whose calls this desk can verify."""
        self._keyring = keyring
        self._keep = keep
        self._callers = callers

    def meet(self, account: OurAccount) -> None:
        """Learn whose token it is; a network that does not answer is asked again another time."""
        with traced(account=account.name):
            try:
                if not account.has_token:
                    raise AccessLost(self._keyring.unopened.get(account.name, "it has no token yet"))
                decide = identity.ask(account)
            except AccessLost as error:
                refusal = error  # the name of an exception ends with its block
                self._keep(lambda desk: access.lost(desk, account.name, refusal, account.version))
            except (PlatformError, OutcomeUnknown) as error:
                log.warning("an account could not be asked who it is", account=account.name, reason=str(error))
            except Exception:
                log.exception("a bug met the question who an account is", account=account.name)
            else:
                if self._decided(account, decide):
                    self._ask_for_calls(account)

    def _decided(self, account: OurAccount, decide: identity.Decide) -> bool:
        """Store what the answer means; returns whether the token is the account's own."""
        own = False

        def kept(desk: Desk) -> Iterable[Effect]:
            nonlocal own
            yield from decide(desk)
            own = identity.is_confirmed(desk.session.get(Account, account.name), account)

        self._keep(kept)
        return own

    def _ask_for_calls(self, account: OurAccount) -> None:
        platform = account.platform
        if platform.name not in self._callers or not isinstance(platform, CallsUs):
            return
        try:
            platform.call_us()
        except (PlatformError, OutcomeUnknown) as error:
            log.warning("a network does not call us about an account", account=account.name, reason=str(error))
