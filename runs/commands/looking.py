"""Commands that look: show, stats, preview, catalogue."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path

import click
import msgspec
from rich.table import Table

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.mutators.laws import check_mutator
from rpsdg.mutators.mutator import Mutator
from rpsdg.runs.catalogue import (
    choose_mutators,
    observe,
    page_of,
    read_observed,
    render_page,
    write_observed,
)
from rpsdg.runs.preview import NothingAppliesError, is_left_alone, plant, read_program, render_planted
from rpsdg.runs.show import columns_for, render_trace
from rpsdg.runs.stats import measure, render_stats
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.traces.conformance import BrokenLawError
from rpsdg.traces.errors import ExitCode

from .options import DATA
from .shared import console_for

__all__ = ["catalogue", "preview_command", "show", "stats"]


@click.command()
@click.argument("folder", type=DATA, metavar="DIR")
@click.argument("trace_id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print whole traces, one JSON object a line.")
@click.option("--color/--no-color", default=None, help="Force colours on or off.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="Traces to list; 0 for all.",
)
def show(folder: Path, trace_id: str | None, as_json: bool, color: bool | None, limit: int) -> None:
    """List the traces of a data set, or show one in full.

    ID is a trace's id or the beginning of it.

    \b
    Examples:
      rpsdg show data
      rpsdg show data 64b69a00
      rpsdg show data --json | jq .problem.statement
    """
    console = console_for(color)
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
    listed = list(islice(traces, limit or None))
    if not listed:
        raise DatasetError(f"`{folder}` holds no traces")
    table = Table(box=None, header_style="bold", expand=True)
    columns = columns_for(listed[0])
    for column in columns:
        # What is left of the line is for the problems: an id that is cut could not be used.
        width = column.wide if console.width > 120 else column.narrow
        table.add_column(
            column.title, overflow="ellipsis", no_wrap=True, width=width, ratio=None if width else 1
        )
    for trace in listed:
        table.add_row(*[as_markup(column.text(trace)) for column in columns])
    console.print(table)
    more = sum(1 for _ in traces)
    if more:
        err.print(f"[dim]{more} more; `--limit 0` lists all[/]")


@click.command()
@click.argument("folders", type=DATA, metavar="DIR...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def stats(folders: tuple[Path, ...], as_json: bool) -> None:
    """Say what is in a data set: yield of each rule, kinds of bugs, sizes, levels, families, licences.

    The kind of each bug is told from its diff alone, and compared with how often people make such mistakes.
    Several folders are added up.

    \b
    Examples:
      rpsdg stats data
      rpsdg stats data/* --json | jq .divergences
    """
    found = measure(Dataset(folder) for folder in folders)
    if as_json:
        click.echo(json.dumps(found.describe()))
        return
    out.print(render_stats(found))


@click.command(name="preview")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this mutator; may be repeated.")
@click.option("--family", metavar="NAME", help="Only mutators of this family.")
@click.option("--limit", "-n", type=click.IntRange(min=1), help="Show only so many; all are counted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
@click.option("--color/--no-color", default=None, help="Force colours on or off.")
def preview_command(
    file: Path,
    rules: tuple[str, ...],
    family: str | None,
    limit: int | None,
    as_json: bool,
    color: bool | None,
) -> None:
    """Show every bug that the mutators could put into one Python file, as diffs.

    FILE is only read, never executed; - reads standard input. Bugs that take a whole project are found as far
    as one file holds them.

    \b
    Examples:
      rpsdg preview shop/basket.py
      rpsdg preview shop/basket.py --rule dropped-guard --rule wrong-name
      rpsdg preview shop/basket.py --family conditions --limit 5
    """
    mutators = choose_mutators(rules, family)
    program = read_program(file)
    console = console_for(color)
    counts: Counter[str] = Counter()
    for planted in plant(program, mutators):
        counts[planted.move.rule] += 1
        if limit is not None and counts.total() > limit:
            continue
        if as_json:
            about = {"family": planted.move.family, "line": planted.line, **planted.move.aim()}
            about |= {"explanation": planted.move.explain(), "diff": planted.diff}
            click.echo(json.dumps({"event": "move", "rule": planted.move.rule, **about}))
        else:
            console.print(render_planted(planted))
    if not counts:
        raise NothingAppliesError(
            f"none of {len(mutators)} mutators finds anything to do in `{file}`",
            hint="Mutators look for code that tests can see: not for docstrings, annotations or logging.",
        )
    if as_json:
        shown = min(counts.total(), limit or counts.total())
        click.echo(
            json.dumps({"event": "summary", "moves": counts.total(), "shown": shown, "rules": dict(counts)})
        )
        return
    listed = ", ".join(f"{number} {rule}" for rule, number in counts.most_common())
    err.print(
        f"[green]{counts.total()} bugs[/] could be put into [bold]{as_markup(str(file))}[/]  ({listed})"
    )
    if limit is not None and counts.total() > limit:
        err.print(f"[dim]the first {limit} are shown[/]")
    if is_left_alone(program):
        err.print(
            "[dim]a run over a project leaves a file of this name alone: it tests, builds or documents[/]"
        )


@click.command()
@click.option(
    "--rule", "rules", multiple=True, metavar="ID", help="The page of this mutator; may be repeated."
)
@click.option("--family", metavar="NAME", help="Only mutators of this family.")
@click.option(
    "--check", is_flag=True, help="Hold these mutators to the laws; exit 1 at the first that breaks one."
)
@click.option(
    "--observe",
    "observed_in",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Take the figures of a data set into the catalogue; may be repeated.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where observed figures are read from, or written to.  [default: those that come with rpsdg]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
@click.option("--color/--no-color", default=None, help="Force colours on or off.")
def catalogue(
    rules: tuple[str, ...],
    family: str | None,
    check: bool,
    observed_in: tuple[Path, ...],
    figures: Path | None,
    as_json: bool,
    color: bool | None,
) -> int:
    """List the mutators, or show the pages of some: what they do, how often people do it, what became of it.

    Installed packages add mutators of their own through the entry point group `rpsdg.mutators`.

    \b
    Examples:
      rpsdg catalogue
      rpsdg catalogue --family branches
      rpsdg catalogue --rule dropped-guard
      rpsdg catalogue --rule my-own-mutator --check
      rpsdg catalogue --observe data/toolz --observe data/sqlparse --figures mutators/observed.json
    """
    mutators = choose_mutators(rules, family)
    if check:
        return _check_laws(mutators, as_json=as_json)
    if observed_in:
        if figures is None:
            raise click.UsageError("--observe needs to know where to write: name a file with --figures")
        found = observe([Dataset(folder) for folder in observed_in])
        write_observed(found, figures)
        err.print(f"[green]{len(found)} mutators observed[/] in [bold]{as_markup(str(figures))}[/]")
        return ExitCode.OK
    observed = read_observed(figures)
    pages = [page_of(mutator, observed) for mutator in mutators]
    if as_json:
        for page in pages:
            click.echo(msgspec.json.encode(page))
        return ExitCode.OK
    console = console_for(color)
    if rules:
        for page in pages:
            console.print(render_page(page))
        return ExitCode.OK
    table = Table(box=None, header_style="bold")
    for column in ("mutator", "family"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it does")
    for page in pages:
        table.add_row(as_markup(page.rule), as_markup(page.family), as_markup(page.title))
    console.print(table)
    return ExitCode.OK


def _check_laws(mutators: list[type[Mutator]], *, as_json: bool) -> ExitCode:
    for mutator in mutators:
        try:
            check_mutator(mutator)
        except BrokenLawError as broken:
            if as_json:
                click.echo(json.dumps({"event": "broken", "rule": mutator.rule, "detail": str(broken)}))
            else:
                err.print(f"[red]broken[/] {as_markup(str(broken))}")
            return ExitCode.FALSE_CLAIM
        if as_json:
            click.echo(json.dumps({"event": "lawful", "rule": mutator.rule}))
    if not as_json:
        err.print(f"[green]{len(mutators)} mutators, every law holds[/]")
    return ExitCode.OK
