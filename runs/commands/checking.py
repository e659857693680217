"""Commands that check: verify, doctor."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Literal, get_args

import click

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.runs.doctor import examine
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.runs.verify import verify
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .shared import choose, sandbox_options, settings_for

__all__ = ["doctor", "verify_command"]


@click.command(name="verify")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@sandbox_options
def verify_command(
    folder: Path,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> int:
    """Check every claim of every trace again, from scratch; exit 1 at the first trace with a false one.

    \b
    Examples:
      rpsdg verify data
      rpsdg verify data --sandbox docker --jobs 4 --json
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
        return ExitCode.OK
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
