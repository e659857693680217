"""Solutions of mathematics with a verdict on every step, as data sets for verifiers of steps have them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

from rpsdg.corpora.exports.answers import first_error, step_text, worked
from rpsdg.corpora.exports.base import Job
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.corpora.exports.records import RecordExport
from rpsdg.math_domains.righting import NoRightStepError, right_step
from rpsdg.traces.record import Trace

__all__ = ["Prm800k", "ProcessBench"]


class Prm800k(RecordExport):
    """PRM800K: ratings of steps, 1 for right and -1 for the first wrong one, where a solution ends."""

    name: ClassVar[str] = "prm800k"
    takes = frozenset({"tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield one record as phase 2 has them, with the right step as an alternative to the wrong one."""
        steps, error = list(worked(trace)), first_error(trace)
        rated = [_step([(text, 1)], 0) for text in steps[:error]]
        if error is not None:
            alternatives = [(steps[error], -1)]
            with suppress(NoRightStepError):  # the wrong step alone says enough
                alternatives.append((step_text(right_step(trace)), 1))
            rated.append(_step(alternatives, None))
        yield {
            "labeler": "rpsdg",
            "timestamp": None,
            "generation": None,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": {
                "problem": trace.problem.statement,
                "ground_truth_solution": None if error is not None else "\n\n".join(steps),
                "ground_truth_answer": trace.answer.text,
                "pre_generated_steps": steps,
                "pre_generated_answer": trace.steps[-1].after["latex"],
                "pre_generated_verifier_score": None,
            },
            "label": {
                "steps": rated,
                "total_time": 0,
                "finish_reason": "solution" if error is None else "found_error",
            },
            **facts_of(trace, job.dataset),
        }


def _step(texts: list[tuple[str, int]], chosen: int | None) -> dict[str, Any]:
    completions = [{"text": text, "rating": rating, "flagged": False} for text, rating in texts]
    return {"completions": completions, "human_completion": None, "chosen_completion": chosen}


class ProcessBench(RecordExport):
    """ProcessBench: solutions as steps, and the number of the first wrong one, -1 where none is."""

    name: ClassVar[str] = "processbench"
    takes = frozenset({"tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield one record."""
        error = first_error(trace)
        yield {
            "id": f"rpsdg-{trace.id[:16]}",
            "generator": f"rpsdg {trace.provenance.generator}",
            "problem": trace.problem.statement,
            "steps": list(worked(trace)),
            "final_answer_correct": trace.steps[-1].after == trace.answer.state,
            "label": -1 if error is None else error,
            **facts_of(trace, job.dataset),
        }
