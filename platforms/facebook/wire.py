"""Facebook's JSON made into the contract's types, and its addresses into ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from platforms import shapes
from platforms.contract import Limits, Numbers, PageInfo, Published, RemoteAuthor, RemoteComment, RemoteMedia
from platforms.graph.shapes import Malformed, list_of, needed_id
from platforms.shapes import (
    Json,
    address_of,
    count_of,
    counted,
    id_of,
    part_of,
    text_of,
    time_of,
    words_of,
)

HOME = "https://www.facebook.com"
#: Text: reported by several clients. Pictures: "Page photos" asks for at most 4 MB, and their number is what Facebook's
#: own composer shows; the length of a description and the size of a film are not documented.
LIMITS = Limits(
    text=63_206,
    images=10,
    videos=1,
    alt_text=1000,
    image_bytes=4_000_000,
    video_bytes=10_000_000_000,
    mime_types=frozenset({"image/jpeg", "image/png", "video/mp4", "video/quicktime"}),
)
FORMATS = ("post", "reel", "story")
#: Fields of a comment (reference, Comment); it tells no time of its last edit.
COMMENT = "id,message,created_time,from{id,name},parent{id},permalink_url,is_hidden,attachment"
#: Fields of what somebody posted on the Page (reference, Page Post).
VISIT = "id,message,created_time,from{id,name},permalink_url,full_picture,is_hidden"
POST = "id,permalink_url,created_time"
#: What Facebook itself calls a person whose name it does not show.
NAMELESS = "Facebook user"
#: Whole words of a week's day, as Facebook's `hours` begin.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Me:
    """The Page whose token it is."""

    id: str
    name: str
    username: str = ""
    link: str = ""

    @property
    def handle(self) -> str:
        """Its username; its name where it has chosen none."""
        return self.username or self.name


def me(body: Json) -> Me:
    """The Page. Raises Malformed without an id."""
    page_id = needed_id(body)
    link = address_of(body, "link") or address(page_id)
    return Me(page_id, words_of(body, "name") or page_id, words_of(body, "username"), link)


def published(body: Json) -> Published:
    """A post or comment of ours that stands. Raises Malformed where it has no id or time."""
    at, remote_id = time_of(body.get("created_time")), needed_id(body)
    if at is None:
        raise Malformed("The answer does not say since when it stands.")
    return Published(remote_id, link(body) or address(remote_id), at, (remote_id,))


def address(remote_id: str) -> str:
    """Where a post, comment or video is seen (Pages API, "Posts")."""
    return f"{HOME}/{remote_id}"


def link(body: Json) -> str:
    """`permalink_url`, which films have without the host; "" where there is none."""
    told = text_of(body, "permalink_url")
    return shapes.address(f"{HOME}{told}" if told.startswith("/") else told)


def comment(body: Json, page_id: str, *, on_ad: bool = False) -> RemoteComment:
    """A comment of somebody else. Raises Malformed where it has no id or time."""
    remote_id, at = needed_id(body), time_of(body.get("created_time"))
    if at is None:
        raise Malformed("A comment without a time.")
    post = post_of(remote_id, page_id)
    shown = part_of(body, "attachment", "media")
    return RemoteComment(
        remote_id=remote_id,
        author=author(part_of(body, "from")),
        text=text_of(body, "message"),
        at=at,
        url=link(body) or address(remote_id),
        parent_id=id_of(part_of(body, "parent")) or post,
        root_id=post,
        media=media(address_of(shown, "source"), address_of(part_of(shown, "image"), "src")),
        hidden=body.get("is_hidden") is True,
        on_ad=on_ad,
    )


def visit(body: Json, page_id: str) -> RemoteComment:
    """What somebody else posted on the Page; it answers nothing. Raises Malformed where it has no id or time."""
    found = comment(body, page_id)
    return replace(found, parent_id="", root_id="", media=media("", address_of(body, "full_picture")))


def is_visit(remote_id: str, page_id: str) -> bool:
    """Whether it is the id of a post on the Page; those of comments begin with their post's second half."""
    return remote_id.startswith(f"{page_id}_")


def author(body: Json) -> RemoteAuthor:
    """Who wrote it; Facebook leaves it out where the Page may not know (reference, Comment, `from`)."""
    remote_id = id_of(body)
    name = words_of(body, "name") or NAMELESS
    return RemoteAuthor(remote_id, "", name, address(remote_id) if remote_id else "")


def post_of(comment_id: str, page_id: str) -> str:
    """The post under which a comment stands: a comment's id begins with the second half of its post's."""
    post = comment_id.partition("_")[0]
    return f"{page_id}_{post}" if post else ""


