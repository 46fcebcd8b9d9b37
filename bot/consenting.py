"""The ways in which whoever runs the bot gets what connects an account: a consent that comes back, or a pasted one."""

import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from bot.console import Typed, say
from bot.faults import Fault
from bot.networks import Logins, NoApp
from models.consent import CONSENT_LIFE, Consent, ConsentState
from models.credential import Found
from models.store import Store
from platforms.contract import OutcomeUnknown, PlatformError

#: Seconds between looks whether the person has come back.
PAUSE = 1.0


class NotConnected(Fault):
    """Nothing was stored; the text says why and what to do."""


def _hidden(typed: Typed, question: str) -> str:
    given = typed.hidden(question)
    if not given:
        raise NotConnected("Nothing was given, so nothing was changed.")
    return given


def by_token(logins: Logins, platform: str, typed: Typed) -> tuple[Found, ...]:
    """Ask for a token that the network's own pages gave, and take it. Raises NotConnected."""
    return _spoken(lambda: logins.take(platform, _hidden(typed, "The token (it is not shown): ")))


def by_paste(logins: Logins, platform: str, typed: Typed) -> tuple[Found, ...]:
    """Send the person to the network, and ask for the address at which their browser ended. Raises NotConnected."""
    secret = secrets.token_urlsafe(32)
    say("Open this address in a browser, signed in as somebody who manages the account, and agree:")
    say(logins.consent(platform, secret))
    say(f"Your browser then ends at {logins.redirect(platform)}?…, perhaps with an error. Copy that whole address.")
    given = parse_qs(urlsplit(_hidden(typed, "The address (it is not shown): ")).query)
    code, brought = (given.get(key, [""])[0] for key in ("code", "state"))
    if not hmac.compare_digest(brought.encode(), secret.encode()):
        raise NotConnected("That address does not belong to this attempt. Begin anew, and copy the whole address.")
    if not code:
        said = given.get("error_description", given.get("error", ["it gave no code"]))[0]
        raise NotConnected(f"The network gave nothing: {said}")
    return _spoken(lambda: logins.exchange(platform, code))


def by_return(logins: Logins, platform: str, store: Store, pause: Callable[[float], None] = time.sleep) -> int:
    """Send the person to the network and wait until the running bot has met them again; the number of the consent.

    Raises NotConnected, also when ten minutes are over.
    """
    now = datetime.now(UTC)
    with store.write() as session:
        consent, secret = Consent.begin(platform=platform, account="", member_id=None, origin={}, now=now)
        session.add(consent)
        session.flush()
        number = consent.number
    say("Open this address in a browser, signed in as somebody who manages the account, and agree:")
    say(logins.consent(platform, secret))
    say(f"It leads back to {logins.redirect(platform)}, where the running bot meets you. I wait; Ctrl-C ends that.")
    while datetime.now(UTC) < now + CONSENT_LIFE:
        with store.read() as session:
            consent = session.get_one(Consent, number)
        if consent.state == ConsentState.CHOOSING:
            return number
        if consent.state == ConsentState.FAILED:
            raise NotConnected(f"The network gave nothing: {consent.reason}")
        pause(PAUSE)
    raise NotConnected(
        "Nobody came back within ten minutes. Does “bottega run” run, and does [web] public_url lead to it?"
    )


def _spoken(act: Callable[[], tuple[Found, ...]]) -> tuple[Found, ...]:
    try:
        return act()
    except (PlatformError, OutcomeUnknown) as error:
        raise NotConnected(f"The network refused: {error}") from error
    except NoApp as error:
        raise NotConnected(
            f"There is no app for {error}. Register one there, then write [apps.{error}] with its id into config.toml, "
            f"and BOTTEGA_APPS__{str(error).upper()}__SECRET into secrets.env."
        ) from error
