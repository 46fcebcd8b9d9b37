"""A process that writes to the audit log of a desk, as fast as it can."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot.audit_keys import AuditKeys
from bot.settings import DeskSettings, Settings
from models.audit import AuditEntry, append
from models.store import Store


def settings(folder: Path, database: str = "", secret_key: str = "") -> Settings:
    """A desk whose data lies in the folder."""
    return Settings(desk=DeskSettings(data=folder, database=database, secret_key=SecretStr(secret_key)))


def entry(action: str) -> AuditEntry:
    """Something that Ada did."""
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    return AuditEntry(at=at, actor="Ada", action=action, subject="P1", after={"ü": 1}, previous="", hash="")


def work(folder: str, database: str, secret_key: str, name: str, count: int) -> None:
    """Get ready and write so many entries, each in a transaction of its own."""
    keys = AuditKeys(settings(Path(folder), database, secret_key))
    store = Store(database, ring=keys.ring)
    keys.ready(store, datetime.now(UTC))
    for number in range(count):
        with store.write() as session:
            append(session, entry(f"{name} {number}"))
    store.close()
