"""The list of our accounts on the networks: who they are there, whether the token works, what they can and take."""

from collections.abc import Iterator

from handlers.cards import Card, Row, Style, sentence, text
from handlers.delivery.access import reconnect_button
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.team.accountwords import abilities_in_words, access_in_words, limits_in_words, our_accounts
from handlers.words import N_
from models.account import Access, Account
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
    lines = (
        t("Can: {abilities}", abilities=abilities_in_words(desk, platform.can)),
        t("Takes: {limits}", limits=limits_in_words(desk, platform.limits)),
    )
    lost = known is not None and known.access == Access.LOST
    return Row(
        buttons=(reconnect_button(desk, t, account.name),) if lost and desk.member.has(Role.ADMIN) else (),
        spans=(
            text(name, Style.BOLD),
            text(f" · {platform.name.title()} · "),
            handle,
            text("\n".join((f" · {access_in_words(desk, known)}", *lines))),
        ),
    )
