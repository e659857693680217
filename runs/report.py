"""A data set on one page, fit for a pull request: Markdown, a few pictures, and what changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rpsdg.corpora.dataset import Dataset, Plan

from .glance import glances
from .pictures import draw_chart
from .replacing import in_place_of
from .survey import Bar, Chart, Survey
from .terminal import plain

__all__ = ["Measured", "measure", "write_report"]

_MARK = "<!-- written by rpsdg report -->"
_ROWS = 12
"""Rows of a table of changes."""


@dataclass
class Measured:
    """What a report knows of a data set."""

    name: str
    survey: Survey = field(default_factory=Survey)
    contents: dict[str, str] = field(default_factory=dict)
    """Content hashes of the traces by their ids."""
    plan: Plan | None = None
    triaged: int = 0
    """Candidates that a warm process looked at first."""
    judged: Counter[str] = field(default_factory=Counter)
    """Candidates by which tests judged them in clean runs."""


def measure(data: Dataset) -> Measured:
    """Return what a report knows of a data set.

    Raises:
        DatasetError: it is damaged.
    """
    found = Measured(data.folder.resolve().name, plan=data.plan())
    found.survey.add_decisions(data.decisions())
    for decision in data.decisions():
        found.triaged += decision.triage is not None
        if decision.judged is not None:
            found.judged[decision.judged] += 1
    for trace, glance in glances(data):
        found.survey.add(glance)
        found.contents[trace.id] = trace.content_hash
    return found


def write_report(found: Measured, out: Path, against: Measured | None = None) -> Path:
    """Write a folder with `report.md` and its pictures, and return the page's path.

    Args:
        found: what is reported.
        out: the folder. One with an earlier report is replaced.
        against: what it is compared with.

    Raises:
        OutputError: `out` holds something else, or cannot be written.
        NoPlotsError: the library that draws is not installed.
    """
    with in_place_of(out, "a report of `rpsdg report`", "report.md", _MARK.encode()) as partial:
        pictures = []
        before = None if against is None else against.survey
        others = {} if before is None else {one.title: one for one in before.charts(found.survey)}
        for chart in found.survey.charts(before):
            name = f"{_slug(chart.title)}.png"
            earlier = others.get(chart.title)
            (partial / name).write_bytes(
                draw_chart(chart, earlier, None if against is None else against.name)
            )
            pictures.append(f"![{_alt(chart)}]({name})")
        page = "\n\n".join(_page(found, against, pictures))
        (partial / "report.md").write_text(page + "\n", "utf-8")
    return out / "report.md"


def _page(found: Measured, against: Measured | None, pictures: Sequence[str]) -> Iterable[str]:
    yield _MARK
    yield f"# {_text(found.name)}"
    if found.plan is not None:
        source = found.plan.source
        yield (
            f"{_text(source.get('name'))} {_text(source.get('version') or source.get('commit') or '')}, "
            f"rpsdg {_text(found.plan.generator)}, seed {found.plan.seed}, "
            f"mixture {_text(found.plan.mix.get('name'))}."
        )
    yield _summary(found, against)
    if against is not None:
        yield from _changes(found, against)
    if found.survey.outcomes:
        yield "## Yield and cost"
        yield _costs(found, against)
    if pictures:
        yield "## Plots"
        yield _side_by_side(pictures)


def _summary(found: Measured, against: Measured | None) -> str:
    now = found.survey.summary()
    if against is None:
        return _table(("", found.name), [(name, value) for name, value in now])
    before = dict(against.survey.summary())
    rows = [(name, value, before.get(name, "–")) for name, value in now]
    return _table(("", found.name, against.name), rows)


def _changes(found: Measured, against: Measured) -> Iterable[str]:
    new = found.contents.keys() - against.contents.keys()
    gone = against.contents.keys() - found.contents.keys()
    kept = found.contents.keys() & against.contents.keys()
    other = sum(found.contents[one] != against.contents[one] for one in kept)
    yield f"## What changed against {_text(against.name)}"
    yield (
        f"**{len(new):,} new**, **{len(gone):,} gone**, {len(kept) - other:,} unchanged, "
        f"{other:,} with the same problem and another record."
    )
    earlier = {chart.title: chart for chart in against.survey.charts(found.survey)}
    later = {chart.title: chart for chart in found.survey.charts(against.survey)}
    for title in dict.fromkeys([*later, *earlier]):
        rows = _shifts(later.get(title), earlier.get(title))
        if rows:
            heads = (title, found.name, against.name, "share here", "share there", "shift")
            yield _table(heads, rows)


def _shifts(now: Chart | None, before: Chart | None) -> list[tuple[str, ...]]:
    """Return the bars whose share of the whole moved most, as rows; of a scale all, in its order."""
    numbers = [{bar.label: bar.number for bar in (chart.bars if chart else ())} for chart in (now, before)]
    totals = [max(1, sum(one.values())) for one in numbers]
    rows = []
    for label in dict.fromkeys([*numbers[0], *numbers[1]]):
        here, there = (one.get(label, 0) for one in numbers)
        shares = here / totals[0], there / totals[1]
        rows.append((shares[0] - shares[1], label, here, there, *shares))
    if all(shift == 0 for shift, *_ in rows):
        return []
    chart = now or before
    if chart is not None and not chart.ordered:
        rows = sorted(rows, key=lambda row: (-abs(row[0]), row[1]))[:_ROWS]
    return [
        (label, f"{here:,}", f"{there:,}", f"{share:.1%}", f"{other:.1%}", f"{100 * shift:+.1f}")
        for shift, label, here, there, share, other in rows
    ]


def _costs(found: Measured, against: Measured | None) -> str:
    sides = [found] if against is None else [found, against]
    rows = [
        ("candidates tried", *(f"{one.survey.outcomes.total():,}" for one in sides)),
        (
            "candidates for a trace",
            *(_ratio(one.survey.outcomes.total(), one.survey.traces) for one in sides),
        ),
        ("looked at first in a warm process", *(f"{one.triaged:,}" for one in sides)),
        ("judged by the complete suite", *(f"{one.judged['full']:,}" for one in sides)),
        ("judged by the tests that reach the edit", *(f"{one.judged['covering']:,}" for one in sides)),
    ]
    outcomes = dict.fromkeys(name for one in sides for name, _ in one.survey.outcomes.most_common())
    rows += [
        (f"outcome {name}", *(f"{one.survey.outcomes[name]:,} ({_share(one, name)})" for one in sides))
        for name in outcomes
    ]
    return _table(("", *(one.name for one in sides)), rows)


def _share(one: Measured, outcome: str) -> str:
    total = one.survey.outcomes.total()
    return f"{one.survey.outcomes[outcome] / total:.1%}" if total else "–"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def _side_by_side(pictures: Sequence[str]) -> str:
    """Return pictures two in a row, as a table that Markdown renders everywhere."""
    rows = [" | ".join(("", *pictures[at : at + 2], "")).strip() for at in range(0, len(pictures), 2)]
    return "\n".join([rows[0], "|---|---|", *rows[1:]])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, [":--", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text if re.fullmatch(r":?--:?", text) else _text(text)


def _text(value: object) -> str:
    """Return a stranger's text for one line of Markdown, in which it is nothing but text."""
    line = " ".join(plain(value).split())[:200].replace("@", "(at)")  # else whoever is called so is called
    return re.sub(r"([\\`*_\[\]<>#|~$&]|:(?=//)|(?<=www)\.)", r"\\\1", line)


def _alt(chart: Chart) -> str:
    """Return a picture in words."""
    most = sorted(chart.bars, key=lambda bar: -bar.number)[:3]
    return _text(f"{chart.title}: {', '.join(map(_told, most))}")


def _told(bar: Bar) -> str:
    return f"{bar.label} {bar.number:,}"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
