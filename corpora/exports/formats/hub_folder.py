"""A data set folder as the Hugging Face Hub has them: Parquet and a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from rpsdg.corpora.exports.base import Export, Job
from rpsdg.corpora.exports.card import card_of
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.traces.record import State, Step, Trace

__all__ = ["HuggingFace"]

_ROWS = 10_000
"""Rows of a file: about 50 MB of tasks."""
_GROUP = 500
"""Rows that are held at a time, and read at a time by who streams."""

_STEP = pa.struct(
    [("rule", pa.string()), ("explanation", pa.string()), ("after", pa.string()), ("label", pa.string())]
)
_WRONG = pa.struct([("answer", pa.string()), ("reason", pa.string())])
_SCHEMA = pa.schema(
    [
        ("trace_id", pa.string()),
        ("domain", pa.string()),
        ("level", pa.int32()),
        ("licence", pa.string()),
        ("statement", pa.string()),
        ("problem", pa.string()),
        ("steps", pa.list_(_STEP)),
        ("answer", pa.string()),
        ("wrong", pa.list_(_WRONG)),
        ("fail_to_pass", pa.list_(pa.string())),
        ("score", pa.float64()),
        ("trace", pa.string()),
    ]
)


class HuggingFace(Export):
    """Hugging Face: Parquet files and a card, which `datasets.load_dataset` opens and streams."""

    name: ClassVar[str] = "huggingface"
    kind = "folder"

    def write(self, job: Job) -> None:
        """Write the folder."""
        (job.out / "data").mkdir(parents=True)
        counts: dict[str, Counter[str]] = {name: Counter() for name in ("domain", "level", "licence")}
        rows, number = self._rows(job, counts), 0
        while first := list(islice(rows, _GROUP)):
            path = job.out / f"data/train-{number:05}.parquet"
            with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
                writer.write_table(pa.Table.from_pylist(first, _SCHEMA))
                rest = islice(rows, _ROWS - _GROUP)
                while group := list(islice(rest, _GROUP)):
                    writer.write_table(pa.Table.from_pylist(group, _SCHEMA))
            number += 1
        (job.out / "README.md").write_text(card_of(job.out.name, job.summary.records, counts))

    def _rows(self, job: Job, counts: dict[str, Counter[str]]) -> Iterator[dict[str, Any]]:
        for trace in job.traces():
            facts = facts_of(trace, job.dataset)
            try:
                row = {**facts, **_told(trace)}
            except UnicodeEncodeError:
                job.dropped("text that is not UTF-8")
                continue
            for name, counted in counts.items():
                counted[str(facts[name])] += 1
            job.wrote()
            yield row


def _told(trace: Trace) -> dict[str, Any]:
    """Return the columns that say what a trace is about; `trace` holds all of it.

    Raises:
        UnicodeEncodeError: it holds bytes that are no text.
    """
    whole = msgspec.json.encode(trace).decode()  # which no other column says more than
    return {
        "statement": trace.problem.statement,
        "problem": _shown(trace.problem.state),
        "steps": [_step(step) for step in trace.steps],
        "answer": trace.answer.text,
        "wrong": [{"answer": _shown(wrong.state), "reason": wrong.reason} for wrong in trace.negatives],
        "fail_to_pass": [] if trace.checks is None else list(trace.checks.fail_to_pass),
        "score": trace.score,
        "trace": whole,
    }


def _step(step: Step) -> dict[str, str]:
    shown = {"rule": step.rule, "explanation": step.explanation, "label": step.label}
    return {**shown, "after": _shown(step.after)}


def _shown(state: State) -> str:
    """Return a state as people read it: a formula in LaTeX, of a program the diff from the untouched one."""
    return str(state.get("latex", state.get("diff", "")))
