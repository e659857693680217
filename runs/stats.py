"""What is in a data set: how often each rule was confirmed, what kinds of bugs they are, and how large."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from random import Random
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.corpora.facts import facts_of
from rpsdg.mutators.classifying.classify import EditSize, classify, edit_size
from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.mutators.families import Family
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.solution import DOMAIN
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Reason
from rpsdg.traces.record import State, Trace

from .agreement import Agreement
from .census import Census
from .terminal import as_markup

__all__ = ["Divergence", "Stats", "Yield", "divergence", "expected_divergence", "measure", "render_stats"]

REALISTIC = "realistic"
BUGSINPY = {"median_lines": 5.0, "one_file": 0.866, "median_hunks": 2.0}
"""The fixes of BugsInPy, tests left out, as counted for this project in its 501 patches."""
PERCENTILES = (10, 25, 50, 75, 90, 95, 99, 100)

_SIMULATIONS = 200
_LARGEST_SAMPLE = 2_000


@dataclass
class Yield:
    """What became of the candidates of one rule that were bugs by themselves."""

    candidates: int = 0
    confirmed: int = 0
    uncovered: int = 0
    """Candidates on lines that no test reaches."""

    @property
    def share(self) -> float | None:
        """Confirmed among all candidates."""
        return self.confirmed / self.candidates if self.candidates else None

    @property
    def covered_share(self) -> float | None:
        """Confirmed among the candidates that some test reaches."""
        covered = self.candidates - self.uncovered
        return self.confirmed / covered if covered else None


@dataclass(frozen=True)
class Divergence:
    """How far the classified families are from a mix."""

    mix: str
    value: float
    """Jensen-Shannon divergence, in bits: 0 for equal shares, 1 for none in common."""
    expected: float
    """What as many bugs would show on average if they were drawn from the mix itself."""
    unusual: float
    """What only one in twenty such draws exceeds."""


@dataclass
class Stats:
    """The figures of one or several data sets, added up."""

    folders: list[str] = field(default_factory=list)
    traces: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Candidates by outcome, walks of several bugs included."""
    rules: dict[str, Yield] = field(default_factory=dict)
    """Single bugs by rule; those of walks take no part, as a walk is refused for any of them."""
    declared: Counter[str] = field(default_factory=Counter)
    """Accepted bugs by the family that their rule declares; `unknown` for rules of another version."""
    classified: Counter[str] = field(default_factory=Counter)
    """Accepted bugs by what their diffs say."""
    steps: Counter[int] = field(default_factory=Counter)
    """Traces by their number of bugs."""
    agreement: Agreement = field(default_factory=Agreement)
    """Of the ways in which candidates were judged."""
    levels: Counter[int] = field(default_factory=Counter)
    """Traces by level, as far as they have one."""
    sizes: list[EditSize] = field(default_factory=list)
    """Of each trace's whole diff."""
    own: dict[str, float] | None = None
    """Target shares of the runs' own mixes, each run weighted by its bugs; None if one has no such shares."""
    own_name: str = ""
    census: Census = field(default_factory=Census)
    """Domains, families of mathematics, repositories, licences, and sets that have the same repositories."""

    @property
    def bugs(self) -> int:
        """Accepted bugs: more than traces where traces have several."""
        return sum(self.classified.values())

    def divergences(self) -> list[Divergence]:
        """Return the distance of the classified families from `realistic`, and from the runs' own mix."""
        targets = {REALISTIC: dict(Mix.load(REALISTIC).families or {})}
        if self.own and self.own_name != REALISTIC:
            targets[self.own_name] = self.own
        if not self.bugs:
            return []
        found = {family: number / self.bugs for family, number in self.classified.items()}
        return [
            Divergence(name, divergence(found, target), *expected_divergence(target, self.bugs))
            for name, target in targets.items()
        ]

    def edits(self) -> dict[str, float]:
        """Return what is known of BugsInPy, too: medians, and the share of traces with one file."""
        if not self.sizes:
            return {}
        return {
            "median_lines": float(median(size.lines for size in self.sizes)),
            "one_file": sum(size.files == 1 for size in self.sizes) / len(self.sizes),
            "median_hunks": float(median(size.hunks for size in self.sizes)),
        }

    def percentiles(self) -> dict[int, int]:
        """Return the changed lines that a share of the traces, in per cent, does not exceed."""
        lines = sorted(size.lines for size in self.sizes)
        return {p: lines[math.ceil(len(lines) * p / 100) - 1] for p in PERCENTILES} if lines else {}

    def describe(self) -> dict[str, Any]:
        """Return everything as JSON."""
        return {
            "folders": self.folders,
            "traces": self.traces,
            "bugs": self.bugs,
            "candidates": self.outcomes.total(),
            "outcomes": dict(sorted(self.outcomes.items())),
            "rules": {
                rule: {**asdict(of), "share": of.share, "covered_share": of.covered_share}
                for rule, of in sorted(self.rules.items())
            },
            "families": {
                name: {"declared": self.declared[name], "classified": self.classified[name]}
                for name in [*Family, *sorted(set(self.declared) - set(Family))]
            },
            **{name: number for name, number in self.census.describe().items() if name != "families"},
            "mathematics": dict(self.census.families.most_common()),
            "agreement": asdict(self.agreement),
            "divergences": [asdict(one) for one in self.divergences()],
            "edits": self.edits(),
            "bugsinpy": BUGSINPY,
            "line_percentiles": {str(p): lines for p, lines in self.percentiles().items()},
            "steps": {str(steps): number for steps, number in sorted(self.steps.items())},
            "levels": {str(level): number for level, number in sorted(self.levels.items())},
        }


