"""A trace as what a model reads and writes: the formula that is asked, then steps, the answer last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rpsdg.corpora.exports.answers import first_error, step_text
from rpsdg.traces.record import Trace

from .tokens import END, GO, STEP, WRONG, Tokenizer

__all__ = ["Told", "answer_of", "as_tokens", "prompt", "tell", "told_steps"]


@dataclass(frozen=True)
class Told:
    """A problem with the lines of its solution."""

    asked: str
    lines: tuple[str, ...]
    """The last one is the answer."""
    wrong: int | None = None
    """The number of the line, if any, that is marked as wrong and put right by the next."""


def prompt(trace: Trace) -> str:
    """Return what is asked, as a formula: the words around it vary, and say no more."""
    return str(trace.problem.state["latex"])


def told_steps(trace: Trace, detail: int) -> list[str]:
    """Return a line for each step: the state it leads to, at a detail above 0 with the words for it.

    Args:
        trace: worked at this detail.
        detail: 0 for states alone.
    """
    if detail == 0:
        return [str(step.after["latex"]) for step in trace.steps]
    return [step_text(step) for step in trace.steps]


def tell(trace: Trace, detail: int | None, mistaken: Trace | None = None) -> Told:
    """Return a problem as an arm tells it.

    Args:
        trace: a right solution.
        detail: see `Arm.detail`.
        mistaken: the same problem with a wrong step. Where the two part, its wrong line comes first, then the
            right one.
    """
    answer = str(trace.answer.state["latex"])
    if detail is None:
        return Told(prompt(trace), (answer,))
    lines = told_steps(trace, detail)
    if lines[-1] != answer:
        lines.append(answer)
    if mistaken is None:
        return Told(prompt(trace), tuple(lines))
    place = first_error(mistaken)
    assert place is not None
    lines.insert(place, told_steps(mistaken, detail)[place])
    return Told(prompt(trace), tuple(lines), place)


def as_tokens(told: Told, tokenizer: Tokenizer) -> tuple[list[int], list[bool]]:
    """Return the tokens of a problem with its solution, and which of them a model is trained to write.

    It is trained on neither the question nor a wrong line; but on the mark behind it, and on what follows.
    """
    ids = [*tokenizer.encode(told.asked), GO]
    trained = [False] * len(ids)
    last = len(told.lines) - 1
    for number, line in enumerate(told.lines):
        is_wrong = number == told.wrong
        text = tokenizer.encode(line)
        ids += [*text, WRONG if is_wrong else END if number == last else STEP]
        trained += [not is_wrong] * len(text) + [True]
    return ids, trained


def answer_of(written: Sequence[int], tokenizer: Tokenizer) -> str:
    """Return the answer in what a model wrote: its last line. Without an end there is none."""
    if END not in written:
        return ""
    *_, line = lines_of(written[: written.index(END)])
    return tokenizer.decode(line)


def lines_of(written: Sequence[int]) -> Iterator[list[int]]:
    """Yield what a model wrote line by line, without the marks."""
    line: list[int] = []
    for token in written:
        if token in (STEP, WRONG, END):
            yield line
            line = []
        else:
            line.append(token)
    yield line
