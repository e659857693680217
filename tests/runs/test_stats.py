"""Figures of a data set, worked out by hand for a small one that is made here, without any sandbox."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpsdg.cli import cli
from rpsdg.corpora.dataset import Dataset, DatasetError, DatasetWriter, Decision, Plan
from rpsdg.mutators.diffs import make_diff
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.solution import DOMAIN, state_of
from rpsdg.runs.stats import divergence, expected_divergence, measure, render_stats
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Answer, Problem, Provenance, Step, Trace

from .conftest import SHOP

SOLVED = Tree({path: Entry(text.encode()) for path, text in SHOP.items()})
NO_GUARD = ("shop/basket.py", "    if not prices:\n        return 0\n", "")
NO_CLAUSE = ("shop/basket.py", "amount <= 0 or not item", "amount <= 0")
NO_CALL = ("shop/stock.py", "str(name).lower()", "str(name)")
OTHER_LIMIT = ("shop/basket.py", "limit=3", "limit=4")

Edit = tuple[str, str, str]


def changed(tree: Tree, edit: Edit) -> Tree:
    path, old, new = edit
    text = tree[path].data.decode()
    assert text.count(old) == 1
    return tree.replace(path, text.replace(old, new).encode())


def trace(number: int, *bugs: tuple[str, Edit], features: dict[str, float] | None = None) -> Trace:
    """Return a trace whose bugs are of these rules, whatever they really are."""
    trees = [SOLVED]
    for _, edit in bugs:
        trees.append(changed(trees[-1], edit))
    steps = [
        Step(
            rule=rule,
            aim={},
            before=state_of(SOLVED, trees[i + 1]),
            after=state_of(SOLVED, trees[i]),
            explanation="",
        )
        for i, (rule, _) in reversed(list(enumerate(bugs)))
    ]
    return Trace(
        id=f"{number:064x}",
        content_hash="",
        domain=DOMAIN,
        problem=Problem(statement="", style="", state=state_of(SOLVED, trees[-1])),
        steps=tuple(steps),
        answer=Answer(state=state_of(SOLVED, SOLVED), text=make_diff(trees[-1], SOLVED)),
        features=features or {},
        provenance=Provenance(generator="0", seed=0, index=number),
    )


def write(folder: Path, decided: list[tuple[Decision, Trace | None]], mix: str = "uniform") -> Dataset:
    plan = Plan(
        generator="0",
        source={},
        tree=SOLVED.digest,
        seed=0,
        mutators=(),
        mix=Mix.load(mix).describe(),
        levels=None,
        cuts=Cuts((0.2, 0.4, 0.6, 0.8), "none"),
        environment="0" * 64,
        baseline="0" * 64,
    )
    writer = DatasetWriter(folder)
    writer.begin(plan, SOLVED, {})
    for decision, confirmed in decided:
        writer.decide(decision, confirmed)
    writer.close()
    return Dataset(folder)


def confirmed(found: Trace, level: int | None = None) -> tuple[Decision, Trace]:
    bugs = tuple(step.rule for step in found.steps) if len(found.steps) > 1 else ()
    about = Decision(0, found.steps[-1].rule, "", 1, "confirmed", trace=found.id, level=level, bugs=bugs)
    return about, found


def refused(rule: str, outcome: str, steps: int = 1) -> tuple[Decision, None]:
    return Decision(0, rule, "", 1, outcome, bugs=("one", "other") if steps > 1 else ()), None


SINGLE = [
    confirmed(trace(1, ("dropped-guard", NO_GUARD)), level=2),
    refused("dropped-guard", "undetected"),
    refused("dropped-guard", "not-covered"),
    refused("dropped-guard", "not-covered"),
    confirmed(trace(2, ("dropped-disjunct", NO_CLAUSE)), level=4),
    refused("wrong-name", "not-covered"),
    confirmed(trace(3, ("no-such-rule", NO_CALL)), level=2),
]
WALKS = [
    confirmed(
        trace(4, ("dropped-guard", NO_GUARD), ("nudged-literal", OTHER_LIMIT), ("wrong-name", NO_CALL))
    ),
    refused("dropped-guard", "masked", steps=2),
]


@pytest.fixture
def single(tmp_path: Path) -> Dataset:
    return write(tmp_path / "single", list(SINGLE))


@pytest.fixture
def walks(tmp_path: Path) -> Dataset:
    return write(tmp_path / "walks", list(WALKS), mix="realistic")


def test_outcomes_and_yield(single: Dataset, walks: Dataset) -> None:
    stats = measure([single, walks])
    assert (stats.traces, stats.bugs) == (4, 6)
    assert stats.outcomes == {"confirmed": 4, "undetected": 1, "not-covered": 3, "masked": 1}
    guard, name = stats.rules["dropped-guard"], stats.rules["wrong-name"]
    assert (guard.candidates, guard.confirmed, guard.share, guard.covered_share) == (4, 1, 0.25, 0.5)
    assert (name.candidates, name.share, name.covered_share) == (1, 0, None)


def test_families(single: Dataset, walks: Dataset) -> None:
    stats = measure([single])
    assert stats.declared == {"branches": 1, "clauses": 1, "unknown": 1}
    assert stats.classified == {"branches": 1, "clauses": 1, "calls": 1}
    stats = measure([single, walks])
    # each step of the walk by its own: a default, a guard, a call
    assert stats.classified == {"branches": 2, "clauses": 1, "calls": 2, "arguments": 1}


def test_sizes(single: Dataset, walks: Dataset) -> None:
    stats = measure([single])
    assert [size.lines for size in stats.sizes] == [2, 2, 2]
    assert stats.edits() == {"median_lines": 2, "one_file": 1, "median_hunks": 1}
    stats = measure([walks])
    assert stats.edits() == {"median_lines": 6, "one_file": 0, "median_hunks": 3}
    assert set(stats.percentiles().values()) == {6}
    both = measure([single, walks])
    assert both.edits() == {"median_lines": 2, "one_file": 0.75, "median_hunks": 1}
    assert (both.percentiles()[50], both.percentiles()[75], both.percentiles()[90]) == (2, 2, 6)


def test_levels_and_steps(single: Dataset, walks: Dataset) -> None:
    stats = measure([single, walks])
    assert stats.levels == {2: 2, 4: 1}
    assert stats.steps == {1: 3, 3: 1}


def test_level_among_the_features(tmp_path: Path) -> None:
    found = trace(5, ("dropped-guard", NO_GUARD), features={"level": 3.0})
    assert measure([write(tmp_path / "data", [confirmed(found)])]).levels == {3: 1}


def test_divergence_from_the_mixes(single: Dataset, walks: Dataset, tmp_path: Path) -> None:
    assert [one.mix for one in measure([single]).divergences()] == ["realistic"]
    assert [one.mix for one in measure([walks]).divergences()] == ["realistic"]
    path = tmp_path / "mine.toml"
    path.write_text("[families]\nbranches = 1\nclauses = 1\ncalls = 1\n")
    mine = measure([write(tmp_path / "mine", list(SINGLE), mix=str(path))])
    realistic, own = mine.divergences()
    assert (realistic.mix, own.mix) == ("realistic", "mine")
    assert own.value == pytest.approx(0)
    assert realistic.value > 0.3
    assert realistic.expected < realistic.unusual


def test_divergence() -> None:
    assert divergence({"a": 1}, {"a": 0.5, "b": 0.5}) == pytest.approx(
        0.5 * math.log2(1 / 0.75) + 0.25 * math.log2(0.5 / 0.75) + 0.25 * math.log2(0.5 / 0.25)
    )
    assert divergence({"a": 0.25, "b": 0.75}, {"b": 0.75, "a": 0.25}) == 0


@pytest.mark.parametrize("number", [300, 1_000, 10_000])
def test_expected_divergence_of_many_is_the_known_limit(number: int) -> None:
    target = {str(i): 0.1 for i in range(10)}
    mean, unusual = expected_divergence(target, number)
    assert mean == pytest.approx(9 / (8 * number * math.log(2)), rel=0.1)
    assert unusual > mean


def test_expected_divergence_of_one() -> None:
    """One draw always has all its mass in one place."""
    mean, _ = expected_divergence({"a": 0.5, "b": 0.5}, 1)
    assert mean == pytest.approx(divergence({"a": 1}, {"a": 0.5, "b": 0.5}))


def test_nothing_confirmed(tmp_path: Path) -> None:
    stats = measure([write(tmp_path / "data", [refused("wrong-name", "undetected")])])
    assert (stats.traces, stats.divergences(), stats.edits(), stats.percentiles()) == (0, [], {}, {})
    json.dumps(stats.describe())
    render_stats(stats)


def test_a_damaged_trace_is_named(single: Dataset) -> None:
    path = single.folder / "traces.jsonl"
    path.write_text(path.read_text().replace("-    if not prices", "-    if no prices"))
    with pytest.raises(DatasetError, match=f"{1:064x}") as caught:
        measure([single])
    assert "verify" in caught.value.hint


def test_command(single: Dataset, walks: Dataset) -> None:
    folders = [str(single.folder), str(walks.folder)]
    done = CliRunner().invoke(cli, ["stats", *folders], catch_exceptions=False)
    for text in (
        "4 traces with 6 bugs from 9 candidates",
        "not-covered",
        "BugsInPy",
        "mix realistic",
        "Levels",
    ):
        assert text in done.output
    done = CliRunner().invoke(cli, ["stats", *folders, "--json"], catch_exceptions=False)
    found = json.loads(done.output)
    assert found["folders"] == folders
    assert found["families"]["branches"] == {"declared": 2, "classified": 2}
    assert found["rules"]["dropped-guard"]["covered_share"] == 0.5
    assert found["levels"] == {"2": 2, "4": 1}


def test_command_without_a_data_set(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["stats"]).exit_code == ExitCode.USAGE
    with pytest.raises(DatasetError):
        CliRunner().invoke(cli, ["stats", str(tmp_path)], catch_exceptions=False)
