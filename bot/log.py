"""Logging: structlog over the standard library, secrets taken out wherever they appear."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal

import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from platforms.contract import Unreachable

#: Characters of the shortest configured secret that is looked for; shorter ones would black out ordinary words.
SHORTEST = 6
#: What tokens look like: Slack's, Telegram's in addresses, bearer headers.
SECRETS = re.compile(
    r"xox[abeprs]-[\w-]+|xapp-[\w-]+|\bbot\d+:[\w-]{20,}|\b\d{6,}:[\w-]{30,}|(?i:bearer\s+)[\w.~+/=-]{8,}"
)
#: Loggers of libraries that write addresses with tokens, or a line per tick: below a warning they are not written.
QUIET = ("alembic", "httpx", "httpcore", "apscheduler", "aiohttp", "urllib3", "uvicorn", "slack", "telegram", "asyncio")


#: What is taken out besides; of the process, as its logging is.
_hidden: list[str] = []


def setup(level: str, style: Literal["console", "json"], secrets: list[str]) -> None:
    """Log to standard error. `secrets` are the configured tokens: none of them is ever written."""
    _hidden.clear()
    hide(secrets)

    def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # What begins with _ is structlog's own and is never written.
        return {key: value if key.startswith("_") else _redacted(value, _hidden) for key, value in event.items()}

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: Any = structlog.processors.JSONRenderer()
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    # Not by the loggers' levels: Slack's SDK sets those of its own anew from the root's.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or not record.name.startswith(QUIET))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    set_on_retry_hooks([_retried])


def hide(secrets: Iterable[str]) -> None:
    """None of these is written from now on either; longest first, for one may be part of another."""
    more = {secret for secret in secrets if len(secret) >= SHORTEST}
    _hidden[:] = sorted(more.union(_hidden), key=len, reverse=True)


def _retried(details: RetryDetails) -> None:
    """Say that something is tried again; not of a network that is away, for its outage was said by who speaks to it."""
    if not isinstance(details.caused_by, Unreachable):
        again = {"what": details.name, "number": details.retry_num, "cause": repr(details.caused_by)}
        structlog.get_logger("retry").warning("tried again", **again)


def _redacted(value: Any, known: list[str]) -> Any:
    """The value without secrets; what is no plain data is shown as its words, which may contain one too."""
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {key: _redacted(item, known) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(item, known) for item in value]
    text = value if isinstance(value, str) else str(value)
    for secret in known:
        text = text.replace(secret, "[secret]")
    return SECRETS.sub("[secret]", text)
