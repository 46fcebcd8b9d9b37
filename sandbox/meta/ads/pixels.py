"""The pixel of our website, and the targeting that somebody saved in the ads manager."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sandbox.meta.world import Json, Node


@dataclass(kw_only=True, eq=False)
class Pixel(Node):
    """A pixel; the sandbox has one, and it fires."""

    kind: ClassVar[str] = "AdsPixel"
    name: str
    at: datetime


@dataclass(kw_only=True, eq=False)
class SavedAudience(Node):
    """A targeting with a name."""

    kind: ClassVar[str] = "SavedAudience"
    name: str
    at: datetime
    targeting: Json
