"""What is said of an account that has another identity's token: to admins once, and wherever it is spoken of."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Tone, sentence
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.telling import alarm
from handlers.words import Translator
from models.account import Account, Stranger


def told_of(desk: Desk, row: Account, stranger: Stranger) -> Iterator[Effect]:
    """Where posts are reviewed, and to the admins, with what an admin can do."""
    yield from alarm(desk, lambda to: stranger_card(to, to.room_t, row, stranger), admins=True)


def told_again(desk: Desk, row: Account) -> Iterator[Effect]:
    """The account has its own token again."""

    def card(to: Desk) -> Card:
        told = to.room_t(
            "{account} has its own token again, that of {own}. What was held for it goes out now, in its order.",
            account=_title(to, row.name),
            own=own_label(row),
        )
        return sentence(told)

    yield from alarm(desk, card)


def stranger_card(desk: Desk, t: Translator, row: Account, stranger: Stranger) -> Card:
    """Whose token it is, what that stops, and the two ways on."""
    return sentence(in_words(desk, t, row, stranger), *answers(t, row, stranger))


def in_words(desk: Desk, t: Translator, row: Account, stranger: Stranger) -> str:
    """What is the matter and what ends it."""
    given = {"account": _title(desk, row.name), "own": own_label(row), "other": stranger.label}
    if stranger.twin:
        told = t(
            "{account} and {twin} have tokens of the same account, {other}. So that nothing goes out twice, nothing "
            "goes out as {account} and nothing is read for it. Give {account} a token of its own, or take one of the "
            "two out of config.toml; then start me again.",
            twin=_title(desk, stranger.twin),
            **given,
        )
    elif not is_one_network(row, stranger):
        told = t(
            "{account} was {own} on {before} and has a token of {other} on {network}. Nothing goes out as {account} "
            "and nothing is read for it. Give {other} a name of its own in config.toml, and start me again.",
            before=row.platform.title(),
            network=stranger.platform.title(),
            **given,
        )
    else:
        told = t(
            "{account} is {own}, but its token belongs to {other}. Nothing goes out as {account} and nothing is read "
            "for it until it has its own token again.",
            **given,
        )
        if not stranger.is_dropped:
            told += " " + t(
                "If {other} is the same account, and only its network calls it otherwise now, an admin says so: what "
                "was approved for {own} is then reviewed again.",
                **given,
            )
    if stranger.is_dropped:
        told += " " + t("An admin has dropped what waited for it.")
    return told


def state_in_words(t: Translator, row: Account, stranger: Stranger) -> str:
    """The same in a few words, for lists."""
    if stranger.twin:
        return t("not used: its token belongs to {other}, which is {twin}", other=stranger.label, twin=stranger.twin)
    return t("not used: its token belongs to {other}, and it is {own}", other=stranger.label, own=own_label(row))


def answers(t: Translator, row: Account, stranger: Stranger) -> tuple[Button, ...]:
    """What an admin can say to it."""
    given = {"revision": row.others, "value": row.name}
    drop = Button(
        verb="drop_token",
        label=t("Drop"),
        tone=Tone.DANGER,
        confirm=t("Drop everything that waits for {account}? None of it goes out by itself then.", account=row.name),
        **given,
    )
    same = Button(
        verb="same_account",
        label=t("It is the same account"),
        confirm=t("{account} is {other} from now on. Is it the same account?", account=row.name, other=stranger.label),
        **given,
    )
    if stranger.is_dropped:
        return (same,) if can_be_same(row, stranger) else ()
    return (same, drop) if can_be_same(row, stranger) else (drop,)


def can_be_same(row: Account, stranger: Stranger) -> bool:
    """Whether an account can have become what its token says; it cannot change its network, nor be two of ours."""
    return not stranger.twin and is_one_network(row, stranger)


def is_one_network(row: Account, stranger: Stranger) -> bool:
    """Whether the account and the stranger are on the same one."""
    return row.platform == stranger.platform


def own_label(row: Account) -> str:
    """How the account's own identity is called."""
    return f"@{row.handle}" if row.handle else row.title or row.remote_id


def _title(desk: Desk, name: str) -> str:
    known = desk.setup.accounts.get(name)
    return known.title if known else name
