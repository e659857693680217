"""Commands that check: verify, doctor."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Literal, get_args

import click
from rich.table import Table

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.runs.doctor import examine
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.runs.verify import verify
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .options import DATA
from .shared import choose, sandbox_options, settings_for

__all__ = ["doctor", "verify_command"]


@click.command(name="verify")
@click.argument("folder", type=DATA, metavar="DIR")
@click.option(
    "--audit",
    "cheap",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Then have SymPy look at the steps and answers of N traces of mathematics.  [default: none]",
)
@click.option(
    "--audit-solver",
    "solver",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Then have SymPy solve the problems of N traces itself (slow).  [default: none]",
)
@click.option(
    "--audit-seed",
    "seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Which traces are audited.",
)
@sandbox_options
def verify_command(
    folder: Path,
    cheap: int,
    solver: int,
    seed: int,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> int:
    """Check every claim of every trace again, from scratch; exit 1 at the first trace with a false one.

    An audit asks SymPy about a sample of the mathematics, in processes with time limits. What it says is
    written to `audit.jsonl` in the folder; exit 1 if it disagrees with a trace.

    \b
    Examples:
      rpsdg verify data
      rpsdg verify data --sandbox docker --jobs 4 --json
      rpsdg verify data --audit 1000 --audit-solver 50
    """
    settings = settings_for(base_image, python_version)
    data = Dataset(folder)
    total = sum(1 for _ in data.traces())
    if not total:
        raise DatasetError(f"`{folder}` holds no traces")
    with reporter_for(total, "traces checked", as_json=as_json, console=err) as report:
        checked = verify(
            data,
            settings,
            lambda: choose(sandbox_name, settings, report),
            jobs=jobs,
            timeout=timeout,
            report=report,
        )
        with closing(checked):  # the rest need not be checked, and must not go on
            false = next((one for one in checked if one.false), None)
    if false is None:
        if not as_json:
            err.print(f"[green]{total} traces, every claim holds[/]")
        return _audited(data, cheap, solver, seed, jobs, as_json=as_json) if cheap + solver else ExitCode.OK
    for claim in false.false:
        if as_json:
            click.echo(
                json.dumps(
                    {"event": "false", "trace": false.trace.id, "claim": claim.claim, "detail": claim.detail}
                )
            )
        else:
            err.print(f"[red]false[/] trace {false.trace.id}: {claim.claim}: {as_markup(claim.detail)}")
    return ExitCode.FALSE_CLAIM


def _audited(data: Dataset, cheap: int, solver: int, seed: int, jobs: int, *, as_json: bool) -> ExitCode:
    """Audit a sample, and say with how much of it SymPy agrees."""
    # Importing SymPy takes a second that only an audit should cost.
    from rpsdg.math_domains.audit import Outcome
    from rpsdg.runs.audit import FILE, audit, auditable, new_audit

    mathematical = sum(map(auditable, data.traces()))
    total = min(cheap, mathematical) + min(solver, mathematical)
    if not total:
        raise DatasetError(f"`{data.folder}` holds no mathematics that could be audited")
    counts: dict[str, Counter[Outcome]] = {}
    with (
        reporter_for(total, "traces audited", as_json=as_json, console=err) as report,
        closing(audit(data, new_audit(cheap, solver, seed), jobs=jobs, report=report)) as entries,
    ):
        for entry in entries:
            counts.setdefault(entry.check, Counter())[entry.outcome] += 1
            if entry.outcome is Outcome.DISAGREE:
                report.note(f"{entry.check} disagrees with trace {entry.trace}: {entry.detail}")
    if as_json:
        click.echo(json.dumps({"event": "audit", "checks": counts, "file": str(data.folder / FILE)}))
    else:
        table = Table(box=None, header_style="bold")
        table.add_column("check")
        for outcome in Outcome:
            table.add_column(outcome.value, justify="right")
        for check, found in counts.items():
            table.add_row(check, *(str(found[outcome]) for outcome in Outcome))
        err.print(table)
        err.print(f"[dim]{as_markup(data.folder / FILE)} says more[/]")
    disagreed = any(found[Outcome.DISAGREE] for found in counts.values())
    return ExitCode.FALSE_CLAIM if disagreed else ExitCode.OK


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--full", is_flag=True, help="Hold each sandbox to every promise of its contract (minutes).")
def doctor(as_json: bool, full: bool) -> int:
    """Say what works on this machine, and how to get what does not.

    Exit code 9 if no sandbox works.

    \b
    Examples:
      rpsdg doctor
      rpsdg doctor --full --json
    """
    colours: dict[Literal["ok", "missing", "note"], str] = {"ok": "green", "missing": "red", "note": "yellow"}
    works = False
    for finding in examine(Settings.from_environment(), full=full):
        works |= finding.name in get_args(SandboxName) and finding.state == "ok"
        if as_json:
            click.echo(json.dumps(finding.__dict__))
            continue
        out.print(
            f"[{colours[finding.state]}]{finding.state:>7}[/]  {finding.name:12}  {as_markup(finding.detail)}"
        )
        if finding.advice:
            out.print(f"{'':23}[dim]{as_markup(finding.advice)}[/]")
    return ExitCode.OK if works else ExitCode.SANDBOX
