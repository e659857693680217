"""The state of a run as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from .ledger import State, UnitRow
from .status import Condition, Status
from .terminal import as_markup, plain

__all__ = ["render_parked", "render_status"]

_STYLES: dict[Condition, str] = {
    "running": "bold green",
    "died": "bold red",
    "done": "green",
    "interrupted": "yellow",
    "failed": "red",
    "fault": "bold red",
}
_LISTED = 8
"""Outcomes of a kind, and stages, that are told."""


def render_status(status: Status) -> RenderableType:
    """Return the state of a run, laid out for a terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, what in _lines(status):
        table.add_row(name, what)
    parts: list[RenderableType] = [table]
    if status.totals:
        parts += [Text(), _units(status)]
    return Group(*parts)


def render_parked(units: list[UnitRow]) -> RenderableType:
    """Return parked units with their logs."""
    parts: list[RenderableType] = []
    for unit in units:
        parts.append(Rule(f"{as_markup(unit.kind)} {as_markup(unit.key)}", align="left"))
        parts.append(Text(f"  begun {unit.attempts} times; {plain(unit.detail)}"))
        parts.append(Padding(Text(plain(unit.log).rstrip(), style="dim"), (1, 2)))
    return Group(*parts)


def _lines(status: Status) -> Iterator[tuple[str, RenderableType]]:
    run = status.run
    host, pid, _ = run.process.split(":")
    command = run.request.command if run.request else None
    who = f"rpsdg {command}" if command else "a program"
    condition = Text(status.condition, style=_STYLES[status.condition])
    if not status.lives:
        condition.append(f", {_ago(status.now - status.until)} ago", style="none")
    if status.condition in {"died", "interrupted"} and command:
        condition.append(f"; `rpsdg resume {plain(status.folder)}` goes on", style="none")
    yield "run", condition
    if run.message:
        yield "", Text(plain(run.message))
    since = datetime.fromtimestamp(run.started).astimezone()
    yield "who", Text(plain(f"{who} (rpsdg {run.version}) on {host}, process {pid}"))
    took = _ago(status.until - run.started)
    again = f", the {status.runs}. in this folder" if status.runs > 1 else ""
    yield "since", Text(f"{since:%Y-%m-%d %H:%M:%S}, {took}{again}")
    if status.lives:
        yield "sign of life", Text(f"{_ago(status.now - status.seen)} ago")
    if status.stage and status.condition != "done":
        yield "stage", Text(plain(status.stage))
    if run.total:
        yield f"{plain(run.unit)}", _progress(status)


def _progress(status: Status) -> RenderableType:
    run = status.run
    line = Table.grid(padding=(0, 1))
    said = f"{run.made}/{run.total}"
    if status.rate is not None:
        said += f"  {status.rate:.1f}/min"
    if status.left is not None:
        said += f", {_ago(status.left)} left"
    line.add_row(ProgressBar(total=run.total, completed=min(run.made, run.total), width=24), Text(said))
    return line


def _units(status: Status) -> RenderableType:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("units")
    for state in State:
        table.add_column(state.value, justify="right")
    table.add_column("worked", justify="right")
    table.add_column("became")
    outcomes, seconds = status.outcomes(), status.seconds()
    for kind, counts in status.units().items():
        listed = [f"{number} {plain(name)}" for name, number in outcomes.get(kind, {}).items()]
        more = [f"{len(listed) - _LISTED} others"] * (len(listed) > _LISTED)
        table.add_row(
            Text(plain(kind)),
            *[Text(str(counts[state.value]), "bold red" * _is_bad(state, counts)) for state in State],
            Text(_ago(seconds[kind])),
            Text(", ".join([*listed[:_LISTED], *more])),
        )
    return table


def _is_bad(state: State, counts: dict[str, int]) -> bool:
    return state is State.PARKED and counts[state.value] > 0


def _ago(seconds: float) -> str:
    """Return a time as people say it.

    >>> [_ago(s) for s in (0.24, 59, 61, 3700, 100_000)]
    ['0.2 s', '59.0 s', '1:01 min', '1:01 h', '27:46 h']
    """
    if seconds < 60:
        return f"{max(0.0, seconds):.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02} min"
    return f"{minutes // 60}:{minutes % 60:02} h"
