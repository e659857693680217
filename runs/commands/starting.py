"""The command that begins a corpus: init."""

from __future__ import annotations

from pathlib import Path

import click

from rpsdg.corpora.starter import project_manifest, starter_manifest, write_manifest
from rpsdg.runs.terminal import as_markup, err

__all__ = ["init"]


@click.command()
@click.argument(
    "manifest", type=click.Path(path_type=Path), default=Path("corpus.toml"), metavar="[CORPUS.TOML]"
)
@click.option("--starter", is_flag=True, help="Of well-tested packages under permissive licences, pinned.")
def init(manifest: Path, starter: bool) -> None:
    """Write a manifest that `rpsdg refresh` can begin with.

    It is for the project that lies where the manifest does; with --starter, for releases of well-known
    packages. Nothing is overwritten: exit code 10 if the file is there.

    \b
    Examples:
      rpsdg init
      rpsdg init --starter
      rpsdg init ../corpus/corpus.toml --starter
    """
    write_manifest(manifest, starter_manifest() if starter else project_manifest())
    name = as_markup(str(manifest))
    err.print(f"[green]{name}[/] is written; `rpsdg refresh {name} --dry-run` says what it comes to")
