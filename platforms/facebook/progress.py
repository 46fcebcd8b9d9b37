"""What a publication's progress keeps: the ids of its files while they are on their way, and what stands."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from platforms.contract import Progress, Published

#: Names in the progress.
PART, VIDEO, UPLOAD, WANTED, FINISHED, LOOKS, DUPLICATE = (
    "part:0",
    "video",
    "upload",
    "sent",
    "finished",
    "looks",
    "twice",
)


def photo(n: int) -> str:
    """Under which name the id of the n-th picture is kept."""
    return f"photo:{n}"


def photos(load: Callable[[str], str | None], count: int) -> list[str]:
    """The ids of the pictures that were uploaded."""
    return [known for n in range(count) if (known := load(photo(n)))]


def save(progress: Progress, part: Published) -> None:
    """It stands."""
    saved = {"id": part.remote_id, "url": part.url, "at": part.at.isoformat()}
    progress.save(PART, json.dumps(saved))


def loaded(load: Callable[[str], str | None]) -> Published | None:
    """What stands, or None."""
    saved = load(PART)
    if not saved:
        return None
    part = json.loads(saved)
    return Published(part["id"], part["url"], datetime.fromisoformat(part["at"]), (part["id"],))


def standing(saved: Mapping[str, str]) -> Published | None:
    """What stands by a progress; as the contract's `Platform.standing`."""
    return loaded(saved.get)


def forget_video(progress: Progress) -> None:
    """The next attempt begins with a new video."""
    for name in (VIDEO, UPLOAD, WANTED, FINISHED, LOOKS):
        if progress.load(name):
            progress.save(name, "")
