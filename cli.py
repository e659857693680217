"""The `rpsdg` command: reads arguments, calls the rooms, prints; implements nothing."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

import click
import msgspec
from rich.console import Console
from rich.table import Table

from rpsdg.corpora import GitCredentials, SourceSettings
from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.runs.bugs import BugRun, preview, run_bugs
from rpsdg.runs.doctor import examine
from rpsdg.runs.progress import Reporter, reporter_for
from rpsdg.runs.show import render_trace, summarise
from rpsdg.runs.terminal import as_markup
from rpsdg.runs.verify import verify
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox, SandboxAbortedError
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["main"]

DEMO_SOURCE = "pypi:toolz==1.0.0"
DEMO_COUNT = 20

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_sandboxes: list[Sandbox] = []


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    # A polite `kill` ends a run as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    if "show" in sys.argv[1:2]:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `rpsdg show … | head` ends quietly, as `cat` does
    code = ExitCode.INTERNAL
    try:
        code = ExitCode(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except RpsdgError as error:
        err.print(f"[red]error[/] {as_markup(str(error))}")
        if error.hint:
            err.print(f"[dim]hint[/]  {as_markup(error.hint)}")
        code = error.code
    except (click.Abort, KeyboardInterrupt, SandboxAbortedError):
        err.print("interrupted; what was finished is kept")
        code = ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - ours, whatever it is: the exit code must not say anything else
        err.print_exception()
        err.print("[red]This is a fault of rpsdg.[/] Please report it with the lines above.")
    for sandbox in _sandboxes:
        with suppress(Exception):  # an engine that is gone has nothing left to close
            sandbox.close()
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="rpsdg")
def cli() -> None:
    """Make training data by walking away from a solved state and handing out the way back.

    \b
    Examples:
      rpsdg doctor                                    what works on this machine
      rpsdg demo                                      20 confirmed bug-fix traces of a real package
      rpsdg bugs pypi:toolz==1.0.0 --count 30 --out data
      rpsdg show data                                 list the traces
      rpsdg verify data                               check every claim again

    \b
    Exit codes: 0 done; 1 a claim is false; 2 wrong argument; 3 source; 4 unsafe archive; 5 no tests;
    6 failing baseline; 7 hanging baseline; 8 environment; 9 sandbox; 10 output folder; 11 too few
    candidates; 12 damaged data set; 70 fault of rpsdg; 130 interrupted.
    """


def _sandbox_options(command: Any) -> Any:
    """Add the options that every command with a sandbox has."""
    for option in reversed(
        (
            click.option(
                "--sandbox",
                "sandbox_name",
                type=click.Choice(get_args(SandboxName)),
                default="auto",
                show_default=True,
                help="Where tests run. `auto` takes Docker if an engine answers, else this machine.",
            ),
            click.option(
                "--jobs",
                "-j",
                type=click.IntRange(min=1),
                default=2,
                show_default=True,
                help="How many candidates are worked on at once. Changes nothing in the result.",
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(min=1),
                default=300.0,
                show_default=True,
                help="Seconds one run of the untouched tests may take.",
            ),
            click.option("--base-image", help="Docker base image; `{python}` stands for the minor version."),
            click.option(
                "--python", "python_version", help="Python minor version for the tests, such as 3.12."
            ),
            click.option(
                "--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines."
            ),
        )
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("source")
@click.option(
    "--count", "-n", type=click.IntRange(min=1), default=20, show_default=True, help="Traces wanted."
)
@click.option(
    "--seed", "-s", type=click.IntRange(min=0), default=0, show_default=True, help="Order of candidates."
)
@click.option(
    "--out", "-o", "folder", type=click.Path(path_type=Path), required=True, help="Folder to write."
)
@click.option("--dry-run", is_flag=True, help="Say what would be tried; build and run nothing.")
@click.option(
    "--git-credentials",
    type=click.Choice(get_args(GitCredentials)),
    default="none",
    show_default=True,
    help="What git may use to log in, for the clone alone.",
)
@_sandbox_options
def bugs(
    source: str,
    count: int,
    seed: int,
    folder: Path,
    dry_run: bool,
    git_credentials: GitCredentials,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> None:
    """Turn a working package into confirmed bug-fix traces.

    SOURCE is a PyPI release, a folder, or a git address with an optional ref. The same command again
    goes on where it stopped; a larger --count adds to what is there.

    \b
    Examples:
      rpsdg bugs pypi:toolz==1.0.0 --count 30 --out data
      rpsdg bugs . --out data --sandbox docker --jobs 4
      rpsdg bugs git+ssh://git@example.com/team/project.git@main --git-credentials ssh-agent --out data
      rpsdg bugs pypi:sqlparse --out data --dry-run
    """
    settings = _settings(base_image, python_version)
    sources = SourceSettings(
        index_url=settings.index_url, ca_bundle=settings.ca_bundle, git_credentials=git_credentials
    )
    run = BugRun(source, folder, count, seed, jobs, timeout)
    if dry_run:
        _show_preview(run, settings, sources, as_json=as_json)
        return
    with reporter_for(count, "traces", as_json=as_json, console=err) as report:
        summary = run_bugs(run, settings, sources, lambda: _choose(sandbox_name, settings, report), report)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "event": "summary",
                    "traces": summary.traces,
                    "outcomes": summary.outcomes,
                    "out": str(folder),
                }
            )
        )
        return
    listed = ", ".join(
        f"{number} {name}" for name, number in sorted(summary.outcomes.items(), key=lambda i: -i[1])
    )
    err.print(f"[green]{summary.traces} confirmed traces[/] in [bold]{as_markup(str(folder))}[/]  ({listed})")


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("trace_id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print whole traces, one JSON object a line.")
@click.option("--color/--no-color", default=None, help="Force colours on or off.")
def show(folder: Path, trace_id: str | None, as_json: bool, color: bool | None) -> None:
    """List the traces of a data set, or show one in full.

    ID is a trace's id or the beginning of it.

    \b
    Examples:
      rpsdg show data
      rpsdg show data 64b69a00
      rpsdg show data --json | jq .problem.statement
    """
    console = out if color is None else Console(highlight=False, force_terminal=color, no_color=not color)
    traces = Dataset(folder).traces()
    if trace_id is not None:
        chosen = [trace for trace in traces if trace.id.startswith(trace_id)]
        if not chosen:
            raise DatasetError(
                f"no trace in `{folder}` has an id that starts with `{trace_id}`",
                hint=f"`rpsdg show {folder}` lists the ids.",
            )
        traces = iter(chosen)
    if as_json:
        for trace in traces:
            click.echo(msgspec.json.encode(trace))
        return
    if trace_id is not None:
        for trace in traces:
            console.print(render_trace(trace))
        return
    table = Table(box=None, header_style="bold")
    for column in ("id", "rule", "place", "failing", "problem"):
        table.add_column(column, overflow="fold" if column == "id" else "ellipsis", no_wrap=True)
    for trace in traces:
        row = summarise(trace)
        rules = row["rules"]
        assert isinstance(rules, list)
        table.add_row(
            as_markup(trace.id[:12]),
            as_markup(" · ".join(rules)),
            as_markup(str(row["place"])),
            str(row["failing_tests"]),
            as_markup(str(row["title"])),
        )
    console.print(table)


@cli.command(name="verify")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_sandbox_options
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
    settings = _settings(base_image, python_version)
    data = Dataset(folder)
    total = sum(1 for _ in data.traces())
    if not total:
        raise DatasetError(f"`{folder}` holds no traces")
    with reporter_for(total, "traces checked", as_json=as_json, console=err) as report:
        checked = verify(
            data,
            settings,
            lambda: _choose(sandbox_name, settings, report),
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


@cli.command()
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


@cli.command()
@click.option(
    "--out",
    "-o",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder.",
)
@click.option("--fresh", is_flag=True, help="Start over instead of going on with an earlier demo.")
@_sandbox_options
@click.pass_context
def demo(context: click.Context, /, folder: Path, fresh: bool, **options: Any) -> None:
    """Turn a real PyPI package into 20 confirmed traces, and show one.

    \b
    Examples:
      rpsdg demo
      rpsdg demo --sandbox local --out /tmp/demo
    """
    if fresh:
        Dataset.remove(folder)
    context.invoke(
        bugs,
        source=DEMO_SOURCE,
        count=DEMO_COUNT,
        seed=0,
        folder=folder,
        dry_run=False,
        git_credentials="none",
        **options,
    )
    if not options["as_json"]:
        trace = min(
            Dataset(folder).traces(),
            key=lambda t: sum(len(a.observation) for s in t.steps for a in s.actions),
        )
        out.print(render_trace(trace))
        command = "rpsdg" if shutil.which("rpsdg") else sys.argv[0]
        err.print(f"\nAll of them:      [bold]{as_markup(f'{command} show {folder}')}[/]")
        err.print(f"Check them again: [bold]{as_markup(f'{command} verify {folder}')}[/]")


def _settings(base_image: str | None, python_version: str | None) -> Settings:
    settings = Settings.from_environment()
    if python_version is not None and not _is_minor(python_version):
        raise click.BadParameter(
            f"a minor version such as 3.12 was expected, not {python_version!r}", param_hint="--python"
        )
    settings.require_cache()
    return replace(
        settings,
        base_image=base_image or settings.base_image,
        python=python_version or settings.python,
    )


def _is_minor(text: str) -> bool:
    major, _, minor = text.partition(".")
    return major == "3" and minor.isdigit()


def _choose(name: SandboxName, settings: Settings, report: Reporter) -> Sandbox:
    sandbox = choose_sandbox(name, settings, report.note)
    _sandboxes.append(sandbox)
    report.stage(f"using the {sandbox.name} sandbox")
    return sandbox


def _show_preview(run: BugRun, settings: Settings, sources: SourceSettings, *, as_json: bool) -> None:
    found = preview(run, settings, sources)
    if as_json:
        first = [{"rule": move.rule, **move.aim()} for move in found.first]
        about = {
            "source": found.source.provenance(),
            "files": found.files,
            "sites": found.sites,
            "first": first,
        }
        click.echo(json.dumps({"event": "preview", **about}))
        return
    version = f" {found.source.version}" if found.source.version else ""
    out.print(
        f"{found.source.name}{version}: {found.files} files, {sum(found.sites.values())} places for a bug"
    )
    for rule, number in found.sites.items():
        out.print(f"  {number:>6}  {rule}")
    out.print(f"A run would try candidates in this order until there are {run.count} traces:")
    for move in found.first[:10]:
        line = found.source.tree[move.path].data.count(b"\n", 0, move.start) + 1
        out.print(f"  {move.rule}  {as_markup(move.path)}:{line}")
    if len(found.first) > 10:
        out.print("  …")


if __name__ == "__main__":
    main()
