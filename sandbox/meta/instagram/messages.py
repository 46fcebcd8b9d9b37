"""Answering the author of a comment in private (meta.md 4.2)."""

from datetime import timedelta

from sandbox.meta.errors import GraphError, invalid, not_permitted
from sandbox.meta.graph import Answer, Call, Edge
from sandbox.meta.instagram.hooks import scoped
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media, PrivateReply
from sandbox.meta.instagram.reaching import FACEBOOK, account_of, both
from sandbox.meta.tables import instagram as tables
from sandbox.meta.world import Json, World

#: How long after a comment it may be answered in private, and the longest text in bytes of UTF-8.
WINDOW, LONGEST = timedelta(days=7), 1000


def message(call: Call) -> Answer:
    """POST /{account}/messages with a comment_id: {recipient_id, message_id}."""
    return send(call.world, account_of(call), call.params)


def of_page(call: Call, account_id: str) -> Answer:
    """POST /{page}/messages about a comment on the account that is linked to the Page."""
    if missing := [scope for scope in FACEBOOK["messages"] if scope not in call.speaker.scopes]:
        raise not_permitted(missing, call.method)
    return send(call.world, call.world.get(account_id, InstagramAccount, call.method), call.params)


def send(world: World, account: InstagramAccount, params: Json) -> Json:
    """One message per comment, within seven days; of a live video only while it is live.

    What a second one gets is not documented: it is refused as on Pages (10900). Raises GraphError.
    """
    recipient: Json = params["recipient"]
    if {*recipient} not in ({"comment_id"}, {"id"}):
        raise invalid("Param recipient must name exactly one of id and comment_id")
    if "id" in recipient:
        raise _outside()
    comment = world.objects.get(str(recipient["comment_id"]))
    if not isinstance(comment, InstagramComment) or comment.holder != account.id or comment.author == account.id:
        raise GraphError(100, "(#100) No matching Instagram user", subcode=2534014)
    text = params["message"].get("text")
    if not isinstance(text, str) or not text or len(text.encode()) > LONGEST:
        raise invalid(f"Length of param message[text] must be between 1 and {LONGEST} bytes in UTF-8")
    if reply_to(world, comment) is not None:
        raise GraphError(10900, "(#10900) Activity already replied to")
    media = world.get(comment.media, Media)
    if world.now() - comment.at > WINDOW or media.ended:
        raise _outside()
    sent = PrivateReply(
        id=f"m_{world.new_id()}", holder=account.id, recipient=comment.author, comment=comment.id, text=text,
        at=world.now(),
    )  # fmt: skip
    world.add(sent)
    return {"recipient_id": scoped(sent.recipient), "message_id": sent.id}


def reply_to(world: World, comment: InstagramComment) -> PrivateReply | None:
    """The private reply to a comment, if one was sent."""
    return next((m for m in world.all(PrivateReply) if m.comment == comment.id), None)


def _outside() -> GraphError:
    return GraphError(10, "(#10) This message is sent outside of allowed window.", subcode=2534022)


EDGES: tuple[Edge, ...] = (*both("IGUser", "messages", "POST", tables.MESSAGE, message, "messages"),)
