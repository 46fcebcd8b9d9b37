"""The figures as pictures, one for each part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.report import ACK_MS

Figures = dict[str, Any]
COLOURS = {"bare": "#888888", "intake": "#e0a030", "desk": "#2060a0"}


def draw(part: str, found: Figures, folder: Path) -> None:
    """Write `<part>.png` into the folder."""
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    DRAWN[part](figure.subplots(), found)
    figure.savefig(folder / f"{part}.png", dpi=110)


def _ack(axes: Axes, found: Figures) -> None:
    cases = found["cases"]
    keys = list(cases[0]["figures"])
    for n, key in enumerate(keys):
        places = [place + (n - 1) * 0.27 for place in range(len(cases))]
        heights = [case["figures"][key]["p99 ms"]["median"] for case in cases]
        axes.bar(places, heights, 0.27, label=found["contenders"][key], color=COLOURS[key])
    axes.axhline(ACK_MS, color="#c03030", linewidth=1)
    axes.set_yscale("log")
    names = [f"{case['mode']}\n{case['kind']}\n{case['in flight']}" for case in cases]
    axes.set_xticks(range(len(cases)), names, fontsize=7)
    axes.set_ylabel("p99 of an acknowledgement, ms")
    axes.legend(fontsize=8)


def _sweep(axes: Axes, found: Figures) -> None:
    for one in found["contenders"].values():
        axes.plot(found["counts"], [cost["median"] for cost in one["ms"]], marker="o", label=one["name"])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("stored")
    axes.set_ylabel("one look for what is due, ms")
    axes.legend(fontsize=8)


def _burst(axes: Axes, found: Figures) -> None:
    who = list(found["contenders"].values())
    _bars(axes, [one["name"] for one in who], [one["per second"]["median"] for one in who])
    axes.set_xlabel("posts a second")


def _intake(axes: Axes, found: Figures) -> None:
    for n, base in enumerate(found["databases"].values()):
        figures = base["per second"]
        places = [place + n * 0.4 for place in range(len(figures))]
        axes.barh(places, [figure["median"] for figure in figures.values()], 0.4, label=base["name"])
        axes.set_yticks(range(len(figures)), list(figures), fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("a second")
    axes.legend(fontsize=8)


def _rest(axes: Axes, found: Figures) -> None:
    desks = list(found["desks"].values())
    _bars(axes, [one["name"] for one in desks], [one["MiB"]["median"] for one in desks])
    axes.set_xlabel("memory at rest, MiB")


def _load(axes: Axes, found: Figures) -> None:
    desks = list(found["desks"].values())
    _bars(axes, [one["name"] for one in desks], [one["cpu s"]["median"] for one in desks])
    axes.set_xlabel(f"CPU in {found['seconds']} s at rest, s")


def _bars(axes: Axes, names: list[str], lengths: list[float]) -> None:
    axes.barh(names, lengths, color=COLOURS["desk"])
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=8)


DRAWN: dict[str, Callable[[Axes, Figures], None]] = {
    "ack": _ack,
    "sweep": _sweep,
    "burst": _burst,
    "intake": _intake,
    "rest": _rest,
    "load": _load,
}
