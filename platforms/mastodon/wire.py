"""Mastodon's JSON made into the contract's types; tolerant of what its dialects leave out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from platforms.contract import Limits, Numbers, Published, RemoteAuthor, RemoteComment, RemoteMedia, Unreachable
from platforms.mastodon.text import plain
from platforms.shapes import (
    LONGEST_WORDS,
    Json,
    address,
    address_of,
    count_of,
    id_of,
    list_of,
    number_of,
    part_of,
    text_of,
    time_of,
    words_of,
)

#: Visibilities from narrow to wide (documentation, entity Status, `visibility`).
VISIBILITIES = ("direct", "private", "unlisted", "public")

#: What Mastodon takes unless a server says otherwise (documentation, entity Instance, `configuration`).
LIMITS = Limits(
    text=500,
    url_length=23,
    mime_types=frozenset(
        {
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/heic",
            "image/heif",
            "image/webp",
            "image/avif",
            "video/webm",
            "video/mp4",
            "video/quicktime",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Instance:
    """What a server tells about itself."""

    limits: Limits = LIMITS
    domain: str = ""
    streaming: str = ""  #: http(s) address; empty where it names none
    api: int = 0  #: `api_versions.mastodon`; 0 for servers before 4.3 and dialects


@dataclass(frozen=True, slots=True)
class Me:
    """Whose token it is, as `verify_credentials` tells."""

    id: str
    acct: str
    name: str
    url: str
    privacy: str = ""  #: the account's default visibility


class Malformed(Unreachable):
    """An answer that is JSON but not what the documentation promises; after a write it means an unknown outcome."""


def object_of(body: object) -> Json:
    """The answer as an object. Raises Malformed where it is something else."""
    if not isinstance(body, Mapping):
        raise Malformed("The server's answer is not what Mastodon's documentation promises.")
    return body


def instance(body: Json) -> Instance:
    """A server's description, `GET /api/v2/instance` or `/api/v1/instance`; what it leaves out is as documented."""
    statuses, media = part_of(body, "configuration", "statuses"), part_of(body, "configuration", "media_attachments")
    urls = {**part_of(body, "urls"), **part_of(body, "configuration", "urls")}
    mimes = media.get("supported_mime_types")
    limits = Limits(
        text=_number(statuses, "max_characters", _number(body, "max_toot_chars", LIMITS.text)),
        images=_number(statuses, "max_media_attachments", LIMITS.images),
        videos=LIMITS.videos,
        alt_text=_number(media, "description_limit", _number(body, "description_limit", LIMITS.alt_text)),
        image_bytes=_number(media, "image_size_limit", LIMITS.image_bytes),
        image_pixels=_number(media, "image_matrix_limit", LIMITS.image_pixels),
        video_bytes=_number(media, "video_size_limit", LIMITS.video_bytes),
        mime_types=frozenset(map(str, mimes)) if isinstance(mimes, list) and mimes else LIMITS.mime_types,
        url_length=_number(statuses, "characters_reserved_per_url", LIMITS.url_length or 0),
    )
    return Instance(
        limits=limits,
        domain=words_of(body, "domain") or _host(words_of(body, "uri")),
        streaming=_http(text_of(urls, "streaming") or text_of(urls, "streaming_api")),
        api=_number(part_of(body, "api_versions"), "mastodon", 0),
    )


def me(body: Json) -> Me:
    """The account of the token. Raises Malformed without an id."""
    if not id_of(body):
        raise Malformed("The server did not say whose token it is.")
    acct = words_of(body, "acct") or words_of(body, "username")
    name = words_of(body, "display_name") or acct
    return Me(id_of(body), acct, name, address_of(body, "url"), text_of(part_of(body, "source"), "privacy"))


def handle(acct: str, domain: str, url: str) -> str:
    """The name with its server: for a local name our server's domain, or the profile's host where that is unknown."""
    home = domain or _host(url)
    return acct if "@" in acct or not home else f"{acct}@{home}"[:LONGEST_WORDS]


