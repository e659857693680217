"""What a refresh tells: a page for a pull request, lines for a log of GitHub Actions, and its outputs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from rpsdg.corpora.durations import in_words
from rpsdg.traces.errors import UsageError

from .outcome import Done, Outcome, Retired

__all__ = ["as_markdown", "log_lines", "tell_github"]

_LISTED = 20
"""Retired tasks that are listed one by one for each source."""
_FAILED, _STOPPED = ("failed", "stopped")


def as_markdown(outcome: Outcome) -> str:
    """Return the report of a refresh, fit for the text of a pull request."""
    return "\n".join([*_lines(outcome), ""])


def _lines(outcome: Outcome) -> Iterator[str]:
    yield "# What a refresh would do" if outcome.dry_run else "# Refresh of the corpus"
    yield ""
    yield _headline(outcome)
    yield ""
    named = ("before", "now", "carried", "added", "re-confirmed", "moved", "retired", "tried", "time")
    planned = ("before", "now", "units changed", "tasks touched", "carried", "missing", "to try, at least")
    columns = planned if outcome.dry_run else named
    yield f"| source | {' | '.join(columns)} |"
    yield f"|---|---|---|{'---:|' * (len(columns) - 2)}"
    for done in outcome.sources:
        yield f"| {_name(done)} | {' | '.join(_cells(done, dry_run=outcome.dry_run))} |"
    for done in outcome.sources:
        if done.state == _FAILED:
            yield ""
            yield f"**{done.name}** could not be refreshed, and stays as it was: {_escaped(done.error)}"
        elif done.state == _STOPPED:
            yield ""
            yield f"**{done.name}** is not done: the budget was spent. The next refresh goes on with it."
        elif done.missing and not outcome.dry_run:
            yield ""
            said = f"lacks {done.missing} of the tasks that are asked for: nothing is left to try"
            yield f"**{done.name}** {said}."
    for done in outcome.sources:
        if done.retired:
            yield ""
            yield f"## Retired from {done.name}"
            yield ""
            yield from _retired(done.retired)
    if outcome.rules:
        yield ""
        names = ", ".join(f"`{name}` ({how})" for name, how in outcome.rules.items())
        yield f"Mutators that are not as they were: {names}. What they made before stays."


def _headline(outcome: Outcome) -> str:
    if outcome.dry_run:
        return "Nothing was built, run or written."
    said = [f"{outcome.count} traces, {'changed' if outcome.changed else 'unchanged'}"]
    if outcome.dropped:
        said.append(f"{outcome.dropped} left out that look like they hold a secret")
    said.append(f"{in_words(outcome.seconds)} of work")
    if outcome.cost is not None:
        said.append(f"a cost of {outcome.cost:.2f}")
    return ", ".join(said) + "."


def _cells(done: Done, *, dry_run: bool) -> list[str]:
    if dry_run:
        numbers = [done.units, done.touched, done.carried, done.missing, done.tried]
        return [done.before, done.after, *map(str, numbers)]
    numbers = [done.carried, done.added, done.confirmed_again, done.moved, len(done.retired), done.tried]
    return [done.before, done.after, *map(str, numbers), in_words(done.seconds)]


def _name(done: Done) -> str:
    words = {
        "failed": "**failed**",
        "stopped": "**stopped**",
        "removed": "removed from the manifest",
    }
    return f"{done.name} ({words[done.state]})" if done.state in words else done.name


def _retired(tasks: list[Retired]) -> Iterator[str]:
    for task in tasks[:_LISTED]:
        yield f"- `{task.trace[:12]}` {task.rule}, {task.path}:{task.line}: {_escaped(task.reason)}"
    rest = Counter(task.reason.partition(":")[0] for task in tasks[_LISTED:])
    if rest:
        yield "- and " + ", ".join(f"{count} × {_escaped(reason)}" for reason, count in rest.most_common())


def _escaped(text: str) -> str:
    """Return a text of others so that it is no markup; its first line is enough."""
    line = (text.splitlines() or [""])[0]
    return "".join(f"\\{sign}" if sign in "\\*_[]<>|#~" else sign for sign in line)


def log_lines(outcome: Outcome) -> Iterator[str]:
    """Yield lines by which GitHub Actions shows what a user should see."""
    for done in outcome.sources:
        if done.state == _FAILED:
            yield f"::warning title={_value(done.name)} could not be refreshed::{_message(done.error)}"
        elif done.state == _STOPPED:
            yield f"::warning title={_value(done.name)} is not done::the budget was spent"
        elif done.retired:
            yield f"::notice title={_value(done.name)}::{len(done.retired)} tasks retired"
    changed = "changed" if outcome.changed else "unchanged"
    yield f"::notice title=Refresh::{outcome.count} traces, {changed}"


def tell_github(outcome: Outcome, environ: Mapping[str, str] = os.environ) -> None:
    """Write outputs and the summary of a step where GitHub Actions asks for them.

    Raises:
        UsageError: the files it names cannot be written.
    """
    outputs = {
        "changed": str(outcome.changed).lower(),
        "traces": str(outcome.count),
        "added": str(sum(done.added for done in outcome.sources)),
        "retired": str(sum(len(done.retired) for done in outcome.sources)),
        "unfinished": str(any(done.state == _STOPPED for done in outcome.sources)).lower(),
        "exit-code": str(int(outcome.code)),
    }
    text = {
        "GITHUB_OUTPUT": "".join(f"{name}={value}\n" for name, value in outputs.items()),
        "GITHUB_STEP_SUMMARY": as_markdown(outcome),
    }
    for name, said in text.items():
        path = environ.get(name)
        if not path:
            continue
        try:
            with Path(path).open("a") as file:
                file.write(said)
        except OSError as error:
            raise UsageError(f"{name} names a file that cannot be written: {error}") from error


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
