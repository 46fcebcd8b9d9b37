"""How Telegram is asked: the library's own requests, with a line in the log for each and a count of the answers."""

import time
from typing import Any

import structlog
from telegram.request import HTTPXRequest, RequestData

from bot.chat import Watch

log = structlog.get_logger()
#: A long poll that brings nothing is no news.
POLL = "getUpdates"


class Request(HTTPXRequest):
    """Asks Telegram; the log has the method alone, because an address contains the token."""

    def __init__(self, watch: Watch, connections: int, **timeouts: Any) -> None:
        """`watch` is told each answer. Times are in seconds."""
        super().__init__(connections, **timeouts)
        self._watch = watch

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *times: Any, **more: Any
    ) -> tuple[int, bytes]:
        """The status and the body. Raises TelegramError where none came."""
        begun, status = time.monotonic(), 0
        try:
            status, body = await super().do_request(url, method, request_data, *times, **more)
            return status, body
        finally:
            seconds, name = time.monotonic() - begun, url.rpartition("/")[2]
            write = log.debug if name == POLL and status == 200 else log.info
            write("a chat was asked", chat="telegram", method=name, status=status, ms=round(seconds * 1000))
            self._watch(status, seconds)
