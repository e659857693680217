"""The folder of pages: written beside its place and put there whole."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path

import msgspec

from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.glance import glances
from rpsdg.runs.replacing import in_place_of
from rpsdg.runs.survey import Survey
from rpsdg.runs.terminal import plain

from .columns import Columns
from .overview import render_overview
from .shards import Shards, pack

__all__ = ["AbandonedError", "Site", "write_site"]

SCRIPTS = (
    "elements", "shards", "rows", "route", "formula", "markdown", "python", "diff", "actions", "story",
    "list", "filters", "main", "keys",
)  # fmt: skip
"""The page's own scripts but those of its head, in the order in which they need each other."""

_STORIES = 1_000_000
"""Bytes of JSON in a shard of whole traces: some forty traces of code, or some hundreds of mathematics."""
_MARK = b'<meta name="generator" content="rpsdg view">'
_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class AbandonedError(Exception):
    """The pages are no longer wanted; nothing was changed."""


@dataclass(frozen=True)
class Site:
    """What was written."""

    folder: Path
    traces: int
    edition: str
    """Another one each time."""
    size: int
    """Bytes in all files."""

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"


def write_site(
    data: Dataset,
    folder: Path,
    out: Path,
    *,
    limit: int | None = None,
    follow: bool = False,
    abandoned: Callable[[], bool] = lambda: False,
) -> Site:
    """Write the pages of a data set.

    Args:
        data: whose traces are shown.
        folder: the data set's, as a person named it; part of the commands that the pages show.
        out: folder for the pages. One that holds earlier pages is replaced.
        limit: only so many traces.
        follow: whether the pages ask a server now and then whether there are newer ones.
        abandoned: whether to give up; asked at every trace.

    Raises:
        AbandonedError: `abandoned` said so.
        DatasetError: the data set is damaged.
        OutputError: `out` holds something else, or cannot be written.
    """
    edition = uuid.uuid4().hex
    with in_place_of(out, "pages of `rpsdg view`", "index.html", _MARK) as partial:
        _copy_page(partial)
        survey, columns, starts = _write_data(data, partial / "data", limit, abandoned)
        title = plain(folder.resolve().name) or "traces"
        site = {
            "title": title,
            "folder": plain(folder),
            "traces": survey.traces,
            "edition": edition,
            "indexes": columns.shards,
            "stories": starts,
            "facets": columns.facets(),
        }
        scripts = [*SCRIPTS, "follow"] if follow else SCRIPTS
        page = _fill(
            (partial / "index.html").read_text("utf-8"),
            title=escape(title),
            count=f"{survey.traces:,} traces",
            overview=render_overview(title, survey, data.plan(), plain(folder)),
            site=_inside_script(site),
            scripts="\n".join(f'<script src="js/{name}.js"></script>' for name in scripts),
        )
        (partial / "index.html").write_text(page, "utf-8")
        news = msgspec.json.encode({"edition": edition, "traces": survey.traces})
        (partial / "data" / "edition.js").write_bytes(pack("edition", news))
        size = sum(path.stat().st_size for path in partial.rglob("*") if path.is_file())
    return Site(out, survey.traces, edition, size)


def _write_data(
    data: Dataset, folder: Path, limit: int | None, abandoned: Callable[[], bool]
) -> tuple[Survey, Columns, list[int]]:
    folder.mkdir()

    def write(name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)

    def write_index(number: int, content: bytes) -> None:
        name = f"index-{number:05}"
        write(f"{name}.js", pack(name, content))

    survey, columns, stories = Survey(), Columns(write_index), Shards(write, "story", _STORIES)
    survey.add_decisions(data.decisions())
    for trace, glance in islice(glances(data), limit):
        if abandoned():
            raise AbandonedError
        survey.add(glance)
        columns.add(trace, glance)
        stories.add(msgspec.json.encode(trace))
    columns.end()
    stories.end()
    return survey, columns, stories.starts


def _copy_page(folder: Path) -> None:
    with as_file(files(__package__) / "page") as page:
        shutil.copytree(page, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)


def _fill(template: str, **parts: str) -> str:
    """Return a template with its `{{parts}}` in place; what looks like one inside a part is left alone."""
    pieces = template.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        filled += [parts[name], rest]
    return "".join(filled)


def _inside_script(value: object) -> str:
    """Return JSON, all ASCII, in which nothing can lead out of a script element."""
    return json.dumps(value).translate(_MARKUP)
