"""The list of our accounts on the networks: who they are there, whether the token works, what they can and take."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Row, Style, sentence, text
from handlers.delivery.access import reconnect_button
from handlers.delivery.strangers import answers
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.team.accountwords import abilities_in_words, access_in_words, ads_in_words, limits_in_words, our_accounts
from handlers.team.consents import costs_in_words
from handlers.times.when import describe
from handlers.words import N_
from models.account import Access, Account
from models.credential import Credential
from models.member import Role


@registry.command("accounts", N_("List our accounts, what they can and whether their access works"))
def accounts(desk: Desk, command: Command) -> Iterator[Effect]:
    """A row for each."""
    t = desk.t
    rows = tuple(_row(desk, account, known) for account, known in our_accounts(desk))
    if rows:
        yield Whisper(card=Card(title=t.n("{count} account", "{count} accounts", len(rows)), rows=rows))
    else:
        yield Whisper(
            card=sentence(
                t("No account is set up yet. Whoever runs me adds [accounts.NAME] to config.toml and starts me again.")
            )
        )


def _row(desk: Desk, account: OurAccount, known: Account | None) -> Row:
    t, platform = desk.t, account.platform
    handle = text(f"@{known.handle}", url=known.url) if known and known.handle else text("–")
    name = account.name if account.title == account.name else f"{account.title} ({account.name})"
    credential = desk.session.get(Credential, account.name) if desk.setup.login(account.name) else None
    lines = (
        *ads_in_words(desk, known),
        *_connection(desk, credential),
        t("Can: {abilities}", abilities=abilities_in_words(desk, platform.can)),
        t("Takes: {limits}", limits=limits_in_words(desk, platform.limits)),
    )
    return Row(
        buttons=_buttons(desk, account, known, credential) if desk.member.has(Role.ADMIN) else (),
        spans=(
            text(name, Style.BOLD),
            text(f" · {platform.name.title()} · "),
            handle,
            text("\n".join((f" · {access_in_words(desk, known)}", *lines))),
        ),
    )


def _connection(desk: Desk, credential: Credential | None) -> Iterator[str]:
    """Until when a consent holds, and what was not agreed to."""
    if credential is None:
        return
    if credential.expires_at is not None:
        yield desk.t("Connected until {time}", time=describe(credential.expires_at, desk.zone, desk.language))
    yield from costs_in_words(desk, desk.t, credential.account, credential.missing)


def _buttons(
    desk: Desk, account: OurAccount, known: Account | None, credential: Credential | None
) -> tuple[Button, ...]:
    if known is not None and (stranger := known.stranger):
        return (*answers(desk.t, known, stranger), reconnect_button(desk, desk.t, account.name))
    if desk.setup.login(account.name) is not None and credential is None:
        return (Button(verb="connect", label=desk.t("Connect"), value=account.name),)
    lost = known is not None and (known.access == Access.LOST or known.ads_lost_at is not None)
    if credential is not None or lost:
        return (reconnect_button(desk, desk.t, account.name),)
    return ()
