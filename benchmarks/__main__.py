"""The command `python -m benchmarks`: runs one benchmark or all of them, prints a table or JSON lines."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec
from rich.console import Console
from rich.table import Table

from rpsdg.corpora.errors import OutputError
from rpsdg.runs.ending import ended, said
from rpsdg.traces.errors import ExitCode, RpsdgError

from .figure import Figure
from .registry import Benchmark, find_benchmarks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    found = find_benchmarks()
    parser = _parser(found)
    options, others = parser.parse_known_args(arguments)
    own = found[options.name].command if options.name in found else None
    if others and own is not None:
        given = list(sys.argv[1:] if arguments is None else arguments)
        given.remove(options.name)
        return ended(lambda: own(given))
    if others:
        parser.error(f"unknown arguments: {' '.join(others)}")
    if options.list:
        for benchmark in found.values():
            print(f"{benchmark.name:16}  {benchmark.question}")
        return ExitCode.OK
    if options.name is None:
        parser.error("which benchmark? Name one, or `all`; `--list` lists them")
    if options.name != "all" and options.name not in found:
        parser.error(f"there is no benchmark `{options.name}`; there are {', '.join(found)}, and `all`")
    chosen = list(found.values()) if options.name == "all" else [found[options.name]]

    def measure() -> int:
        with ExitStack() as stack:
            try:
                file = stack.enter_context(options.out.open("wb")) if options.out else None
            except OSError as error:
                raise OutputError(str(error), hint="Name another file with `--out`.") from error
            return _run(chosen, quick=options.quick, as_json=options.json, file=file)

    return ended(measure)


def _parser(found: dict[str, Benchmark]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure rpsdg beside a peer, both on this machine and in the same run.",
        epilog="Ratios above 1 mean that rpsdg is better. `levels` takes more arguments: see its module.",
        allow_abbrev=False,
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help=f"one of {', '.join(found)}; or `all`")
    parser.add_argument("--list", action="store_true", help="list the benchmarks with their questions")
    parser.add_argument("--quick", action="store_true", help="small sizes: a first impression, not a result")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, for machines")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the JSON lines to a file")
    return parser


def _run(chosen: Sequence[Benchmark], *, quick: bool, as_json: bool, file: IO[bytes] | None) -> int:
    status = ExitCode.OK
    for benchmark in chosen:
        figures = []
        try:
            for figure in benchmark.run(quick):
                figures.append(figure)
                line = msgspec.json.encode(figure)
                if as_json:
                    print(line.decode(), flush=True)
                if file is not None:
                    file.write(line + b"\n")
                    file.flush()
        except RpsdgError as error:  # such as no Docker engine; the other benchmarks can still run
            print(f"{benchmark.name}:", file=sys.stderr)
            said(error)
            status = error.code
        if figures and not as_json:
            _show(benchmark, figures)
    return status


def _show(benchmark: Benchmark, figures: Sequence[Figure]) -> None:
    console = Console(highlight=False)
    table = Table(title=f"{benchmark.name}: {benchmark.question}", title_justify="left", header_style="bold")
    table.add_column("figure", overflow="fold")
    for column in ("ours", "peer", "times better"):
        table.add_column(column, justify="right")
    table.add_column("unit")
    for figure in figures:
        spread = figure.spread
        table.add_row(
            figure.figure,
            _number(figure.ours, spread["ours"] if spread else None),
            _number(figure.peer, spread["peer"] if spread else None),
            "–" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.unit,
        )
    console.print(table)
    on = figures[0].machine
    versions = ", ".join(f"{name} {number}" for name, number in figures[0].versions.items())
    console.print(f"{on['cpu']}, {on['cores']} cores, {on['memory']}, {on['os']}, Python {on['python']}")
    console.print(f"{versions}\n")


def _number(value: float, spread: tuple[float, float] | None) -> str:
    def short(number: float) -> str:
        return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.2f}"

    return short(value) if spread is None else f"{short(value)}\n({short(spread[0])} – {short(spread[1])})"


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    # A polite `kill` ends a benchmark as Ctrl-C does, so that nothing it started is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
