"""Commands that mark: grade."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from rpsdg.corpora.dataset import Dataset, OutputError
from rpsdg.corpora.exports.facts import level_of_trace
from rpsdg.runs.executor import Stopping, in_order
from rpsdg.runs.grading import Grader, Task
from rpsdg.runs.predictions import Prediction, match_ids, read_predictions
from rpsdg.runs.progress import Reporter, reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.sandbox.choose import SandboxName
from rpsdg.traces.errors import ExitCode

from .options import DATA
from .shared import choose, sandbox_options, settings_for

__all__ = ["grade_command"]


@click.command(name="grade")
@click.argument("folder", type=DATA, metavar="DIR")
@click.option(
    "--predictions",
    "-p",
    "place",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="Answers: JSON Lines of `id` and `patch` (or `answer`), or predictions as SWE-bench has them.",
)
@click.option(
    "--out", "-o", "kept", type=click.Path(path_type=Path, dir_okay=False), help="Keep the marks here."
)
@sandbox_options
def grade_command(
    folder: Path,
    place: Path,
    kept: Path | None,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> int:
    """Mark the answers of a solver: patches by the tests, formulas by the grader of mathematics.

    A patch is worth the share of the failing tests that pass with it times the share of the others that still
    pass. Only its changes of the program count. With --out marks are kept as they are given, and the same
    command goes on where it was interrupted.

    \b
    Examples:
      rpsdg grade data --predictions answers.jsonl
      rpsdg grade data -p preds.json --out marks.jsonl --jobs 4 --json
    """
    del timeout  # of the untouched tests, which are not what takes time here
    settings = settings_for(base_image, python_version)
    data, predictions = Dataset(folder), read_predictions(place)
    with reporter_for(max(1, len(predictions)), "answers", as_json=as_json, console=err) as report:
        sandbox = choose(sandbox_name, settings, report) if _runs_tests(data, predictions) else None
        grader = Grader(data, settings, sandbox or sandbox_name, progress=report.stage, note=report.note)
        stopping = nullcontext if sandbox is None else sandbox.aborting
        with closing(grader):
            rows = _graded(grader, predictions, kept, jobs, stopping, report)
    levels = {task.id: level_of_trace(task.trace, data) for task in grader.tasks}
    summary = _summary(rows, levels)
    if as_json:
        click.echo(json.dumps({"event": "summary", **summary}))
    else:
        _show(rows, levels, summary)
    return ExitCode.OK


def _runs_tests(data: Dataset, predictions: Sequence[Prediction]) -> bool:
    names = match_ids(predictions, [trace.id for trace in data.traces()]).values()
    return any(trace.domain.startswith("code/") for trace in data.traces() if trace.id in set(names))


def _graded(
    grader: Grader,
    predictions: Sequence[Prediction],
    kept: Path | None,
    jobs: int,
    stopping: Stopping,
    report: Reporter,
) -> list[dict[str, Any]]:
    """Return a row for each prediction, in order."""
    tasks = {task.id: task for task in grader.tasks}
    names = match_ids(predictions, tasks)
    done = _earlier(kept)
    wanted = [one for one in predictions if one.digest not in done]
    report.begin(len(predictions) - len(wanted))

    def work(prediction: Prediction) -> dict[str, Any]:
        task: Task = tasks[names[prediction.task]]
        mark = grader.grade(task.trace, prediction.answer)
        about = {"id": task.id, "prediction": prediction.digest, "resolved": mark.resolved}
        return {**about, **asdict(mark)}

    try:
        file = None if kept is None else kept.open("a", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"`{kept}` cannot be written: {error.strerror or error}") from error
    try:
        with closing(in_order(work, wanted, jobs, stopping)) as results:
            for prediction, row in results:
                done[prediction.digest] = row
                if file is not None:
                    file.write(json.dumps(row) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                outcome = "resolved" if row["resolved"] else row["reason"] or "not resolved"
                report.outcome(outcome, counts=True, about=row)
    finally:
        if file is not None:
            file.close()
    return [done[prediction.digest] for prediction in predictions]


def _earlier(kept: Path | None) -> dict[str, dict[str, Any]]:
    """Return the rows of an earlier run; a line that was cut short is dropped from the file."""
    if kept is None or not kept.exists():
        return {}
    found: dict[str, dict[str, Any]] = {}
    data = kept.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        os.truncate(kept, len(whole))
    for line in whole.splitlines():
        with suppress(ValueError, KeyError, TypeError):  # something else that stands there
            row = json.loads(line)
            found[row["prediction"]] = row
    return found


def _summary(rows: Sequence[dict[str, Any]], levels: dict[str, int | None]) -> dict[str, Any]:
    count = len(rows)
    return {
        "answers": count,
        "tasks": len(levels),
        "answered": len({row["id"] for row in rows}),
        "resolved": sum(row["resolved"] for row in rows),
        "mean_score": sum(row["score"] for row in rows) / count if count else 0.0,
        "reasons": dict(Counter(row["reason"] for row in rows if row["reason"]).most_common()),
    }


def _show(rows: Sequence[dict[str, Any]], levels: dict[str, int | None], summary: dict[str, Any]) -> None:
    by_level: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_level[levels[row["id"]]].append(row)
    table = Table(box=None, header_style="bold")
    table.add_column("level")
    for column in ("answers", "resolved", "mean score"):
        table.add_column(column, justify="right")
    for level, some in sorted(by_level.items(), key=lambda pair: pair[0] or 0):
        table.add_row(str(level or "none"), *_cells(some))
    table.add_row("[bold]all[/]", *_cells(rows))
    out.print(table)
    for reason, number in summary["reasons"].items():
        out.print(f"[yellow]{number}[/] {as_markup(reason)}")
    if summary["answered"] < summary["tasks"]:
        out.print(
            f"[dim]{summary['tasks'] - summary['answered']} of {summary['tasks']} tasks have no answer[/]"
        )


def _cells(rows: Sequence[dict[str, Any]]) -> tuple[str, str, str]:
    resolved, count = sum(row["resolved"] for row in rows), max(1, len(rows))
    mean = sum(row["score"] for row in rows) / count
    return str(len(rows)), f"{resolved} ({resolved / count:.0%})", f"{mean:.3f}"
