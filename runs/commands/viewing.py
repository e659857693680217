"""Commands that make something to look at: pages, and a report."""

from __future__ import annotations

import json
import os
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.report import measure, write_report
from rpsdg.runs.terminal import as_markup, err
from rpsdg.runs.view.serve import follow, serve, state_of
from rpsdg.runs.view.site import Site, write_site

from .options import DATA

__all__ = ["report", "view"]


@click.command()
@click.argument("folder", type=DATA, metavar="DIR")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder for the pages.  [default: DIR-view, beside it]",
)
@click.option("--limit", "-n", type=click.IntRange(min=1), help="Only the first so many traces.")
@click.option("--open/--no-open", "open_it", default=None, help="Open the pages in the browser, or do not.")
@click.option(
    "--serve",
    "serve_it",
    is_flag=True,
    help="Serve the pages to this machine, and follow a run that goes on.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port for --serve.  [default: one that is free]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
def view(
    folder: Path,
    out: Path | None,
    limit: int | None,
    open_it: bool | None,
    serve_it: bool,
    port: int,
    as_json: bool,
) -> None:
    """Write a data set as pages to look at, and open them.

    The pages are a folder of files that need no server and no network: keep it, zip it, send it. They show
    the data set at a glance, search it, and tell each trace as a story. What a trace says is never obeyed.

    \b
    Examples:
      rpsdg view data
      rpsdg view data --out pages --no-open
      rpsdg view data --serve --port 8000
    """
    data = Dataset(folder)
    place = out or folder.resolve().with_name(f"{folder.resolve().name}-view")

    ended = threading.Event()

    def make() -> Site:
        return write_site(data, folder, place, limit=limit, follow=serve_it, abandoned=ended.is_set)

    def tell(site: Site) -> None:
        if as_json:
            about = {"event": "pages", "out": str(site.folder), "traces": site.traces, "bytes": site.size}
            click.echo(json.dumps(about))
        else:
            where = f"[bold]{as_markup(site.index)}[/]  ({site.size / 1e6:.1f} MB)"
            err.print(f"[green]{site.traces:,} traces[/] in {where}")

    before = state_of(folder) if serve_it else []
    site = make()
    tell(site)
    if not serve_it:
        _open(site.index.resolve().as_uri(), open_it)
        return
    watcher = threading.Thread(target=follow, args=(folder, before, site, make, tell, ended), daemon=True)
    with serve(place, port) as server:
        if as_json:
            click.echo(json.dumps({"event": "serving", "url": server.url}))
        else:
            err.print(f"served at [bold]{server.url}[/] to this machine alone; Ctrl-C ends it")
        _open(server.url, open_it)
        watcher.start()
        with suppress(KeyboardInterrupt):  # which is how it is meant to end
            server.serve_forever()
        ended.set()
        watcher.join()


@click.command()
@click.argument("folder", type=DATA, metavar="DIR")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder for the report.  [default: DIR-report, beside it]",
)
@click.option("--against", type=DATA, metavar="DIR", help="Another data set to compare with.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def report(folder: Path, out: Path | None, against: Path | None, as_json: bool) -> None:
    """Write one page about a data set, with plots, fit for a pull request.

    Markdown and PNG files: sizes, levels, families, rules, yield and cost, and with --against what changed.
    The plots need the extra `report`: pip install 'rpsdg[report]'.

    \b
    Examples:
      rpsdg report data
      rpsdg report data --out docs/data --against data-of-last-week
    """
    data, other = Dataset(folder), None if against is None else Dataset(against)
    place = out or folder.resolve().with_name(f"{folder.resolve().name}-report")
    found = measure(data)
    page = write_report(found, place, None if other is None else measure(other))
    if as_json:
        click.echo(json.dumps({"event": "report", "out": str(page), "traces": found.survey.traces}))
    else:
        err.print(f"[green]{found.survey.traces:,} traces[/] in [bold]{as_markup(page)}[/]")


def _open(url: str, wanted: bool | None) -> None:
    """Open a browser, if one is wanted; without a word about it, where there is a desktop to open it on."""
    desktop = sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if wanted or (wanted is None and desktop and sys.stderr.isatty()):
        webbrowser.open(url)
