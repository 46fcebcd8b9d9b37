"""The web: webhooks in, health and metrics out. No port is open unless something needs one."""

from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute

from bot.metrics import Metrics
from bot.settings import Settings
from bot.web.health import Health, metrics
from bot.web.server import Web

#: Connections at once to the port of [metrics].
FEW = 32


def doors(
    settings: Settings, heard: Sequence[BaseRoute], health: Health, counted: Metrics
) -> tuple[Web | None, Web | None]:
    """The port of [web], for what the chats call, and that of [metrics]; None for one that nothing needs.

    The first may lie open to the internet: there the metrics are for whoever shows the token, without one for nobody.
    """
    own, web = settings.metrics, settings.web
    page = metrics(counted.registry, token := own.token.get_secret_value())
    shown = [page] if token else []
    count = counted.dropped
    routes = [*health.routes, *shown, *heard]
    first = Web(web.host, web.port, routes, dropped=partial(count, "web")) if heard or web.enabled else None
    watched = [*health.routes, page]
    second = Web(own.host, own.port, watched, "metrics", partial(count, "metrics"), FEW) if own.enabled else None
    return first, second
