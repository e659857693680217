"""Commands that make data sets of data sets: merge, filter, sample, split."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.facts import facts_of
from rpsdg.corpora.secrets import Secrets
from rpsdg.runs.curate import Made, filter_traces, merge, split
from rpsdg.runs.sampling import BY, choose
from rpsdg.runs.selection import Selection
from rpsdg.runs.splits import By, divide, read_shares
from rpsdg.runs.terminal import as_markup, err
from rpsdg.traces.errors import ExitCode

from .options import DATA, SECRET_OPTIONS, with_options

__all__ = ["filter_command", "merge_command", "sample_command", "split_command"]

_OUT = click.option(
    "--out", "-o", type=click.Path(path_type=Path), required=True, help="Folder to make; must not be there."
)
_LAST = (
    *SECRET_OPTIONS,
    click.option("--dry-run", is_flag=True, help="Read and count everything, make nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
)
_SELECTION = (
    click.option("--level", "levels", metavar="LEVELS", help="Levels of difficulty, such as 4 or 2-5."),
    click.option("--domain", multiple=True, metavar="PATTERN", help="Such as 'code/*' or math/limits."),
    click.option("--family", multiple=True, metavar="PATTERN", help="Families of mathematics."),
    click.option("--rule", multiple=True, metavar="PATTERN", help="Rules or mutators of any step."),
    click.option("--repository", multiple=True, metavar="PATTERN", help="Projects, such as click."),
    click.option("--path", multiple=True, metavar="PATTERN", help="Files that a bug is in."),
    click.option("--licence", multiple=True, metavar="PATTERN", help="Such as 'BSD-*'."),
    click.option("--steps", metavar="N|N-M", help="Steps in a trace; of code, bugs."),
    click.option(
        "--wrong-steps/--no-wrong-steps", default=None, help="Only with a wrong step, or only without."
    ),
    click.option(
        "--contamination",
        multiple=True,
        metavar="PATTERN",
        help="Sets that have tasks from the same repository, such as 'SWE-bench*'; '!*' for none at all.",
    ),
)


@click.command(name="merge")
@click.argument("folders", type=DATA, metavar="DIR...", nargs=-1, required=True)
@_OUT
@with_options(*_LAST)
def merge_command(
    folders: tuple[Path, ...],
    out: Path,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Put data sets together; of problems that are the same the first is kept.

    Everything is looked through for secrets first; a hit ends the command with exit code 12 and nothing made.

    \b
    Examples:
      rpsdg merge data/click data/toolz --out code
      rpsdg merge code math --out all --drop-secrets
    """
    secrets = Secrets(allow_secrets, drop_secrets)
    made = merge(folders, out, secrets, _command(*folders, out), dry_run=dry_run)
    return _tell({"merged": made}, out, dry_run=dry_run, as_json=as_json)


@click.command(name="filter")
@click.argument("folder", type=DATA, metavar="DIR")
@_OUT
@with_options(*_SELECTION, *_LAST)
def filter_command(
    folder: Path,
    out: Path,
    levels: str | None,
    steps: str | None,
    wrong_steps: bool | None,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    as_json: bool,
    **patterns: tuple[str, ...],
) -> int:
    """Make a data set of the traces that all of the options mean.

    A PATTERN is that of a shell, with * and ?. An option that is repeated means traces that fit one of
    its patterns; a pattern that begins with ! means traces that do not fit it.

    \b
    Examples:
      rpsdg filter data --level 3-5 --out hard
      rpsdg filter data --rule 'wrong-*' --rule '!wrong-name' --steps 1 --out some
      rpsdg filter data --contamination '!*' --licence MIT --licence 'BSD-*' --out clean
    """
    chosen = Selection.of(patterns, levels, steps, wrong_steps)
    if chosen == Selection():
        raise click.UsageError("say which traces are meant, such as --level 3-5")
    secrets = Secrets(allow_secrets, drop_secrets)
    made = filter_traces(folder, out, chosen, secrets, _command(folder, out), dry_run=dry_run)
    return _tell({"kept": made}, out, dry_run=dry_run, as_json=as_json)


