"""What a page says of itself, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from platforms.contract.outgoing import Attachment


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page's own words about itself; "" where there are none."""

    name: str
    url: str
    about: str = ""
    description: str = ""
    website: str = ""
    phone: str = ""
    hours: Mapping[str, str] = field(default_factory=dict)  #: "mon" … "sun" -> "09:00-13:00, 15:00-19:00"
    cover: str = ""  #: address of the picture
    picture: str = ""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class PageChange:
    """What is to become different; None: stays as it is."""

    about: str | None = None
    description: str | None = None
    website: str | None = None
    phone: str | None = None
    hours: Mapping[str, str] | None = None
    cover: Attachment | None = None
    picture: Attachment | None = None


@runtime_checkable
class PageSettings(Protocol):
    """Shows and changes what a page says of itself."""

    def page(self) -> PageInfo:
        """As it stands."""

    def change_page(self, change: PageChange) -> None:
        """Make it so. Idempotent."""
