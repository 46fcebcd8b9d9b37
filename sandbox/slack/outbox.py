"""Everything Slack sends to the app: one delivery at a time, acknowledged or tried again, by socket or by HTTP."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sandbox.slack.settings import Settings

Json = dict[str, Any]
Kind = Literal["events_api", "slash_commands", "interactive"]
#: Events kept for an app that is not connected.
MOST_WAITING = 1000


@dataclass
class Delivery:
    """One payload on its way to the app."""

    kind: Kind
    payload: Json
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    attempt: int = 0
    reason: str = ""


@dataclass
class Answer:
    """What the app answered: `acked` within the time, with a payload or not. `reason` tells why not."""

    acked: bool
    payload: Any = None
    reason: str = ""
    stop: bool = False


class Door(Protocol):
    """One of the two ways to the app."""

    def ready(self) -> bool:
        """Whether somebody is there to take a delivery."""

    async def send(self, delivery: Delivery) -> Answer:
        """Hand it over and wait for the acknowledgement, `ack_timeout` seconds at most."""


class Outbox:
    """Sends events (kept and repeated until acknowledged) and interactions (once, while a person waits)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.socket: Door | None = None
        self.push: Door | None = None
        self.waiting: deque[Delivery] = deque(maxlen=MOST_WAITING)
        self.sent: deque[Delivery] = deque(maxlen=200)
        self.given_up: list[Json] = []
        self._running: set[asyncio.Task[None]] = set()

    def _door(self) -> Door | None:
        door = self.push if self.settings.request_url else self.socket
        return door if door is not None and door.ready() else None

    async def ask(self, kind: Kind, payload: Json) -> Answer:
        """Deliver an interaction or a command once and wait for its acknowledgement; nobody there: not acked."""
        door = self._door()
        if door is None:
            return Answer(False, reason="dispatch_failed")
        delivery = Delivery(kind, payload)
        self.sent.append(delivery)
        return await door.send(delivery)

    def tell(self, payload: Json) -> None:
        """Send an event in the background; it waits when nobody is there."""
        self._begin(Delivery("events_api", payload))

    def flush(self) -> None:
        """Send what has waited; called when an app connects."""
        while self.waiting and self._door() is not None:
            self._begin(self.waiting.popleft())

    def again(self, count: int = 1) -> int:
        """Send the last deliveries once more, acknowledged or not, as Slack does after a lost ack; returns how many."""
        chosen = list(self.sent)[-count:] if count > 0 else []
        for old in chosen:
            self._begin(Delivery(old.kind, old.payload, attempt=old.attempt + 1, reason="timeout"))
        return len(chosen)

    def forget(self) -> None:
        """Nothing was sent and nothing waits."""
        self.waiting.clear()
        self.sent.clear()
        self.given_up.clear()

    async def stop(self) -> None:
        """End everything that is still under way."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self, delivery: Delivery) -> None:
        task = asyncio.get_running_loop().create_task(self._run(delivery))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, delivery: Delivery) -> None:
        while True:
            door = self._door()
            if door is None:
                self.waiting.append(delivery)
                return
            self.sent.append(delivery)
            answer = await door.send(delivery)
            if answer.acked or answer.stop or delivery.kind != "events_api":
                return
            if delivery.attempt >= len(self.settings.retry_after):
                self.given_up.append(delivery.payload)
                return
            await asyncio.sleep(self.settings.retry_after[delivery.attempt])
            delivery = Delivery(delivery.kind, delivery.payload, attempt=delivery.attempt + 1, reason=answer.reason)
