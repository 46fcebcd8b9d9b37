"""Files that a chat does not show are opened in a browser: an address for one member and file, for 15 minutes."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import IntegrityError

from bot.appsettings import keys_in
from bot.settings import Settings
from bot.shelf import ENDS
from models.media import Media
from models.member import Member
from models.seen import Opened, opened_by
from models.store import Store

#: How long an address is open.
OPEN = timedelta(minutes=15)
#: Where on [web] they lie.
PATH = "/open"


class Ticket(BaseModel):
    """What an address is sealed around: who opens which file of which revision; `what` the address leads to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: Literal["page", "bytes"]
    member: int
    subject: str
    revision: int
    media: int


class Opening:
    """Seals and opens these addresses (Fernet), and notes what was opened."""

    def __init__(
        self, public_url: str, keys: Sequence[str], folder: Path, store: Store, now: Callable[[], datetime]
    ) -> None:
        """`keys`: the desk's, the newest first; `folder`: the archive's."""
        self._public_url = public_url
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._first = Fernet(keys[0])
        self._folder = folder
        self._store = store
        self._now = now

    def address(self, member: int, subject: str, revision: int, media: int) -> str:
        """The page on which the member opens the file. To look at it opens nothing: chats do that by themselves."""
        ticket = Ticket(what="page", member=member, subject=subject, revision=revision, media=media)
        return f"{self._public_url}{PATH}/{self._seal(ticket)}"

    def ticket(self, token: str, what: Literal["page", "bytes"]) -> Ticket | None:
        """What a token is for; None where it is not ours, for something else, or over."""
        if not token.isascii():
            return None  # which Fernet does not call a wrong token
        try:
            moment = int(self._now().timestamp())
            said = self._keys.decrypt_at_time(token, int(OPEN.total_seconds()), moment)
            found = Ticket.model_validate(json.loads(said))
        except (InvalidToken, ValueError, ValidationError):
            return None  # sealed with the desk's key for another purpose
        return found if found.what == what else None

    def media(self, ticket: Ticket) -> Media | None:
        """The file; None where it is not in the archive any more, or the member not in the team."""
        with self._store.read() as session:
            member, media = session.get(Member, ticket.member), session.get(Media, ticket.media)
            known = member is not None and member.active and media is not None and media.mime in ENDS
            return media if known and media is not None and media.path_in(self._folder).is_file() else None

    def opened(self, ticket: Ticket) -> str:
        """Note that the member opened it; returns the address of its bytes."""
        try:
            with self._store.write() as session:
                if ticket.media not in opened_by(session, ticket.member, ticket.subject, ticket.revision):
                    session.add(
                        Opened(
                            member_id=ticket.member,
                            subject=ticket.subject,
                            revision=ticket.revision,
                            media_id=ticket.media,
                            at=self._now(),
                        )
                    )
        except IntegrityError:
            pass  # opened in two windows at once: it is noted
        return f"{PATH}/bytes/{self._seal(ticket.model_copy(update={'what': 'bytes'}))}"

    def path(self, media: Media) -> Path:
        """Where its bytes lie."""
        return media.path_in(self._folder)

    def _seal(self, ticket: Ticket) -> str:
        return self._first.encrypt_at_time(ticket.model_dump_json().encode(), int(self._now().timestamp())).decode()


def opening_of(settings: Settings, store: Store, now: Callable[[], datetime]) -> Opening | None:
    """Where members open files; None where no browser reaches [web], or nothing can be sealed."""
    keys, public = keys_in(settings.desk.secret_key), settings.web.public_url
    if public is None or not keys:
        return None
    return Opening(str(public).rstrip("/"), keys, settings.media_folder, store, now)
