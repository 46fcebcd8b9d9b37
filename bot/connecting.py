"""Connecting accounts at the command line: which account is meant, and which identity it is."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from bot.consenting import NotConnected, by_paste, by_return, by_token
from bot.console import Typed, say
from bot.networks import Builder, Logins
from bot.settings import Settings
from bot.vault import NO_KEY
from handlers.desk import Desk
from handlers.setup import Setup
from handlers.team import consents
from models.consent import Consent
from models.credential import Found
from models.errors import Refused
from models.store import Store


def ready(logins: Logins, wanted: str) -> None:
    """Raise NotConnected with what must be set up before `wanted`, an account or a network, can be connected."""
    platform, _ = _meant(logins.settings, wanted)
    if platform not in logins.known:
        there = ", ".join(logins.known) or "none"
        raise NotConnected(
            f"“{wanted}” is no account of config.toml, nor a network at which a consent connects accounts ({there})."
            if wanted not in logins.settings.accounts
            else f"The token of {wanted} is made on the pages of its network: set BOTTEGA_ACCOUNTS__{wanted.upper()}"
            "__TOKEN. A consent connects accounts of: " + there
        )
    if not logins.vault.has_key:
        raise NotConnected(NO_KEY)
    if platform not in logins.apps:
        for step, words in enumerate(logins.steps(platform), 1):
            say(f"{step}. {words}")
        raise NotConnected(
            f"There is no app for {platform} yet. Register one as above, then write [apps.{platform}] with its id into "
            f"config.toml, and BOTTEGA_APPS__{platform.upper()}__SECRET into secrets.env."
        )


def connected(
    logins: Logins,
    store: Store,
    wanted: str,
    *,
    token: bool = False,
    paste: bool = False,
    identity: str = "",
    typed: Typed,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Get what a consent gives, find which account is which identity, store it, and say so.

    Raises NotConnected where nothing was stored.
    """
    settings = logins.settings
    platform, names = _meant(settings, wanted)
    number: int | None = None
    if token:
        found = by_token(logins, platform, typed)
    elif paste or settings.web.public_url is None:
        found = by_paste(logins, platform, typed)
    else:
        number = by_return(logins, platform, store, pause)
        with store.read() as session:
            found = session.get_one(Consent, number).choices
    if not found:
        raise NotConnected("The network gave no account that you manage; agree to at least one there.")
    say("It gave: " + "; ".join(f"{one.label}, id {one.remote_id}" for one in found))
    if not names:
        _sections(platform, found)
    setup = _setup(logins)
    chosen = list(_chosen(setup, store, names, found, identity, typed))
    if not chosen:
        raise NotConnected("None was chosen, so nothing was changed.")
    for name, one in chosen:
        _keep(setup, store, name, one, number)
    say("A bot that runs takes that over within seconds; “bottega doctor” looks whether it works.")


def _meant(settings: Settings, wanted: str) -> tuple[str, list[str]]:
    """The platform, and the accounts of config.toml that may be meant."""
    if wanted in settings.accounts:
        return settings.accounts[wanted].platform, [wanted]
    return wanted, [name for name, account in settings.accounts.items() if account.platform == wanted]


def _sections(platform: str, found: Sequence[Found]) -> None:
    """What is to be written into config.toml before anything can be stored."""
    for one in found:
        name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in one.name.lower())
        name = "_".join(filter(None, name.split("_")))[:40].strip("_") or platform
        name = name if name[0].isalpha() else f"{platform}_{name}"[:40].strip("_")
        title = json.dumps(one.name, ensure_ascii=False)
        say(f"\n[accounts.{name}]\nplatform = {json.dumps(platform)}\ntitle = {title}")
    raise NotConnected(
        "Nothing was stored: config.toml has no account of this network. Write the sections you want into it, then "
        "type this once more."
    )


def _chosen(
    setup: Setup, store: Store, names: Sequence[str], found: Sequence[Found], identity: str, typed: Typed
) -> Iterator[tuple[str, Found]]:
    """Account by account which of the identities it is; asked only where it cannot be known."""
    if identity and len(names) > 1:
        raise NotConnected(f"Name the account that is {identity}: {', '.join(names)}.")
    free = [one for one in found if not identity or _is(one, identity)]
    if not free:
        raise NotConnected(f"None of them is {identity}.")
    if len(names) == 1:
        yield names[0], free[_the_one(setup, store, names[0], free, typed)]
        return
    with store.read() as session:
        known = {name: ours for name in names if (ours := consents.identity_of(session, name)[0])}
    for name in sorted(names, key=lambda name: name not in known):
        of_it = [one for one in free if one.remote_id == known.get(name)]
        index = free.index(of_it[0]) if of_it else None if name in known else _picked(name, free, typed)
        if index is not None:
            yield name, free.pop(index)
        if not free:
            return


def _the_one(setup: Setup, store: Store, name: str, found: Sequence[Found], typed: Typed) -> int:
    with store.read() as session:
        desk = Desk(session=session, now=datetime.now(UTC), setup=setup)
        try:
            index = consents.the_one(desk, name, found)
        except Refused as refusal:
            raise NotConnected(str(refusal)) from refusal
    index = _picked(name, found, typed) if index is None else index
    if index is None:
        raise NotConnected("None was chosen, so nothing was changed.")
    return index


def _is(one: Found, identity: str) -> bool:
    return identity.removeprefix("@").casefold() in {one.remote_id.casefold(), one.handle.casefold()}


def _picked(name: str, found: Sequence[Found], typed: Typed) -> int | None:
    for number, one in enumerate(found, 1):
        say(f"{number}. {one.label}, id {one.remote_id}")
    line = typed.line(f"Which is {name}? Its number, or Enter for none: ")
    if line is None:
        raise NotConnected("Several are possible; say which by --identity ID.")
    if not line:
        return None
    if not (line.isdecimal() and 0 < int(line) <= len(found)):
        raise NotConnected(f"That is no number from 1 to {len(found)}; nothing was changed for {name}.")
    return int(line) - 1


def _keep(setup: Setup, store: Store, name: str, one: Found, number: int | None) -> None:
    with store.write() as session:
        desk = Desk(session=session, now=datetime.now(UTC), setup=setup)
        try:
            consents.connect(desk, name, one)
        except Refused as refusal:
            raise NotConnected(str(refusal)) from refusal
        if number is not None:
            session.get_one(Consent, number).settle()
        card = consents.connected_card(desk, desk.t, name, one)
    for line in card.body:
        say(line.spans[0].text)


def _setup(logins: Logins) -> Setup:
    settings = logins.settings
    return Setup(
        name=settings.desk.name,
        zone=settings.desk.zone,
        language="en",
        media_folder=settings.media_folder,
        accounts=Builder(settings, networks=logins.networks).all(),
        logins=logins.offers(),
    )
