"""The bucket: files that a network fetches itself are put into an S3-compatible store and lent by signed addresses."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from bot.shelf import ENDS, OPEN
from bot.shelfsettings import ShelfSettings
from platforms.contract import Attachment, PlatformError, TryLater, Unsupported

if TYPE_CHECKING:
    from obstore.store import S3Credential

#: How long what was put there counts as being there. The bucket may delete what is older than this and OPEN together.
LASTS = timedelta(hours=1)
#: Bytes sent at once; a larger file leaves in parts of this size, a few of them together.
PART, TOGETHER = 8 * 1024 * 1024, 4
#: How long connecting may take, and a whole request: of a part at 1 Mbit/s.
CONNECTING, REQUEST = timedelta(seconds=10), timedelta(seconds=70)
#: What the doctor puts there.
PROBE, WORDS = "bottega-doctor.txt", b"Bottega's doctor was here.\n"


class Bucket:
    """Thread-safe. Nothing in it need be open to anybody: whoever has a signed address may read until that ends."""

    def __init__(self, own: ShelfSettings, now: Callable[[], datetime], request: timedelta = REQUEST) -> None:
        """Nothing is reached yet. `request`: how long one may take."""
        name, _, folder = own.url.removeprefix("s3://").partition("/")
        self._now, self._request = now, request
        self._put: dict[str, datetime] = {}  #: name -> when it was put there by this process
        endpoint = own.endpoint or f"https://s3.{own.region}.amazonaws.com"
        credentials: S3Credential = {
            "access_key_id": own.key.get_secret_value(),
            "secret_access_key": own.secret.get_secret_value(),
            "expires_at": None,
        }
        self._store = S3Store(
            name,
            prefix=folder or None,
            region=own.region,
            endpoint=str(endpoint).rstrip("/"),
            # Given so and not with the others, for then keys and tokens of the environment do not count.
            credential_provider=lambda: credentials,
            client_options={
                "allow_http": str(endpoint).startswith("http:"),
                "connect_timeout": CONNECTING,
                "timeout": request,
            },
            retry_config={"max_retries": 0},  # whoever lends tries again
        )

    def lend(self, file: Attachment) -> str:
        """A public address of the file, open for OPEN.

        Raises TryLater where the store cannot be reached, Unsupported where it refuses us, FileNotFoundError where the
        archive has no such file.
        """
        if not file.path.is_file():
            raise FileNotFoundError(file.path)
        name, now = f"{file.sha256}.{ENDS.get(file.mime, 'bin')}", self._now()
        with _in_words():
            if name not in self._put or now - self._put[name] > LASTS:
                attributes = {"Content-Type": file.mime}
                obstore.put(
                    self._store, name, file.path, attributes=attributes, chunk_size=PART, max_concurrency=TOGETHER
                )
                self._put = {known: at for known, at in self._put.items() if now - at <= LASTS} | {name: now}
            return obstore.sign(self._store, "GET", name, OPEN)

    async def fault(self) -> str:
        """Why a network could not fetch a file from there, "" where it could: one is put there and fetched."""
        try:
            address = await asyncio.to_thread(self._probe)
        except PlatformError as error:
            return error.reason
        try:
            timeout = aiohttp.ClientTimeout(self._request.total_seconds())
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as answer:
                found = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"what was put there cannot be fetched: {error}"
        return "" if found == WORDS else f"what was put there cannot be fetched: HTTP {answer.status}"

    def _probe(self) -> str:
        with _in_words():
            obstore.put(self._store, PROBE, WORDS)
            return obstore.sign(self._store, "GET", PROBE, OPEN)


@contextmanager
def _in_words() -> Iterator[None]:
    """What the store's refusals mean to whoever lends. They tell no secret and no signed address."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError, FileNotFoundError) as refusal:
        raise Unsupported(f"The bucket of [shelf] refuses us: {_first_line(refusal)}") from refusal
    except (BaseError, OSError, ValueError) as trouble:
        raise TryLater(f"The bucket of [shelf] cannot be used: {_first_line(trouble)}") from trouble


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
