"""Message ids seen lately in each chat: where a look for a lost message begins, and what it need not look at."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

#: Chats and messages in each that are remembered.
ROOMS, MESSAGES = 500, 300
#: How far Telegram's clock and ours may differ.
SKEW = timedelta(seconds=10)


class Seen:
    """Ids of people's messages with their time, and of our own; thread-safe, in memory."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[int, deque[tuple[int, float]]] = OrderedDict()
        self._lock = Lock()

    def note(self, room: int, message_id: int, at: float) -> None:
        """A message stands in the chat; `at` in seconds since 1970, as Telegram dates it."""
        with self._lock:
            messages = self._rooms.setdefault(room, deque(maxlen=MESSAGES))
            self._rooms.move_to_end(room)
            messages.append((message_id, at))
            if len(self._rooms) > ROOMS:
                self._rooms.popitem(last=False)

    def before(self, room: int, moment: datetime) -> int:
        """The newest id from clearly before the moment, 0 where none is known."""
        latest = (moment - SKEW).timestamp()
        with self._lock:
            return max((i for i, at in self._rooms.get(room, ()) if at <= latest), default=0)

    def ids(self, room: int) -> set[int]:
        """Every id known in the chat."""
        with self._lock:
            return {i for i, _ in self._rooms.get(room, ())}
