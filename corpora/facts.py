"""What is looked at of a trace to count it, to choose it, and to say which split it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa

from rpsdg.traces.record import Trace

from .dataset import Dataset
from .labels import Labels

__all__ = ["COLUMNS", "Facts", "fact_of", "facts_in", "facts_of"]

_LABELS = ("level", "family", "repository", "paths", "licence", "near_duplicates", "contamination")
COLUMNS = ("id", "domain", *_LABELS, "steps.list.element.rule", "steps.list.element.label")
"""What has to be read for them: a small part of a data set."""


class Facts(NamedTuple):
    """One trace, as far as it is counted and chosen."""

    id: str
    domain: str
    level: int | None
    family: str | None
    """Of mathematics."""
    repository: str | None
    """Of code, as are the paths."""
    paths: tuple[str, ...]
    licence: str | None
    near_duplicates: tuple[str, ...]
    contamination: tuple[str, ...]
    rules: tuple[str, ...]
    """Of its steps, in order."""
    is_wrong: bool
    """Whether there is a wrong step among them."""

    @property
    def is_code(self) -> bool:
        """Whether it is a program that is mended."""
        return self.domain.startswith("code/")


def facts_of(data: Dataset) -> Iterator[Facts]:
    """Yield the facts of every trace of a data set, in order.

    Raises:
        DatasetError: the data set is damaged.
    """
    for batch in data.batches(COLUMNS):
        yield from facts_in(batch)


def fact_of(trace: Trace, labels: Labels) -> Facts:
    """Return the facts of one trace that was read whole, with its labels."""
    rules = tuple(step.rule for step in trace.steps)
    wrong = any(step.label == "first-error" for step in trace.steps)
    told = (getattr(labels, name) for name in _LABELS)
    return Facts._make((trace.id, trace.domain, *told, rules, wrong))


def facts_in(batch: pa.RecordBatch) -> Iterator[Facts]:
    """Yield the facts of some rows."""
    plain = [batch.column(name).to_pylist() for name in ("id", "domain", *_LABELS)]
    steps = batch.column("steps")
    flat = steps.flatten()
    rules, labels = flat.field("rule").to_pylist(), flat.field("label").to_pylist()
    offsets = steps.offsets.to_pylist()
    for row, (start, end) in zip(zip(*plain, strict=True), pairwise(offsets), strict=True):
        start, end = start - offsets[0], end - offsets[0]
        values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
        values += [tuple(rules[start:end]), "first-error" in labels[start:end]]
        yield Facts._make(values)
