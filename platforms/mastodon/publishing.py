"""Makes posts, chains and replies stand on a server once, and finds out whether they already do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import (
    AccessLost,
    CannotTell,
    ContentRefused,
    Gone,
    NotPermitted,
    OutcomeUnknown,
    Outgoing,
    Permanent,
    PlatformError,
    Progress,
    Published,
    TryLater,
)
from platforms.http import Http, at
from platforms.mastodon import wire
from platforms.mastodon.check import texts
from platforms.mastodon.known import Known
from platforms.mastodon.media import MediaDoor
from platforms.mastodon.paging import older
from platforms.mastodon.refusals import NOT_THERE
from platforms.mastodon.scopes import Scopes
from platforms.mastodon.text import plain, skeleton
from platforms.shapes import Json, id_of, list_of, text_of, time_of
from platforms.standing import forget, keep, kept, whole

#: Own posts looked through for an attempt: this many pages of 40.
PAGES = 10
#: Of how many posts at most it is asked what was typed.
SOURCES = 20
#: A post counts as younger than the attempt when it is at most this much older: `Date` is whole seconds.
MARGIN = timedelta(seconds=2)


class Publisher:
    """Publishes for one account. Parts that stand are kept in the progress as `part:<n>`."""

    def __init__(self, http: Http, known: Known, scopes: Scopes, media: MediaDoor) -> None:
        self._http = http
        self._known = known
        self._scopes = scopes
        self._media = media
        self._keys: dict[str, str] = {}  #: remote id -> key of what is known to stand there

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make every part stand that does not stand yet; as the contract's `Platform.publish`."""
        visibility = self._visibility(outgoing, progress)
        standing: list[Published] = []
        wanted = texts(outgoing)
        for n, text in enumerate(wanted):
            part = kept(progress.load, n)
            if part is None:
                above = standing[-1].remote_id if standing else outgoing.reply_to
                body = _body(outgoing, text, above, visibility)
                try:
                    part = self._post(outgoing if n == 0 else None, body, _key(key, n, progress), progress)
                except Permanent as refusal:
                    raise self._without_beginning(refusal, standing, progress) from None
                self._keys[part.remote_id] = key
                if n + 1 < len(wanted):  # with the last, all is returned and recorded
                    keep(progress, part, n)
            standing.append(part)
        return whole(standing)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Look through the account's own posts; as the contract's `Platform.find`.

        What is known to stand for another key is not it, be it the same word for word.
        """
        standing: list[Published] = []
        mine: list[Json] | None = None
        for n, text in enumerate(texts(outgoing)):
            part = kept(progress.load, n)
            if part is None:
                if mine is None:
                    mine = self._own_since(since)
                above = standing[-1].remote_id if standing else outgoing.reply_to
                free = [s for s in mine if self._keys.get(id_of(s), key) == key]
                match = self._match([s for s in free if _is_in_place(s, outgoing, n, above)], outgoing.warning, text)
                if match is None:
                    return None
                part = wire.published(match)
                self._keys[part.remote_id] = key
                keep(progress, part, n)
            standing.append(part)
        return whole(standing)

    def _match(self, candidates: list[Json], warning: str, text: str) -> Json | None:
        """The one that says it as readers see it, or else as it was typed: some servers render more than a likeness."""
        found = next((s for s in candidates if _says(s, warning, text)), None)
        typed = (skeleton(warning), skeleton(text))
        return found or next((s for s in candidates[:SOURCES] if self._typed(s) == typed), None)

    def _typed(self, status: Json) -> tuple[str, str] | None:
        """The likeness of the warning and the text as they were typed; None where the server does not tell.

        Mastodon tells since 3.5 (documentation, statuses methods, "View status source"), some dialects never.
        """
        try:
            with self._scopes.needed("read:statuses"):
                answer = self._http.read(at("/api/v1/statuses/{}/source", id_of(status)))
        except AccessLost:
            raise
        except (Permanent, *NOT_THERE):
            return None
        source = wire.object_of(answer.body)
        return skeleton(text_of(source, "spoiler_text")), skeleton(text_of(source, "text"))

    def _without_beginning(self, refusal: Permanent, standing: list[Published], progress: Progress) -> Permanent:
        """The refusal of a later part, after the parts before it were taken down: a refused chain must not half stand.

        Where one cannot be taken down the refusal says where it stands, and a retry goes on after it.
        """
        if not standing:
            return refusal
        # A key answers with the status that it made, also when that was deleted: the next try needs others.
        progress.save("again", str(int(progress.load("again") or 0) + 1))
        for n, part in reversed(list(enumerate(standing))):
            try:
                self.take_down(part.remote_id)
            except (PlatformError, OutcomeUnknown):
                return type(refusal)(f"{refusal.reason} (part {n + 1} stands at {part.url}; a retry goes on after it)")
            forget(progress, n)
        return type(refusal)(f"part {len(standing) + 1}: {refusal.reason}; the parts before it were taken down again")

    def _post(self, with_media: Outgoing | None, body: dict[str, Any], key: str, progress: Progress) -> Published:
        media = with_media.media if with_media else ()
        if not media:
            return self._posted(body, key)
        with self._scopes.needed("write:media"):
            ready = self._media.ready(media, progress)
        try:
            return self._posted({**body, "media_ids": ready}, key)
        except (Gone, ContentRefused):
            # Certainly not posted. Only where a file vanished meanwhile a second try makes sense, and only one.
            if not self._media.forget_vanished(media, progress):
                raise
        with self._scopes.needed("write:media"):
            ready = self._media.ready(media, progress)
        return self._posted({**body, "media_ids": ready}, key)

    def take_down(self, remote_id: str) -> None:
        """Remove a post of ours; already gone is success."""
        try:
            with self._scopes.needed("write:statuses"):
                self._http.write("DELETE", at("/api/v1/statuses/{}", remote_id), safe=True)
        except Gone:
            return

    def _posted(self, body: dict[str, Any], key: str) -> Published:
        try:
            with self._scopes.needed("write:statuses"):
                answer = self._http.write("POST", "/api/v1/statuses", body, headers={"Idempotency-Key": key})
        except ContentRefused as refusal:
            if "character limit" in refusal.reason.lower():
                self._known.ask_limits()
            raise
        try:
            return wire.published(wire.object_of(answer.body))
        except wire.Malformed as strange:
            raise OutcomeUnknown(strange.reason) from None

    def _visibility(self, outgoing: Outgoing, progress: Progress) -> str:
        """What is sent: for a reply never wider than the comment it answers, nor than the account's own default."""
        if not outgoing.reply_to:
            return outgoing.visibility
        saved = progress.load("visibility")
        if saved:
            return saved
        with self._scopes.needed("read:statuses"):
            parent = wire.object_of(self._http.read(at("/api/v1/statuses/{}", outgoing.reply_to)).body)
        widest = text_of(parent, "visibility")
        wanted = outgoing.visibility or self._known.me().privacy or widest
        visibility = wire.narrower(wanted, widest)
        progress.save("visibility", visibility)
        return visibility

    def _own_since(self, since: datetime) -> list[Json]:
        """Own posts since the attempt by the server's clock, newest first. Raises CannotTell, TryLater."""
        try:
            return list(self._read_own(since))
        except NotPermitted as refusal:
            raise CannotTell(f"The account's own posts cannot be read: {refusal.reason}") from None

    def _read_own(self, since: datetime) -> Iterator[Json]:
        path = at("/api/v1/accounts/{}/statuses", self._known.me().id)
        params = [("limit", "40"), ("exclude_reblogs", "true")]
        for _ in range(PAGES):
            with self._scopes.needed("read:statuses"):
                answer = self._http.read(path, params)
            if not isinstance(answer.body, list):
                raise TryLater("The server did not list the account's posts.")
            start = since - MARGIN
            page = list_of(answer.body)
            young = [s for s in page if (time_of(s.get("created_at")) or start) >= start]
            yield from young
            onward = older(answer, page)
            if len(young) < len(page) or not page or onward is None:
                return
            params = [("limit", "40"), ("exclude_reblogs", "true"), *onward]
        raise CannotTell("The account posted too much since to look through.")