def divergence(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the Jensen-Shannon divergence of two distributions, in bits.

    >>> divergence({"a": 1.0}, {"b": 1.0}), divergence({"a": 0.5, "b": 0.5}, {"b": 0.5, "a": 0.5})
    (1.0, 0.0)
    """
    both = {key: (one.get(key, 0) + other.get(key, 0)) / 2 for key in sorted({*one, *other})}
    return sum(
        p[key] * math.log2(p[key] / m) / 2 for p in (one, other) for key, m in both.items() if p.get(key)
    )


def expected_divergence(target: Mapping[str, float], number: int) -> tuple[float, float]:
    """Return the divergence from `target` that chance alone gives to draws from it: mean and 95 % point.

    A small sample is never shaped like its target. For many draws the mean tends to (k - 1) / (8 n ln 2) with
    k families (n times the divergence is a chi-squared statistic over 8 ln 2), which is too much for few
    draws and rare families. So it is simulated, with dice of a fixed seed, and only beyond 2,000 draws scaled
    by 1 / n.
    """
    drawn = min(number, _LARGEST_SAMPLE)
    dice = Random(0)
    names = sorted(target)
    weights = [target[name] for name in names]
    found = sorted(
        divergence(
            {name: n / drawn for name, n in Counter(dice.choices(names, weights, k=drawn)).items()}, target
        )
        for _ in range(_SIMULATIONS)
    )
    scale = drawn / number
    return sum(found) / len(found) * scale, found[math.ceil(len(found) * 0.95) - 1] * scale


def measure(datasets: Iterable[Dataset]) -> Stats:
    """Add up what is in some data sets.

    Raises:
        DatasetError: one of them is damaged.
    """
    stats = Stats()
    mixes: list[tuple[int, Mapping[str, Any]]] = []
    for data in datasets:
        before = stats.bugs
        _add(stats, data)
        plan = data.plan()
        mixes.append((stats.bugs - before, {} if plan is None else plan.mix))
    own: Counter[str] = Counter()
    for bugs, mix in mixes:
        for family, share in (mix.get("families") or {}).items():
            own[family] += share * bugs / max(1, stats.bugs)
    if all(mix.get("families") for _, mix in mixes):
        stats.own = dict(own)
        stats.own_name = " and ".join(sorted({str(mix["name"]) for _, mix in mixes}))
    return stats


def _add(stats: Stats, data: Dataset) -> None:
    stats.folders.append(str(data.folder))
    stats.census.bytes += data.size()
    levels: dict[str | None, int] = {}
    for decision in data.decisions():
        stats.outcomes[decision.outcome] += 1
        stats.agreement.add(decision)
        if decision.level is not None:
            levels[decision.trace] = decision.level
        if not decision.bugs:
            of = stats.rules.setdefault(decision.rule, Yield())
            of.candidates += 1
            of.confirmed += decision.outcome in {"confirmed", Reason.OTHER_LEVEL}
            of.uncovered += decision.outcome == Reason.NOT_COVERED
    trees: dict[str, Tree] = {}
    has_code = False
    for facts in facts_of(data):
        has_code |= facts.domain == DOMAIN
        stats.traces += 1
        stats.steps[len(facts.rules)] += 1
        stats.census.add(facts)
        level = levels.get(facts.id, facts.level)
        if level is not None:
            stats.levels[level] += 1
    for trace in data.traces() if has_code else ():
        if trace.domain == DOMAIN:
            stats.sizes.append(edit_size(str(trace.problem.state.get("diff", ""))))
            stats.classified.update(_families(data, trace, trees))
            stats.declared.update(_declared(step.rule) for step in trace.steps)


def _declared(rule: str) -> str:
    mutator = all_mutators().get(rule)
    return "unknown" if mutator is None else str(mutator.family)


def _families(data: Dataset, trace: Trace, trees: dict[str, Tree]) -> Iterator[Family]:
    """Yield the family of each step, from the trees before and after it."""
    for number, step in enumerate(trace.steps, 1):
        try:
            buggy, mended = (_tree(data, state, trees) for state in (step.before, step.after))
            changed = buggy.changed(mended)
            versions = [{p: tree[p].data for p in changed if p in tree} for tree in (buggy, mended)]
            yield classify(versions[0], versions[1])
        except (DiffError, ValueError) as error:
            raise DatasetError(
                f"step {number} of the trace {trace.id} in `{data.folder}` cannot be read: {error}",
                hint=f"`rpsdg verify {data.folder}` checks every trace.",
            ) from error


def _tree(data: Dataset, state: State, trees: dict[str, Tree]) -> Tree:
    digest = str(state.get("tree", ""))
    if digest not in trees:
        trees.clear()  # a run has one tree; several would fill the memory
        trees[digest] = data.tree(digest)
    return apply_diff(trees[digest], str(state.get("diff", "")))


# --- for a terminal


def render_stats(stats: Stats) -> RenderableType:
    """Return the figures laid out for a terminal."""
    candidates = stats.outcomes.total()
    bugs = f" with {stats.bugs} bugs" if stats.bugs and stats.bugs != stats.traces else ""
    of = f" from {candidates} candidates" if candidates else ""
    each = f", {stats.census.bytes / stats.traces:,.0f} bytes each" if stats.traces else ""
    parts: list[RenderableType] = [f"{stats.traces} traces{bugs}{of}{each}"]
    outcomes = [
        (as_markup(name), str(n), _per_cent(n, candidates)) for name, n in stats.outcomes.most_common()
    ]
    rules = [
        (as_markup(rule), str(of.candidates), str(of.confirmed), _share(of.share), _share(of.covered_share))
        for rule, of in sorted(stats.rules.items())
    ]
    parts += _section("Outcomes", ("outcome", "candidates", "share"), outcomes)
    parts += _section("Yield", ("rule", "candidates", "confirmed", "share", "where a test reaches"), rules)
    disagreements = [
        (what, str(of), str(count), _per_cent(count, of)) for what, count, of in stats.agreement.lines()
    ]
    parts += _section("Disagreements", ("", "candidates", "found", "share"), disagreements)
    parts += _families_section(stats)
    edits = stats.edits()
    if edits:
        rows = [
            ("changed lines, median", f"{edits['median_lines']:g}", f"{BUGSINPY['median_lines']:g}"),
            ("one file", _share(edits["one_file"]), _share(BUGSINPY["one_file"])),
            ("places, median", f"{edits['median_hunks']:g}", f"{BUGSINPY['median_hunks']:g}"),
        ]
        parts += _section("Edit size", ("", "here", "BugsInPy"), rows)
        percentiles = stats.percentiles()
        heads = ("of the traces", *(f"{p} %" for p in percentiles))
        parts += _section("", heads, [("have at most so many lines", *map(str, percentiles.values()))])
    steps = "Bugs in a trace" if set(stats.census.domains) <= {DOMAIN} else "Steps in a trace"
    for title, counted in (("Levels", stats.levels), (steps, stats.steps)):
        if counted and (title == "Levels" or set(counted) != {1}):
            parts += _counts(title, sorted(counted.items()), counted.total())
    census = stats.census
    for title, named in (
        ("Domains", census.domains),
        ("Families of mathematics", census.families),
        ("Repositories", census.repositories),
        ("Licences", census.licences),
        ("Sets that have the same repositories", census.contamination),
    ):
        parts += _counts(title, named.most_common(), stats.traces)
    return Group(*parts)


def _counts(title: str, counted: Sequence[tuple[object, int]], whole: int) -> list[RenderableType]:
    rows = [(as_markup(key), str(number), _per_cent(number, whole)) for key, number in counted]
    return _section(title, ("", "traces", "share"), rows)


def _families_section(stats: Stats) -> list[RenderableType]:
    divergences = stats.divergences()
    targets = [dict(Mix.load(REALISTIC).families or {})] + ([stats.own or {}] if len(divergences) > 1 else [])
    names = [one.mix for one in divergences]
    rows = [
        (
            name,
            _per_cent(stats.declared[name], stats.declared.total()),
            _per_cent(stats.classified[name], stats.bugs),
            *(_share(target.get(name, 0.0)) for target in targets[: len(names)]),
        )
        for name in [*map(str, Family), *(["unknown"] if stats.declared["unknown"] else [])]
    ]
    if not divergences:
        return []
    heads = ("family", "as declared", "as classified", *(f"mix {as_markup(name)}" for name in names))
    section = _section("Families of the bugs", heads, rows)
    for one in divergences:
        section.append(
            Padding(
                f"Jensen-Shannon divergence from {as_markup(one.mix)}: {one.value:.3f} bits "
                f"(chance alone, with {stats.bugs} bugs: {one.expected:.3f} on average, "
                f"above {one.unusual:.3f} one time in twenty)",
                (0, 2),
            )
        )
    return section


def _section(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[RenderableType]:
    if not rows:
        return []
    table = Table(box=None, header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        table.add_row(*row)
    return [Rule(title, align="left"), table] if title else [table]


def _per_cent(part: int, whole: int) -> str:
    return _share(part / whole if whole else None)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
