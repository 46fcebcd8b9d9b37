"""`make bench`: measures, keeps the figures in docs/benchmarks/, and writes docs/benchmarks.md and its plots."""

import argparse
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import ack, burst, intake, load, machine, needs, report, rest, sweep
from benchmarks.common import ROOT, Figures, Size

PARTS = {
    "ack": ack.measure,
    "sweep": sweep.measure,
    "burst": burst.measure,
    "intake": intake.measure,
    "rest": rest.measure,
    "load": load.measure,
}
#: A small try-out: of every count so much.
QUICK = 0.02
#: Where the whole measurement is kept, and where anything smaller.
KEPT, TRIED = ROOT / "docs", ROOT / ".bench"


def main(words: Sequence[str] | None = None) -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; without any: all")
    parser.add_argument("--among", nargs="+", default=[], metavar="CONTENDER", help="only these contenders of the part")
    parser.add_argument("--scale", type=float, default=1.0, help="of every count, so much (1: the whole measurement)")
    parser.add_argument("--rounds", type=int, default=3, help="how often what is compared takes turns")
    parser.add_argument("--quick", action="store_true", help="a small try-out")
    parser.add_argument("--into", type=Path, help="folder; without: docs for the whole measurement, else .bench")
    asked = parser.parse_args(words)
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    size = Size(QUICK, 1) if asked.quick else Size(asked.scale, asked.rounds)
    into = asked.into or (KEPT if size.scale == 1 and not asked.among else TRIED)
    for name in asked.parts or PARTS:
        print(f"{name}:", flush=True)
        keep(name, run(name, size, tuple(asked.among)), into)
    print(f"written: {into / 'benchmarks.md'}")


def run(name: str, size: Size, among: tuple[str, ...] = ()) -> Figures:
    """Measure one part."""
    begun = time.perf_counter()
    found = PARTS[name](size, among)
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "scale": size.scale,
        "rounds": size.rounds,
        "seconds": round(time.perf_counter() - begun),
        "machine": machine.description(),
        "found": found,
    }


def keep(name: str, told: Figures, into: Path) -> None:
    """Put the part among the results in the folder, and write the page and the part's plot anew."""
    folder = into / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"parts": {}}
    results["parts"][name] = told
    file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    draw(name, told["found"], folder)
    (into / "benchmarks.md").write_text(report.page(results, plots_in(folder)), encoding="utf-8")


def plots_in(folder: Path) -> frozenset[str]:
    """The parts of which there is a plot."""
    return frozenset(file.stem for file in folder.glob("*.png"))


def draw(name: str, found: Figures, folder: Path) -> None:
    """The part's plot; without what it needs, or without any figure, none, and no old one beside new figures."""
    try:
        needs.need(["matplotlib"])
        if not report.has_figures(found):
            raise needs.Absent("nothing was measured")
    except needs.Absent as absent:
        print(f"  no plot of {name}: {absent}", flush=True)
        (folder / f"{name}.png").unlink(missing_ok=True)
        return
    from benchmarks import plots

    plots.draw(name, found, folder)


if __name__ == "__main__":
    main()
