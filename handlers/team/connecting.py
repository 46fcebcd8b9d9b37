"""Connecting an account from chat: an admin is sent to the network and agrees there."""

from collections.abc import Iterator

from handlers import minting
from handlers.cards import Button, Card, Row, Style, is_number, paragraph, text
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.registry import registry
from handlers.team.consents import chosen
from handlers.times.when import describe
from handlers.words import N_
from models.consent import CONSENT_LIFE, Consent
from models.errors import NotAllowed, Unfit, WrongMoment
from models.member import Role


@registry.command(
    "connect",
    N_("Connect an account to its network, for the first time or again"),
    usage=N_("[ACCOUNT]"),
    role=Role.ADMIN,
)
def connect(desk: Desk, command: Command) -> Iterator[Effect]:
    """By the account's name, or its network's where there is one account of it; without either, what there is."""
    name = command.text.strip().lower()
    setup = desk.setup
    if not name:
        yield Whisper(card=_list(desk))
        return
    of_network = [account.name for account in setup.accounts.values() if account.platform.name == name]
    if name not in setup.accounts and len(of_network) > 1:
        raise Unfit("There are several: {accounts}. Type which.", accounts=", ".join(of_network))
    yield from _offered(desk, of_network[0] if name not in setup.accounts and of_network else name)


@registry.button("connect", "Opens the way to the network, where an admin lets me act for the account", role=Role.ADMIN)
def connect_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The same, pressed."""
    yield from _offered(desk, pressed.value)


@registry.button("connect_to", "Says which of the identities that a consent gave is the account", role=Role.ADMIN)
def connect_to(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Whoever agreed says so, in the place where they asked."""
    number, _, index = pressed.value.partition(".")
    if not (is_number(number) and is_number(index)):
        raise Unfit("That button is not one of mine, or too old. Open the card again and press there.")
    consent = desk.session.get(Consent, int(number), with_for_update=True)
    if consent is None:
        raise WrongMoment("That was chosen already, or is too long ago. Connect the account once more.")
    if consent.member_id != desk.member.id:
        raise NotAllowed("{member} agreed there and chooses.", member=desk.name_of(consent.member_id))
    yield from chosen(desk, consent, int(index)).effects


def _list(desk: Desk) -> Card:
    accounts = [account for account in desk.setup.accounts.values() if desk.setup.login(account.name)]
    if not accounts:
        raise Unfit(
            "No account here is connected by a consent. Whoever runs me makes their tokens on the networks' own pages."
        )
    rows = tuple(
        Row(
            spans=(text(account.title, Style.BOLD), text(f" · {account.platform.name.title()}")),
            buttons=(Button(verb="connect", label=desk.t("Connect"), value=account.name),),
        )
        for account in accounts
    )
    return Card(title=desk.t("Which account?"), rows=rows)


def _offered(desk: Desk, name: str) -> Iterator[Effect]:
    """The way to the network, for this member alone. Raises WrongMoment with what to do where there is none."""
    account, offer = desk.setup.account(name), desk.setup.login(name)
    network = account.platform.name
    assert desk.origin
    if offer is None:
        raise WrongMoment(
            "{account} has a token that is made on the network's own pages. Whoever runs me makes a new one, sets "
            "BOTTEGA_ACCOUNTS__{name}__TOKEN, and starts me again.",
            account=name,
            name=name.upper(),
        )
    if not offer.has_key:
        raise WrongMoment(
            "I have no key to seal tokens with, so I store none. Whoever runs me sets BOTTEGA_DESK__SECRET_KEY "
            "(“bottega init --key” prints one) and starts me again."
        )
    if not offer.has_app:
        raise WrongMoment(
            "I have no app at {network} yet. Whoever runs me registers one, writes [apps.{platform}] into config.toml "
            "and starts me again.",
            network=offer.title,
            platform=network,
        )
    if offer.address is None:
        raise WrongMoment(
            "{network} cannot send you back to me, because I have no public address. Whoever runs me types: "
            "bottega accounts connect {account}",
            network=offer.title,
            account=name,
        )
    origin = desk.origin.model_copy(update={"reach": {}}).model_dump(mode="json")
    consent, _unknown = Consent.begin(
        platform=network, account=name, member_id=desk.member.number, origin=origin, now=desk.now
    )
    desk.add(consent)
    desk.audit("began to connect an account", name)
    t = desk.t
    until = describe(desk.now + CONSENT_LIFE, desk.zone, desk.language)
    said = t(
        "Sign in there as somebody who manages {account}, and agree to everything you want me to do.", account=name
    )
    go = Button(verb="", label=t("Go to {network}", network=offer.title), url=offer.address(minting.TO_COME))
    footer = t("The way is yours alone and open once, until {time}.", time=until)
    yield Whisper(
        card=Card(body=(paragraph(said),), buttons=(go,), footer=footer), secret=True, mint=minting.of(consent)
    )
