"""The section about code: every sentence that has a number in it is made of the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rpsdg.experiments.curves import Point, draw_curves
from rpsdg.experiments.statistics import Estimate
from rpsdg.experiments.tables import table

from .clusters import clustered
from .comparing import RANDOM
from .formulas import FORMULAS
from .kinds_page import kind_lines
from .ranking import Standing
from .records import MinedBug
from .results import BugResult, Results

__all__ = ["FIGURES", "as_section", "difference", "figure"]

FIGURES: dict[str, Callable[[Standing], float]] = {
    "top-1": lambda one: one.top(1),
    "top-3": lambda one: one.top(3),
    "top-5": lambda one: one.top(5),
    "reciprocal rank": lambda one: one.reciprocal,
    "rank": lambda one: one.rank,
}
"""What is told of a standing; of all but the rank, more is better and is shown in per cent."""
_RANK = "rank"
_PEER = "Ochiai"
_DEEPEST = 15


def as_section(
    results: Results | None, bugs: Mapping[str, MinedBug], texts: tuple[str, str], pictures: Path
) -> str:
    """Return the section, and write its picture.

    Args:
        results: what came out; None if nothing did yet.
        bugs: the mined bugs by their ids.
        texts: set-up and notes, in Markdown.
        pictures: a folder beside the page.
    """
    lines = ["## Code: where is the fault?", "", texts[0].strip(), ""]
    if results is None or not results.real:
        lines += ["There are no results yet.", ""]
    else:
        lines += [*_lines(results, pictures), "", *kind_lines(results, bugs), ""]
    return "\n".join([*lines, texts[1].strip()])


def figure(bugs: Sequence[BugResult], arm: str, name: str, resamples: int) -> Estimate:
    """Return what a localiser reaches on average."""
    return clustered(_values(bugs, arm, name), [bug.group for bug in bugs], resamples)


def difference(bugs: Sequence[BugResult], arm: str, other: str, name: str, resamples: int) -> Estimate:
    """Return by how much a localiser's figure is above another's, bug by bug and seed by seed."""
    one, two = _values(bugs, arm, name), _values(bugs, other, name)
    seeds = max(len(one), len(two))
    one, two = (rows * (seeds // len(rows)) for rows in (one, two))
    apart = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, two, strict=True)]
    return clustered(apart, [bug.group for bug in bugs], resamples)


def _values(bugs: Sequence[BugResult], arm: str, name: str) -> list[list[float]]:
    by_bug = [[FIGURES[name](standing) for standing in bug.standings(arm)] for bug in bugs]
    return [list(row) for row in zip(*by_bug, strict=True)]


def _lines(results: Results, pictures: Path) -> Iterator[str]:
    summary, real = results.summary, results.real
    mixtures = [choice.mixture for choice in summary.choices]
    arms = [RANDOM, *FORMULAS, *mixtures]
    yield from _what_went_in(results)
    yield ""
    for name in FIGURES:
        yield f"- {_verdict(real, mixtures[0], name, summary.resamples)}"
    yield from ("", "### Real bugs", "", _arms_table(real, arms, summary.resamples), "")
    yield "Differences, bug by bug and seed by seed; a rank below zero means that less has to be looked at."
    yield ""
    pairs = [(name, _PEER) for name in mixtures]
    pairs += [(one, two) for number, one in enumerate(mixtures) for two in mixtures[number + 1 :]]
    rows = [
        [f"{one} − {two}"]
        + [_shown(difference(real, one, two, n, summary.resamples), n, signed=True) for n in FIGURES]
        for one, two in pairs
    ]
    yield table(["of", *FIGURES], rows)
    yield ""
    curves = {arm: list(_curve(real, arm, summary.resamples)) for arm in [RANDOM, _PEER, "DStar", *mixtures]}
    pictures.mkdir(parents=True, exist_ok=True)
    picture = draw_curves("Real bugs", "statements looked at", "bugs found (%)", curves)
    (pictures / "localisation.png").write_bytes(picture)
    yield f"![Share of real bugs found by statements looked at]({pictures.name}/localisation.png)"
    yield from ("", "### What the transfer costs", "")
    yield (
        "Injected bugs of each program, ranked by a localiser of the same mixture that was trained on the "
        "other programs. The intervals are over programs and seeds."
    )
    yield ""
    rows = []
    for name in mixtures:
        own = [bug for bug in results.held_out if bug.mixture == name]
        for arm in (RANDOM, _PEER, name):
            told = [_shown(figure(own, arm, n, summary.resamples), n) for n in FIGURES]
            rows.append([f"bugs of {name}: {'learned' if arm == name else arm}", *told])
    yield table(["held-out programs", *FIGURES], rows)


def _what_went_in(results: Results) -> Iterator[str]:
    summary, real = results.summary, results.real
    groups = Counter(bug.group.rsplit("/", 1)[-1] for bug in real)
    left = "".join(f", {count} {why}" for why, count in summary.left_out.items())
    yield (
        f"Tested on {len(real)} real bugs of {len(groups)} histories "
        f"({', '.join(f'{name} {count}' for name, count in groups.most_common())}); "
        f"of {summary.mined} mined ones {summary.mined - len(real)} were not seen again{left}. "
        f"A list has {_median(real)} suspects in the median."
    )
    yield ""
    for choice in summary.choices:
        programs = summary.injected[choice.mixture]
        tried = ", ".join(f"{model} {100 * value:.1f}" for model, value in choice.found.items())
        yield (
            f"- *{choice.mixture}*: {sum(programs.values())} bugs in {len(programs)} programs, of which "
            f"{summary.trained_on[choice.mixture]} train with each of {len(summary.seeds)} seeds; "
            f"the model is {choice.chosen} (mean reciprocal rank on programs left out, in per cent: {tried})."
        )
    if summary.not_injected:
        told = ", ".join(f"{count} {why}" for why, count in summary.not_injected.items())
        yield f"- Injected bugs that take no part: {told}."


def _median(bugs: Sequence[BugResult]) -> int:
    return sorted(bug.suspects for bug in bugs)[len(bugs) // 2]


def _verdict(real: Sequence[BugResult], arm: str, name: str, resamples: int) -> str:
    gain = difference(real, arm, _PEER, name, resamples)
    told = f"the difference is {_shown(gain, name, signed=True)}"
    if not gain.is_clear:
        return f"{name}: the localiser of the {arm} mixture is not told apart from {_PEER}: {told}."
    word = "better" if (gain.value < 0) is (name == _RANK) else "worse"
    return f"{name}: the localiser of the {arm} mixture is {word} than {_PEER}: {told}."


def _arms_table(bugs: Sequence[BugResult], arms: Sequence[str], resamples: int) -> str:
    rows = [[arm, *(_shown(figure(bugs, arm, n, resamples), n) for n in FIGURES)] for arm in arms]
    return table(["localiser", *FIGURES], rows)


def _shown(estimate: Estimate, name: str, *, signed: bool = False) -> str:
    if name != _RANK:
        return estimate.shown(signed=signed)
    plus = "+" if signed else ""
    return f"{estimate.value:{plus}.1f} ({estimate.low:{plus}.1f} … {estimate.high:{plus}.1f})"


def _curve(bugs: Sequence[BugResult], arm: str, resamples: int) -> Iterator[Point]:
    groups = [bug.group for bug in bugs]
    for k in range(1, _DEEPEST + 1):
        by_bug = [[standing.top(k) for standing in bug.standings(arm)] for bug in bugs]
        found = clustered([list(row) for row in zip(*by_bug, strict=True)], groups, min(resamples, 1000))
        yield Point(k, 100 * found.value, 100 * found.low, 100 * found.high)
