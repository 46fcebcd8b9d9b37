"""`python -m sandbox.play --addresses FILE|JSON`: tell the story against a running bot; exit 0 when all went well."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sandbox.play import answering, approving, boosting, drafting, publishing, team
from sandbox.play.scene import Scene
from sandbox.play.telling import tell

STORY = (
    drafting.CHAPTER,
    approving.CHAPTER,
    *publishing.CHAPTERS,
    *answering.CHAPTERS,
    *boosting.CHAPTERS,
    *team.CHAPTERS,
)


def read(addresses: str) -> dict[str, Any]:
    """What `python -m sandbox` printed: as JSON itself, or the name of a file that holds it."""
    text = addresses if addresses.lstrip().startswith("{") else Path(addresses).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def say(line: str) -> None:
    """One line for whoever watches, at once."""
    print(line, flush=True)  # noqa: T201 - telling is what this program does


def main() -> int:
    """Read the addresses and tell the story."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.play", description=__doc__)
    parser.add_argument("--addresses", required=True, help="the line of python -m sandbox, or a file that holds it")
    scene = Scene(read(parser.parse_args().addresses))
    scene.begin()
    return 0 if tell(STORY, scene, say) else 1


if __name__ == "__main__":
    sys.exit(main())
