"""What is known of the account: whose token it is, how much is left of the day, and where its posts stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from platforms.contract import AccessLost, NotPermitted, Permanent
from platforms.graph.addresses import Addresses
from platforms.graph.calls import Graph
from platforms.graph.refusals import QUOTA_WAIT, QuotaSpent
from platforms.graph.shapes import Json, list_of, number_of, part_of, text_of
from platforms.instagram import wire
from platforms.instagram.scopes import Way
from platforms.instagram.wire import Me

#: How long a quota is believed.
FRESH = timedelta(hours=1)
#: A Page's token stands for the Page, an Instagram token for the account ("Get started" of either API).
FIELDS = {"page": "id,name,instagram_business_account{id,username,name}", "instagram": "user_id,username,name"}


@dataclass(frozen=True, slots=True)
class Quota:
    """How many posts the account may publish within 24 hours, and how many it has (reference "Content Publishing")."""

    used: int
    limit: int
    heard_at: datetime


class Known:
    """The account behind one token."""

    def __init__(self, graph: Graph, way: Way, now: Callable[[], datetime]) -> None:
        self._graph = graph
        self._way = way
        self._now = now
        self._me: Me | None = None
        self._quota: Quota | None = None
        self.addresses = Addresses()

    @property
    def me(self) -> Me:
        """Whose token it is, asked once. Raises AccessLost, NotPermitted, TryLater."""
        return self._me or self.ask_me()

    def ask_me(self) -> Me:
        """Whose token it is, asked now. Raises AccessLost, NotPermitted, TryLater."""
        body = self._graph.read("/me", fields=FIELDS[self._way])
        if self._way == "page" and not part_of(body, "instagram_business_account"):
            raise NotPermitted("The Page is linked to no Instagram account, or the token lacks instagram_basic.")
        self._me = wire.me(body)
        return self._me

    @property
    def spent(self) -> Quota | None:
        """The quota, where it was used up within the last hour; never asks."""
        quota = self._quota
        is_spent = quota and quota.used >= quota.limit and self._now() - quota.heard_at < FRESH
        return quota if is_spent else None

    def ask_quota(self) -> None:
        """Hear how much is left; what the network does not tell (for want of a scope) is not known. Raises TryLater."""
        try:
            body = self._graph.read("/{}/content_publishing_limit", self.me.id, fields="quota_usage,config")
        except AccessLost:
            raise
        except Permanent:
            self._quota = None
            return
        row = next(iter(list_of(body)), {})
        used, limit = number_of(row, "quota_usage"), number_of(part_of(row, "config"), "quota_total")
        self._quota = Quota(used, limit, self._now()) if used is not None and limit else None

    def refuse_spent(self) -> None:
        """Raise QuotaSpent where the network says now that nothing more is taken today."""
        self.ask_quota()
        if quota := self.spent:
            raise QuotaSpent(f"Instagram takes {quota.limit} posts within 24 hours, and they are used up.", QUOTA_WAIT)

    def stands(self, media: Json) -> None:
        """Remember where a post stands."""
        self.addresses.seen(text_of(media, "permalink"), text_of(media, "id"))
