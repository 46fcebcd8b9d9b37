"""What the stage may change about the pretend server: limits, speed, persona, and how it misbehaves."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Persona = Literal["mastodon", "gotosocial"]

#: Version strings and longest texts of the two personas (networks.md 5.8).
VERSIONS: dict[str, str] = {"mastodon": "4.5.2", "gotosocial": "0.20.1+git-a1b2c3d +gotosocial"}
CHARACTERS: dict[str, int] = {"mastodon": 500, "gotosocial": 5000}


@dataclass
class Rate:
    """Calls allowed to one token in a window of `seconds`; counted per kind of call (networks.md 2)."""

    limit: int
    seconds: int


def _rates() -> dict[str, Rate]:
    return {"api": Rate(300, 300), "media": Rate(30, 1800), "delete": Rate(30, 1800)}


@dataclass
class Settings:
    """Everything adjustable. Sizes in bytes, matrices in pixels, times in seconds of the sandbox clock.

    `media_seconds` None: pictures are ready at once and everything else after one second, as on a calm server.
    `idempotency`: whether a repeated Idempotency-Key gives the first answer; some dialects do not know it.
    `notifications`: "on", "paused" (kept back until "on" again) or "doubled" (each is stored and streamed twice).
    """

    persona: Persona = "mastodon"
    version: str = VERSIONS["mastodon"]
    api_version: int = 7
    domain: str = "social.example"
    max_characters: int = 500
    max_media: int = 4
    description_limit: int = 1500
    image_size: int = 16 * 1024 * 1024
    video_size: int = 99 * 1024 * 1024
    image_matrix: int = 33_177_600
    video_matrix: int = 8_294_400
    media_seconds: float | None = None
    media_fails: bool = False
    streaming: bool = True
    thump_seconds: float = 15.0
    idempotency: bool = True
    notifications: Literal["on", "paused", "doubled"] = "on"
    rates: dict[str, Rate] = field(default_factory=_rates)

    @classmethod
    def of(cls, persona: Persona) -> "Settings":
        """How a fresh server of that persona is set up."""
        calm = cls(persona=persona, version=VERSIONS[persona], max_characters=CHARACTERS[persona])
        calm.streaming = persona == "mastodon"
        return calm

    def change(self, name: str, value: Any) -> bool:
        """Set one field by its name; answers whether there is such a field. `rates` takes {kind: {limit, seconds}}."""
        if name == "rates":
            self.rates.update({kind: Rate(**rate) for kind, rate in value.items()})
            return True
        if name not in {f.name for f in fields(self)}:
            return False
        setattr(self, name, value)
        return True
