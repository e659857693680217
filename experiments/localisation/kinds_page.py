"""Kinds of real fixes beside what the catalogue plants: what is missing there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rpsdg.experiments.tables import table
from rpsdg.mutators.families import Family
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.rules import all_mutators

from .kinds import NONE, PART, SEVERAL, WHOLE
from .records import MinedBug
from .results import BugResult, Results

__all__ = ["kind_lines"]

_DEEP = 5
_LARGE = 4
"""Lines that one mutator hardly plants."""


def kind_lines(results: Results, bugs: Mapping[str, MinedBug]) -> Iterator[str]:
    """Yield the part of the page about kinds of bugs.

    Args:
        results: what came out.
        bugs: the mined bugs by their ids.
    """
    real = results.real
    first = results.summary.choices[0].mixture
    rules = Counter(mutator.family for mutator in all_mutators().values())
    mix = Mix.load("realistic").families or {}
    yield "### Kinds of bugs"
    yield ""
    yield from _missing(real, bugs)
    yield ""
    rows = []
    for family in Family:
        own = [bug for bug in real if bug.family == family]
        trained = [bug for bug in results.held_out if bug.mixture == first]
        made = [bug for bug in trained if bug.family == family]
        rows.append(
            [
                family.value,
                str(rules[family]),
                f"{100 * len(own) / len(real):.1f}",
                f"{100 * mix.get(family, 0.0):.1f}",
                f"{100 * len(made) / max(1, len(trained)):.1f}",
                str(len(own)),
                *(str(sum(bug.kind == kind for bug in own)) for kind in (WHOLE, SEVERAL, PART, NONE)),
                *(_found(own, arm) for arm in ("Ochiai", first)),
            ]
        )
    head = [
        "family of the fix",
        "mutators",
        "% of real bugs",
        "% of the realistic mixture",
        f"% of those of {first}",
    ]
    head += ["real bugs", *(f"planted: {kind}" for kind in (WHOLE, SEVERAL, PART, NONE))]
    yield table([*head, f"Ochiai, top-{_DEEP}", f"{first}, top-{_DEEP}"], rows)
    yield ""
    rows = []
    for kind in (WHOLE, SEVERAL, PART, NONE):
        own = [bug for bug in real if bug.kind == kind]
        rows.append([kind, str(len(own)), *(_found(own, arm) for arm in ("random", "Ochiai", first))])
    yield table(
        ["planted by", "real bugs", *(f"{arm}, top-{_DEEP}" for arm in ("random", "Ochiai", first))], rows
    )
    yield ""
    yield (
        "The same by changed places: a fix is cut into runs of changed lines, each with a family of its own. "
        "What is not planted is what the catalogue lacks."
    )
    yield ""
    yield _places_table(real)


def _places_table(real: Sequence[BugResult]) -> str:
    changes = [change for bug in real for change in bug.changes]
    rows = []
    for family in Family:
        own = [change for change in changes if change.family == family]
        missed = [change for change in own if not change.rule]
        shapes = [sum(change.shape == shape for change in missed) for shape in ("adds", "changes", "removes")]
        large = sum(change.lines >= _LARGE for change in missed)
        if own:
            rows.append([family.value, *map(str, (len(own), len(own) - len(missed), *shapes, large))])
    head = ["family of the place", "places", "planted", "not planted: fix adds", "fix changes", "fix removes"]
    return table([*head, f"not planted, of {_LARGE} lines and more"], rows)


def _missing(real: Sequence[BugResult], bugs: Mapping[str, MinedBug]) -> Iterator[str]:
    counts = Counter(bug.kind for bug in real)
    yield (
        f"Of {len(real)} real bugs, one mutator of the catalogue plants {counts[WHOLE]} just as they were, "
        f"several plant {counts[SEVERAL]} together and {counts[PART]} in part; of {counts[NONE]} it plants "
        "no changed place. (A bug of the same kind in other words is not counted.)"
    )
    absent = [bug for bug in real if bug.kind == NONE]
    if not absent:
        return
    families = Counter(bug.family for bug in absent).most_common()
    sizes = sorted(bugs[bug.bug].changed for bug in absent if bug.bug in bugs)
    several = sum(len(bugs[bug.bug].files) > 1 for bug in absent if bug.bug in bugs)
    yield ""
    yield (
        f"What it plants nothing of: {', '.join(f'{family} {count}' for family, count in families)}; "
        f"{several} of them in several files, with {sizes[len(sizes) // 2] if sizes else 0} changed lines in "
        "the median."
    )


def _found(bugs: Sequence[BugResult], arm: str) -> str:
    """Return the share of bugs that are found, in per cent; a dash where there are none."""
    shares = [sum(s.top(_DEEP) for s in bug.standings(arm)) / len(bug.places[arm]) for bug in bugs]
    return f"{100 * sum(shares) / len(shares):.1f}" if shares else "–"
