"""Albums arrive as several messages; they are read as one, once no further piece has come for a moment."""

from collections import OrderedDict
from collections.abc import Sequence

from bot.telegram.wire import Update

#: Seconds without another piece after which an album is whole.
QUIET = 1.0
#: Pieces of the largest album (Bot API, "sendMediaGroup": 2-10).
MOST = 10
#: Albums under way that are remembered.
KEPT = 200


class Albums:
    """Remembers how many pieces of each album were there at the last look.

    After a restart it looks once more; the pieces themselves wait in the inbound table.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, int] = OrderedDict()

    def pieces(self, updates: Sequence[Update | None]) -> list[Update] | None:
        """The updates at the front that belong together; None while more of an album may arrive."""
        first = updates[0]
        group = group_of(first)
        if not group:
            return [first] if first else []
        found: list[Update] = []
        for update in updates:
            if update is None or group_of(update) != group:
                break
            found.append(update)
        followed = len(updates) > len(found)  # the person went on to something else
        if followed or len(found) >= MOST or self._seen.get(group) == len(found):
            self._seen.pop(group, None)
            return found[:MOST]
        self._seen[group] = len(found)
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        return None


def group_of(update: Update | None) -> str:
    """The album the update is a piece of, "" for none."""
    return update.message.media_group_id if update and update.message else ""
