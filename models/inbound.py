"""What came in: stored before it is acknowledged, once for each event, worked in order."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import one_of, while_in
from models.trace import new_trace

#: Tries of an event whose files cannot be fetched or whose handling fails, before it is set aside and told.
MOST_TRIES = 5
#: What lets whoever has it answer a person in the desk's name, for minutes; and where a form carries that, as JSON.
WAYS_BACK = frozenset({"response_url", "response_urls", "trigger_id"})
CARRIED = "private_metadata"


class InboundState(StrEnum):
    """Where an event stands."""

    NEW = "new"
    DONE = "done"
    BROKEN = "broken"  #: set aside after a bug or a fetch that failed too often; its body is kept


class Inbound(SQLModel, table=True):
    """One authenticated event of a chat or a network."""

    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        one_of("state", InboundState),
        while_in("new", "ix_inbound_new", "source", "lane", "id"),
        while_in("broken", "ix_inbound_broken", "id"),
        while_in("done", "ix_inbound_done", "received_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str  #: "slack", "telegram"
    event_id: str  #: the source's own id of the event, or what makes it unique
    lane: str = ""  #: events of one lane are handled one at a time, in order: the person in the room
    keeper: str = ""  #: the process that heard it and handles it while it lives (models.lease)
    body: dict[str, Any] = Field(sa_type=JSON)
    state: str = InboundState.NEW.value
    tries: int = 0
    due_at: datetime
    error: str = ""  #: bug id or reason, once BROKEN
    received_at: datetime
    #: Born here; whatever follows from the event bears it.
    trace: str = Field(default_factory=new_trace, sa_column_kwargs={"server_default": ""})

    def done(self) -> None:
        """Handled; in the same transaction as what followed from it."""
        self.state = InboundState.DONE.value
        self.body = {}

    def again(self, reason: str, now: datetime) -> bool:
        """It could not be handled now; returns False when that was the last try and it is set aside."""
        self.tries += 1
        if self.tries >= MOST_TRIES:
            self.set_aside(reason)
            return False
        self.error = reason
        self.due_at = now + timedelta(seconds=2**self.tries)
        return True

    def set_aside(self, bug: str) -> None:
        """A bug met it: kept with the bug's id, for as long as it takes, and so without what answers the person."""
        self.state, self.error, self.body = InboundState.BROKEN.value, bug, without_ways_back(self.body)


class Cursor(SQLModel, table=True):
    """How far a source was read: "telegram" -> the next update id."""

    name: str = Field(primary_key=True)
    value: str


def without_ways_back(value: Any) -> Any:
    """The same without what answers a person. That is over when what is kept is read: whoever needs it falls back."""
    match value:
        case dict():
            kept = {name: item for name, item in value.items() if name not in WAYS_BACK}
            return {name: (_carried if name == CARRIED else without_ways_back)(item) for name, item in kept.items()}
        case list():
            return [without_ways_back(item) for item in value]
    return value


def _carried(written: Any) -> Any:
    try:
        return json.dumps(without_ways_back(json.loads(written)), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return ""  # none of ours
