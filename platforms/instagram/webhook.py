"""What Instagram tells by calling (Instagram Platform, "Webhooks", and webhook reference "Instagram")."""

from collections.abc import Iterator, Mapping
from typing import Any

from platforms.contract import CommentEvent, CommentTouched
from platforms.graph import hooks
from platforms.graph.hooks import Change
from platforms.instagram import wire
from platforms.shapes import id_of, part_of, text_of

#: Fields with a whole comment; `live_comments` are those of a live film.
COMMENTS = frozenset({"comments", "live_comments"})


class InstagramHooks:
    """Implements `Hooks`. The secret is that of the app by which the account came: Meta's, or Instagram's own."""

    def challenge(self, query: Mapping[str, str], verify_token: str) -> str | None:
        """What to answer when the address is verified."""
        return hooks.challenge(query, verify_token)

    def is_authentic(self, raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the raw bytes were signed with the secret."""
        return hooks.is_signed(raw, headers, secret)

    def read(self, body: Any) -> Iterator[tuple[str, CommentEvent | CommentTouched]]:
        """Comments whole, with the time at which they were told; mentions elsewhere have to be read.

        Instagram tells of no edit and no deletion of a comment.
        """
        for change in hooks.changes(body, "instagram"):
            if event := _event(change):
                yield change.account, event


def _event(change: Change) -> CommentEvent | CommentTouched | None:
    value = change.value
    remote_id = id_of(value) or id_of(value, "comment_id")
    if change.field in COMMENTS and remote_id and not wire.is_by(value, change.account):
        # Without a name or time it is to be read: it may even be our own.
        is_whole = bool(text_of(part_of(value, "from"), "username"))
        return wire.told(value, change.at) if change.at and is_whole else CommentTouched(remote_id)
    if change.field == "mentions" and (media := id_of(value, "media_id")):
        ids = ":".join(part for part in (media, id_of(value, "comment_id")) if part)
        return CommentTouched(f"{wire.MENTION}:{ids}")
    return None
