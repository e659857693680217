"""How soon do the pages of a large data set show something, and how soon can it be searched?

Both sides show the same traces, opened from files in the same Chromium, each time in a fresh profile; the
traces and the files are made outside the clock. The peer is the page that a short script writes: one file
with a table of all traces (id, problem, rule), searched by hiding its rows. Ours is that of `rpsdg view`.

First paint is the browser's own figure (first contentful paint). A data set is listed when every trace can be
found: ours, when the last piece of its index has come; the peer's, when the page has been read. A search is
the time from a letter typed to the frame that shows what it leaves. Less is better in every figure.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rpsdg.corpora.bulk import BulkWriter
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.mathematics import new_plan
from rpsdg.runs.view.site import write_site
from rpsdg.traces import jsonl

from .chromium import open_chromium
from .figure import Figure, compare, versions_of
from .trace_codec import make_traces

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["run"]

TRACES, QUICK_TRACES = 100_000, 2_000
REPEATS, QUICK_REPEATS = 5, 2
_BATCH = 1_000
_QUESTION = "window counter"

_OURS_LISTED = "() => performance.getEntriesByName('listed')[0]?.startTime ?? null"
_PEER_LISTED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd || null"
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_SEARCH = """(text) => new Promise((resolve) => {
    const field = document.querySelector("input[type=search]");
    const begin = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    const seen = () => document.querySelector("[data-searched]")?.dataset.searched === text
        ? requestAnimationFrame(() => resolve(performance.now() - begin)) : requestAnimationFrame(seen);
    seen();
})"""


def run(quick: bool, *, traces: int | None = None) -> Iterator[Figure]:
    """Measure both sides.

    Args:
        quick: fewer traces and repetitions.
        traces: how many traces instead.
    """
    count = traces or (QUICK_TRACES if quick else TRACES)
    measured: dict[str, tuple[list[float], list[float]]] = {}
    with tempfile.TemporaryDirectory() as name, open_chromium() as browser:
        folder = Path(name)
        data = Dataset(_write_data(folder / "data", count))
        sides = (
            write_site(data, data.folder, folder / "pages").index,
            _plain_page(data, folder / "plain.html"),
        )
        for number in range(QUICK_REPEATS if quick else REPEATS):
            for side in (0, 1) if number % 2 == 0 else (1, 0):
                listed = _PEER_LISTED if side else _OURS_LISTED
                for what, seconds in _look(browser, sides[side], listed).items():
                    measured.setdefault(what, ([], []))[side].append(seconds)
        versions = versions_of("playwright") | {"chromium": browser.version}
    for what, (ours, peers) in measured.items():
        yield compare(
            f"{what}, {count:,} traces",
            median(ours),
            median(peers),
            unit="ms",
            better="less",
            versions=versions,
            repeated=(ours, peers),
        )


def _write_data(folder: Path, count: int) -> Path:
    with closing(BulkWriter(folder, "math")) as writer:
        writer.begin(new_plan(["linear-equation"], 1, None, 0, 2, 0.0))
        for start in range(0, count, _BATCH):
            writer.append([jsonl.encode(trace) for trace in make_traces(start, min(_BATCH, count - start))])
    return folder


def _plain_page(data: Dataset, path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("<!doctype html><meta charset=utf-8><title>traces</title><input type=search><table>\n")
        for trace in data.traces():
            cells = (trace.id[:12], trace.problem.statement.partition("\n")[0], trace.steps[0].rule)
            file.write("<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "\n")
        file.write(
            "</table><script>document.querySelector('input').addEventListener('input', ({target}) => {"
            "for (const row of document.querySelectorAll('tr'))"
            " row.hidden = !target.value.split(' ').every((word) => row.textContent.includes(word));"
            "target.dataset.searched = target.value; });</script>"
        )
    return path


def _look(browser: Browser, page_file: Path, listed: str) -> dict[str, float]:
    """Open a page once; return milliseconds."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.goto(page_file.as_uri())
        times = {}
        for what, asked in (("first paint", _PAINT), ("every trace listed", listed)):
            while (found := page.evaluate(asked)) is None:
                page.wait_for_timeout(20)
            times[what] = float(found)
        times["search"] = float(page.evaluate(_SEARCH, _QUESTION))
        return times
