"""What Threads tells by calling (Threads API, "Webhooks")."""

from collections.abc import Iterator, Mapping
from typing import Any

from platforms.contract import CommentEvent, CommentGone, CommentTouched
from platforms.graph import hooks
from platforms.graph.shapes import Malformed, list_of
from platforms.shapes import Json, id_of, part_of, text_of
from platforms.threads import wire


class ThreadsHooks:
    """Implements `Hooks`. The secret is that of the Threads app, which is not Meta's own."""

    def challenge(self, query: Mapping[str, str], verify_token: str) -> str | None:
        """What to answer when the address is verified."""
        return hooks.challenge(query, verify_token)

    def is_authentic(self, raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the raw bytes were signed with the secret."""
        return hooks.is_signed(raw, headers, secret)

    def read(self, body: Any) -> Iterator[tuple[str, CommentEvent | CommentTouched]]:
        """Replies and mentions whole, deletions as gone; what we published ourselves is left out.

        `values` is one change or several, each a `field` and its `value`.
        """
        for batch in list_of(body if isinstance(body, list) else [body]):
            account, values = id_of(batch, "target_id"), batch.get("values")
            for change in list_of(values if isinstance(values, list) else [values]):
                event = _event(text_of(change, "field"), part_of(change, "value"))
                if account and event:
                    yield account, event


def _event(field: str, value: Json) -> CommentEvent | CommentTouched | None:
    remote_id = id_of(value)
    if field == "delete" and remote_id:
        return CommentGone(remote_id)
    if field not in {"replies", "mentions"} or not remote_id:
        return None
    # Only a name says who wrote it, and only under our own post is ours told beside it.
    root = part_of(value, "root_post")
    if field == "replies" and text_of(value, "username") == text_of(root, "username"):
        return None
    try:
        return wire.comment(value)
    except Malformed:
        return CommentTouched(remote_id)
