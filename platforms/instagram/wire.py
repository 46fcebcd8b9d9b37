"""Instagram's JSON made into the contract's types; tolerant of what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from platforms.contract import RemoteAuthor, RemoteComment
from platforms.graph.shapes import Malformed, list_of, needed_id
from platforms.shapes import Json, address_of, count_of, id_of, identifier, part_of, text_of, time_of, words_of

#: What is asked of a comment (reference "IG Comment").
COMMENT = "id,text,timestamp,username,from,hidden,parent_id"
#: What is asked of a comment that stands alone, besides.
AROUND = "media{id,media_product_type,permalink}"
#: What is asked of a publication (reference "IG Media").
MEDIA = "id,caption,media_type,media_product_type,timestamp,permalink,children{id}"
#: `media_product_type` of what is shown as an ad.
AD = "AD"
WEB = "https://www.instagram.com"

#: The remote id of a mention on somebody else's post: this, the post's id and the comment's, with colons between.
MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Me:
    """Whose token it is."""

    id: str  #: of the Instagram account, as paths and webhooks have it
    username: str
    name: str
    page_id: str = ""  #: of the Page through which we come in


def me(body: Json) -> Me:
    """The account, of a Page's token the one that is linked to the Page. Raises Malformed where there is none."""
    linked = part_of(body, "instagram_business_account")
    if linked:
        username = words_of(linked, "username")
        return Me(needed_id(linked), username, words_of(linked, "name") or username, id_of(body))
    username = words_of(body, "username")
    # `id` is of the app, `user_id` of the account (Instagram Login, "Get started").
    return Me(needed_id(body, "user_id"), username, words_of(body, "name") or username)


def shown_in_ad(me: Me, publication_id: str) -> dict[str, str]:
    """How a creative names a publication of the account (Instagram Ads API, "Use posts as ads")."""
    return {
        "object_id": me.page_id,
        "instagram_user_id": me.id,
        "source_instagram_media_id": publication_id,
    }


def profile(username: str) -> str:
    """The address of a person's or our own profile."""
    return f"{WEB}/{username}/" if username else WEB


def comment(row: Json, media: Json, parent_id: str = "") -> RemoteComment:
    """A comment under a publication. `parent_id`: of the comment under which it was listed. Raises Malformed."""
    at = time_of(row.get("timestamp"))
    if at is None:
        raise Malformed("Instagram sent a comment without its time.")
    root = id_of(media, "original_media_id") or id_of(media)
    return RemoteComment(
        remote_id=needed_id(row),
        author=author(row),
        text=text_of(row, "text"),
        at=at,
        url=address_of(media, "permalink"),
        parent_id=id_of(row, "parent_id") or parent_id or root,
        root_id=root,
        hidden=row.get("hidden") is True,
        on_ad=text_of(media, "media_product_type") == AD,
    )


def told(value: Json, at: datetime) -> RemoteComment:
    """A comment as a webhook tells it (webhook reference "Instagram", `comments`), which has no time of its own."""
    remote_id = id_of(value) or id_of(value, "comment_id")
    return comment({**value, "id": remote_id, "timestamp": at.isoformat()}, part_of(value, "media"))


def mentioned(row: Json, remote_id: str) -> RemoteComment:
    """A mention on somebody else's post: a comment there, or its caption. Raises Malformed."""
    row = {**row, "text": text_of(row, "text") or text_of(row, "caption")}
    found = comment({**row, "id": remote_id}, {})
    media = id_of(part_of(row, "media")) or remote_id.split(":")[1]
    return RemoteComment(remote_id, found.author, found.text, found.at, found.author.url, root_id=f"{MENTION}:{media}")


def author(row: Json) -> RemoteAuthor:
    """Who wrote it; without the scope for comments Instagram tells the name at most."""
    username = words_of(part_of(row, "from"), "username") or words_of(row, "username")
    return RemoteAuthor(id_of(part_of(row, "from")) or identifier(username), username, username, profile(username))


def is_by(row: Json, own_id: str, username: str = "") -> bool:
    """Whether the account itself wrote it."""
    writer = part_of(row, "from")
    names = {words_of(writer, "username"), words_of(row, "username")} - {""}
    return bool(id_of(writer, "self_ig_scoped_id")) or id_of(writer) == own_id or username in names


def insights(body: Json) -> Mapping[str, int]:
    """Metric -> value (reference "IG Media Insights"; of a media there is one value for all time)."""
    found: dict[str, int] = {}
    for row in list_of(body):
        values = list_of(row.get("values"))
        value = count_of(values[0] if values else part_of(row, "total_value"), "value")
        if value is not None:
            found[text_of(row, "name")] = value
    return found
