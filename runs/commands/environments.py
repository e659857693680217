"""Commands about environments: env build, show, list, rm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click
import msgspec
from rich.table import Table

from rpsdg.corpora import GitCredentials, SourceSettings
from rpsdg.runs.environments import (
    build_environment,
    describe,
    find_kept,
    measure_disk,
    read_environment,
    remove_environments,
    stated_recipe,
)
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.keeping import Kept
from rpsdg.sandbox.metadata import Recipe
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import UsageError

from .shared import choose, sandbox_options, settings_for

__all__ = ["env"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
_SANDBOX = click.option(
    "--sandbox",
    "sandbox_name",
    type=click.Choice(get_args(SandboxName)),
    default="auto",
    show_default=True,
    help="Whose environments; `auto` is every sandbox that works here.",
)
_GIT = click.option(
    "--git-credentials",
    type=click.Choice(get_args(GitCredentials)),
    default="none",
    show_default=True,
    help="What git may use to log in, for the clone alone.",
)


@click.group()
def env() -> None:
    """Build the environments that tests run in, look at them, and free the disk they take.

    An environment is made from the project's own metadata, repaired where that is not enough, and kept with
    its recipe. RPSDG_DISK sets how much of the disk they may take; the longest unused go first.

    \b
    Examples:
      rpsdg env build pypi:toolz==1.0.0
      rpsdg env show pypi:toolz==1.0.0
      rpsdg env list
      rpsdg env rm pypi:toolz==1.0.0
    """


@env.command()
@click.argument("source")
@click.option("--fresh", is_flag=True, help="Look for a recipe again, even if one was found before.")
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Build exactly what `rpsdg env show --json` printed into a file; nothing is resolved or repaired.",
)
@_GIT
@sandbox_options
def build(
    source: str,
    fresh: bool,
    recipe_file: Path | None,
    git_credentials: GitCredentials,
    sandbox_name: SandboxName,
    jobs: int,  # noqa: ARG001 - one of the options that all commands with a sandbox have
    timeout: float,
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> None:
    """Build the environment of a source, repaired until its tests run.

    SOURCE is a PyPI release, a folder, or a git address with an optional ref. Exit code 8 if nothing that was
    tried can be installed.

    \b
    Examples:
      rpsdg env build pypi:sqlparse
      rpsdg env build . --sandbox local --python 3.12
      rpsdg env show pypi:sqlparse --json > sqlparse.json
      rpsdg env build pypi:sqlparse==0.5.3 --recipe sqlparse.json --sandbox docker
    """
    settings = settings_for(base_image, python_version)
    recorded = None if recipe_file is None else read_environment(recipe_file)
    with reporter_for(1, "environments", as_json=as_json, console=err) as report:
        kept = build_environment(
            source,
            settings,
            _sources(settings, git_credentials),
            lambda: choose(sandbox_name, settings, report),
            report,
            recorded=recorded,
            fresh=fresh,
            timeout=timeout,
        )
    if as_json:
        click.echo(json.dumps({"event": "environment", **describe(kept)}))
    else:
        _show_kept(kept)


@env.command()
@click.argument("source")
@_GIT
@_JSON
def show(source: str, git_credentials: GitCredentials, as_json: bool) -> None:
    """Show the recipe of a source: what is installed, where each part is from, and every repair.

    SOURCE may also be the beginning of an id. What is not built is shown as the project's own files state it.

    \b
    Examples:
      rpsdg env show pypi:toolz==1.0.0
      rpsdg env show 3f2a91
      rpsdg env show . --json
    """
    settings = Settings.from_environment()
    for kept in find_kept(source, settings):
        if as_json:
            click.echo(json.dumps({"event": "environment", **describe(kept)}))
        else:
            _show_kept(kept)
        return
    recipe = stated_recipe(source, settings, _sources(settings, git_credentials))
    if as_json:
        click.echo(json.dumps({"event": "recipe", "source": source, "recipe": msgspec.to_builtins(recipe)}))
        return
    out.print(f"[bold]{as_markup(source)}[/]  not built; this is what its files state")
    _show_recipe(recipe)


@env.command(name="list")
@_SANDBOX
@_JSON
def list_command(sandbox_name: SandboxName, as_json: bool) -> None:
    """List the environments that are kept, and what they take of the disk.

    \b
    Examples:
      rpsdg env list
      rpsdg env list --sandbox docker --json
    """
    disk = measure_disk(sandbox_name, Settings.from_environment())
    if as_json:
        for one in disk.kept:
            click.echo(json.dumps({"event": "environment", **describe(one)}))
        total = {"size": disk.total, "limit": disk.limit, "sources": disk.sources}
        click.echo(json.dumps({"event": "disk", **total}))
        return
    table = Table(box=None, header_style="bold", expand=True)
    # What is left of the line is for the sources: an id that is cut could not be used.
    table.add_column("id", no_wrap=True, width=12)
    table.add_column("source", no_wrap=True, overflow="ellipsis", ratio=1)
    for column, width in (("sandbox", 7), ("Python", 6), ("pass", 13), ("size", 8), ("idle", 6)):
        table.add_column(column, no_wrap=True, width=width)
    for one in reversed(disk.kept):
        about = one.about
        passed = "" if about.passed is None else f"{about.passed} of {about.counted}"
        table.add_row(
            one.key[:12],
            as_markup(about.source or about.environment.project or ""),
            about.runner,
            about.environment.python,
            passed,
            _size(about.size),
            "in use" if one.in_use else _ago(describe(one)["idle_seconds"]),
        )
    if disk.kept:
        out.print(table)
    out.print(
        f"{len(disk.kept)} environments take {_size(disk.total)}; each sandbox may have {_size(disk.limit)} "
        f"(RPSDG_DISK). Sources take {_size(disk.sources)}."
    )


@env.command(name="rm")
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--all", "everything", is_flag=True, help="Remove every environment.")
@_JSON
def remove(sources: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Remove environments; their recipes are kept, so that they can be built again without a search.

    SOURCE may also be the beginning of an id. Exit code 8 if one is in use.

    \b
    Examples:
      rpsdg env rm pypi:toolz==1.0.0
      rpsdg env rm 3f2a91 77b0c2
      rpsdg env rm --all
    """
    if not sources and not everything:
        raise UsageError(
            "a source, the beginning of an id, or --all was expected", hint="`rpsdg env list` shows both."
        )
    removed = remove_environments(sources, Settings.from_environment(), everything=everything)
    if as_json:
        for one in removed:
            click.echo(json.dumps({"event": "removed", "id": one.key, "size": one.about.size}))
        return
    freed = sum(one.about.size for one in removed)
    err.print(f"[green]{len(removed)} environments removed[/], {_size(freed)} are free again")


