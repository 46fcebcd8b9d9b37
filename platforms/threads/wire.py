"""Threads' JSON made into the contract's types; tolerant of what it leaves out."""

from dataclasses import dataclass

from platforms.contract import Numbers, RemoteAuthor, RemoteComment, RemoteMedia
from platforms.graph.shapes import Malformed, list_of, needed_id
from platforms.shapes import (
    Json,
    address_of,
    count_of,
    counted,
    id_of,
    identifier,
    part_of,
    text_of,
    time_of,
    words_of,
)

#: What is asked of a post of ours (Threads API, "Retrieve posts").
POST = "id,media_type,permalink,text,timestamp,children,has_replies,replied_to"
#: What is asked of a reply or mention ("Retrieve replies").
REPLY = (
    "id,text,username,permalink,timestamp,media_type,media_url,alt_text,"
    "root_post,replied_to,is_reply_owned_by_me,hide_status"
)
#: `hide_status` of what the public does not see by our doing.
HIDDEN = frozenset({"HIDDEN"})
WEB = "https://www.threads.com"


@dataclass(frozen=True, slots=True)
class Me:
    """Whose token it is."""

    id: str
    username: str
    name: str


def me(body: Json) -> Me:
    """The account of the token. Raises Malformed without an id."""
    username = words_of(body, "username")
    return Me(needed_id(body), username, words_of(body, "name") or username)


def profile(username: str) -> str:
    """The address of a profile."""
    return f"{WEB}/@{username}" if username else WEB


def comment(row: Json) -> RemoteComment:
    """A reply or mention of somebody else, which Threads names alone. Raises Malformed without id or time."""
    at, username = time_of(row.get("timestamp")), words_of(row, "username")
    if at is None:
        raise Malformed("Threads sent a reply without its time.")
    root_id = id_of(part_of(row, "root_post"))
    return RemoteComment(
        remote_id=needed_id(row),
        author=RemoteAuthor(identifier(username), username, username, profile(username)),
        text=text_of(row, "text"),
        at=at,
        url=address_of(row, "permalink"),
        parent_id=id_of(part_of(row, "replied_to")) or root_id,
        root_id=root_id,
        media=tuple(_media(row)),
        hidden=text_of(row, "hide_status") in HIDDEN,
    )


def is_by(row: Json, username: str) -> bool:
    """Whether the account itself wrote it."""
    return row.get("is_reply_owned_by_me") is True or (bool(username) and words_of(row, "username") == username)


def numbers(body: Json) -> Numbers:
    """The counts of a post ("Insights"); quotes are reposts with a word of one's own."""
    found: dict[str, int] = {}
    for row in list_of(body):
        values = list_of(row.get("values"))
        value = count_of(values[0] if values else part_of(row, "total_value"), "value")
        if value is not None:
            found[text_of(row, "name")] = value
    shared = [found[name] for name in ("reposts", "quotes") if name in found]
    return Numbers(
        likes=found.get("likes"),
        reposts=counted(sum(shared)) if shared else None,
        comments=found.get("replies"),
        views=found.get("views"),
    )


def _media(row: Json) -> list[RemoteMedia]:
    kinds = {"IMAGE": "image/*", "VIDEO": "video/*", "AUDIO": "audio/*"}
    url = address_of(row, "media_url")
    return [RemoteMedia(url, kinds.get(text_of(row, "media_type"), ""), text_of(row, "alt_text"))] if url else []
