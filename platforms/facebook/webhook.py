"""What Facebook tells by calling: what is written on a Page, changed and taken away (webhooks reference, Page)."""

from collections.abc import Iterator, Mapping
from typing import Any

from platforms.contract import CommentEvent, CommentGone, CommentTouched, RemoteComment
from platforms.facebook import wire
from platforms.graph import hooks
from platforms.graph.hooks import Change
from platforms.shapes import address_of, id_of, part_of, text_of, time_of

#: Items of a Page's feed that hold somebody's words (webhooks reference, Page, `feed`).
WRITTEN = frozenset({"comment", "link", "photo", "post", "share", "status", "video"})


class FacebookHooks:
    """The webhooks of the object `page`."""

    def challenge(self, query: Mapping[str, str], verify_token: str) -> str | None:
        """What to answer when the address is verified; None: refuse."""
        return hooks.challenge(query, verify_token)

    def is_authentic(self, raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the raw bytes were signed with the app's secret."""
        return hooks.is_signed(raw, headers, secret)

    def read(self, body: Any) -> Iterator[tuple[str, CommentEvent | CommentTouched]]:
        """(Page, event) for every comment or post on the Page that somebody else wrote, changed or took away.

        They come in no order, and again for up to 36 hours where we did not answer.
        """
        for change in hooks.changes(body, "page"):
            if event := _event(change):
                yield change.account, event


def _event(change: Change) -> CommentEvent | CommentTouched | None:
    value, item = change.value, text_of(change.value, "item")
    whose = id_of(part_of(value, "from")) or id_of(value, "sender_id")
    remote_id = id_of(value, "comment_id") if item == "comment" else id_of(value, "post_id")
    if not remote_id or whose == change.account:
        return None
    if change.field == "mention":
        # A mention in a post elsewhere is nothing that a Page may read without further permission.
        return CommentTouched(remote_id) if item == "comment" else None
    if change.field != "feed" or item not in WRITTEN:
        return None
    match text_of(value, "verb"):
        case "add" if item == "comment":
            return _written(change, remote_id) or CommentTouched(remote_id)
        case "remove" | "delete":
            return CommentGone(remote_id)
        case _ if item == "comment" or whose:
            return CommentTouched(remote_id)
    return None


def _written(change: Change, remote_id: str) -> RemoteComment | None:
    """The comment, where the change tells all of it: a person's name may be withheld here and be read later."""
    value, at = change.value, time_of(change.value.get("created_time"))
    author = part_of(value, "from")
    if at is None or not id_of(author):
        return None
    post = id_of(value, "post_id") or wire.post_of(remote_id, change.account)
    about = part_of(value, "post")
    film, picture = address_of(value, "video"), address_of(value, "photo")
    return RemoteComment(
        remote_id=remote_id,
        author=wire.author(author),
        text=text_of(value, "message"),
        at=at,
        url=wire.link(value) or wire.address(remote_id),
        parent_id=id_of(value, "parent_id") or post,
        root_id=post,
        media=wire.media(film, picture),
        # An ad that never was a post of the Page is an unpublished post.
        on_ad=about.get("is_published") is False,
    )
