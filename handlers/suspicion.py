"""What of a text is not what it seems: characters that nobody sees, links that lead elsewhere than they look."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sqlmodel import col, select

from handlers.cards import Paragraph, paragraph
from handlers.desk import Desk
from handlers.invisible import unseen_in
from handlers.lookalikes import hosts_in, odd_hosts
from handlers.words import Translator
from models.account import Account
from models.profile import Profile
from models.publication import Publication

#: Warnings of one card, and publications whose hosts are known as ours.
MOST, RECENT = 8, 20


def suspicions(desk: Desk, t: Translator, texts: Iterable[tuple[str, str]]) -> Iterator[Paragraph]:
    """A warning for each thing that is odd in the texts, (what it is, words); what is in several is said once."""
    said: dict[str, list[str]] = {}
    ours: set[str] | None = None
    for label, words in texts:
        sentences = [found.in_words(t) for found in unseen_in(words)]
        if hosts_in(words):
            ours = _ours(desk) if ours is None else ours
            sentences += [found.in_words(t) for found in odd_hosts(words, ours)]
        for sentence in sentences:
            where = said.setdefault(sentence, [])
            if label not in where:
                where.append(label)
    for sentence, labels in list(said.items())[:MOST]:
        yield paragraph(f"⚠️ {', '.join(labels)}: {sentence}")
    if len(said) > MOST:
        yield paragraph(
            "⚠️ " + t.n("And {count} more of that kind.", "And {count} more of that kind.", len(said) - MOST)
        )


def _ours(desk: Desk) -> set[str]:
    """The hosts of our accounts and sites."""
    hosts = set(desk.setup.hosts)
    hosts |= {handle.rpartition("@")[2] for handle in desk.session.exec(select(Account.handle)).all()}
    for info in desk.session.exec(select(Profile.info)).all():
        hosts |= {_host(str(info.get(name) or "")) for name in ("website", "url")}
    live = select(Publication.url).where(Publication.url != "").order_by(col(Publication.id).desc()).limit(RECENT)
    hosts |= {_host(url) for url in desk.session.exec(live).all()}
    return {host for host in hosts if "." in host}


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
