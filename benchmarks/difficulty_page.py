"""The page about difficulty: the score from its code, the cuts, and the last measurement of the levels."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import msgspec

from rpsdg.mutators.measuring.difficulty import DEFAULT_CUTS, SHARES
from rpsdg.traces.generated import write_or_check
from rpsdg.traces.levels import LEVELS

from .levels_statistics import Curve, Report

__all__ = ["RESULTS", "as_page", "as_table"]

RESULTS = Path(__file__).parent / "results" / "levels.json"

_PARTS = {
    "few": "few tests fail because of the bug (`failing_tests`)",
    "trace": "no traceback ends on its line, in its function, or even in its file (`traceback_names_…`)",
    "rank": "many lines are more suspicious than the faulty one (`ochiai_rank`)",
    "edit": "the fix is long (`fix_bytes`)",
    "knowledge": "the words of the fix stand nowhere near: not in the function, the file, the program",
    "guard": "the tests catch most wrong patches near the right one (`grader_strength`)",
}
"""What makes each part of a score high."""


def as_page(report: Report | None) -> str:
    """Return docs/difficulty.md."""
    cuts = DEFAULT_CUTS.cuts
    bounds = [f"below {cuts[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(cuts))]
    bounds.append(f"{cuts[-1]:g} and above")
    lines = [
        "# Difficulty",
        "",
        "Every bug-fix trace has a `score` from 0 (the traceback names a typo) to 1, made of the `features`",
        "that were measured while the bug was confirmed: see `mutators/measuring`.",
        "`make docs` makes this page of that code, of `mutators/measuring/levels.json` and of",
        "`benchmarks/results/levels.json`. Each part is from 0 to 1, too.",
        "",
        "| weight | part | high where |",
        "|---|---|---|",
        *(f"| {share:.2f} | {name} | {_PARTS[name]} |" for name, share in SHARES.items()),
        "",
        "A walk of several bugs is harder than each of them: `1 - (1 - score 1) * (1 - score 2) * …`.",
        "",
        "## Levels",
        "",
        f"| level | {' | '.join(str(level) for level in LEVELS)} |",
        "|---|" + "---|" * len(LEVELS),
        f"| score | {' | '.join(bounds)} |",
        "",
        f"The cuts are {DEFAULT_CUTS.origin}.",
        "",
        "## Do levels mean anything?",
        "",
        "A measure that is no part of the score: what a simple repair search without a model costs",
        "(`benchmarks/repair_search.py`). It knows the failing tests and the lines they run, and tries",
        "patches from templates with donors in the same file: cheap ones first, and otherwise at random.",
        "",
        "",
    ]
    return "\n".join(lines) + (as_table(report) if report else "Not measured yet.") + "\n"


def as_table(report: Report) -> str:
    """Return a measurement as Markdown."""
    names = ", ".join(f"{name} ({count})" for name, count in report.packages.items())
    both = ", ".join(report.not_held_out)
    held = (
        f"NOT held out, since the cuts were taken from them too: {both}."
        if both
        else ("None of them was used to set the cuts.")
    )
    total = sum(report.packages.values())
    lines = [
        f"{total} traces of one bug: {names}. {held}",
        "",
        *_table(report.cost, "repaired", "patches tried until one passes the tests"),
        "",
        *_table(report.place, "can restore it", "patches up to the one that restores the untouched program"),
        "",
        "Means are restricted: what is beyond the limit counts as the limit. In brackets, 95 % intervals of",
        "the bootstrap. The second cost is found without running anything, as the mean over "
        f"{report.orders} orders.",
        f"Seed {report.seed}, search {report.search}; {report.seconds / 3600:.1f} hours of searching, "
        + ", ".join(f"{name} {version}" for name, version in report.versions.items())
        + ".",
    ]
    return "\n".join(lines)


def _table(curve: Curve, reached: str, cost: str) -> list[str]:
    if curve.flat:
        verdict = "**all equal**, which says nothing"
    elif curve.monotone:
        verdict = "**monotone**: no level costs less than the level before it"
    else:
        verdict = "**not monotone**: " + "; ".join(
            f"level {v.higher} costs {-v.difference:.1f} less than level {v.lower} "
            f"(difference {v.interval[0]:.1f} to {v.interval[1]:.1f})"
            for v in curve.violations
        )
    low, high = curve.spearman_interval
    packages = ", ".join(f"{name} {value:.2f}" for name, value in curve.by_package.items())
    return [
        f"Cost: {cost}, at most {curve.limit}.",
        "",
        f"| level | traces | {reached} | mean cost | median cost |",
        "|---|---|---|---|---|",
        *(
            f"| {row.level} | {row.traces} | {row.reached:.0%} | {row.mean:.1f} "
            f"({row.interval[0]:.1f} – {row.interval[1]:.1f}) | {_capped(row.median, curve.limit)} |"
            for row in curve.levels
        ),
        "",
        f"Spearman correlation of score and cost {curve.spearman:.2f} ({low:.2f} – {high:.2f}); by package: "
        f"{packages}. Mean costs are {verdict}.",
    ]


def _capped(value: float, limit: int) -> str:
    return f"at least {limit}" if value >= limit else f"{value:.0f}"


def read_report(path: Path = RESULTS) -> Report | None:
    """Return the last measurement, if there is one."""
    return msgspec.json.decode(path.read_bytes(), type=Report) if path.exists() else None


if __name__ == "__main__":
    sys.exit(write_or_check("Write the page about difficulty as Markdown.", lambda: as_page(read_report())))
