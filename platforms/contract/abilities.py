"""The small protocols of what only some accounts can do; a flag of `Can` and its protocol agree."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

from platforms.contract.comments import CommentEvent, Page, RemoteComment
from platforms.contract.outgoing import Problem
from platforms.contract.platform import Numbers


@runtime_checkable
class Deletes(Protocol):
    """Takes a publication or one of our replies down."""

    def delete(self, remote_id: str) -> None:
        """Remove it; already gone is success."""


@runtime_checkable
class LooksForPosts(Protocol):
    """Its addresses hide the ids: what `remote_id_at` does not know is looked for among the account's own posts."""

    newest: int  #: posts that are looked through at most

    def is_address(self, url: str) -> bool:
        """Whether it can be the address of a post there. Never touches the network."""

    def look_for(self, url: str) -> str:
        """The remote id of our post there; "" where none of the newest stands there. Raises TryLater, Permanent."""


@runtime_checkable
class ReadsComments(Protocol):
    """Reads what the public wrote to the account."""

    def comments(self, cursor: str) -> Page:
        """What is new after `cursor`, oldest first; with "" nothing old, only a cursor that stands at now."""

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment as it stands now. Raises Gone when it was deleted."""


@runtime_checkable
class Streams(Protocol):
    """Says at once when something happens; what it misses, `ReadsComments` finds."""

    def stream(self) -> Iterator[CommentEvent | None]:
        """Events as they happen, None at least every minute; ends with the connection. Raises Unsupported, TryLater."""


@runtime_checkable
class CallsUs(Protocol):
    """Calls the desk's webhook when something happens to the account, once it is asked to. Idempotent."""

    def call_us(self) -> None:
        """Ask for it; whether the app's own address is known there, its owner sees on the network's pages."""


@runtime_checkable
class Replies(Protocol):
    """Answers comments (by `publish` with `reply_to`)."""

    def widest_visibility(self, parent: str) -> str:
        """The widest visibility a reply to a comment with visibility `parent` may have."""


@runtime_checkable
class Likes(Protocol):
    """Likes a comment. Idempotent."""

    def like(self, remote_id: str) -> None:
        """Like it; liked already is success."""

    def unlike(self, remote_id: str) -> None:
        """Take the like back."""


@runtime_checkable
class Reposts(Protocol):
    """Reposts a comment or publication to the account's followers. Idempotent."""

    def repost(self, remote_id: str) -> None:
        """Repost it; reposted already is success."""

    def unrepost(self, remote_id: str) -> None:
        """Take the repost back."""


@runtime_checkable
class Mutes(Protocol):
    """Stops hearing of an author. Idempotent."""

    def mute(self, author_id: str) -> None:
        """Mute the author."""

    def unmute(self, author_id: str) -> None:
        """Hear of the author again."""


@runtime_checkable
class Blocks(Protocol):
    """Cuts an author off. Idempotent."""

    def block(self, author_id: str) -> None:
        """Block the author."""

    def unblock(self, author_id: str) -> None:
        """Let the author back."""


@runtime_checkable
class Reports(Protocol):
    """Tells the network's moderators. Not idempotent: never repeated when the outcome is unknown."""

    def report(self, author_id: str, remote_id: str, reason: Literal["spam", "legal", "violation", "other"]) -> None:
        """File a report about the comment."""


@runtime_checkable
class Hides(Protocol):
    """Hides a comment from the public; its author still sees it. Idempotent."""

    def hide(self, remote_id: str) -> None:
        """Hide it; hidden already is success."""

    def unhide(self, remote_id: str) -> None:
        """Show it again."""


@runtime_checkable
class RemovesComments(Protocol):
    """Deletes a comment that a person outside wrote under a publication of ours. Idempotent."""

    def remove_comment(self, remote_id: str) -> None:
        """Remove it for good; already gone is success."""


@runtime_checkable
class PrivateReplies(Protocol):
    """Answers a comment where only its author reads it. Not idempotent: never repeated when the outcome is unknown."""

    def private_problems(self, remote_id: str, text: str, age: timedelta) -> list[Problem]:
        """What the network would refuse of such an answer to a comment of that age, as far as is known beforehand.

        Never touches the network. Without a text only whether the comment can be answered so at all.
        """

    def reply_privately(self, remote_id: str, text: str) -> None:
        """Send it. Raises NotPermitted where the network allows none any more (answered already, too late)."""


@runtime_checkable
class ClosesComments(Protocol):
    """Ends or reopens commenting under a publication. Idempotent."""

    def close_comments(self, remote_id: str) -> None:
        """Nobody can comment on the publication any more."""

    def open_comments(self, remote_id: str) -> None:
        """Everybody can again."""


@runtime_checkable
class Measures(Protocol):
    """Counts engagement."""

    def numbers(self, remote_id: str) -> Numbers:
        """The counts now."""
