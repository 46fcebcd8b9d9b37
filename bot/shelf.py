"""The shelf: files of the archive that a network fetches itself, under an address that nobody guesses and that ends."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.appsettings import keys_in
from bot.faults import Fault
from bot.settings import Settings
from platforms.contract import Attachment
from platforms.contract import Shelf as Lends

#: How long an address is open: longer than a network takes from an order to its last look (Instagram: a container ends
#: after 24 hours), and not much longer.
OPEN = timedelta(hours=25)
#: What the archive keeps -> the name's end, by which some networks judge.
ENDS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
KINDS = {end: mime for mime, end in ENDS.items()}
#: Where on [web] they lie.
PATH = "/media"


class Shelf:
    """Lends files through the bot's own port. An address is sealed (Fernet): it tells neither file nor hour."""

    def __init__(self, public_url: str, keys: Sequence[str], folder: Path, now: Callable[[], datetime]) -> None:
        """`keys`: the desk's, the newest first; `folder`: the archive's."""
        self._public_url = public_url
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._first = Fernet(keys[0])
        self._folder = folder
        self._now = now

    def lend(self, file: Attachment) -> str:
        """A public address of the file, open for OPEN."""
        token = self._first.encrypt_at_time(file.sha256.encode(), int(self._now().timestamp())).decode()
        return f"{self._public_url}{PATH}/{token}.{ENDS.get(file.mime, 'bin')}"

    def lent(self, name: str) -> Attachment | None:
        """The file of an address's last part; None where nothing is lent so, or not any more.

        It is copied before it is handed out (handlers.delivery.copies), which says whether its bytes are those.
        """
        token, _, end = name.rpartition(".")
        if not token.isascii():
            return None  # which Fernet does not call a wrong token
        try:
            moment = int(self._now().timestamp())
            sha256 = self._keys.decrypt_at_time(token, int(OPEN.total_seconds()), moment).decode()
        except InvalidToken:
            return None
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            return None  # sealed with the desk's key for another purpose
        path = self._folder / sha256[:2] / sha256
        if not path.is_file():
            return None
        return Attachment(path, KINDS.get(end, "application/octet-stream"), path.stat().st_size, sha256)


def shelf_of(settings: Settings, now: Callable[[], datetime]) -> Lends | None:
    """Where networks fetch our files: from a bucket, or through our own port where they can reach it.

    Raises Fault where the bucket's library is not installed.
    """
    if settings.shelf.url:
        try:
            from bot.bucket import Bucket  # an extra: not installed where nobody asks for it
        except ModuleNotFoundError as error:
            raise Fault('[shelf] needs the extra s3: pip install "bottega[s3]"') from error
        return Bucket(settings.shelf, now)
    keys, public = keys_in(settings.desk.secret_key), settings.web.public_url
    if public is None or not keys:
        return None
    return Shelf(str(public).rstrip("/"), keys, settings.media_folder, now)
