"""Commands that hunt: audit."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from rpsdg.corpora.audit.findings import Finding
from rpsdg.corpora.audit.tasks import AuditedTask, audit_images, audit_texts, tasks_in
from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.formats.harbor import Harbor
from rpsdg.corpora.exports.running import run_export
from rpsdg.runs.progress import Reporter, reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .shared import settings_for

__all__ = ["audit_command"]

TOGETHER = 8
"""Images that are read at once: the layers that they share are read once."""


@click.command(name="audit")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--no-images", is_flag=True, help="Look at statements and settings alone; build nothing.")
@click.option("--base-image", help="Docker base image; `{python}` stands for the minor version.")
@click.option("--limit", "-n", type=click.IntRange(min=1), help="Look at so many tasks.  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
def audit_command(
    folder: Path, no_images: bool, base_image: str | None, limit: int | None, as_json: bool
) -> int:
    """Hunt for what gives answers away; exit 1 if anything does.

    DIR is a folder of Harbor tasks, or a data set, of which such tasks are made first. Their images are
    built, and every file of every layer is looked at: other commits and stray objects of git, installed and
    packed copies of the program, caches, byte code, what editors leave, documents that quote a line of the
    fix, digests, times. Statements must not name the place or the fix, and there must be no way to the
    network.

    \b
    Examples:
      rpsdg audit tasks
      rpsdg audit data --limit 20 --json
    """
    settings = settings_for(base_image, None)
    with ExitStack() as stack:
        tasks = _tasks(folder, base_image, limit, stack)
        report = stack.enter_context(reporter_for(len(tasks), "tasks audited", as_json=as_json, console=err))
        report.begin(0)
        found = 0
        for task, findings in _audited(tasks, settings, base_image, report, images=not no_images):
            found += bool(findings)
            report.outcome("leaking" if findings else "clean", counts=True, about={"task": task.name})
            for finding in findings:
                _tell(task, finding, as_json=as_json)
    if as_json:
        click.echo(json.dumps({"event": "summary", "tasks": len(tasks), "leaking": found}))
    elif found:
        err.print(f"[red]{found} of {len(tasks)} tasks give something away[/]")
    else:
        err.print(f"[green]{len(tasks)} tasks, nothing gives an answer away[/]")
    return ExitCode.FALSE_CLAIM if found else ExitCode.OK


def _tasks(
    folder: Path, base_image: str | None, limit: int | None, stack: ExitStack
) -> Sequence[AuditedTask]:
    tasks = tasks_in(folder)
    if not tasks:
        data = Dataset(folder)
        made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rpsdg-audit-"))) / "tasks"
        options = Options(limit, base_image=base_image, network="none")
        run_export(Harbor(), data, made, options)
        tasks = tasks_in(made)
    if not tasks:
        raise DatasetError(f"`{folder}` holds no tasks")
    return tasks[:limit]


def _audited(
    tasks: Sequence[AuditedTask],
    settings: Settings,
    base_image: str | None,
    report: Reporter,
    *,
    images: bool,
) -> Iterator[tuple[AuditedTask, list[Finding]]]:
    for _, alike in groupby(tasks, lambda task: task.text("environment/lock.txt")):
        same = list(alike)
        for first in range(0, len(same), TOGETHER):
            some = same[first : first + TOGETHER]
            seen = audit_images(some, settings, base_image, report.stage) if images else {}
            for task in some:
                yield task, sorted({*audit_texts(task), *seen.get(task.name, ())})


def _tell(task: AuditedTask, finding: Finding, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"event": "leak", "task": task.name, **asdict(finding)}))
    else:
        out.print(
            f"[red]{finding.kind:>10}[/]  {as_markup(task.name)}: {as_markup(finding.where)}: "
            f"{as_markup(finding.what)}"
        )
