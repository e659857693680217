"""The command that makes mathematics."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from rpsdg.math_domains.registry import all_families, all_rules
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.splitting import Split
from rpsdg.runs.mathematics import new_plan, run_mathematics
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.traces.errors import ExitCode

__all__ = ["math"]


@click.command()
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--list", "list_them", is_flag=True, help="List the families and end.")
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
    "--seed", "-s", type=click.IntRange(min=0), default=0, show_default=True, help="Which problems."
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
def math(
    families: tuple[str, ...],
    list_them: bool,
    count: int,
    level: str | None,
    level_mix: str | None,
    split: str | None,
    detail: str,
    wrong_steps: float,
    seed: int,
    folder: Path | None,
    jobs: int,
    as_json: bool,
) -> int:
    """Make mathematics problems with worked solutions, every step of them judged.

    FAMILY is a kind of problem; without one, all are made. No problem occurs twice in a run. The same command
    again goes on where it stopped. Exit code 11 if a family has fewer different problems than wanted.

    \b
    Examples:
      rpsdg math --list
      rpsdg math linear-equation --count 1000 --level 3 --out data
      rpsdg math integral-by-parts integral-by-substitution --seed 7 --out data --jobs 4
      rpsdg math --count 200 --detail 3 --out data
      rpsdg math integral-by-table --level 1..5 --split train --out data
      rpsdg math --level-mix 1:3,2:1 --split test --seed 1 --out data
      rpsdg math linear-equation --wrong-steps 0.5 --out data
    """
    if list_them:
        _list_families(as_json=as_json)
        return ExitCode.OK
    if folder is None:
        raise click.UsageError("a folder was expected: name one with --out")
    if level is not None and level_mix is not None:
        raise click.UsageError("either --level or --level-mix was expected, not both")
    part = None if split is None else Split(split)
    plan = new_plan(families, count, level or level_mix, seed, int(detail), wrong_steps, part)
    total = count * len(plan.families)
    with reporter_for(total, "traces", as_json=as_json, console=err) as report:
        summary = run_mathematics(plan, folder, jobs, report)
    made = sum(summary.traces.values())
    if as_json:
        click.echo(json.dumps({"event": "summary", **asdict(summary), "out": str(folder)}))
    else:
        repeats = sum(summary.repeats.values())
        err.print(
            f"[green]{made} traces[/] in [bold]{as_markup(str(folder))}[/]  ({repeats} repeats were dropped)"
        )
    return ExitCode.EXHAUSTED if summary.exhausted else ExitCode.OK


def _list_families(*, as_json: bool) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("family", "topic"):
        table.add_column(column, no_wrap=True)
    table.add_column("what is asked")
    for name, family in all_families().items():
        page = inspect.getdoc(type(family)) or ""
        if as_json:
            click.echo(json.dumps({"event": "family", "name": name, "topic": family.topic, "page": page}))
        else:
            table.add_row(name, family.topic, as_markup(page.partition("\n")[0]))
    if not as_json:
        out.print(table)
        out.print(f"[dim]{len(all_families())} families, {len(all_rules())} rules[/]")
