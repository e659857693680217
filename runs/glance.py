"""What pages and reports tell of one trace at a glance, beyond what its data set can be searched by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.facts import Facts, fact_of
from rpsdg.corpora.labels import Labels
from rpsdg.mutators.classifying.classify import EditSize, edit_size
from rpsdg.mutators.rules import all_mutators
from rpsdg.traces.record import Trace

__all__ = ["Glance", "glance_at", "glances"]

_LONGEST = 200
"""Characters of a name; whoever wrote a longer one did not mean to name something."""


@dataclass(frozen=True)
class Glance:
    """One trace at a glance."""

    facts: Facts
    families: tuple[str, ...]
    """Of code, the kinds of bugs as their mutators declare them; otherwise the family it was drawn from."""
    failing: int | None
    """Tests that fail on the problem; None where no tests judge."""
    edit: EditSize | None
    """Of the diff that mends the problem; None where it is none."""
    score: float | None


def glances(data: Dataset) -> Iterator[tuple[Trace, Glance]]:
    """Yield the traces of a data set in order, each at a glance.

    Raises:
        DatasetError: the data set is damaged.
    """
    for trace, labels in data.rows():
        yield trace, glance_at(trace, labels)


def glance_at(trace: Trace, labels: Labels) -> Glance:
    """Return one trace at a glance.

    Args:
        trace: of any domain.
        labels: what its data set says of it.
    """
    facts = fact_of(trace, labels)
    facts = facts._replace(
        domain=facts.domain[:_LONGEST],
        repository=_short(facts.repository),
        licence=_short(facts.licence),
        rules=tuple(rule[:_LONGEST] for rule in facts.rules),
    )
    if facts.is_code:
        families = tuple(dict.fromkeys(map(_declared_family, facts.rules)))
    else:
        families = () if facts.family is None else (facts.family[:_LONGEST],)
    return Glance(
        facts,
        families,
        failing=None if trace.checks is None else len(trace.checks.fail_to_pass),
        edit=edit_size(trace.answer.text) if "diff" in trace.problem.state else None,
        score=trace.score,
    )


def _short(name: str | None) -> str | None:
    return None if name is None else name[:_LONGEST]


def _declared_family(rule: str) -> str:
    mutator = all_mutators().get(rule)
    return "unknown" if mutator is None else str(mutator.family)