@click.command(name="sample")
@click.argument("folder", type=DATA, metavar="DIR")
@_OUT
@click.option("--count", "-n", type=click.IntRange(min=1), required=True, help="Traces that are wanted.")
@click.option("--by", type=click.Choice(BY), help="Take equally many of each of these, as far as there are.")
@click.option("--seed", "-s", type=click.IntRange(min=0), default=0, show_default=True, help="Which traces.")
@with_options(*_SELECTION, *_LAST)
def sample_command(
    folder: Path,
    out: Path,
    count: int,
    by: str | None,
    seed: int,
    levels: str | None,
    steps: str | None,
    wrong_steps: bool | None,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    as_json: bool,
    **patterns: tuple[str, ...],
) -> int:
    """Make a data set of some traces, chosen by chance; the same seed chooses the same.

    The options of `filter` say from which. Exit code 11 if there are fewer.

    \b
    Examples:
      rpsdg sample data --count 1000 --out some
      rpsdg sample data --count 500 --by level --domain 'code/*' --seed 7 --out some
    """
    chosen = Selection.of(patterns, levels, steps, wrong_steps)
    ids = choose(filter(chosen, facts_of(Dataset(folder))), count, seed, by)
    secrets = Secrets(allow_secrets, drop_secrets)
    made = filter_traces(
        folder, out, lambda facts: facts.id in ids, secrets, _command(folder, out), dry_run=dry_run
    )
    code = _tell({"sampled": made}, out, dry_run=dry_run, as_json=as_json)
    return code if made.written + made.dropped >= count else ExitCode.EXHAUSTED


@click.command(name="split")
@click.argument("folder", type=DATA, metavar="DIR")
@_OUT
@click.option(
    "--shares",
    metavar="NAME=SHARE,...",
    help="Of code.  [default: train=0.8,validation=0.1,test=0.1]",
)
@click.option(
    "--by",
    type=click.Choice(get_args(By)),
    default="repository",
    show_default=True,
    help="What no two splits of code have in common, besides near-duplicates.",
)
@click.option(
    "--seed", "-s", type=click.IntRange(min=0), default=0, show_default=True, help="Which goes where."
)
@with_options(*_LAST)
def split_command(
    folder: Path,
    out: Path,
    shares: str | None,
    by: By,
    seed: int,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Divide a data set into train, validation and test that have nothing in common.

    Near-duplicates, bugs that change the same line of code, are on one side, wherever that line is. What is
    shared out are whole repositories, so with few of them the shares come out as they can.
    Mathematics keeps the splits of `rpsdg math --split`: they are the same in every run.

    \b
    Examples:
      rpsdg split data --out splits
      rpsdg split data --by file --shares train=0.9,test=0.1 --out splits
      rpsdg split data --by function --dry-run --out splits
    """
    divided = divide(Dataset(folder), None if shares is None else read_shares(shares), by, seed)
    secrets = Secrets(allow_secrets, drop_secrets)
    made = split(folder, out, divided, secrets, _command(folder, out), dry_run=dry_run)
    empty = [name for name, part in made.items() if not part.written]
    code = _tell(made, out, dry_run=dry_run, as_json=as_json, groups=divided.groups)
    if empty and not as_json:
        err.print(f"[yellow]empty[/] {', '.join(empty)}: there is too little that can be divided `--by {by}`")
    return code


def _tell(
    made: dict[str, Made], out: Path, *, dry_run: bool, as_json: bool, groups: int | None = None
) -> int:
    if as_json:
        about = {name: asdict(part) for name, part in made.items()}
        click.echo(
            json.dumps({"event": "summary", **about, "groups": groups, "out": None if dry_run else str(out)})
        )
        return ExitCode.OK
    for name, part in made.items():
        more = [f"{part.read} read"]
        more += [f"{part.repeats} repeats"] * bool(part.repeats)
        more += [f"{part.dropped} with secrets left out"] * bool(part.dropped)
        err.print(f"[green]{part.written} traces[/] {name}  ({', '.join(more)})")
        for kind, number in part.secrets.items():
            err.print(f"[yellow]secrets[/] {number} × {as_markup(kind)}")
    place = as_markup(str(out))
    err.print("nothing was made: a dry run" if dry_run else f"in [bold]{place}[/], with a card in README.md")
    return ExitCode.OK


def _command(*places: Path) -> str:
    """Return what the user wrote, for the card: of places only the last name, as others lie elsewhere."""
    names = {str(place): place.name or "." for place in places}
    return shlex.join(["rpsdg", *(names.get(word.rstrip("/"), word) for word in sys.argv[1:])])
