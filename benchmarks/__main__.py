"""`make bench`: measures, keeps the figures in docs/benchmarks/, and writes docs/benchmarks.md and its plots."""

import argparse
import json

from benchmarks import ack, burst, intake, rest, sweep
from benchmarks.common import Size

PARTS = {
    "ack": ack.measure,
    "sweep": sweep.measure,
    "burst": burst.measure,
    "intake": intake.measure,
    "rest": rest.measure,
}


def main() -> None:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(PARTS[asked.part](Size(asked.scale, asked.rounds), tuple(asked.only)), indent=2))


if __name__ == "__main__":
    main()
