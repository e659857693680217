"""Commands that make data: bugs, demo."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from rpsdg.corpora import GitCredentials, SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.storage import Storage
from rpsdg.mutators.judging.confirming import Confirming
from rpsdg.mutators.mix import Mix
from rpsdg.mutators.statements.rewrite import KEY as REWRITE_KEY
from rpsdg.mutators.statements.rewrite import Endpoint
from rpsdg.runs.bugs import BugRun, Summary, preview, run_bugs
from rpsdg.runs.levels import Levels, read_level_mix, read_levels
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.show import render_trace
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.runs.trying import LocalTrier, Triers
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.settings import Settings

from .options import PUBLISH_OPTION
from .publishing import send
from .requests import request_of, retry_option
from .shared import choose, executor_options, jobs_for, open_cluster, sandbox_options, settings_for

__all__ = ["bugs", "demo"]

DEMO_SOURCE = "pypi:toolz==1.0.0"
DEMO_COUNT = 20


@click.command()
@click.argument("source")
@click.option(
    "--count",
    "-n",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Traces of one bug that are wanted.",
)
@click.option(
    "--walks",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Traces of two to four bugs, wanted besides.",
)
@click.option(
    "--mix",
    default="realistic",
    show_default=True,
    metavar="NAME|FILE",
    help="Shares of the kinds of bugs: `realistic`, `uniform`, or a TOML file.",
)
@click.option(
    "--level", "levels", metavar="LEVELS", help="Only these levels of difficulty, such as 4 or 2-5."
)
@click.option("--level-mix", metavar="WEIGHTS", help="Shares of the levels, such as 1=1,3=2,5=1.")
@click.option(
    "--confirm",
    "confirming",
    default="full",
    show_default=True,
    metavar="full|covering|sample:P",
    help="What judges a candidate: the complete suite, the tests that can reach its edit, or those and, "
    "for a share P of the candidates, the complete suite.",
)
@click.option(
    "--rewrite-url",
    metavar="URL",
    help=f"OpenAI-compatible endpoint that rewrites statements; its key is read from {REWRITE_KEY}.",
)
@click.option("--rewrite-model", metavar="NAME", help="Model that the endpoint is asked for.")
@click.option(
    "--seed",
    "-s",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=0,
    show_default=True,
    help="Order of candidates.",
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
@PUBLISH_OPTION
@executor_options
@sandbox_options
@retry_option
def bugs(
    source: str,
    count: int,
    walks: int,
    mix: str,
    levels: str | None,
    level_mix: str | None,
    confirming: str,
    rewrite_url: str | None,
    rewrite_model: str | None,
    seed: int,
    folder: Path,
    dry_run: bool,
    git_credentials: GitCredentials,
    publish_to: str | None,
    executor: str,
    ray_address: str | None,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
    retry_parked: bool,
) -> None:
    """Turn a working package into confirmed bug-fix traces.

    SOURCE is a PyPI release, a folder, or a git address with an optional ref. The same command again
    goes on where it stopped; a larger --count adds to what is there.

    \b
    Examples:
      rpsdg bugs pypi:toolz==1.0.0 --count 30 --out data
      rpsdg bugs . --out data --sandbox docker --jobs 4
      rpsdg bugs . --out data --count 100 --walks 20 --level 3-5
      rpsdg bugs . --out data --mix uniform --level-mix 1=1,2=1,5=2
      rpsdg bugs . --out data --count 500 --confirm sample:0.05
      rpsdg bugs git+ssh://git@example.com/team/project.git@main --git-credentials ssh-agent --out data
      rpsdg bugs pypi:sqlparse --out data --executor ray --ray-address 10.0.0.1:6379
      rpsdg bugs pypi:sqlparse --out data --publish s3://bucket/sqlparse
      rpsdg bugs pypi:sqlparse --out data --dry-run
    """
    settings = settings_for(base_image, python_version)
    Mix.load(mix)  # a mixture that cannot be meant costs nothing yet
    sources = SourceSettings(
        index_url=settings.index_url, ca_bundle=settings.ca_bundle, git_credentials=git_credentials
    )
    run = BugRun(
        source,
        folder,
        count,
        walks=walks,
        mix=mix,
        levels=_levels(levels, level_mix),
        confirming=Confirming.parse(confirming),
        endpoint=_endpoint(rewrite_url, rewrite_model),
        seed=seed,
        jobs=jobs,
        timeout=timeout,
        retry_parked=retry_parked,
    )
    if dry_run:
        _show_preview(run, settings, sources, as_json=as_json)
        return
    storage = Storage.at(publish_to) if publish_to is not None else None  # before hours of work
    with reporter_for(count + walks, "traces", as_json=as_json, console=err) as report:
        triers: Triers = LocalTrier
        cluster = open_cluster(executor, ray_address, report)
        if cluster is not None:
            from rpsdg.runs.cluster.pool import ray_triers

            run = replace(run, jobs=jobs_for(cluster, jobs))
            triers = ray_triers(cluster, settings, run.jobs)
        request = request_of(click.get_current_context())
        sandbox = partial(choose, sandbox_name, settings, report)
        summary = run_bugs(run, settings, sources, sandbox, report, triers, request)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "event": "summary",
                    "traces": summary.traces,
                    "outcomes": summary.outcomes,
                    "agreement": asdict(summary.agreement),
                    "parked": summary.parked,
                    "out": str(folder),
                }
            )
        )
    else:
        _tell(summary)
    if storage is not None:
        send(folder, storage, as_json=as_json)


def _tell(summary: Summary) -> None:
    listed = ", ".join(
        f"{number} {name}" for name, number in sorted(summary.outcomes.items(), key=lambda i: -i[1])
    )
    err.print(
        f"[green]{summary.traces} confirmed traces[/] in [bold]{as_markup(str(summary.out))}[/]  ({listed})"
    )
    if str(summary.agreement):
        err.print(f"[dim]{summary.agreement}[/]")


@click.command()
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
@sandbox_options
@retry_option
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
        walks=0,
        mix="realistic",
        levels=None,
        level_mix=None,
        rewrite_url=None,
        rewrite_model=None,
        seed=0,
        folder=folder,
        dry_run=False,
        git_credentials="none",
        publish_to=None,
        executor="local",
        ray_address=None,
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


def _endpoint(url: str | None, model: str | None) -> Endpoint | None:
    if (url is None) != (model is None):
        raise click.UsageError("--rewrite-url and --rewrite-model were expected together")
    return Endpoint.from_environment(url, model) if url is not None and model is not None else None


def _levels(levels: str | None, level_mix: str | None) -> Levels:
    if levels is not None and level_mix is not None:
        raise click.UsageError("either --level or --level-mix was expected, not both")
    if levels is not None:
        return read_levels(levels)
    return read_level_mix(level_mix) if level_mix is not None else Levels()


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
