"""What is counted and measured for Prometheus; one registry for each desk, so that several live in one process."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from sqlalchemy.orm import object_session
from sqlmodel import Session

from bot.gauges import Gauges
from bot.settings import Settings
from models.conversation import Comment
from models.delivery import Delivery, DeliveryState
from models.store import Store

#: Bounds of what may take from moments to hours, in seconds.
LATE = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
#: Bounds of an acknowledgement; Slack waits three seconds.
ACKNOWLEDGED = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0)
#: Bounds of a request to a network or chat.
ANSWERED = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
TOO_MANY = 429


class Metrics:
    """Everything that one process knows of itself. Labels are names of the configuration or words of the code."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        now: Callable[[], datetime],
        *,
        role: str,
        health: Callable[[], Mapping[str, str]] = dict,
        duties: Callable[[], Mapping[str, bool]] = dict,
    ) -> None:
        """`role`: all, desk or worker. `health`: state of each chat and collector; `duties`: which are this process's.

        What the database knows is told by every process but the workers: each would tell the same.
        """
        self.registry = CollectorRegistry()
        self._now = now
        self._platforms = {name: account.platform for name, account in settings.accounts.items()}
        ProcessCollector(registry=self.registry)
        histogram, counter = partial(Histogram, registry=self.registry), partial(Counter, registry=self.registry)
        self._late = histogram(
            "bottega_delivery_lateness_seconds",
            "From the hour of a delivery to its first attempt, and until it was done",
            ("platform", "kind", "until"),
            buckets=LATE,
        )
        self._ends = counter("bottega_deliveries", "Attempts and look-ups by their end", ("platform", "kind", "end"))
        self._reaped = counter("bottega_lease_reaps", "Deliveries whose worker died or was cut off", ("platform",))
        self._lag = histogram(
            "bottega_inbox_lag_seconds",
            "From a comment's public time until a chat shows it",
            ("platform", "chat"),
            buckets=LATE,
        )
        self._acknowledged = histogram(
            "bottega_acknowledgement_seconds",
            "From a chat's event until it is stored (a form's: handled) and may be acknowledged",
            ("chat",),
            buckets=ACKNOWLEDGED,
        )
        self._answers = counter(
            "bottega_answers",
            "Answers of networks and chats: 2xx, 4xx, 429, 5xx, none",
            ("service", "account", "answer"),
        )
        self._answered = histogram(
            "bottega_answer_seconds", "Time of a request to a network or chat", ("service",), buckets=ANSWERED
        )
        self._dropped = counter(
            "bottega_connections_dropped", "Connections that the door dropped, by the reason", ("port", "why")
        )
        built = Gauge("bottega_build_info", "The version that runs", ("version",), registry=self.registry)
        built.labels(version("bottega")).set(1)
        database = "sqlite" if store.is_sqlite else "postgresql"
        process = Gauge(
            "bottega_process_info", "What this process does", ("role", "engine", "database"), registry=self.registry
        )
        process.labels(role, settings.desk.engine, database).set(1)
        self._begin_at_nought(settings)
        self.registry.register(Gauges(store, now, health, duties, asks=role != "worker"))

    def _begin_at_nought(self, settings: Settings) -> None:
        """Counters of which a rule must see the first step: Prometheus sees no increase in one that is born as 1."""
        chats = {name for name, chat in (("slack", settings.slack), ("telegram", settings.telegram)) if chat.is_on}
        for platform in set(self._platforms.values()):
            self._ends.labels(platform, "publication", DeliveryState.FAILED)
        for service in chats | set(self._platforms.values()):
            self._reaped.labels(service)
        for why in ("room", "full", "slow", "unreadable", "descriptors"):
            self._dropped.labels("web", why)

    # -- observers, handed down to where things happen -----------------------------------------------------------------

    def watch(self, service: str, account: str = "") -> Callable[[int, float], None]:
        """Counts the answers of a network to an account, or of a chat."""

        def answered(status: int, seconds: float) -> None:
            self._answers.labels(service, account, _sort(status)).inc()
            self._answered.labels(service).observe(seconds)

        return answered

    def watch_account(self, account: str) -> Callable[[int, float], None]:
        """Counts the answers of the account's network."""
        return self.watch(self._platforms[account], account)

    def dropped(self, port: str, why: str) -> None:
        """The door of [web] or [metrics] dropped a connection."""
        self._dropped.labels(port, why).inc()

    def acknowledged(self, chat: str, seconds: float) -> None:
        """An event may be acknowledged."""
        self._acknowledged.labels(chat).observe(seconds)

    def seen(self, what: str, delivery: Delivery) -> None:
        """A delivery was "claimed" or "reaped", or came to an end: then `what` is the state it reached."""
        platform = self._service_of(delivery.lane)
        if what == "reaped":
            self._reaped.labels(platform).inc()
        elif what == "claimed":
            if delivery.attempts == 1:
                self._measure(platform, delivery, "attempt")
        else:
            self._ends.labels(platform, delivery.kind, what).inc()
            if what == DeliveryState.DONE and delivery.attempts:
                self._measure(platform, delivery, "done")
                self._shown(platform, delivery)

    def _measure(self, platform: str, delivery: Delivery, until: str) -> None:
        late = (self._now() - delivery.hour).total_seconds()
        self._late.labels(platform, delivery.kind, until).observe(max(0.0, late))

    def _shown(self, chat: str, delivery: Delivery) -> None:
        """The lag of a comment, when the card that was written together with it stands in the chat."""
        session = object_session(delivery)
        if delivery.kind != "card" or not delivery.subject.startswith("C") or not isinstance(session, Session):
            return
        comment = session.get(Comment, int(delivery.subject[1:]))
        if comment is not None and comment.arrived_at == delivery.created_at:
            lag = (self._now() - comment.at).total_seconds()
            self._lag.labels(self._platforms.get(comment.account, ""), chat).observe(max(0.0, lag))

    def _service_of(self, lane: str) -> str:
        """The platform or chat of a lane; "private" for messages to members wherever they are."""
        kind, _, rest = lane.partition(":")
        if kind == "account":
            return self._platforms.get(rest, "")
        return {"whisper": rest.partition(":")[0], "home": rest.partition(":")[0], "direct": "private"}.get(kind, kind)


def _sort(status: int) -> str:
    if not status:
        return "none"
    return str(TOO_MANY) if status == TOO_MANY else f"{status // 100}xx"