def _sources(settings: Settings, git_credentials: GitCredentials) -> SourceSettings:
    return SourceSettings(
        index_url=settings.index_url, ca_bundle=settings.ca_bundle, git_credentials=git_credentials
    )


def _show_kept(kept: Kept) -> None:
    about = kept.about
    environment = about.environment
    out.print(
        f"[bold]{as_markup(about.source or environment.project or kept.key[:12])}[/]  {kept.key[:12]}, "
        f"{about.runner} sandbox, Python {environment.python}, {_size(about.size)}"
    )
    if about.passed is not None:
        out.print(f"{about.passed} of {about.counted} tests pass in it")
    if environment.recipe is not None:
        _show_recipe(environment.recipe)
    for hint in about.hints:
        out.print(f"[yellow]not repaired[/] {as_markup(hint)}")
    versions = [line.partition(" ")[0] for line in environment.lock.splitlines() if line[:1].isalnum()]
    out.print(f"[bold]locked[/] {as_markup('  '.join(versions))}")


def _show_recipe(recipe: Recipe) -> None:
    if recipe.requires_python:
        out.print(f"[bold]Python[/] {as_markup(recipe.requires_python)}")
    if recipe.exclude_newer:
        out.print(f"[bold]as of[/] {as_markup(recipe.exclude_newer)}")
    for title, stated in (
        ("extras", recipe.extras),
        ("dependencies", recipe.dependencies),
        ("for the tests", recipe.test_dependencies),
        ("constraints", recipe.constraints),
        ("for the build", (*recipe.build_dependencies, *recipe.build_constraints)),
        ("Debian packages", recipe.system_packages),
        ("pytest arguments", recipe.pytest_arguments),
    ):
        for one in stated:
            out.print(f"[bold]{title}[/] {as_markup(one.text)}  [dim]{as_markup(one.origin)}[/]")
    for repair in recipe.repairs:
        change = f"{repair.change.field.replace('_', ' ')}: {repair.change.text or 'none'}"
        helped = f" ({repair.helped:+} tests)" if repair.helped is not None else ""
        out.print(f"[green]repair[/] {as_markup(change)}{helped}  [dim]{as_markup(repair.because)}[/]")
    for note in recipe.unread:
        out.print(f"[yellow]not read[/] {as_markup(note)}")


def _size(number: int) -> str:
    return f"{number / 1024**3:.1f} GiB" if number >= 1024**3 else f"{number / 1024**2:.0f} MiB"


def _ago(seconds: object) -> str:
    """Return how long ago something was, such as `3 h`."""
    assert isinstance(seconds, int)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return "now"
