"""What stands of a publication by what its attempts have saved: each part under its number."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from platforms.contract import Progress, Published

#: Name of a part in the progress.
PART = "part:{}"


def keep(progress: Progress, part: Published, n: int = 0) -> None:
    """The n-th part stands."""
    saved = {"id": part.remote_id, "url": part.url, "at": part.at.isoformat()}
    progress.save(PART.format(n), json.dumps(saved))


def forget(progress: Progress, n: int) -> None:
    """The n-th part stands no more."""
    progress.save(PART.format(n), "")


def kept(load: Callable[[str], str | None], n: int = 0) -> Published | None:
    """The n-th part, where it stands."""
    saved = load(PART.format(n))
    if not saved:
        return None
    part = json.loads(saved)
    return Published(part["id"], part["url"], datetime.fromisoformat(part["at"]), (part["id"],))


def whole(parts: Sequence[Published]) -> Published:
    """The publication of these parts, of which the first is where it stands."""
    return replace(parts[0], part_ids=tuple(part.remote_id for part in parts))


def standing(saved: Mapping[str, str]) -> Published | None:
    """The parts that a progress has saved; as the contract's `Platform.standing`."""
    parts: list[Published] = []
    while part := kept(saved.get, len(parts)):
        parts.append(part)
    return whole(parts) if parts else None
