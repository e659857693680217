"""The command of the experiment; implements nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import click

from rpsdg.runs.ending import ended
from rpsdg.runs.terminal import as_markup, err
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.settings import Settings

from .histories import HISTORIES, bring
from .mining import Miner
from .plan import Plan, read_plan
from .store import RESULTS, Work

__all__ = ["main"]


def main() -> int:
    """Run the command; returns its exit status."""
    return ended(
        lambda: cli.main(standalone_mode=False, prog_name="python -m rpsdg.experiments.localisation")
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Train a fault localiser on injected bugs alone, and test it on real fixes.

    Each step goes on where it stopped.

    \b
    Examples:
      python -m rpsdg.experiments.localisation mine
      python -m rpsdg.experiments.localisation mine --only sqlparse
    """


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--plan", "plan_path", type=click.Path(path_type=Path), help="Another plan.toml."),
        click.option("--quick", is_flag=True, help="Less of everything: the direction, no result."),
        click.option(
            "--work",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path(".efficacy/localisation"),
            show_default=True,
            help="Folder of what can be made again.",
        ),
        click.option(
            "--results",
            type=click.Path(path_type=Path, file_okay=False),
            default=RESULTS,
            help="Folder of what is published.  [default: experiments/results]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


_template = click.option(
    "--from",
    "template",
    metavar="ADDRESS",
    envvar=HISTORIES,
    show_envvar=True,
    help="Take histories from here: `{owner}` and `{name}` stand for parts of their public addresses.",
)


@cli.command()
@_common
@_template
@click.option("--only", multiple=True, metavar="NAME", help="Only histories of this name; may be repeated.")
def mine(
    plan_path: Path | None,
    quick: bool,
    work: Path,
    results: Path,
    template: str | None,
    only: tuple[str, ...],
) -> None:
    """Find real bugs in histories: fixes without which tests fail.

    \b
    Examples:
      python -m rpsdg.experiments.localisation mine --quick
      python -m rpsdg.experiments.localisation mine --only sqlparse
      python -m rpsdg.experiments.localisation mine --from 'file:///srv/git/{owner}/{name}.git'
    """
    plan = _plan(plan_path, quick)
    place = Work(work)
    settings = Settings.from_environment()
    known = {(one.repository, one.commit) for one in place.looked()}
    with closing(choose_sandbox("local", settings)) as sandbox:
        for one in plan.histories:
            history = bring(one.url, work, template)
            if only and history.name not in only:
                continue
            found = sum(1 for looked in place.looked() if looked.repository == one.url and looked.bug)
            miner = Miner(history, sandbox, settings, place.spectra)
            steps = islice(history.commits(), plan.mine.commits)
            todo = (step for step in steps if (one.url, step.commit) not in known)
            for looked in miner.look(todo) if found < plan.mine.bugs else ():
                place.add(looked)
                found += looked.bug is not None
                err.print(
                    f"{history.name} {looked.commit[:12]} {looked.outcome} {looked.seconds:.0f} s"
                    f" {as_markup(looked.detail)}",
                    highlight=False,
                )
                if found >= plan.mine.bugs:
                    break
            place.publish(results / "real_bugs.jsonl")
    bugs = place.publish(results / "real_bugs.jsonl")
    click.echo(f"{len(bugs)} bugs of {len({bug.repository for bug in bugs})} histories; {place.outcomes()}")


def _plan(path: Path | None, quick: bool) -> Plan:
    plan = read_plan(path)
    return plan.quick() if quick else plan
