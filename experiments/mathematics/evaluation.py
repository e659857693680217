"""What a model solves of a test set: written greedily, graded by our grader, a sample audited by SymPy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import TimeoutError as TooSlowError

from pebble import ProcessExpired, ProcessPool

from rpsdg.math_domains.audit.case import Case, Outcome
from rpsdg.math_domains.audit.cheap import cheap
from rpsdg.math_domains.grading import Grade, grade
from rpsdg.math_domains.text import sympy_text

from .data import TestSet
from .decoding import Writer
from .elsewhere import Posed
from .telling import answer_of
from .tokens import GO, Tokenizer

__all__ = ["asked_tokens", "audited", "graded", "solved"]

_SECONDS = 10
"""That SymPy has for an answer."""


def asked_tokens(posed: Posed, tokenizer: Tokenizer) -> list[int]:
    """Return what a model goes on from."""
    return [*tokenizer.encode(posed.asked), GO]


def graded(posed: Sequence[Posed], writer: Writer, tokenizer: Tokenizer) -> list[Grade]:
    """Return the grades of the model's likeliest solutions."""
    written = writer.write([asked_tokens(one, tokenizer) for one in posed])
    return [
        grade(one.problem, answer_of(tokens, tokenizer)) for one, tokens in zip(posed, written, strict=True)
    ]


def solved(
    tests: Iterable[TestSet], writer: Writer, tokenizer: Tokenizer, most: int | None = None
) -> dict[str, str]:
    """Return of each test set a `1` for every problem that is solved and a `0` for every other.

    Args:
        tests: to be solved.
        writer: the model.
        tokenizer: of the model.
        most: only so many problems of each are tried.
    """
    return {
        test.name: "".join(str(int(one.right)) for one in graded(test.posed[:most], writer, tokenizer))
        for test in tests
    }


def audited(posed: Sequence[Posed], grades: Sequence[Grade]) -> dict[str, int]:
    """Return how SymPy and the grader agree about answers that could be read.

    What comes back counts `right, agree`, `wrong, disagree` and so on: the grade, and whether SymPy finds
    that the answer agrees with the problem. Each look has its own time limit, in a process of its own.
    """
    seen: Counter[str] = Counter()
    with ProcessPool(max_workers=1) as pool:
        for one, given in zip(posed, grades, strict=True):
            if given.tree is None or one.problem.question is None:
                continue
            case = Case(sympy_text(one.problem.question), sympy_text(given.tree))
            try:
                outcome = pool.schedule(cheap, args=[case], timeout=_SECONDS).result().outcome
            except TooSlowError:
                outcome = Outcome.TIMED_OUT
            except (ProcessExpired, Exception):  # noqa: BLE001 - whatever a model wrote, SymPy has no answer
                outcome = Outcome.NO_ANSWER
            seen[f"{'right' if given.right else 'wrong'}, {outcome}"] += 1
    return dict(sorted(seen.items()))
