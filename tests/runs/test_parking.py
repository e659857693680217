"""A candidate that fails three times is parked, and the rest is done; it can be tried again later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset, Decision
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.solution import Tried, confirm
from rpsdg.runs import trying
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.ledger import TRIES, PoisonedRunError, parked_of
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.status import look
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from ..conftest import lines_of
from .conftest import Finished


class Poison:
    """A judge that fails at some candidates as nobody foresaw."""

    def __init__(self, *indices: int) -> None:
        self.indices = indices
        self.tries: Counter[int] = Counter()

    def __call__(self, bench: Any, moves: Sequence[Mutator], index: int, *rest: Any) -> Tried:
        if index in self.indices or not self.indices:
            self.tries[index] += 1
            raise KeyError("nobody foresaw this")
        return confirm(bench, moves, index, *rest)


@pytest.mark.slow
def test_a_poisoned_candidate_is_parked_and_the_rest_is_done(
    finished: Finished,
    kept_shop: Path,
    tmp_path: Path,
    local_sandbox: Sandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calm = Dataset(finished(local_sandbox, 1))
    first = next(decision for decision in calm.decisions() if decision.trace)
    out, poison = tmp_path / "out", Poison(first.index)
    plan = BugRun(str(kept_shop), out, 4, seed=3, jobs=2)

    def fill(plan: BugRun) -> int:
        report = PlainReporter(plan.count, "traces")
        return run_bugs(plan, settings, SourceSettings(), lambda: local_sandbox, report).parked

    with monkeypatch.context() as patch:
        patch.setattr(trying, "confirm", poison)
        assert fill(plan) == 1
    assert poison.tries == {first.index: TRIES}
    assert f"1 unit is parked after 3 failures; `rpsdg status {out} --parked`" in capsys.readouterr().err
    data = Dataset(out)
    decided = list(data.decisions())
    assert decided == [_poisoned(one, first.index) for one in calm.decisions()]
    assert [trace.id for trace in data.traces()] == [t.id for t in calm.traces() if t.id != first.trace]
    (unit,) = parked_of(out)
    assert (unit.kind, unit.key, unit.attempts) == ("candidate", str(first.index), TRIES)
    assert "nobody foresaw this" in unit.log
    units = look(out).units()
    assert units["candidate"]["parked"] == 1
    assert units["candidate"]["done"] == len(decided) - 1
    assert units["environment"]["done"] == units["baseline"]["done"] == 1

    assert fill(replace(plan, retry_parked=True)) == 0
    assert not parked_of(out)
    assert list(data.decisions())[: len(decided)] == decided
    assert [decision.retried for decision in data.decisions()] == [False] * len(decided) + [True]
    traces = {trace.id: trace.content_hash for trace in data.traces()}
    assert traces == {trace.id: trace.content_hash for trace in calm.traces()}  # with its own id, at the end
    before = lines_of(out, "candidates")
    assert fill(replace(plan, retry_parked=True)) == 0
    assert lines_of(out, "candidates") == before


def _poisoned(decision: Decision, index: int) -> Decision:
    if decision.index != index:
        return decision
    where = decision.index, decision.rule, decision.path, decision.line
    return Decision(*where, "parked", "KeyError: 'nobody foresaw this'")


def test_a_fault_of_everything_is_no_candidates_fault(
    kept_shop: Path,
    tmp_path: Path,
    local_sandbox: Sandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trying, "confirm", Poison())
    plan, report = BugRun(str(kept_shop), tmp_path / "out", 3, seed=3), PlainReporter(3, "traces")
    with pytest.raises(PoisonedRunError, match="10 units in a row") as ended:
        run_bugs(plan, settings, SourceSettings(), lambda: local_sandbox, report)

    assert ended.value.code is ExitCode.INTERNAL
    assert [one.outcome for one in Dataset(tmp_path / "out").decisions()] == ["parked"] * 10
    assert look(tmp_path / "out").condition == "failed"
