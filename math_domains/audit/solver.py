"""The audit by SymPy's solvers: they answer the problem themselves, and the two answers are compared."""

from __future__ import annotations

import sympy

from .answering import EXPRESSIONS, expression_solvers
from .case import Case, Outcome, Verdict
from .cheap import comparison_for
from .comparison import Compared
from .forms import misses_form
from .question import NoAnswerError, Question
from .solving import SOLVERS, statement_solvers
from .statements import is_statement

__all__ = ["by_solver", "solvers"]

_UNANSWERED = (sympy.Derivative, sympy.Integral, sympy.Limit, sympy.Sum, sympy.nan)


def solvers(case: Case) -> tuple[str, ...]:
    """Return which of SymPy's functions can answer the problem of a case, by name."""
    question = Question(case)
    if is_statement(question.as_written):
        return statement_solvers(question)
    return expression_solvers(question)


def by_solver(case: Case, name: str) -> Verdict:
    """Have one of SymPy's functions answer the problem, and compare.

    Args:
        case: of which the steps do not matter.
        name: one of `solvers(case)`.
    """
    question = Question(case)
    try:
        found = SOLVERS[name](question) if name in SOLVERS else _expression(question, name)
    except (NoAnswerError, NotImplementedError) as error:
        return Verdict(Outcome.NO_ANSWER, str(error))
    if found.same is None:
        return Verdict(Outcome.NO_ANSWER, found.detail)
    return Verdict(Outcome.AGREE if found.same else Outcome.DISAGREE, found.detail)


def _expression(question: Question, name: str) -> Compared:
    theirs = EXPRESSIONS[name](question)
    if theirs.has(*_UNANSWERED):
        raise NoAnswerError(f"{name} returns {theirs}")
    comparison = comparison_for([question.as_written, question.answer], question.assuming)
    found = comparison.compare(theirs, question.answer)
    if found.same and (missed := misses_form(question.form, question.problem, question.answer)):
        return Compared(False, missed)
    return found
