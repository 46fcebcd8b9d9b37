"""Keeping people off a Page, and answering one of them in private (meta.md 2.4)."""

from datetime import timedelta

from sandbox.meta.errors import GraphError, invalid, not_permitted
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.instagram import messages
from sandbox.meta.instagram.model import InstagramComment
from sandbox.meta.pages import publishing
from sandbox.meta.pages.comments import ENGAGE
from sandbox.meta.pages.model import Comment, Message, PagePost
from sandbox.meta.tables import engaging as tables
from sandbox.meta.world import Json, Person

#: How long after a comment it may be answered in private.
PRIVATE_REPLY = timedelta(days=7)
#: Characters of a message (Messenger Platform, "Send API").
LONGEST = 2000
MESSAGING = ["pages_messaging"]


def _named(call: Call) -> list[str]:
    names = [name for name in tables.BLOCK if call.get(name)]
    if len(names) != 1:
        raise invalid(f"Exactly one of {', '.join(tables.BLOCK)} is required")
    found = call.get(names[0])
    people = [str(one) for one in (found if isinstance(found, list) else [found])]
    for one in people:
        call.world.get(one, Person, call.method)
    return people


def block(call: Call) -> Answer:
    """POST /{page}/blocked: {person: true}; the shape is not published (meta.md 12)."""
    page, people = publishing.page_of(call), _named(call)
    page.blocked += [one for one in people if one not in page.blocked]
    return dict.fromkeys(people, True)


def unblock(call: Call) -> Answer:
    """DELETE /{page}/blocked."""
    page = publishing.page_of(call)
    for one in _named(call):
        if one in page.blocked:
            page.blocked.remove(one)
    return True


def blocked(call: Call) -> Answer:
    """GET /{page}/blocked: everybody, or the one asked about if blocked."""
    page, asked = publishing.page_of(call), call.get("user") or call.get("uid")
    return Listing([call.world.get(one, Person) for one in page.blocked if asked in {None, one}])


def message(call: Call) -> Answer:
    """POST /{page}/messages with comment_id or post_id: {recipient_id, message_id}, once and within seven days.

    Codes 10900 (answered already) and 10903 (too late) are those of the former edge private_replies; the ones of
    messages are not published. A comment on the linked Instagram account is answered there.
    """
    world, page = call.world, publishing.page_of(call)
    named = world.objects.get(str(call.get("recipient").get("comment_id", "")))
    if isinstance(named, InstagramComment):
        return messages.of_page(call, page.instagram)
    if missing := [scope for scope in MESSAGING if scope not in call.speaker.scopes]:
        raise not_permitted(missing, "POST")
    about = _about(call)
    text = str((call.get("message") or {}).get("text", ""))
    if not text:
        raise invalid("The parameter message is required")
    if len(text) > LONGEST:
        raise invalid(f"Length of param message[text] must be less than or equal to {LONGEST}")
    if about.author == page.id:
        raise GraphError(10903, "(#10903) This user can't reply to this activity")
    if private_reply(call, about.id) is not None:
        raise GraphError(10900, "(#10900) Activity already replied to")
    if world.now() - about.at > PRIVATE_REPLY:
        raise GraphError(10903, "(#10903) This user can't reply to this activity")
    sent = Message(
        id=f"m_{world.new_id()}", holder=page.id, recipient=about.author, about=about.id, text=text, at=world.now()
    )
    world.add(sent)
    return {"recipient_id": sent.recipient, "message_id": sent.id}


def _about(call: Call) -> Comment | PagePost:
    recipient: Json = call.get("recipient")
    if "id" in recipient:
        text = "(#10) This message is sent outside of allowed window."
        raise GraphError(10, text, subcode=2018278)
    if len(recipient) != 1 or not {*recipient} <= {"comment_id", "post_id"}:
        raise invalid("Param recipient must name exactly one of id, comment_id and post_id")
    found = call.world.objects.get(str(next(iter(recipient.values()))))
    kind = Comment if "comment_id" in recipient else PagePost
    if not isinstance(found, kind) or found.holder != publishing.page_of(call).id:
        raise invalid("No matching user found", subcode=2018001)
    return found


def private_reply(call: Call, about: str) -> Message | None:
    """The private reply to a comment or post, if one was sent."""
    return next((m for m in call.world.all(Message) if m.about == about), None)


def can_reply_privately(call: Call, about: Comment | PagePost) -> bool:
    """Whether a private reply is still possible."""
    recent = call.world.now() - about.at <= PRIVATE_REPLY
    return recent and about.author != about.holder and private_reply(call, about.id) is None


EDGES = (
    Edge("Page", "blocked", "GET", tables.READ_BLOCKED, blocked, scopes=ENGAGE, tokens=("page",), own=True,
         listing=True),
    Edge("Page", "blocked", "POST", tables.BLOCK, block, scopes=ENGAGE, tokens=("page",), own=True),
    Edge("Page", "blocked", "DELETE", tables.UNBLOCK, unblock, scopes=ENGAGE, tokens=("page",), own=True),
    Edge("Page", "messages", "POST", tables.MESSAGE, message, tokens=("page",), own=True),
)  # fmt: skip
