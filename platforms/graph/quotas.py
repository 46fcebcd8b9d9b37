"""How much an account may still publish today, by what the network tells of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from platforms.contract import PlatformError, Problem, QuotaSpent, RateLimited
from platforms.graph.calls import Graph
from platforms.graph.refusals import QUOTA_WAIT
from platforms.graph.shapes import list_of
from platforms.shapes import count_of, part_of

log = structlog.get_logger()

#: How long a quota is believed.
FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a kind the account may make within 24 hours, and how many it has."""

    used: int
    limit: int
    heard_at: datetime


class Quotas:
    """The quotas of one account, by their kinds: "posts", "replies"."""

    def __init__(
        self,
        graph: Graph,
        network: str,
        path: str,
        fields: Mapping[str, tuple[str, str]],
        now: Callable[[], datetime],
    ) -> None:
        """`path` of the edge that tells them, with a {} for the account; `fields`: kind -> those of its use and limit.

        `network`: what it is called.
        """
        self._graph = graph
        self._network = network
        self._path = path
        self._fields = fields
        self._now = now
        self._heard: dict[str, Quota] = {}

    def ask(self, account_id: str) -> None:
        """Hear them; what is not told (for want of a scope, or in trouble) is not known. Never raises.

        Whether the account may publish at all is not to be learned here: the network says so where that is asked.
        """
        try:
            self._hear(account_id)
        except PlatformError as refusal:
            log.info("a quota is not told", network=self._network, reason=refusal.reason)

    def _hear(self, account_id: str) -> None:
        """The same. Raises what refuses."""
        self._heard = {}
        fields = ",".join(field for pair in self._fields.values() for field in pair)
        body = self._graph.read(self._path, account_id, fields=fields)
        row = next(iter(list_of(body)), {})
        for kind, (usage, config) in self._fields.items():
            used, limit = count_of(row, usage), count_of(part_of(row, config), "quota_total")
            if used is not None and limit:
                self._heard[kind] = Quota(used, limit, self._now())

    def problems(self) -> list[Problem]:
        """A warning where the posts of the day were used up within the last hour; never asks."""
        if quota := self._spent("posts"):
            given = {"network": self._network, "limit": quota.limit}
            return [
                Problem(
                    "{network} takes {limit} posts within 24 hours, and they are used up: what goes out now waits.",
                    given,
                    warning=True,
                )
            ]
        return []

    def refuse_spent(self, account_id: str, kind: str = "posts") -> None:
        """Raise QuotaSpent where the network says now that no more of the kind is taken today; RateLimited."""
        try:
            self._hear(account_id)
        except RateLimited:
            raise  # what follows would be refused too
        except PlatformError as refusal:
            log.info("a quota is not told", network=self._network, reason=refusal.reason)
        if quota := self._spent(kind):
            said = f"{self._network} takes {quota.limit} {kind} within 24 hours, and they are used up."
            raise QuotaSpent(said, QUOTA_WAIT)

    def _spent(self, kind: str) -> Quota | None:
        quota = self._heard.get(kind)
        is_spent = quota and quota.used >= quota.limit and self._now() - quota.heard_at < FRESH
        return quota if is_spent else None
