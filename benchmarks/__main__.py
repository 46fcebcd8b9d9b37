"""`make bench`: measures, keeps the figures in docs/benchmarks/, and writes docs/benchmarks.md and its plots."""

import argparse
import json

from benchmarks import burst
from benchmarks.common import Size


def main() -> None:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(burst.measure(Size(asked.scale, asked.rounds), tuple(asked.only)), indent=2))


if __name__ == "__main__":
    main()
