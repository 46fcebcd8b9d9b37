"""The JSON the API answers with: accounts, statuses, attachments, notifications (entities of the specification)."""

from datetime import UTC, datetime
from typing import Any

from sandbox.mastodon import text
from sandbox.mastodon.engaging import reblog_by
from sandbox.mastodon.state import Media, Notice, Person, Scheduled, Status, Version, World

Shape = dict[str, Any]


def moment(at: datetime) -> str:
    """A time as the server writes it: UTC, milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Shapes:
    """Turns what the server remembers into JSON; `address()` is where the server listens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.address = ""

    def profile(self, person: Person) -> str:
        """The page of a person."""
        home = f"https://{person.domain}" if person.domain else self.address
        return f"{home}/@{person.username}"

    def account(self, person: Person) -> Shape:
        """Account."""
        world = self.world
        own = [s for s in world.statuses.values() if s.author == person.id and s.visibility != "direct"]
        picture = f"{self.address}/avatars/original/missing.png"
        home = f"https://{person.domain}" if person.domain else self.address
        return {
            "id": person.id,
            "username": person.username,
            "acct": person.acct,
            "display_name": person.name,
            "locked": False,
            "bot": False,
            "discoverable": True,
            "indexable": False,
            "group": False,
            "created_at": moment(person.at.replace(hour=0, minute=0, second=0, microsecond=0)),
            "note": "",
            "url": self.profile(person),
            "uri": f"{home}/users/{person.username}",
            "avatar": picture,
            "avatar_static": picture,
            "header": picture.replace("avatars", "headers"),
            "header_static": picture.replace("avatars", "headers"),
            "followers_count": sum(whom == person.id for _, whom in world.follows),
            "following_count": sum(who == person.id for who, _ in world.follows),
            "statuses_count": len(own),
            "last_status_at": max(s.at for s in own).date().isoformat() if own else None,
            "hide_collections": None,
            "noindex": False,
            "emojis": [],
            "roles": [],
            "fields": [],
        }

    def content(self, words: str) -> str:
        """A text as HTML."""
        return text.to_html(words, self._page_of, f"{self.address}/tags/")

    def _page_of(self, handle: str) -> str | None:
        person = self.world.person(handle)
        return self.profile(person) if person else None

    def status(self, status: Status, viewer: str | None, source: bool = False) -> Shape:
        """Status as that viewer sees it; `source` adds the plain text (only a deletion shows it)."""
        world = self.world
        author = world.people[status.author]
        above = world.statuses.get(status.reply_to or "")
        original = world.statuses.get(status.reblog_of or "")
        home = f"https://{author.domain}" if author.domain else self.address
        shown = original or status
        tags = dict.fromkeys(p.value.lower() for p in text.pieces(shown.text) if p.kind == "hashtag")
        shape: Shape = {
            "id": status.id,
            "created_at": moment(status.at),
            "in_reply_to_id": status.reply_to,
            "in_reply_to_account_id": above.author if above else None,
            "sensitive": shown.sensitive,
            "spoiler_text": shown.warning,
            "visibility": status.visibility,
            "language": shown.language,
            "uri": f"{home}/users/{author.username}/statuses/{status.id}",
            "url": f"{home}/@{author.username}/{status.id}",
            "replies_count": len(world.replies(shown.id)),
            "reblogs_count": len(world.reblogs(shown.id)),
            "favourites_count": len(shown.favourites),
            "quotes_count": 0,
            "edited_at": moment(shown.edited_at) if shown.edited_at else None,
            "content": self.content(shown.text),
            "reblog": self.status(original, viewer) if original else None,
            "account": self.account(author),
            "media_attachments": [self.media(world.media[i]) for i in shown.media],
            "mentions": [self._mention(world.people[i]) for i in shown.mentions],
            "tags": [{"name": tag, "url": f"{self.address}/tags/{tag}"} for tag in tags],
            "emojis": [],
            "card": None,
            "poll": None,
        }
        if status.application:
            shape["application"] = {"name": status.application, "website": None}
        if viewer:
            shape |= {
                "favourited": viewer in shown.favourites,
                "reblogged": reblog_by(world, world.people[viewer], shown) is not None,
                "muted": viewer in shown.muted_by,
                "bookmarked": viewer in shown.bookmarks,
            }
            if viewer == status.author and status.visibility in {"public", "unlisted"}:
                shape["pinned"] = False
        if source:
            shape["text"] = status.text
        return shape

    def _mention(self, person: Person) -> Shape:
        return {"id": person.id, "username": person.username, "url": self.profile(person), "acct": person.acct}

    def media(self, media: Media, description: str | None = None) -> Shape:
        """MediaAttachment; its url is null until processing is over."""
        ready = media.ready_at <= self.world.now() and not media.failed
        url = f"{self.address}/system/media_attachments/{media.id}" if ready else None
        meta: Shape = {}
        if ready and media.width:
            ratio = media.width / media.height
            size = {"width": media.width, "height": media.height}
            meta["original"] = meta["small"] = size | {"size": f"{media.width}x{media.height}", "aspect": ratio}
        if media.kind == "image":
            meta["focus"] = {"x": media.focus[0], "y": media.focus[1]}
        return {
            "id": media.id,
            "type": media.kind,
            "url": url,
            "preview_url": url if media.kind == "image" else None,
            "remote_url": None,
            "preview_remote_url": None,
            "text_url": None,
            "meta": meta,
            "description": media.description if description is None else description,
            "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH" if media.kind == "image" else None,
        }

    def edit(self, status: Status, version: Version) -> Shape:
        """StatusEdit."""
        return {
            "content": self.content(version.text),
            "spoiler_text": version.warning,
            "sensitive": version.sensitive,
            "created_at": moment(version.at),
            "account": self.account(self.world.people[status.author]),
            "media_attachments": [
                self.media(self.world.media[i], note) for i, note in version.media if i in self.world.media
            ],
            "emojis": [],
        }

    def scheduled(self, waiting: Scheduled) -> Shape:
        """ScheduledStatus; it has no uri, and its id is of another space than a status id."""
        return {
            "id": waiting.id,
            "scheduled_at": moment(waiting.at),
            "params": waiting.params,
            "media_attachments": [
                self.media(self.world.media[i]) for i in waiting.draft.media if i in self.world.media
            ],
        }

    def notice(self, notice: Notice) -> Shape:
        """Notification; `status` is there for the kinds that are about one."""
        shape: Shape = {
            "id": notice.id,
            "type": notice.kind,
            "created_at": moment(notice.at),
            "group_key": f"ungrouped-{notice.id}",
            "account": self.account(self.world.people[notice.sender]),
        }
        if notice.status:
            shape["status"] = self.status(self.world.statuses[notice.status], notice.owner)
        if notice.filtered:
            shape["filtered"] = True
        return shape

    def relationship(self, viewer: str, other: str) -> Shape:
        """Relationship of the viewer to another account."""
        world = self.world
        mute = world.muting(viewer, other)
        return {
            "id": other,
            "following": (viewer, other) in world.follows,
            "showing_reblogs": (viewer, other) in world.follows,
            "notifying": False,
            "languages": None,
            "followed_by": (other, viewer) in world.follows,
            "blocking": (viewer, other) in world.blocks,
            "blocked_by": (other, viewer) in world.blocks,
            "muting": mute is not None,
            "muting_notifications": bool(mute and mute.notifications),
            "muting_expires_at": moment(mute.until) if mute and mute.until else None,
            "requested": False,
            "requested_by": False,
            "domain_blocking": False,
            "endorsed": False,
            "note": "",
        }