def author(body: Json, domain: str) -> RemoteAuthor:
    """A person outside; the handle always carries a domain, for people of our own server its own."""
    acct = words_of(body, "acct") or words_of(body, "username")
    name = plain(words_of(body, "display_name")) or acct
    url = address_of(body, "url")
    return RemoteAuthor(id_of(body), handle(acct, domain, url), name, url, address_of(body, "avatar"))


def comment(status: Json, domain: str, root_id: str = "") -> RemoteComment:
    """A status of somebody else. Raises Malformed where it has no id, author or time."""
    written = time_of(status.get("created_at"))
    who = part_of(status, "account")
    if not id_of(status) or not id_of(who) or written is None:
        raise Malformed("The server sent a post without id, author or time.")
    return RemoteComment(
        remote_id=id_of(status),
        author=author(who, domain),
        text=plain(text_of(status, "content")),
        at=written,
        url=_address(status),
        visibility=text_of(status, "visibility") or "public",
        parent_id=id_of(status, "in_reply_to_id"),
        root_id=root_id,
        warning=plain(text_of(status, "spoiler_text")),
        media=tuple(_media(item) for item in list_of(status.get("media_attachments"))),
        edited_at=time_of(status.get("edited_at")),
    )


def published(status: Json) -> Published:
    """A status of ours that stands. Raises Malformed where it has no id or time."""
    written = time_of(status.get("created_at"))
    if not id_of(status) or written is None:
        raise Malformed("The server's answer does not name the post it made.")
    return Published(id_of(status), _address(status), written)


def numbers(status: Json) -> Numbers:
    """The three counts of a status; Mastodon counts no views."""
    return Numbers(
        likes=count_of(status, "favourites_count"),
        reposts=count_of(status, "reblogs_count"),
        comments=count_of(status, "replies_count"),
    )


def stream_home(base_url: str, told: str) -> str:
    """Where to listen: where the server says, unless the token would travel there more openly than to `base_url`."""
    openly = base_url.startswith("https:") and not told.startswith("https:")
    return base_url if openly or not told else told


def narrower(one: str, other: str) -> str:
    """The narrower of two visibilities; one that Mastodon does not know counts as "direct"."""
    return min((v if v in VISIBILITIES else VISIBILITIES[0] for v in (one, other)), key=VISIBILITIES.index)


def _media(item: Json) -> RemoteMedia:
    kinds = {"image": "image/*", "gifv": "video/*", "video": "video/*", "audio": "audio/*"}
    url = address_of(item, "url") or address_of(item, "remote_url") or address_of(item, "preview_url")
    return RemoteMedia(url, kinds.get(text_of(item, "type"), ""), text_of(item, "description"))


def _number(value: Json, key: str, otherwise: int) -> int:
    return number_of(value, key) or otherwise


def _address(status: Json) -> str:
    """Where a status is seen; some dialects give it no page."""
    return address_of(status, "url") or address_of(status, "uri")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "") if "//" in address else address.strip().strip("/")
    except ValueError:
        return ""


def _http(told: str) -> str:
    scheme, mark, rest = told.partition("://")
    known = {"wss": "https", "ws": "http", "https": "https", "http": "http"}.get(scheme.lower())
    return address(f"{known}://{rest.rstrip('/')}") if mark and known else ""


def id_at(url: str, base_url: str, domain: str) -> str:
    """The id at the end of an address of a post of this server; "" for any other address."""
    # Mastodon /@acme/1, GoToSocial /@acme/statuses/1, Pleroma /notice/1, Pixelfed /p/acme/1; /users/acme/statuses/1.
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    steps = [step for step in parts.path.split("/") if step]
    ours = {urlsplit(base_url).netloc.casefold(), domain.casefold()} - {""}
    of_a_post = len(steps) > 1 and (steps[0].startswith("@") or steps[0] in {"notice", "p", "users"})
    if parts.scheme not in {"http", "https"} or parts.netloc.casefold() not in ours or not of_a_post:
        return ""
    return steps[-1] if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", steps[-1]) else ""
