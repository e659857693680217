"""What is counted over a data set, and how it is cut into bars."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpsdg.corpora.dataset import Dataset, Decision, labeller
from rpsdg.corpora.tabular import raw_shape
from rpsdg.runs.facts import facts_of, read_facts
from rpsdg.runs.survey import Survey
from rpsdg.traces import jsonl
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Trace

from .view.data import code_trace, everywhere, mathematics, write_dataset


def test_facts_of_a_bug_and_of_a_problem(tmp_path: Path) -> None:
    walk = facts_of(code_trace(1, bugs=2), level=4)
    assert (walk.domain, walk.level, walk.steps, walk.failing) == ("code/bugfix", 4, 2, 2)
    assert walk.rules == ("wrong-name", "dropped-guard")
    assert walk.families == ("names", "branches")
    assert (walk.repository, walk.licence, walk.mistake) == ("shop", "MIT", False)
    assert walk.edit is not None
    assert (walk.edit.lines, walk.edit.files) == (4, 2)
    problem = next(t for t in mathematics("linear-equation", 9, wrong=0.7) if t.negatives)
    facts = facts_of(problem)
    assert (facts.families, facts.edit, facts.failing, facts.mistake) == (
        ("linear-equation",),
        None,
        None,
        True,
    )
    assert facts.level == problem.provenance.source["level"]
    assert [found for _, found in read_facts(Dataset(write_dataset(tmp_path, [problem])))] == [facts]


def test_a_level_nobody_recorded_is_cut_from_the_score() -> None:
    cuts = Cuts((0.1, 0.2, 0.3, 0.5), "these")
    trace = everywhere(code_trace(), lambda text: text)
    trace.provenance.source.pop("level")
    assert facts_of(trace).level is None
    labels = labeller(cuts)(msgspec.json.decode(jsonl.encode(trace), type=raw_shape(Trace)))
    assert msgspec.to_builtins(labels)["level"] == 4  # its score is 0.4


def test_a_level_is_the_one_that_the_data_set_says(tmp_path: Path) -> None:
    data = Dataset(write_dataset(tmp_path, mathematics("linear-equation", 9)))
    levels = [facts.level for _, facts in read_facts(data)]
    assert levels == [row.labels.level for row in data.rows()]
    assert set(levels) <= {1, 2, 3, 4, 5}


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
