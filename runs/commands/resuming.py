"""Commands for a run that is elsewhere, in time or on another terminal: resume, status."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from rich.live import Live

from rpsdg.corpora.dataset import DatasetError
from rpsdg.runs.ledger import Ending, Request
from rpsdg.runs.show_status import render_parked, render_status
from rpsdg.runs.status import Status, look
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.sandbox.choose import SandboxName
from rpsdg.traces.errors import ExitCode, UsageError

from .requests import RESUMABLE, words_again

__all__ = ["resume", "status_command"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="As many at once as this.  [default: as before]"
)
@click.option(
    "--sandbox",
    "sandbox_name",
    type=click.Choice(get_args(SandboxName)),
    help="Where tests run.  [default: as before]",
)
@click.option("--source", help="Where the source is now, if it is a folder that was somewhere else.")
@click.option(
    "--retry-parked",
    is_flag=True,
    help="Try again what failed three times and was parked, also in a run that is done.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
@click.pass_context
def resume(
    context: click.Context,
    /,
    folder: Path,
    jobs: int | None,
    sandbox_name: SandboxName | None,
    source: str | None,
    retry_parked: bool,
    as_json: bool,
) -> int:
    """Go on with a run, whatever ended it, on this machine or another.

    DIR is the run's folder. The command is given again as it was given, which its ledger knows. What was
    finished is kept, what was under way is done again, and the ids are those of a run that nothing disturbed.
    Passwords and keys are not kept: they come from the environment.

    A parked unit that is tried again and works out is added behind what is there, which may then be more than
    was asked for; nothing that was decided after it is decided anew.

    \b
    Examples:
      rpsdg resume data
      rpsdg resume corpus                       where corpus.toml is
      rpsdg resume data --jobs 8 --sandbox docker
      rpsdg resume copied/data --source ~/project
      rpsdg resume data --retry-parked
    """
    status = look(folder)
    run, folder = status.run, status.folder
    request = run.request
    if request is None or request.command not in RESUMABLE:
        what = "a program" if request is None else f"`rpsdg {request.command}`"
        raise DatasetError(
            f"the run in `{folder}` was begun by {what}, and cannot be resumed by this command",
            hint="Give its command again: it goes on where it stopped.",
        )
    if run.ending is Ending.DONE and not retry_parked:
        _say_that_it_is_done(folder, request, as_json=as_json)
        return ExitCode.OK
    command = RESUMABLE[request.command].command
    known = {parameter.name for parameter in command.params}
    changed: dict[str, Any] = {"as_json": as_json or None}
    for name, option, value in (
        ("jobs", "--jobs", jobs),
        ("sandbox_name", "--sandbox", sandbox_name),
        ("source", "--source", source),
        ("retry_parked", "--retry-parked", retry_parked or None),
    ):
        if value is None:
            continue
        if name not in known:
            raise UsageError(f"`{option}` means nothing to `rpsdg {request.command}`, which is to go on")
        changed[name] = value
    words = words_again(run, folder, changed)
    if not as_json:
        err.print(f"[dim]{as_markup(shlex.join(['rpsdg', request.command, *words]))}[/]")
    with command.make_context(request.command, words, parent=context.parent) as again:
        return ExitCode(command.invoke(again) or 0)


@click.command(name="status")
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", default=Path(), required=False)
@click.option("--watch", is_flag=True, help="Look again every second, until the run ends.")
@click.option("--parked", is_flag=True, help="Show what was parked after three failures, with the logs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON objects, one a line.")
def status_command(folder: Path, watch: bool, parked: bool, as_json: bool) -> None:
    """Show a run, live from another terminal or after its end: who, what, how far, what it cost, what failed.

    DIR is the run's folder, this one if none is given. The run is not disturbed, and nothing is written.

    \b
    Examples:
      rpsdg status data
      rpsdg status data --watch
      rpsdg status data --parked
      rpsdg status data --json | jq .units
    """
    if parked:
        _show_parked(look(folder), as_json=as_json)
        return
    if watch and out.is_terminal and not as_json:
        with Live(console=out, auto_refresh=False) as live:
            for status in _until_its_end(folder):
                live.update(render_status(status), refresh=True)
        return
    for status in _until_its_end(folder) if watch else [look(folder)]:
        if as_json:
            click.echo(json.dumps(status.describe()))
        else:
            out.print(render_status(status))


def _until_its_end(folder: Path) -> Iterator[Status]:
    while True:
        status = look(folder)
        yield status
        if not status.lives:
            return
        time.sleep(1)


def _show_parked(status: Status, *, as_json: bool) -> None:
    units = status.parked_units()
    if as_json:
        for unit in units:
            click.echo(msgspec.json.encode(unit))
    elif units:
        out.print(render_parked(units))
    else:
        err.print("[green]nothing is parked[/]")


def _say_that_it_is_done(folder: Path, request: Request, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"event": "summary", "command": request.command, "ending": "done"}))
    else:
        err.print(
            f"`rpsdg {request.command}` in [bold]{as_markup(str(folder))}[/] is done: nothing is left to do"
        )
