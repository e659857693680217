"""What is known of one trace at a glance: what it can be found by, and what is counted over a data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rpsdg.corpora.dataset import Dataset
from rpsdg.mutators.classify import EditSize, edit_size
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.solution import DOMAIN
from rpsdg.traces.record import Trace

__all__ = ["Facts", "facts_of", "read_facts"]

_LONGEST = 200
"""Characters of a name; whoever wrote a longer one did not mean to name something."""


@dataclass(frozen=True)
class Facts:
    """One trace at a glance."""

    domain: str
    level: int | None
    """1 to 5; None where neither the trace nor the data set says."""
    families: tuple[str, ...]
    """Of code, the kinds of bugs as their mutators declare them; otherwise the family it was drawn from."""
    rules: tuple[str, ...]
    """Of the steps, each once, in the order in which they first occur."""
    repository: str | None
    licence: str | None
    steps: int
    mistake: bool
    """Whether the solution that is told has a wrong step in it."""
    failing: int | None
    """Tests that fail on the problem; None where no tests judge."""
    edit: EditSize | None
    """Of the diff that mends the problem; None where it is none."""
    score: float | None


def read_facts(data: Dataset) -> Iterator[tuple[Trace, Facts]]:
    """Yield the traces of a data set in order, each with its facts.

    Raises:
        DatasetError: the data set is damaged.
    """
    for trace, labels in data.rows():
        yield trace, facts_of(trace, labels.level)


def facts_of(trace: Trace, level: int | None = None) -> Facts:
    """Return the facts of one trace.

    Args:
        trace: of any domain.
        level: that its data set says, if it does.
    """
    source = trace.provenance.source
    rules = tuple(dict.fromkeys(step.rule[:_LONGEST] for step in trace.steps))
    if trace.domain == DOMAIN:
        families = tuple(dict.fromkeys(map(_declared_family, rules)))
    else:
        families = _named(source.get("family"))
    told = source.get("level")
    if level is None and isinstance(told, int):
        level = told
    return Facts(
        domain=trace.domain[:_LONGEST],
        level=level,
        families=families,
        rules=rules,
        repository=next(iter(_named(source.get("name"))), None),
        licence=next(iter(_named(source.get("licence"))), None),
        steps=len(trace.steps),
        mistake=any(step.label != "correct" for step in trace.steps),
        failing=None if trace.checks is None else len(trace.checks.fail_to_pass),
        edit=edit_size(trace.answer.text) if "diff" in trace.problem.state else None,
        score=trace.score,
    )


def _declared_family(rule: str) -> str:
    mutator = all_mutators().get(rule)
    return "unknown" if mutator is None else str(mutator.family)


def _named(value: object) -> tuple[str, ...]:
    return (str(value)[:_LONGEST],) if value else ()
