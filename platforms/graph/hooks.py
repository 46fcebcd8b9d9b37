"""What Meta tells by calling: the verification of the address, and the changes in a batch."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platforms.graph.shapes import list_of
from platforms.graph.signing import is_authentic
from platforms.shapes import Json, id_of, part_of, text_of, time_of


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened."""

    account: str  #: remote id of our Page or account
    field: str
    value: Json
    at: datetime | None = None  #: when it was told, which is at most a little later, but for what is told again


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """What to answer when the address is verified (Graph API webhooks, "Verification requests"); None: refuse."""
    same = hmac.compare_digest(query.get("hub.verify_token", "").encode(), verify_token.encode())
    return query.get("hub.challenge", "") if verify_token and same and query.get("hub.mode") == "subscribe" else None


def is_signed(raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether the raw bytes were signed with the app's secret. Header names in any case."""
    signature = next((value for name, value in headers.items() if name.lower() == "x-hub-signature-256"), "")
    return is_authentic(raw, signature, secret)


def changes(body: Any, kind: str) -> Iterator[Change]:
    """Every change of every entry about that `object`, in whatever form the batch comes; nonsense is left out.

    An entry holds `changes`, or (as the Instagram Login documentation shows) one `field` and `value` itself.
    """
    for batch in list_of(body if isinstance(body, list) else [body]):
        if text_of(batch, "object") != kind:
            continue
        for entry in list_of(batch.get("entry")):
            account, told = id_of(entry), time_of(entry.get("time"))
            for change in list_of(entry.get("changes")) or [entry]:
                value = part_of(change, "value")
                if account and value:
                    yield Change(account, text_of(change, "field"), value, told)
