"""Traces as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from rpsdg.corpora.exports.base import Job
from rpsdg.corpora.exports.facts import level_of_trace
from rpsdg.corpora.exports.records import RecordExport
from rpsdg.traces.record import Trace

__all__ = ["JsonLines"]


class JsonLines(RecordExport):
    """Whole traces, one JSON object a line, with their level; for jq, and for programs of your own."""

    name: ClassVar[str] = "jsonl"

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield the trace and its level."""
        yield {"trace": trace, "level": level_of_trace(trace, job.dataset)}
