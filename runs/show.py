"""A trace as a person reads it: statement, steps with what was observed, and the fix."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from rpsdg.math_domains.reading import read
from rpsdg.math_domains.text import plain as typed
from rpsdg.math_domains.trees import BadTreeError
from rpsdg.traces.record import Action, State, Trace

from .terminal import plain

__all__ = ["Column", "columns_for", "render_trace"]

_FORMULA = re.compile(r"\$[^$\n]+\$")
_MARKUP = re.compile(r"[\\*_`\[\]<>&~]")
_LONG = 40
"""Lines of an observation that are shown; the middle of longer ones is left out."""


def render_trace(trace: Trace) -> RenderableType:
    """Return a trace laid out for a terminal."""
    header = Text.assemble(
        (plain(trace.id[:12]), "bold cyan"),
        "  ",
        (plain(trace.domain), "dim"),
        "  ",
        plain(" · ".join(step.rule for step in trace.steps)),
        f"  {plain(_places(trace))}",
    )
    parts: list[RenderableType] = [
        Panel(header, border_style="cyan"),
        Rule("Problem", align="left"),
        Padding(
            # The address of a link is shown: a terminal would hide it behind the text.
            Markdown(_without_markup_in_formulas(plain(trace.problem.statement)), hyperlinks=False),
            (0, 2),
        ),
    ]
    if "sympy" in trace.problem.state:
        parts.append(Text(f"\n  {plain(_formula(trace.problem.state))}", style="bold"))
    for number, step in enumerate(trace.steps, 1):
        parts.append(Rule(f"Step {number} of {len(trace.steps)}", align="left"))
        parts += [part for action in step.actions for part in _action(action)]
        parts.append(Padding(Text(plain(step.explanation), style="italic"), (1, 2)))
        if step.label != "correct":
            parts.append(Text(f"  {step.label}", style="bold red"))
        if "sympy" in step.after:
            parts.append(Text(f"  {plain(_formula(step.after))}", style="bold"))
        parts += [
            Text(
                f"  {plain(evidence.judge)} ({evidence.strength}): {plain(_listed(evidence.saw))}",
                style="dim",
            )
            for evidence in step.evidence
        ]
    parts += [
        Rule("Answer", align="left"),
        Syntax(plain(trace.answer.text), "diff", background_color="default"),
    ]
    if trace.negatives:
        parts.append(Rule("Wrong answers, verified", align="left"))
        parts += [Text(f"  {plain(n.reason)}: {plain(_listed(n.verdict))}") for n in trace.negatives]
    if trace.features:
        parts.append(Rule("Difficulty", align="left"))
        parts.append(Text(plain(f"  score {trace.score}  ({_listed(trace.features)})"), style="dim"))
    if trace.checks is not None:
        parts.append(Rule("Checks", align="left"))
        parts += [Text(f"  fail to pass: {plain(node)}") for node in trace.checks.fail_to_pass[:10]]
        if len(trace.checks.fail_to_pass) > 10:
            parts.append(Text(f"  … and {len(trace.checks.fail_to_pass) - 10} more"))
    return Group(*parts)


def _without_markup_in_formulas(statement: str) -> str:
    """Return Markdown in which nothing between dollar signs is markup: the backslashes there are LaTeX."""
    return _FORMULA.sub(lambda found: _MARKUP.sub(r"\\\g<0>", found.group()), statement)


@dataclass(frozen=True)
class Column:
    """A column of the list of traces."""

    title: str
    narrow: int | None
    """Characters on a terminal of usual width; None for what is left of the line."""
    wide: int | None
    text: Callable[[Trace], str]


_ID = Column("id", 12, 12, lambda trace: trace.id[:12])
_CODE = (
    _ID,
    Column("rule", 18, 36, lambda trace: " · ".join(step.rule for step in trace.steps)),
    Column("place", 20, 36, lambda trace: _places(trace)),
    Column("failing", 7, 7, lambda trace: str(len(trace.checks.fail_to_pass) if trace.checks else 0)),
    Column(
        "problem", None, None, lambda trace: next(iter(trace.problem.statement.splitlines()), "").lstrip("# ")
    ),
)
_MATHEMATICS = (
    _ID,
    Column("family", 20, 36, lambda trace: str(trace.provenance.source.get("family", ""))),
    Column("level", 5, 5, lambda trace: str(trace.provenance.source.get("level", ""))),
    Column("steps", 5, 5, lambda trace: str(len(trace.steps))),
    Column("problem", None, None, lambda trace: _formula(trace.problem.state)),
)


def columns_for(trace: Trace) -> tuple[Column, ...]:
    """Return what a list of traces like this one shows."""
    return _MATHEMATICS if "sympy" in trace.problem.state else _CODE


def _formula(state: State) -> str:
    """Return a state of mathematics as one would type it; its own text if that cannot be read."""
    text = str(state["sympy"])
    try:
        return typed(read(text))
    except BadTreeError:
        return text


def _action(action: Action) -> list[RenderableType]:
    match action.tool:
        case "run":
            head = Text(
                plain(f"$ {shlex.join(map(str, action.input.get('command', [])))}"), style="bold green"
            )
            return [head, _observed(action.observation)]
        case "read":
            where = f"{action.input.get('path')} lines {action.input.get('first')}-{action.input.get('last')}"
            return [Text(f"read {plain(where)}", style="bold green"), _observed(action.observation)]
        case "edit":
            lines = [f"- {line}" for line in str(action.input.get("old", "")).splitlines()]
            lines += [f"+ {line}" for line in str(action.input.get("new", "")).splitlines()]
            diff = Syntax(plain("\n".join(lines)), "diff", background_color="default")
            return [
                Text(f"edit {plain(str(action.input.get('path')))}", style="bold green"),
                Padding(diff, (0, 2)),
            ]


def _observed(text: str) -> RenderableType:
    lines = plain(text).rstrip().splitlines()
    if len(lines) > _LONG:
        half = _LONG // 2
        lines = [*lines[:half], f"… {len(lines) - _LONG} lines …", *lines[-half:]]
    return Padding(Text("\n".join(lines), style="dim"), (0, 2, 1, 2))


def _places(trace: Trace) -> str:
    """Return the places of a trace's bugs, such as `a.py:3 · b.py:7`."""
    places = trace.provenance.source.get("places", ())
    return " · ".join(f"{p.get('path')}:{p.get('first_line')}" for p in places if isinstance(p, dict))


def _listed(saw: Mapping[str, object]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in saw.items())
