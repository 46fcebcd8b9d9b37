"""Looks through the audit log for the doctor, compares it with a head that was kept, and takes it as it is."""

import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from bot.audit_keys import AuditKeys
from bot.audit_watch import HeadFile, missing
from bot.audit_words import compared_in_words, in_words
from bot.settings import Settings
from models import audit, audit_head
from models.audit_head import AuditHead, Head, Verdict
from models.audit_key import Because
from models.store import Store, lock_audit

#: A finding: whether it is well, and the sentence.
Said = tuple[bool, str]


def examined(settings: Settings) -> Iterator[Said]:
    """What there is to say of the log of a desk; nothing is changed. Nothing where its database is not up to date."""
    keys = AuditKeys(settings)
    with closing(Store(settings.database_url, ring=keys.ring)) as store:
        if store.schema() != "current":
            return
        kept = HeadFile(settings.desk.data).read()
        with store.read() as session:
            keys.load(session)
            chain, gone = audit.chain(session), missing(session, kept)
    yield chain.fault is None, in_words(chain)
    if gone is not None:
        way = "if the reason is known, “bottega doctor --audit-accept” takes the log as it is, under a new key"
        yield False, f"{compared_in_words(gone)}; {way}"
    if keys.path.exists() and stat.S_IMODE(keys.path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield False, f"others on this machine can read its key: chmod 600 {keys.path}"


def compared(store: Store, typed: str) -> Said:
    """What became of a head as somebody typed it; where the log contains it, also whether all of it fits."""
    try:
        head = audit_head.head_of(typed)
    except ValueError:
        return False, f"“{typed[:100]}” is no head: it is written NUMBER:HASH, as in the message or the backup"
    with store.read() as session:
        found = audit_head.compare(session, head)
        chain = audit.chain(session) if found.verdict is Verdict.HELD else None
    if chain is not None and chain.fault is not None:
        return False, f"{compared_in_words(found)}, but {in_words(chain)}"
    return found.verdict is Verdict.HELD, compared_in_words(found)


def accepted(settings: Settings, store: Store, now: datetime) -> Said:
    """Begin a new key, which pins what is there; the entry that says so names the heads that are missing."""
    keys, file = AuditKeys(settings), HeadFile(settings.desk.data)
    with store.read() as session:
        keys.load(session)
        if audit.chain(session).fault is None and missing(session, file.read()) is None:
            return True, "it is whole and nothing is missing: there was nothing to accept, and its key stays"
    with store.write() as session:
        lock_audit(session)
        keys.load(session)
        found, row = missing(session, file.read()), session.get(AuditHead, 1)
        heads = {head.text for head in (file.read(), row and Head(row.number, row.hash), found and found.head) if head}
        store_ring = audit.ring_of(session)
        assert store_ring is not None, "it was opened with the keys"
        key = keys.begin(session, now, Because.ACCEPTED, missing=sorted(heads))
        store_ring.add(key)
        if row is not None:
            row.missing = ""
    with store.read() as session:
        keys.load(session)
        store_ring.take(keys.ring.keys)
        chain, last = audit.chain(session), audit_head.head(session)
    keys.settle()
    if last is not None:
        file.write(last)
    if chain.fault is not None:
        return False, f"it is taken as it is from entry {key.number} on; before that, {in_words(chain)}"
    return True, f"it is taken as it is from entry {key.number} on; {in_words(chain)}"
