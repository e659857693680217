"""What is counted over a data set, and how it is cut into bars."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpsdg.corpora.dataset import Dataset, Decision, labeller
from rpsdg.corpora.facts import facts_of
from rpsdg.corpora.tabular import raw_shape
from rpsdg.runs.glance import glances
from rpsdg.runs.survey import Survey
from rpsdg.traces import jsonl
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Trace

from .view.data import code_trace, everywhere, mathematics, write_dataset


def test_a_bug_and_a_problem_at_a_glance(tmp_path: Path) -> None:
    problem = next(t for t in mathematics("linear-equation", 9, wrong=0.7) if t.negatives)
    data = Dataset(write_dataset(tmp_path, [code_trace(1, bugs=2), problem]))
    (_, walk), (_, told) = glances(data)
    facts = walk.facts
    assert (facts.domain, facts.rules) == ("code/bugfix", ("wrong-name", "dropped-guard"))
    assert (facts.repository, facts.licence, facts.is_wrong) == ("shop", "MIT", False)
    assert (walk.families, walk.failing) == (("names", "branches"), 2)
    assert walk.edit is not None
    assert (walk.edit.lines, walk.edit.files) == (4, 2)
    assert (told.families, told.edit, told.failing, told.facts.is_wrong) == (
        ("linear-equation",),
        None,
        None,
        True,
    )
    assert told.facts.level == problem.provenance.source["level"]


def test_traces_that_are_read_whole_have_the_facts_that_columns_give(tmp_path: Path) -> None:
    traces = [code_trace(1, bugs=2), *mathematics("linear-equation", 9, wrong=0.5)]
    data = Dataset(write_dataset(tmp_path, traces))
    assert [glance.facts for _, glance in glances(data)] == list(facts_of(data))


def test_a_level_nobody_recorded_is_cut_from_the_score() -> None:
    cuts = Cuts((0.1, 0.2, 0.3, 0.5), "these")
    trace = everywhere(code_trace(), lambda text: text)
    trace.provenance.source.pop("level")
    labels = labeller(cuts)(msgspec.json.decode(jsonl.encode(trace), type=raw_shape(Trace)))
    assert msgspec.to_builtins(labels)["level"] == 4  # its score is 0.4


def test_what_other_sets_have_is_told_beside_what_none_has() -> None:
    survey = Survey()
    survey.census.repositories.update(["a", "a", "b"])
    survey.census.contamination.update(["SWE-bench"])
    survey.census.contaminated = 1
    chart = next(chart for chart in survey.charts() if chart.facet == "contamination")
    assert [(bar.label, bar.number) for bar in chart.bars] == [("SWE-bench", 1), ("none", 2)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # as on a busy machine
@given(st.dictionaries(st.integers(0, 3000), st.integers(1, 50), min_size=1, max_size=40))
def test_ranges_hold_every_count_once_on_scales_that_can_be_compared(counts: dict[int, int]) -> None:
    one, other = Survey(failing=Counter(counts)), Survey(failing=Counter({1: 1, 700: 2}))
    charts = [
        next((c for c in survey.charts(beside) if c.title == "Failing tests"), None)
        for survey, beside in ((one, other), (other, one))
    ]
    assert charts[0] is not None
    assert charts[1] is not None
    assert charts[0].total == sum(counts.values())
    assert charts[1].total == 3
    assert [bar.label for bar in charts[0].bars] == [bar.label for bar in charts[1].bars]
    assert len(charts[0].bars) <= 16


def test_of_many_names_the_most_frequent_are_shown() -> None:
    survey = Survey(rules=Counter({f"rule-{number:02}": number + 1 for number in range(40)}))
    chart = next(chart for chart in survey.charts() if chart.title == "Rules")
    assert [bar.label for bar in chart.shown][:2] == ["rule-39", "rule-38"]
    assert chart.left_out == f"{40 - len(chart.shown)} more with {sum(range(1, 41 - len(chart.shown)))}"


def test_yield_is_confirmed_among_candidates() -> None:
    survey = Survey()
    assert survey.yielded is None
    survey.add_decisions(
        Decision(n, "wrong-name", "a.py", 1, "confirmed" if n % 4 == 0 else "undetected") for n in range(8)
    )
    assert survey.yielded == 0.25
    assert ("confirmed", "25 %") in survey.summary()
