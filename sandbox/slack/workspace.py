"""The workspace: its people, channels, messages and files, and how they are found."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

TEAM = "T0SANDBOX1"
APP = "A0SANDBOX1"
BOT_MEMBER = "U0BOTTEGA1"
BOT = "B0BOTTEGA1"


@dataclass
class Member:
    """A person (or the bot) of the workspace. `tz` is an IANA name, `locale` like en-GB."""

    id: str
    name: str
    tz: str = "Europe/Rome"
    locale: str = "en-GB"
    is_bot: bool = False

    def public(self, now: datetime, with_locale: bool = False) -> Json:
        """The user object of users.info."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        profile = {"real_name": self.name, "display_name": self.name, "email": f"{self.name.lower()}@example.com"}
        found: Json = {
            "id": self.id,
            "team_id": TEAM,
            "name": self.name.lower(),
            "real_name": self.name,
            "deleted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": False,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile | ({"bot_id": BOT, "api_app_id": APP} if self.is_bot else {}),
            "updated": int(now.timestamp()),
        }
        return found | ({"locale": self.locale} if with_locale else {})


@dataclass
class File:
    """Something uploaded. It is `complete` once the upload is finished; only then may it be shown."""

    id: str
    name: str
    mimetype: str
    owner: str
    created: int
    content: bytes = b""
    title: str = ""
    alt: str = ""
    expected: int = 0
    ticket: str = ""
    complete: bool = False
    shared_in: list[str] = field(default_factory=list)

    @property
    def filetype(self) -> str:
        """Slack's short name of the kind of file: its extension."""
        known = {"image/jpeg": "jpg", "image/png": "png", "text/plain": "text"}
        return known.get(self.mimetype) or self.name.rpartition(".")[2].lower() or "binary"

    def public(self, address: str) -> Json:
        """The file object as messages and files.info show it; its `url_private` wants a Bearer token."""
        url = f"{address}/files-pri/{TEAM}-{self.id}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.upper(),
            "user": self.owner,
            "user_team": TEAM,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(self.shared_in),
            "public_url_shared": False,
            "display_as_bot": False,
            "url_private": f"{url}/{self.name}",
            "url_private_download": f"{url}/download/{self.name}",
            "permalink": f"{address}/files/{self.owner}/{self.id}/{self.name}",
            "channels": list(self.shared_in),
            **({"alt_txt": self.alt} if self.alt else {}),
        }


@dataclass
class Message:
    """One message. `only_for` names the one member who sees an ephemeral message."""

    ts: str
    channel: str
    member: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast_reply: bool = False
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    only_for: str | None = None
    username: str | None = None
    tombstone: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it lives in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """A channel or a direct conversation with the messages in it, oldest first."""

    id: str
    name: str
    members: list[str]
    private: bool = False
    im: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`channel_type` of events: channel, group or im."""
        return "im" if self.im else "group" if self.private else "channel"

    def message(self, ts: str) -> Message | None:
        """The message with this ts, ephemeral ones excepted."""
        return next((m for m in self.messages if m.ts == ts and m.only_for is None), None)

    def replies(self, ts: str) -> list[Message]:
        """What was answered in the thread under `ts`, oldest first."""
        return [m for m in self.messages if m.thread_ts == ts and m.ts != ts and m.only_for is None]

    def public(self, now: datetime) -> Json:
        """The channel object of conversations.info, seen by the bot."""
        shared: Json = {"id": self.id, "created": 1700000000, "is_archived": False, "context_team_id": TEAM}
        if self.im:
            other = next((m for m in self.members if m != BOT_MEMBER), BOT_MEMBER)
            return shared | {"is_im": True, "user": other, "is_org_shared": False, "is_open": True}
        return shared | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "is_member": BOT_MEMBER in self.members,
            "creator": self.members[0] if self.members else "",
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "updated": int(now.timestamp() * 1000),
        }


def default_members() -> list[Member]:
    """Four members of the demo team, one stranger and the bot."""
    return [
        Member("U0ADA00001", "Ada", "Europe/London", "en-GB"),
        Member("U0BRUNO001", "Bruno", "Europe/London", "en-GB"),
        Member("U0CHIARA01", "Chiara", "Europe/Rome", "it-IT"),
        Member("U0DARIO001", "Dario", "Europe/Rome", "it-IT"),
        Member("U0EVE00001", "Eve", "Europe/Berlin", "en-GB"),
        Member(BOT_MEMBER, "Bottega", "UTC", "en-US", is_bot=True),
    ]


def default_channels() -> list[Channel]:
    """#review and the private #inbox with the bot; #general and #random without it."""
    team = ["U0ADA00001", "U0BRUNO001", "U0CHIARA01", "U0DARIO001"]
    everybody = [*team, "U0EVE00001"]
    return [
        Channel("C0REVIEW01", "review", [*everybody, BOT_MEMBER]),
        Channel("C0INBOX001", "inbox", [*team, BOT_MEMBER], private=True),
        Channel("C0GENERAL1", "general", list(everybody)),
        Channel("C0RANDOM01", "random", list(everybody)),
    ]


class Workspace:
    """Everything that exists in the workspace."""

    def __init__(self) -> None:
        self.members = {m.id: m for m in default_members()}
        self.channels = {c.id: c for c in default_channels()}
        self.files: dict[str, File] = {}
        self._last = 0

    def stamp(self, now: datetime) -> str:
        """A new message ts: seconds and microseconds, later than every one before it."""
        self._last = max(int(now.timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def member(self, who: str) -> Member | None:
        """By id or by first name, whatever its case."""
        return self.members.get(who) or next((m for m in self.members.values() if m.name.lower() == who.lower()), None)

    def channel(self, which: str) -> Channel | None:
        """By id, `name` or `#name`."""
        name = which.removeprefix("#")
        return self.channels.get(which) or next((c for c in self.channels.values() if c.name == name and name), None)

    def direct(self, member: str) -> Channel:
        """The conversation between the bot and one member, made when there is none yet."""
        for channel in self.channels.values():
            if channel.im and member in channel.members:
                return channel
        made = Channel(f"D0{member[2:]}", "", [member, BOT_MEMBER], private=True, im=True)
        self.channels[made.id] = made
        return made

    def add_file(self, name: str, mimetype: str, owner: str, now: datetime, content: bytes = b"") -> File:
        """A file not yet complete; the caller completes it."""
        made = File(
            f"F0{secrets.token_hex(4).upper()}", name, mimetype, owner, int(now.astimezone(UTC).timestamp()), content
        )
        self.files[made.id] = made
        return made
