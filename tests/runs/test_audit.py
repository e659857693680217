"""`verify --audit`: a pure sample, checks that are killed if they hang, an audit that goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.math_domains.audit import Outcome
from rpsdg.math_domains.audit.looking import CHEAP
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.runs.audit import FILE, Entry, audit, new_audit, read_audit, sample
from rpsdg.runs.commands import checking
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.verify import Checked
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode
from rpsdg.traces.record import Trace


def data_of(folder: Path, traces: list[Trace]) -> Dataset:
    with (folder / "traces.jsonl").open("wb") as file:
        jsonl.write(traces, file)
    return Dataset(folder)


def audited(data: Dataset, cheap: int, solver: int, *, seconds: float = 60) -> list[Entry]:
    report = PlainReporter(cheap + solver, "traces")
    return list(audit(data, new_audit(cheap, solver, 0), jobs=1, report=report, seconds=seconds))


def asked_for(trace: Trace, problem: str) -> Trace:
    """Return a trace with another problem, whose other claims are no longer true."""
    return replace(trace, problem=replace(trace.problem, state={"sympy": problem, "latex": ""}))


def nothing_false(*args: object, **options: object) -> Iterator[Checked]:
    """Stand in for the verification, so that what is false gets as far as the audit."""
    yield from ()


@pytest.fixture
def few() -> list[Trace]:
    names = ("linear-equation", "integral-by-table", "matrix-arithmetic")
    return [Problems(all_families()[name], level=1)[k] for name in names for k in range(2)]


def test_what_hangs_is_killed_and_the_rest_goes_on(tmp_path: Path, few: list[Trace]) -> None:
    hanging = asked_for(few[2], "Integral(5*x**2/(2*x**3 + 6)**40, x)")
    first, *others = audited(data_of(tmp_path, [hanging, few[0]]), 0, 2, seconds=2)

    assert (first.check, first.outcome) == ("integral_steps", Outcome.TIMED_OUT)
    assert [entry.check for entry in others] == ["integrate", "solveset", "solve"]


def test_a_sample_depends_on_ids_and_seed_alone() -> None:
    ids = [f"{number:064x}" for number in range(500)]
    mixed = Random(0).sample(ids, len(ids))

    assert sample(ids, 50, 3) == sample(mixed, 50, 3) > sample(ids, 20, 3)
    assert sample(ids, 50, 3) != sample(ids, 50, 4)
    assert len(sample(ids, 50, 3)) == 50
    assert sample(ids, 1000, 3) == frozenset(ids)
    # What another part of the data set is like makes no difference.
    assert sample(ids, 50, 3) >= sample(ids, 50, 3) & sample(ids[:400], 50, 3)


def test_an_interrupted_audit_goes_on_and_one_that_ended_starts_anew(
    tmp_path: Path, few: list[Trace]
) -> None:
    data = data_of(tmp_path, few)
    plan, report = new_audit(6, 0, 0), PlainReporter(6, "traces")
    with closing(audit(data, plan, jobs=1, report=report)) as entries:
        first = next(entries)
    with pytest.raises(DatasetError, match="no finished audit"):
        read_audit(tmp_path)

    part = tmp_path / f"{FILE}.part"
    marked = replace(first, detail="seen before")
    part.write_bytes(jsonl.encode(plan) + jsonl.encode(marked) + b'{"trace": "cut sh')
    again = list(audit(data, plan, jobs=1, report=report))

    assert again[0] == marked
    assert [entry.trace for entry in again] == [trace.id for trace in few]
    assert read_audit(tmp_path) == (plan, again)
    assert not part.exists()
    assert audited(data, 6, 0)[0].detail == ""


def test_an_interrupted_audit_of_another_plan_is_left(tmp_path: Path, few: list[Trace]) -> None:
    entry = Entry(few[0].id, few[0].content_hash, "linear-equation", CHEAP, Outcome.AGREE, "seen before", 0)
    (tmp_path / f"{FILE}.part").write_bytes(jsonl.encode(new_audit(6, 0, 1)) + jsonl.encode(entry))

    assert {entry.detail for entry in audited(data_of(tmp_path, few[:2]), 6, 0)} == {""}


def test_verify_tells_how_often_sympy_agrees(tmp_path: Path, few: list[Trace]) -> None:
    data_of(tmp_path, few)
    arguments = [str(tmp_path), "--audit", "4", "--audit-solver", "1", "--jobs", "1"]
    done = CliRunner().invoke(checking.verify_command, [*arguments, "--json"], standalone_mode=False)

    assert done.return_value == ExitCode.OK
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["checks"][CHEAP] == {"agree": 4}
    assert len(summary["checks"]) > 1
    assert all(
        json.loads(line)["outcome"] == "agree" for line in (tmp_path / FILE).read_text().splitlines()[1:]
    )


def test_verify_without_an_audit_leaves_no_file(tmp_path: Path, few: list[Trace]) -> None:
    data_of(tmp_path, few[:1])
    done = CliRunner().invoke(checking.verify_command, [str(tmp_path)], standalone_mode=False)

    assert done.return_value == ExitCode.OK
    assert not list(tmp_path.glob(f"{FILE}*"))


def test_a_disagreement_is_told_and_ends_in_exit_code_1(
    tmp_path: Path, few: list[Trace], monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = re.findall(r"[a-z]", few[0].answer.state["sympy"])[-1]
    other = asked_for(few[0], f"Eq({letter}, 12345)")
    data_of(tmp_path, [other, few[1]])
    monkeypatch.setattr(checking, "verify", nothing_false)
    arguments = [str(tmp_path), "--audit", "2", "--jobs", "1"]
    done = CliRunner().invoke(checking.verify_command, arguments, standalone_mode=False)

    assert done.return_value == ExitCode.FALSE_CLAIM
    assert f"cheap disagrees with trace {other.id}" in done.stderr
    _, entries = read_audit(tmp_path)
    assert [entry.outcome for entry in entries] == [Outcome.DISAGREE, Outcome.AGREE]


def test_a_folder_without_mathematics_cannot_be_audited(tmp_path: Path, few: list[Trace]) -> None:
    data_of(tmp_path, [replace(few[0], domain="code/bugfix")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "verify", nothing_false)
        done = CliRunner().invoke(
            checking.verify_command, [str(tmp_path), "--audit", "2"], standalone_mode=False
        )

    assert isinstance(done.exception, DatasetError)
