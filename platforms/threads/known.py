"""What is known of the account: whose token it is, how much is left of the day, and where its posts stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from platforms.contract import AccessLost, Permanent
from platforms.graph.addresses import Addresses
from platforms.graph.calls import Graph
from platforms.graph.refusals import QUOTA_WAIT, QuotaSpent
from platforms.graph.shapes import Json, list_of, number_of, part_of, text_of
from platforms.threads import wire
from platforms.threads.wire import Me

#: How long a quota is believed.
FRESH = timedelta(hours=1)
#: Kind -> fields of "Publishing limits": posts (250 within 24 hours), replies (1000) and deletions (100).
QUOTAS = {
    "posts": ("quota_usage", "config"),
    "replies": ("reply_quota_usage", "reply_config"),
    "deletions": ("delete_quota_usage", "delete_config"),
}


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a kind the account may make within 24 hours, and how many it has."""

    used: int
    limit: int
    heard_at: datetime


class Known:
    """The account behind one token."""

    def __init__(self, graph: Graph, now: Callable[[], datetime]) -> None:
        self._graph = graph
        self._now = now
        self._me: Me | None = None
        self._quotas: dict[str, Quota] = {}
        self.addresses = Addresses()

    @property
    def me(self) -> Me:
        """Whose token it is, asked once. Raises AccessLost, NotPermitted, TryLater."""
        return self._me or self.ask_me()

    def ask_me(self) -> Me:
        """Whose token it is, asked now. Raises AccessLost, NotPermitted, TryLater."""
        self._me = wire.me(self._graph.read("/me", fields="id,username,name"))
        return self._me

    def spent(self, kind: str) -> Quota | None:
        """The quota of a kind, where it was used up within the last hour; never asks."""
        quota = self._quotas.get(kind)
        is_spent = quota and quota.used >= quota.limit and self._now() - quota.heard_at < FRESH
        return quota if is_spent else None

    def ask_quotas(self) -> None:
        """Hear how much is left; what the network does not tell is not known. Raises AccessLost, TryLater."""
        self._quotas = {}
        fields = ",".join(field for pair in QUOTAS.values() for field in pair)
        try:
            body = self._graph.read("/{}/threads_publishing_limit", self.me.id, fields=fields)
        except AccessLost:
            raise
        except Permanent:
            return
        row = next(iter(list_of(body)), {})
        for kind, (usage, config) in QUOTAS.items():
            used, limit = number_of(row, usage), number_of(part_of(row, config), "quota_total")
            if used is not None and limit:
                self._quotas[kind] = Quota(used, limit, self._now())

    def refuse_spent(self, kind: str) -> None:
        """Raise QuotaSpent where the network says now that no more of the kind is taken today."""
        self.ask_quotas()
        if quota := self.spent(kind):
            raise QuotaSpent(f"Threads takes {quota.limit} {kind} within 24 hours, and they are used up.", QUOTA_WAIT)

    def stands(self, post: Json) -> None:
        """Remember where a post stands."""
        self.addresses.seen(text_of(post, "permalink"), text_of(post, "id"))
