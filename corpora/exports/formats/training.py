"""Records that TRL trains on: supervised, by preference, unpaired, and step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, ClassVar

from rpsdg.corpora.exports.answers import Asked, asked, is_code, is_right, step_text, worked
from rpsdg.corpora.exports.base import Job, UnfitError
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.corpora.exports.records import RecordExport, texts_in
from rpsdg.corpora.exports.styles import USUAL, write_answer
from rpsdg.corpora.exports.tools import CLOSING, TOOLS, turns
from rpsdg.math_domains.righting import NoRightStepError, right_step
from rpsdg.traces.record import Trace

__all__ = ["TrlPreference", "TrlPromptCompletion", "TrlSft", "TrlStepwise", "TrlUnpaired"]


def _said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _asked(trace: Trace, job: Job) -> Asked:
    return asked(trace, job.programs, job.options.style or USUAL)


class TrlSft(RecordExport):
    """TRL, supervised: whole conversations; of code with the tool calls and what they really returned."""

    name: ClassVar[str] = "trl-sft"
    takes = frozenset({"tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield `messages`, and `tools` where there are any."""
        if not is_right(trace):
            raise UnfitError("a wrong step in the solution")
        question = _said("user", trace.problem.statement)
        if not is_code(trace):
            answer = _said("assistant", "\n\n".join(worked(trace)))
            yield {"messages": [question, answer], "tools": [], **facts_of(trace, job.dataset)}
            return
        messages: list[dict[str, Any]] = [question]
        for said, tool, arguments, observation in turns(trace):
            call = {"type": "function", "function": {"name": tool, "arguments": arguments}}
            messages.append({**_said("assistant", said), "tool_calls": [call]})
            messages.append({**_said("tool", observation), "name": tool})
        messages.append(_said("assistant", CLOSING))
        yield {"messages": messages, "tools": TOOLS, **facts_of(trace, job.dataset)}


class TrlPromptCompletion(RecordExport):
    """TRL, supervised: one question and one answer; of code with the files in the question."""

    name: ClassVar[str] = "trl-prompt-completion"
    takes = frozenset({"style", "tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield `prompt` and `completion`."""
        if not is_right(trace):
            raise UnfitError("a wrong step in the solution")
        if is_code(trace):
            code = _asked(trace, job)
            question, answer = code.question, code.right
        else:
            question, answer = trace.problem.statement, "\n\n".join(worked(trace))
        prompt, completion = [_said("user", question)], [_said("assistant", answer)]
        yield {"prompt": prompt, "completion": completion, **facts_of(trace, job.dataset)}


class TrlPreference(RecordExport):
    """TRL, preference: the right fix or step and one that was proved wrong."""

    name: ClassVar[str] = "trl-preference"
    takes = frozenset({"style", "tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield `prompt`, `chosen` and `rejected`, one record for each wrong answer."""
        facts = facts_of(trace, job.dataset)
        for question, right, wrong, reason in self._pairs(trace, job):
            yield {
                "prompt": [_said("user", question)],
                "chosen": [_said("assistant", right)],
                "rejected": [_said("assistant", wrong)],
                "reason": reason,
                **facts,
            }

    def seen(self, record: Any) -> Iterator[tuple[str, ...]]:
        """Yield the question with each of its answers."""
        for answer in ("chosen", "rejected"):
            yield tuple(texts_in([record["prompt"], record[answer]]))

    def _pairs(self, trace: Trace, job: Job) -> Iterator[tuple[str, str, str, str]]:
        if is_code(trace):
            code = _asked(trace, job)
            if not code.wrong:
                raise UnfitError("no wrong answer")
            yield from ((code.question, code.right, wrong, reason) for wrong, reason in code.wrong)
            return
        if is_right(trace):
            raise UnfitError("no wrong step")
        try:
            right = right_step(trace)
        except NoRightStepError as error:
            raise UnfitError("no right step for the wrong one") from error
        before = [step for step in trace.steps if step.label == "correct"]
        wrong = trace.steps[len(before)]
        if step_text(right) == step_text(wrong):
            raise UnfitError("a wrong step that reads as the right one")
        question = trace.problem.statement
        if before:
            told = "\n\n".join(f"{number}. {step_text(step)}" for number, step in enumerate(before, 1))
            question += f"\n\nThe solution so far:\n\n{told}"
        question += f"\n\nWrite step {len(before) + 1} of the solution, and nothing else."
        yield question, step_text(right), step_text(wrong), str(wrong.aim.get("mistake", "wrong-step"))


class TrlUnpaired(RecordExport):
    """TRL, KTO: answers one by one, each right or proved wrong."""

    name: ClassVar[str] = "trl-kto"
    takes = frozenset({"style", "tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield `prompt`, `completion` and `label`, one record for each answer."""
        if is_code(trace):
            code = _asked(trace, job)
            question = code.question
            answers = [(code.right, True), *((wrong, False) for wrong, _ in code.wrong)]
        else:
            question, answers = trace.problem.statement, [("\n\n".join(worked(trace)), is_right(trace))]
        for answer, label in answers:
            prompt, completion = [_said("user", question)], [_said("assistant", answer)]
            facts = facts_of(trace, job.dataset)
            yield {"prompt": prompt, "completion": completion, "label": label, **facts}


class TrlStepwise(RecordExport):
    """TRL, stepwise supervision: the steps of a solution, each labelled right or wrong."""

    name: ClassVar[str] = "trl-stepwise"
    takes = frozenset({"style", "tokens"})

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield `prompt`, `completions` and `labels`; what follows a first error counts as wrong."""
        facts = facts_of(trace, job.dataset)
        if is_code(trace):
            yield from ({**record, **facts} for record in self._fixes(trace, job))
            return
        labels = [step.label == "correct" for step in trace.steps]
        yield {"prompt": trace.problem.statement, "completions": [*worked(trace)], "labels": labels, **facts}

    def _fixes(self, trace: Trace, job: Job) -> Iterator[dict[str, Any]]:
        """Yield the fixes of a program one after the other; a wrong one is a single step by itself."""
        code, style = _asked(trace, job), job.options.style or USUAL
        states = [trace.problem.state, *(step.after for step in trace.steps)]
        programs = [job.programs.of(state) for state in states]
        steps = [write_answer(style, one, other) for one, other in pairwise(programs)]
        yield {"prompt": code.question, "completions": steps, "labels": [True] * len(steps)}
        if (
            len(steps) == 1
        ):  # the wrong answers to a walk are its partial fixes, which are right as far as they go
            for wrong, _ in code.wrong:
                yield {"prompt": code.question, "completions": [wrong], "labels": [False]}
