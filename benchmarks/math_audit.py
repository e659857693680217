"""How often does SymPy, which knows nothing of our rules, disagree with a step or an answer of ours?

`ours` is the number of traces that SymPy disagrees with, and should be 0; `peer` is how many it looked at.
What counts is done by the ordinary commands, in folders that stay; then this sums up what they found:

    rpsdg math --count 400 --out right
    rpsdg math --count 200 --seed 1 --wrong-steps 0.3 --out wrong
    rpsdg verify right --audit 14000 --audit-solver 1000
    rpsdg verify wrong --audit 6000
    python -m benchmarks math_audit right wrong [--out FILE]

`--out benchmarks/results/math_audit.json` keeps it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rpsdg.corpora.dataset import Dataset
from rpsdg.math_domains.audit import Outcome
from rpsdg.math_domains.audit.looking import CHEAP
from rpsdg.runs.audit import AuditPlan, Entry, audit, new_audit, read_audit
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.version import VERSION
from rpsdg.traces.errors import ExitCode

from .figure import Figure, compare, machine, versions_of

__all__ = ["command", "run"]


def run(quick: bool) -> Iterator[Figure]:
    """Make a few traces of every family, some of them wrong, audit them, and yield what comes of it."""
    count, cheap, solved = (2, 50, 10) if quick else (20, 1000, 100)
    with tempfile.TemporaryDirectory(prefix="rpsdg-audit-") as name:
        folder = Path(name)
        plan = new_plan([], count, None, 0, 2, 0.3)
        run_mathematics(plan, folder, 1, PlainReporter(count * len(plan.families), "traces"))
        report = PlainReporter(cheap + solved, "traces audited")
        yield from _figures(list(audit(Dataset(folder), new_audit(cheap, solved, 0), jobs=2, report=report)))


def command(arguments: Sequence[str]) -> int:
    """Sum up audits; exit status 1 if SymPy disagrees with anything."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks math_audit", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="data sets that were audited")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the results are kept")
    options = parser.parse_args(arguments)
    audits = {folder.name: read_audit(folder) for folder in options.folders}
    entries = [entry for _, found in audits.values() for entry in found]
    figures = list(_figures(entries))
    for figure in figures:
        print(f"{figure.figure}: {figure.ours:.0f} of {figure.peer:.0f}")
    if options.out is not None:
        options.out.write_text(json.dumps(_results(audits, entries), indent=1) + "\n")
    return ExitCode.FALSE_CLAIM if any(figure.ours for figure in figures) else ExitCode.OK


def _figures(entries: Sequence[Entry]) -> Iterator[Figure]:
    for what, chosen in (
        ("traces whose steps and answer SymPy finds wrong", [e for e in entries if e.check == CHEAP]),
        ("traces that SymPy solves otherwise", [e for e in entries if e.check != CHEAP]),
    ):
        yield compare(
            what,
            len({entry.trace for entry in chosen if entry.outcome is Outcome.DISAGREE}),
            len({entry.trace for entry in chosen}),
            unit="traces",
            better="less",
            versions={"rpsdg": VERSION, **versions_of("sympy")},
        )


def _results(audits: dict[str, tuple[AuditPlan, list[Entry]]], entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "command": f"python -m benchmarks math_audit {' '.join(audits)}",
        "rpsdg": VERSION,
        "sympy": sorted({plan.sympy for plan, _ in audits.values()}),
        "machine": machine(),
        "audits": {
            name: {"seed": plan.seed, "cheap": plan.cheap, "solver": plan.solver}
            for name, (plan, _) in audits.items()
        },
        "families": len({entry.family for entry in entries}),
        "checks": {
            check: {
                **{outcome: sum(e.outcome == outcome for e in found) for outcome in Outcome},
                "seconds": round(sum(entry.seconds for entry in found), 1),
            }
            for check, found in _by_check(entries).items()
        },
        "solved": _solved(entries),
        "disagreements": [
            {"trace": e.trace, "family": e.family, "check": e.check, "detail": e.detail}
            for e in entries
            if e.outcome is Outcome.DISAGREE
        ],
        "without_an_answer": _where(entries, Outcome.NO_ANSWER),
        "timed_out": _where(entries, Outcome.TIMED_OUT),
    }


def _by_check(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.check, []).append(entry)
    return dict(sorted(found.items()))


def _solved(entries: Sequence[Entry]) -> dict[str, int]:
    """Count traces by the best that SymPy's functions had to say of them, a disagreement before all else."""
    said: dict[str, set[Outcome]] = {}
    for entry in entries:
        if entry.check != CHEAP:
            said.setdefault(entry.trace, set()).add(entry.outcome)
    order = (Outcome.DISAGREE, Outcome.AGREE, Outcome.NO_ANSWER, Outcome.TIMED_OUT)
    worst = Counter(next(outcome for outcome in order if outcome in found) for found in said.values())
    return {outcome.value: worst[outcome] for outcome in order}


def _where(entries: Sequence[Entry], outcome: Outcome) -> dict[str, int]:
    found = Counter(f"{e.check}: {e.family}" for e in entries if e.outcome is outcome)
    return dict(found.most_common())
