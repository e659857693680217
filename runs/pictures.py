"""Charts as PNG pictures, drawn by matplotlib, which the extra `report` brings."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from rpsdg.traces.errors import ExitCode, RpsdgError

from .survey import Chart
from .terminal import plain

__all__ = ["NoPlotsError", "draw_chart"]

_INK, _SOFT, _NOW, _BEFORE = "#1b1f1d", "#59625e", "#0f766e", "#b9c4bf"
_WIDTH, _HEIGHT, _ROW = 5.6, 3.0, 0.26
"""Inches: of all pictures, of scales, and of each row of names."""
_LABEL = 34
"""Characters of a name."""


class NoPlotsError(RpsdgError):
    """The library that draws is not installed."""

    code = ExitCode.USAGE


def draw_chart(chart: Chart, earlier: Chart | None = None, earlier_name: str | None = None) -> bytes:
    """Return a chart as PNG: columns for a scale, rows for names.

    Args:
        chart: to draw.
        earlier: the same of another data set; shares are drawn then, side by side, for sizes may differ.
        earlier_name: what to call the other.

    Raises:
        NoPlotsError: matplotlib is not installed.
    """
    figure_class = _matplotlib("matplotlib.figure").Figure
    labels = [bar.label for bar in chart.shown]
    now = [float(bar.number) for bar in chart.shown]
    before: list[float] | None = None
    if earlier is not None:
        found = {bar.label: bar.number for bar in earlier.bars}
        before = [100 * found.get(label, 0) / max(1, earlier.total) for label in labels]
        now = [100 * number / max(1, chart.total) for number in now]
    size = (_WIDTH, _HEIGHT if chart.ordered else 0.9 + _ROW * len(labels))
    figure = figure_class(figsize=size, dpi=160, layout="constrained")
    axes = figure.add_subplot()
    _draw(axes, chart, [_short(label) for label in labels], now, before)
    unit = ", ".join(filter(None, (chart.unit if before is None else "per cent", chart.left_out)))
    axes.set_title(plain(chart.title), loc="left", fontsize=11, fontweight="bold", color=_INK)
    axes.set_title(unit, loc="right", fontsize=8, color=_SOFT)
    if before is not None:
        axes.legend(["here", plain(earlier_name or "there")[:_LABEL]], fontsize=8, frameon=False)
    file = io.BytesIO()
    # Nothing about when or with what: equal data gives equal files.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _draw(axes: Any, chart: Chart, labels: list[str], now: list[float], before: list[float] | None) -> None:
    places = range(len(labels))
    thick = 0.72 if before is None else 0.38
    shift = 0.0 if before is None else thick / 2
    if chart.ordered:
        bars = axes.bar([at - shift for at in places], now, thick, color=_NOW)
        if before is not None:
            axes.bar([at + shift for at in places], before, thick, color=_BEFORE)
        axes.set_xticks(list(places), labels, rotation=0 if len(labels) <= 10 else 45)
        axes.set_yticks([])
        kept = "bottom"
    else:
        bars = axes.barh([at - shift for at in places], now, thick, color=_NOW)
        if before is not None:
            axes.barh([at + shift for at in places], before, thick, color=_BEFORE)
        axes.set_yticks(list(places), labels)
        axes.set_xticks([])
        axes.invert_yaxis()
        kept = "left"
    if before is None:
        axes.bar_label(
            bars, [f"{number:,.0f}" if number else "" for number in now], padding=3, fontsize=8, color=_SOFT
        )
    axes.margins(0.02 if chart.ordered else 0.12, 0.12 if chart.ordered else 0.02)
    axes.tick_params(length=0, labelsize=8, labelcolor=_INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == kept)
        spine.set_color("#c8ccc9")


def _short(label: str) -> str:
    """Return a name as it fits, in which a dollar sign begins no formula."""
    text = plain(label)
    return (text if len(text) <= _LABEL else text[: _LABEL - 1] + "…").replace("$", r"\$")


def _matplotlib(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise NoPlotsError(
            "a report is drawn by matplotlib, which is not installed",
            hint="`pip install 'rpsdg[report]'` brings it.",
        ) from error