def _body(outgoing: Outgoing, text: str, above: str, visibility: str) -> dict[str, Any]:
    given = {
        "status": text,
        "in_reply_to_id": above,
        "visibility": visibility,
        "spoiler_text": outgoing.warning,
        "language": outgoing.language,
    }
    return {field: value for field, value in given.items() if value}


def _key(key: str, n: int, progress: Progress) -> str:
    """The part's own key, since one answers with the status it first made, whatever the body."""
    again = progress.load("again")
    whole = f"{key}~{again}" if again else key
    return whole if n == 0 else f"{whole}/{n + 1}"


def _is_in_place(status: Json, outgoing: Outgoing, n: int, above: str) -> bool:
    """Whether a status of ours can be the part: same place and number of files, and no wider."""
    parent = id_of(status, "in_reply_to_id")
    # A server forgets what a reply answered when that was deleted.
    if parent != above and not (above and not parent):
        return False
    # A server narrows the posts of an account it has limited, and never widens one.
    seen = text_of(status, "visibility")
    if outgoing.visibility and wire.narrower(seen, outgoing.visibility) != seen:
        return False
    return len(list_of(status.get("media_attachments"))) == (len(outgoing.media) if n == 0 else 0)


def _says(status: Json, warning: str, text: str) -> bool:
    """Whether it has the warning and the text."""
    seen, said = (skeleton(plain(text_of(status, field))) for field in ("spoiler_text", "content"))
    if not skeleton(text) and not seen:
        # Where there is no text, Mastodon makes one of the content warning (source, PostStatusService).
        return said == skeleton(warning)
    return (seen, said) == (skeleton(warning), skeleton(text))
