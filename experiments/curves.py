"""Curves with bands as PNG pictures, drawn by matplotlib, which the extra `report` brings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from rpsdg.runs.pictures import NoPlotsError

__all__ = ["Point", "draw_curves"]

_COLOURS = ("#b45309", "#0f766e", "#1d4ed8", "#9333ea", "#be123c", "#4d7c0f", "#57534e")


class Point(NamedTuple):
    """A place of a curve."""

    x: float
    y: float
    low: float
    high: float
    """Of the band around it."""


def draw_curves(title: str, x: str, y: str, curves: Mapping[str, Sequence[Point]]) -> bytes:
    """Return a picture of curves by their names.

    Args:
        title: stands above.
        x: what goes to the right, with its unit.
        y: what goes up, with its unit.
        curves: by name, which stand in the legend.

    Raises:
        NoPlotsError: matplotlib is not installed.
    """
    try:
        figure_class = import_module("matplotlib.figure").Figure
    except ImportError as error:
        raise NoPlotsError(
            "curves are drawn by matplotlib, which is not installed",
            hint="`pip install 'rpsdg[report]'` brings it.",
        ) from error
    figure = figure_class(figsize=(6.4, 3.6), dpi=140, layout="constrained")
    axes = figure.add_subplot()
    for number, (name, points) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [point.x for point in points]
        axes.plot(places, [point.y for point in points], color=colour, label=name, linewidth=1.5)
        axes.fill_between(
            places,
            [point.low for point in points],
            [point.high for point in points],
            color=colour,
            alpha=0.12,
        )
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(fontsize=8, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    file = io.BytesIO()
    # Nothing about when or with what: equal data gives equal files.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
