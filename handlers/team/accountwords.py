"""What can be said of our accounts in a few words: whether the token works, what it can, how much fits."""

from collections.abc import Iterator

from handlers.delivery.strangers import state_in_words
from handlers.desk import Desk
from handlers.setup import OurAccount
from handlers.times.when import describe
from handlers.words import N_
from models.account import Access, Account
from platforms.contract import Can, Limits

ABILITIES = {
    "threads": N_("threads"),
    "content_warning": N_("content warnings"),
    "languages": N_("languages"),
    "first_comment": N_("a first comment"),
    "deletes": N_("deleting"),
    "reads_comments": N_("reading comments"),
    "streams": N_("hearing of comments at once"),
    "replies": N_("replying"),
    "private_replies": N_("replying privately"),
    "likes": N_("liking"),
    "reposts": N_("reposting"),
    "mutes": N_("muting"),
    "blocks": N_("blocking"),
    "reports": N_("reporting"),
    "hides": N_("hiding comments"),
    "removes_comments": N_("removing comments"),
    "closes_comments": N_("closing posts for comments"),
    "measures": N_("counting reactions"),
    "boosts": N_("boosting"),
    "audiences": N_("keeping audiences"),
    "page_settings": N_("changing its page"),
}


def our_accounts(desk: Desk) -> Iterator[tuple[OurAccount, Account | None]]:
    """Every account of config.toml with what is remembered of it."""
    for name, account in desk.setup.accounts.items():
        yield account, desk.session.get(Account, name)


def access_in_words(desk: Desk, known: Account | None) -> str:
    """Whether the token works, as last seen, and when that was."""
    t = desk.t
    if known is None or known.checked_at is None:
        return t("not asked yet")
    when = describe(known.checked_at, desk.zone, t.lang)
    if stranger := known.stranger:
        return t("{state} ({time})", state=state_in_words(t, known, stranger), time=when)
    if known.access == Access.LOST:
        return t("access lost: {reason} ({time})", reason=known.access_reason, time=when)
    return t("works, as seen {time}", time=when)


def ads_in_words(desk: Desk, known: Account | None) -> Iterator[str]:
    """That the token for ads does not work, as last heard."""
    if known is not None and known.ads_lost_at is not None:
        when = describe(known.ads_lost_at, desk.zone, desk.t.lang)
        yield desk.t("access to its ad account lost: {reason} ({time})", reason=known.ads_reason, time=when)


def abilities_in_words(desk: Desk, can: Can) -> str:
    """What the account can do besides publishing."""
    told = [desk.t(said) for flag, said in ABILITIES.items() if getattr(can, flag)]
    if can.visibilities:
        told.append(desk.t("visibilities ({names})", names=", ".join(desk.t(name) for name in can.visibilities)))
    return ", ".join(told) or "–"


def limits_in_words(desk: Desk, limits: Limits) -> str:
    """How much the account takes."""
    t = desk.t
    told = [
        t.n("{count} character", "{count} characters", limits.text),
        t.n("{count} image", "{count} images", limits.images),
        t.n("{count} video", "{count} videos", limits.videos),
        t("images up to {size} MB", size=round(limits.image_bytes / 1_000_000)),
        t("videos up to {size} MB", size=round(limits.video_bytes / 1_000_000)),
        t("alt text up to {count} characters", count=limits.alt_text),
    ]
    if limits.url_length is not None:
        told.append(t("every link counts as {count}", count=limits.url_length))
    return " · ".join(told)
