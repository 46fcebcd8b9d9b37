"""The story's frame: steps in their order, each told with its result."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from requests import RequestException

from sandbox.play.scene import Scene
from sandbox.slack.person import Refused
from sandbox.telegram.person import Impossible

#: What a step ends with when the bot, or a sandbox, did not do what the story needs.
FAILURES = (AssertionError, LookupError, TimeoutError, Refused, Impossible, RequestException)


@dataclass(frozen=True)
class Step:
    """One sentence of the story and how it is played."""

    title: str
    play: Callable[[Scene], None]


@dataclass(frozen=True)
class Chapter:
    """Steps that belong together."""

    title: str
    steps: tuple[Step, ...]


def tell(chapters: Iterable[Chapter], scene: Scene, say: Callable[[str], None]) -> bool:
    """Play until the end or the first step that fails; answers whether all went well. `say` gets each line."""
    began = time.monotonic()
    count = 0
    for number, chapter in enumerate(chapters, 1):
        say(f"\n{number}. {chapter.title}")
        for step in chapter.steps:
            started = time.monotonic()
            try:
                step.play(scene)
            except FAILURES as failure:
                say(f"  ✗ {step.title}\n    {type(failure).__name__}: {failure}")
                return False
            count += 1
            say(f"  ✓ {step.title} ({time.monotonic() - started:.1f} s)")
    say(f"\nThe story is told: {count} steps in {time.monotonic() - began:.0f} s.")
    return True
