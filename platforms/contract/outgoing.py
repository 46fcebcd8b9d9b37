"""What leaves for a network: its texts and files, how much is taken, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the account takes, read from the network where it tells. Lengths in what `Platform.length` counts."""

    text: int
    images: int = 4
    videos: int = 1
    alt_text: int = 1500
    image_bytes: int = 16_777_216
    image_pixels: int = 33_177_600
    video_bytes: int = 103_809_024
    mime_types: frozenset[str] = frozenset()
    url_length: int | None = None  #: what every link counts as, where it has a fixed price


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the archive on its way out."""

    path: Path
    mime: str
    size: int  #: bytes
    sha256: str
    alt: str = ""
    width: int = 0  #: pixels; 0 where unknown
    height: int = 0

    @property
    def is_video(self) -> bool:
        """Whether it is a moving picture (a GIF is an image here)."""
        return self.mime.startswith("video/")


class Shelf(Protocol):
    """Where a network fetches our files that it does not let us upload."""

    def lend(self, file: Attachment) -> str:
        """A public address of the file, unguessable and open for some hours.

        Raises TryLater, Unsupported, FileNotFoundError where the archive has no such file.
        """


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One variant (or one reply) as it shall stand on the network."""

    parts: tuple[str, ...]  #: more than one for a chain of posts (a thread); the media go with the first
    media: tuple[Attachment, ...] = ()
    warning: str = ""  #: content warning; empty for none
    visibility: str = ""  #: empty for the account's default
    language: str = ""  #: ISO 639-1; empty for none
    format: str = "post"  #: one of the account's `Can.formats`
    link: str = ""  #: shown as a preview, where `Can.links`; elsewhere it stands in the first part
    reply_to: str = ""  #: remote id of the comment that is answered
    mention: str = ""  #: handle of the person answered, without @; the adapter puts it where the network wants it


@dataclass(frozen=True, slots=True)
class Published:
    """It stands on the network."""

    remote_id: str
    url: str
    at: datetime
    part_ids: tuple[str, ...] = ()  #: remote ids of all parts of a chain, the first included


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the network would refuse, known beforehand. `sentence` is an English catalogue key with {placeholders}."""

    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False  #: a warning can be overruled by the team (missing alt text), a problem cannot


class Progress(Protocol):
    """What attempts already did on the network (media ids, parts of a chain); `save` is committed before it returns."""

    def load(self, name: str) -> str | None:
        """What was saved under the name, or None."""

    def save(self, name: str, value: str) -> None:
        """Remember it for the next attempt and for `find`."""
