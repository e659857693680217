"""The command that makes mathematics."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path

import click
from rich.table import Table

from rpsdg.corpora.storage import Storage
from rpsdg.math_domains.registry import (
    all_families,
    all_rules,
    all_topics,
    broken_topics,
    distribution_of,
)
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.splitting import Split
from rpsdg.runs.mathematics import check_families, new_plan, run_mathematics
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.traces.conformance import BrokenLawError
from rpsdg.traces.errors import ExitCode

from .options import PUBLISH_OPTION
from .publishing import send
from .requests import request_of, retry_option
from .shared import executor_options, jobs_for, open_cluster

__all__ = ["math"]


@click.command()
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--list", "list_them", is_flag=True, help="List the families and end.")
@click.option(
    "--check", is_flag=True, help="Hold families, and the rules and mistakes of topics, to the laws."
)
@click.option(
    "--count",
    "-n",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Traces of each family that are wanted.",
)
@click.option(
    "--level",
    metavar="LEVEL",
    help="Difficulty: a level from 1 to 5, or a number between two, such as 2.5, for the two beside it; a "
    "curriculum such as 1..5, from easy to hard in each family.  [default: all levels, evenly]",
)
@click.option(
    "--level-mix",
    metavar="LEVEL:SHARE,...",
    help="Difficulty: levels with their shares, such as 1:3,2:1.",
)
@click.option(
    "--split",
    type=click.Choice([split.value for split in Split]),
    help="Only problems of this split. No two splits share the shape of a problem, whatever the seeds.  "
    "[default: all]",
)
@click.option(
    "--detail",
    type=click.Choice([str(int(detail)) for detail in Detail]),
    default=str(int(Detail.STEP)),
    show_default=True,
    help="How much explanations say: 1 what is done, 2 with formulas, 3 and why.",
)
@click.option(
    "--wrong-steps",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="P",
    help="Share of the solutions that are told with one mistake, proved wrong and labelled.",
)
@click.option(
    "--seed",
    "-s",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=0,
    show_default=True,
    help="Which problems.",
)
@click.option("--out", "-o", "folder", type=click.Path(path_type=Path), help="Folder to write.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Processes. Changes nothing in the result.",
)
@PUBLISH_OPTION
@executor_options
@retry_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
def math(
    families: tuple[str, ...],
    list_them: bool,
    check: bool,
    count: int,
    level: str | None,
    level_mix: str | None,
    split: str | None,
    detail: str,
    wrong_steps: float,
    seed: int,
    folder: Path | None,
    jobs: int,
    publish_to: str | None,
    executor: str,
    ray_address: str | None,
    retry_parked: bool,
    as_json: bool,
) -> int:
    """Make mathematics problems with worked solutions, every step of them judged.

    FAMILY is a kind of problem, or a topic for all of its; without one, all are made. No problem occurs twice
    in a run. The same command again goes on where it stopped. Exit code 11 if a family has fewer different
    problems than wanted. Installed packages add topics of their own through the entry point group
    `rpsdg.families`; `--check` holds them to the laws that hold for all, and ends with exit code 1 if one
    is broken.

    \b
    Examples:
      rpsdg math --list
      rpsdg math linear-equation --count 1000 --level 3 --out data
      rpsdg math integral-by-parts integral-by-substitution --seed 7 --out data --jobs 4
      rpsdg math --count 200 --detail 3 --out data
      rpsdg math integral-by-table --level 1..5 --split train --out data
      rpsdg math --level-mix 1:3,2:1 --split test --seed 1 --out data
      rpsdg math linear-equation --wrong-steps 0.5 --out data
      rpsdg math --count 10000 --out data --executor ray --ray-address 10.0.0.1:6379
      rpsdg math my-own-topic --check
    """
    if list_them:
        _list_families(as_json=as_json)
        return ExitCode.OK
    if check:
        return _check_laws(families, as_json=as_json)
    if folder is None:
        raise click.UsageError("a folder was expected: name one with --out")
    if level is not None and level_mix is not None:
        raise click.UsageError("either --level or --level-mix was expected, not both")
    storage = Storage.at(publish_to) if publish_to is not None else None  # before hours of work
    part = None if split is None else Split(split)
    plan = new_plan(families, count, level or level_mix, seed, int(detail), wrong_steps, part)
    if not families:
        _tell_what_is_broken(as_json=as_json)
    total = count * len(plan.families)
    with reporter_for(total, "traces", as_json=as_json, console=err) as report:
        cluster = open_cluster(executor, ray_address, report)
        pool = None
        if cluster is not None:
            from rpsdg.runs.cluster.tasks import RayTasks

            pool = partial(RayTasks, cluster)
        summary = run_mathematics(
            plan,
            folder,
            jobs_for(cluster, jobs),
            report,
            pool,
            request_of(click.get_current_context()),
            retry_parked=retry_parked,
        )
    made = sum(summary.traces.values())
    if as_json:
        click.echo(json.dumps({"event": "summary", **asdict(summary), "out": str(folder)}))
    else:
        repeats = sum(summary.repeats.values())
        err.print(
            f"[green]{made} traces[/] in [bold]{as_markup(str(folder))}[/]  ({repeats} repeats were dropped)"
        )
    if storage is not None:
        send(folder, storage, as_json=as_json)
    return ExitCode.EXHAUSTED if summary.exhausted else ExitCode.OK


def _list_families(*, as_json: bool) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("family", "topic"):
        table.add_column(column, no_wrap=True)
    table.add_column("what is asked")
    for name, family in all_families().items():
        page = inspect.getdoc(type(family)) or ""
        if as_json:
            about = {"name": name, "topic": family.topic, "page": page}
            click.echo(json.dumps({"event": "family", **about, "distribution": distribution_of(name)}))
        else:
            table.add_row(name, family.topic, as_markup(page.partition("\n")[0]))
    if not as_json:
        out.print(table)
        out.print(f"[dim]{len(all_families())} families, {len(all_rules())} rules[/]")
    _tell_what_is_broken(as_json=as_json)


def _tell_what_is_broken(*, as_json: bool) -> None:
    """Say which topics of other distributions are left out."""
    for error in broken_topics():
        if as_json:
            click.echo(json.dumps({"event": "unusable", "detail": str(error)}))
        else:
            err.print(
                f"[yellow]left out[/] {as_markup(str(error))}\n[dim]hint[/]     {as_markup(error.hint)}"
            )


def _check_laws(names: tuple[str, ...], *, as_json: bool) -> ExitCode:
    from rpsdg.math_domains.laws import check_families as held_to_laws
    from rpsdg.math_domains.laws import check_topic  # which takes SymPy, and half a second, to import

    topics = [all_topics()[name] for name in names or all_topics() if name in all_topics()]
    families = [all_families()[name] for name in check_families(names) if name in names]
    _tell_what_is_broken(as_json=as_json)
    lawful = broken = 0
    for name, error in chain(*map(check_topic, topics), held_to_laws(families)):
        lawful, broken = lawful + (error is None), broken + (error is not None)
        if as_json:
            event = {"event": "lawful", "name": name} if error is None else _event_of(name, error)
            click.echo(json.dumps(event))
        elif error is not None:
            err.print(f"[red]broken[/] {as_markup(str(error))}")
    if not as_json:
        err.print(f"[green]{lawful} families, rules and mistakes keep every law[/]")
    return ExitCode.FALSE_CLAIM if broken or (not names and broken_topics()) else ExitCode.OK


def _event_of(name: str, error: BrokenLawError) -> dict[str, str]:
    return {"event": "broken", "name": name, "detail": str(error)}
