"""The first thing a visitor sees: the data set at a glance, as HTML that needs no script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode

from rpsdg.corpora.dataset import Plan
from rpsdg.runs.survey import Bar, Chart, Survey
from rpsdg.runs.terminal import plain

__all__ = ["render_overview"]


def render_overview(title: str, survey: Survey, plan: Plan | None, folder: str) -> str:
    """Return the overview.

    Args:
        title: of the page, as a person wrote it.
        survey: what was counted.
        plan: what the run was asked for, if the data set says.
        folder: as it was given on the command line.
    """
    numbers = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in survey.summary()
    )
    charts = "\n".join(_chart(chart) for chart in survey.charts())
    made = "" if plan is None else _made(plan, survey, folder)
    return (
        f'<h1>{_text(title)}</h1>\n<p class="lead">{_text(_lead(survey, plan))}</p>\n'
        f'<dl class="numbers">{numbers}</dl>\n<div class="charts">{charts}</div>\n{made}'
    )


def _text(value: object) -> str:
    """Return a text as HTML in which nothing is markup, and nothing hides or reorders its neighbours."""
    return escape(plain(value))


def _lead(survey: Survey, plan: Plan | None) -> str:
    if not survey.traces:
        return "There are no traces in this data set yet."
    domains = [name for name, _ in survey.census.domains.most_common()]
    about = ", ".join(domains[:3]) + (f" and {len(domains) - 3} more domains" if len(domains) > 3 else "")
    if plan is not None:
        about += f" from {plan.source.get('name', 'a source')} {plan.source.get('version') or ''}".rstrip()
    return f"{about}. Each trace is a problem, its solution step by step, and what judged every step."


def _chart(chart: Chart) -> str:
    most = max(bar.number for bar in chart.shown)
    draw = _column if chart.ordered else _row
    bars = "".join(f"<li>{draw(chart, bar, most)}</li>" for bar in chart.shown)
    kind = "scale" if chart.ordered else "names"
    rest = f'<p class="rest">{chart.left_out}</p>' if chart.left_out else ""
    unit = f"<small>{_text(chart.unit)}</small>"
    return (
        f'<figure class="chart {kind}"><figcaption>{_text(chart.title)} {unit}</figcaption>'
        f"<ol>{bars}</ol>{rest}</figure>"
    )


def _row(chart: Chart, bar: Bar, most: int) -> str:
    width = 100 * bar.number / most if most else 0
    drawn = (
        '<svg aria-hidden="true"><rect class="track" width="100%" height="100%"/>'
        f'<rect class="fill" width="{width:.2f}%" height="100%"/></svg>'
    )
    label = f'<span class="label" title="{_text(bar.label)}">{_text(bar.label)}</span>'
    return _linked(chart, bar, f'{label}{drawn}<span class="number">{bar.number:,}</span>')


def _column(chart: Chart, bar: Bar, most: int) -> str:
    height = 100 * bar.number / most if most else 0
    drawn = (
        '<svg aria-hidden="true" viewBox="0 0 1 100" preserveAspectRatio="none">'
        f'<rect class="fill" width="1" y="{100 - height:.2f}" height="{height:.2f}"/></svg>'
    )
    number = f'<span class="number">{bar.number:,}</span>' if bar.number else '<span class="number"></span>'
    return _linked(chart, bar, f'{number}{drawn}<span class="label">{_text(bar.label)}</span>')


def _linked(chart: Chart, bar: Bar, content: str) -> str:
    """Return a bar that leads to its traces, where a search finds just them."""
    if chart.facet is None or bar.value is None or not bar.number:
        return f'<span class="bar-row">{content}</span>'
    where = escape(urlencode({chart.facet: bar.value}))
    return f'<a class="bar-row" href="#?{where}">{content}</a>'


def _made(plan: Plan, survey: Survey, folder: str) -> str:
    command = shlex.join(_command(plan, survey, folder))
    return (
        f'<section class="made" aria-labelledby="made"><h2 id="made">How it was made</h2>'
        f'<pre tabindex="0"><code>{_text(command)}</code></pre>'
        f"<p>rpsdg {_text(plan.generator)}, {len(plan.mutators)} mutators in the mixture "
        f"{_text(plan.mix.get('name', '?'))}, judged by {_text(_judged(plan))}.</p></section>"
    )


def _judged(plan: Plan) -> str:
    return {"full": "the complete suite", "covering": "the tests that can reach an edit"}.get(
        plan.confirm, f"{plan.confirm} of the complete suite"
    )


def _command(plan: Plan, survey: Survey, folder: str) -> Iterator[str]:
    source = plan.source
    yield from ("rpsdg", "bugs")
    match source.get("kind"):
        case "pypi":
            yield f"pypi:{source.get('name')}=={source.get('version')}"
        case "git":
            yield f"git+{source.get('url')}@{source.get('commit') or source.get('ref')}"
        case _:
            yield str(source.get("url") or source.get("name") or "SOURCE")
    yield from ("--count", str(survey.census.steps[1] or survey.traces))
    walks = survey.traces - survey.census.steps[1]
    if walks and survey.census.steps[1]:
        yield from ("--walks", str(walks))
    yield from ("--seed", str(plan.seed))
    if plan.confirm != "full":
        yield from ("--confirm", plan.confirm)
    yield from ("--out", folder)