def page_post(value: str, page_id: str) -> str:
    """A post's whole id, where a video or story tells only its second half."""
    return value if not value or "_" in value else f"{page_id}_{value}"


def numbers(post: Json, insights: Mapping[str, int]) -> Numbers:
    """The counts of a post's own fields and of its insights; a post without `shares` was never shared."""
    return Numbers(
        likes=count_of(part_of(post, "reactions", "summary"), "total_count"),
        reposts=count_of(part_of(post, "shares"), "count") or 0,
        comments=count_of(part_of(post, "comments", "summary"), "total_count"),
        views=insights.get("post_media_view"),
        reach=insights.get("post_total_media_view_unique"),
        clicks=insights.get("post_clicks"),
    )


def insights(body: Json) -> dict[str, int]:
    """Metric -> value; one that is split up (by followers, by ads) is summed."""
    found: dict[str, int] = {}
    for row in list_of(body):
        values = list_of(row.get("values"))
        last = values[-1] if values else {}
        split = part_of(last, "value")
        value = counted(sum(count_of(split, part) or 0 for part in split)) if split else count_of(last, "value")
        if value is not None:
            found[text_of(row, "name")] = value
    return found


def page_info(body: Json) -> PageInfo:
    """What a Page says of itself."""
    return PageInfo(
        name=words_of(body, "name"),
        url=me(body).link,
        about=text_of(body, "about"),
        description=text_of(body, "description"),
        website=words_of(body, "website"),
        phone=words_of(body, "phone"),
        hours=hours(part_of(body, "hours")),
        cover=address_of(part_of(body, "cover"), "source"),
        picture=address_of(part_of(body, "picture", "data"), "url"),
        followers=count_of(body, "followers_count"),
    )


def hours(told: Json) -> dict[str, str]:
    """`mon_1_open: "09:00"` and so on -> `mon: "09:00-13:00, 15:00-19:00"`; days that are closed are left out."""
    found: dict[str, str] = {}
    for day in DAYS:
        spans = [(words_of(told, f"{day}_{n}_open"), words_of(told, f"{day}_{n}_close")) for n in (1, 2)]
        if said := ", ".join(f"{opens}-{closes}" for opens, closes in spans if opens and closes):
            found[day] = said
    return found


def hours_told(said: Mapping[str, str]) -> dict[str, str]:
    """The other way round. Raises ValueError for what is no such day or span."""
    told: dict[str, str] = {}
    for day, spans in said.items():
        if day not in DAYS:
            raise ValueError(day)
        for n, span in enumerate((part.strip() for part in spans.split(",") if part.strip()), start=1):
            match = re.fullmatch(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})", span)
            if match is None or n > 2:
                raise ValueError(span)
            told[f"{day}_{n}_open"], told[f"{day}_{n}_close"] = (time.zfill(5) for time in match.groups())
    return told


def id_at(url: str, base_url: str, page_id: str) -> str:
    """The id of a post, reel or video at an address of Facebook; "" for any other address, and for a hidden id."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_facebook = host == "facebook.com" or host.endswith(".facebook.com")
    if parts.scheme not in {"http", "https"} or not (is_facebook or parts.netloc == urlsplit(base_url).netloc):
        return ""
    query = parse_qs(parts.query)
    story, whose, watched = (query.get(name, [""])[0] for name in ("story_fbid", "id", "v"))
    if story.isdigit() and whose.isdigit():
        return f"{whose}_{story}"
    if parts.path.rstrip("/") == "/watch" and watched.isdigit():
        return watched
    steps = [step for step in parts.path.split("/") if step]
    last, before = (steps[-1], steps[-2] if len(steps) > 1 else "") if steps else ("", "")
    if re.fullmatch(r"\d+_\d+", last):
        return last
    if before in {"reel", "videos"} and last.isdigit():
        return last
    if before == "posts" and last.isdigit():
        owner = steps[-3] if len(steps) > 2 and steps[-3].isdigit() else page_id
        return f"{owner}_{last}" if owner else ""
    return ""


def media(film: str, picture: str) -> tuple[RemoteMedia, ...]:
    """What a comment shows, by addresses; "" where it has none."""
    if film:
        return (RemoteMedia(film, "video/*"),)
    return (RemoteMedia(picture, "image/*"),) if picture else ()


def since(moment: datetime) -> int:
    """A time as parameters take it."""
    return int(moment.timestamp())


def shown_in_ad(publication_id: str) -> dict[str, str]:
    """How a creative names a post of the Page: `{page}_{post}` (Marketing API, "Ad creative", object_story_id)."""
    return {"object_story_id": publication_id}
