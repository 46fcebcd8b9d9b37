"""Webhooks: who subscribed to what, and signed deliveries that are repeated until answered 200 (meta.md 3)."""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import host

if TYPE_CHECKING:
    from sandbox.meta.world import World

#: Deliveries are given up after so long (meta.md 3.3).
GIVEN_UP = 36 * 3600
#: How long what happens is gathered where it is to be sent together or backwards, in seconds.
GATHERED = 0.1
#: Deliveries that the state shows at most, the latest.
REMEMBERED = 500
#: Most entries in one POST (meta.md 3.3).
LARGEST_BATCH = 1000


@dataclass
class Subscription:
    """The callback of an app for one object (page, instagram, threads…).

    `whole`: what is sent is a body of its own, without `object` and `entry` around it, as that of Threads.
    """

    app: str
    object: str
    callback: str
    verify_token: str
    fields: set[str] = field(default_factory=set)
    include_values: bool = True
    whole: bool = False


@dataclass
class Delivery:
    """A body that must reach a callback; `log` are the answers it got."""

    subscription: Subscription
    secret: str
    body: bytes
    at: float
    log: list[str] = field(default_factory=list)
    done: bool = False


class Webhooks:
    """Every subscription and what is on its way."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.apps: dict[tuple[str, str], Subscription] = {}
        #: Fields per app and account (Page, Instagram account): `subscribed_apps`.
        self.accounts: dict[tuple[str, str], set[str]] = {}
        self.held: list[tuple[Subscription, dict[str, Any]]] = []
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)
        self._gathering = False
        self._tasks: set[asyncio.Task[None]] = set()

    def clear(self) -> None:
        """Nobody subscribed, nothing on its way."""
        self.stop()
        self.apps.clear()
        self.accounts.clear()
        self.held.clear()
        self.deliveries.clear()

    def stop(self) -> None:
        """End what is on its way."""
        for task in self._tasks:
            task.cancel()

    # -- subscribing ---------------------------------------------------------------------------------------------------

    async def subscribe(self, wanted: Subscription) -> None:
        """Ask the callback whether it agrees, and keep the subscription. Raises GraphError 2200 where it does not."""
        if host(wanted.callback) not in {"127.0.0.1", "localhost"}:
            raise invalid("The sandbox delivers to this machine only: callback_url must be a loopback address")
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": wanted.verify_token}
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
                address = wanted.callback + ("&" if "?" in wanted.callback else "?") + urlencode(query)
                async with session.get(address, allow_redirects=False) as answer:
                    status, text = answer.status, (await answer.text()).strip()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GraphError(2200, "(#2200) Callback verification failed: the URL could not be reached") from error
        if status != 200 or text != challenge:
            text = f"(#2200) Callback verification failed with the following errors: HTTP Status Code = {status}"
            raise GraphError(2200, text)
        self.apps[wanted.app, wanted.object] = wanted

    # -- what happened -------------------------------------------------------------------------------------------------

    def emit(self, obj: str, account: str, entry: dict[str, Any], fields: set[str]) -> None:
        """Tell every app that subscribed to one of these fields of the account.

        `entry` is what stands in the entry besides `id` and `time`: {"changes": [{"field", "value"}]},
        {"messaging": […]}, or the flat form {"field", "value"}.
        """
        for (app, name), subscription in self.apps.items():
            wants = subscription.fields & fields & self.accounts.get((app, account), set())
            if name == obj and wants:
                time = int(self.world.now().timestamp())
                self.send(subscription, {"id": account, "time": time, **entry})

    def change(self, obj: str, account: str, name: str, value: dict[str, Any]) -> None:
        """`emit` for the usual form, one change of one field."""
        if self.world.settings.from_missing:
            value = {k: v for k, v in value.items() if k != "from"}
        self.emit(obj, account, {"changes": [{"field": name, "value": value}]}, {name})

    def send(self, subscription: Subscription, entry: dict[str, Any]) -> None:
        """Send (or hold, by the settings) one entry to a subscription whatever its fields are."""
        self.held.append((subscription, entry))
        if self.world.settings.duplicate:
            self.held.append((subscription, entry))
        settings = self.world.settings
        if settings.webhooks == "on" and not (settings.batch or settings.reorder):
            self.release()
        elif settings.webhooks == "on" and not self._gathering:
            self._gathering = True
            self._run(self._gather())

    async def _gather(self) -> None:
        """Wait for what comes with it, so that there is something to put together or to turn round."""
        try:
            await asyncio.sleep(GATHERED)
        finally:
            self._gathering = False
        if self.world.settings.webhooks == "on":
            self.release()

    def release(self) -> None:
        """Let go what is held: one POST each, or together where `batch` is set; backwards where `reorder` is."""
        settings, held = self.world.settings, self.held
        self.held = []
        if settings.reorder:
            held.reverse()
        groups: list[tuple[Subscription, list[dict[str, Any]]]] = []
        for subscription, entry in held:
            if subscription.whole:
                self.post(subscription, entry)
                continue
            last = groups[-1] if groups else None
            if settings.batch and last and last[0] is subscription and len(last[1]) < LARGEST_BATCH:
                last[1].append(entry)
            else:
                groups.append((subscription, [entry]))
        for subscription, entries in groups:
            self.post(subscription, {"object": subscription.object, "entry": entries})

    def post(self, subscription: Subscription, body: dict[str, Any]) -> None:
        """Deliver a whole body as it is (Threads has a form of its own), signed with the app's secret."""
        secret = self.world.tokens.apps[subscription.app].secret
        if self.world.settings.bad_signature:
            secret = "not-the-secret"
        raw = json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
        delivery = Delivery(subscription, secret, raw, self.world.now().timestamp())
        self.deliveries.append(delivery)
        self._run(self._deliver(delivery))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        signature = hmac.new(delivery.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        pause = self.world.settings.redelivery_seconds
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
            while self.world.now().timestamp() - delivery.at < GIVEN_UP:
                try:
                    async with session.post(
                        delivery.subscription.callback, data=delivery.body, headers=headers, allow_redirects=False
                    ) as answer:
                        delivery.log.append(str(answer.status))
                        delivery.done = answer.status == 200
                except (aiohttp.ClientError, TimeoutError) as error:
                    delivery.log.append(type(error).__name__)
                self.world.changed()
                if delivery.done:
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30)
