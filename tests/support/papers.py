"""The chats of a bench: what is for a chat leaves once somebody acts there or looks at it, and from then on at once."""

from collections.abc import Callable, Iterator, Mapping

from support.paper import PaperVoice


class Papers(Mapping[str, PaperVoice]):
    """Both chats. Most tests look at one of them, and nothing is drawn for the other.

    Who looks finds every message in its order, drawn as the desk draws it; from then on each act is delivered there
    before the next, so that a card which an act forgot to draw anew stays as it was.
    """

    def __init__(self, voices: Mapping[str, PaperVoice], catch_up: Callable[[str], None]) -> None:
        self._voices, self._catch_up = voices, catch_up
        self._watched = set[str]()

    def watch(self, chat: str) -> None:
        """Somebody acts there or looks at it."""
        if chat in self._voices and chat not in self._watched:
            self._watched.add(chat)
            self._catch_up(chat)

    def is_watched(self, lane: str) -> bool:
        """Whether what is in that lane leaves at once."""
        chat = chat_of(lane)
        return chat not in self._voices or chat in self._watched

    def __getitem__(self, chat: str) -> PaperVoice:
        voice = self._voices[chat]
        self.watch(chat)
        return voice

    def __iter__(self) -> Iterator[str]:
        return iter(self._voices)

    def __len__(self) -> int:
        return len(self._voices)


def chat_of(lane: str) -> str:
    """The chat that a lane leads to; of a lane to an account, what is no chat's name."""
    kind, _, rest = lane.partition(":")
    return rest.partition(":")[0] if kind in {"whisper", "home"} else kind
