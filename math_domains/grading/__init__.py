"""Grading of answers in plain text and LaTeX: nothing evaluated, all work counted and capped.

>>> from rpsdg.math_domains.grading import Kind, Problem, first_wrong, mark_solution, score
>>> problem = Problem(Kind.ANTIDERIVATIVE, integrand=("*", ("sin", "x"), ("cos", "x")))
>>> score(problem, r"So the integral is $-\\frac{1}{4}\\cos 2x + C$.")
1.0
>>> score(problem, r"\\int \\sin x \\cos x \\, dx")
0.0

Problems that `rpsdg math` made are read from their traces. In a loop of reinforcement learning that is all
there is to a reward; it is a pure function, and nothing that a model writes makes it raise, hang or wait::

    problems = Problems(all_families()["linear-equation"], seed=7, level=3)

    def reward(index: int, completion: str) -> float:
        problem = Problem.of(problems[index])
        wrong = first_wrong(mark_solution(problem, completion))
        return score(problem, completion) - (0.1 if wrong is not None else 0.0)

>>> from rpsdg.math_domains.problems import Problems
>>> from rpsdg.math_domains.registry import all_families
>>> trace = Problems(all_families()["linear-equation"], seed=7, level=3)[0]
>>> problem = Problem.of(trace)
>>> score(problem, trace.answer.text), score(problem, trace.problem.statement)
(1.0, 0.0)
"""

from .grader import Grade, grade, score
from .limits import Reason
from .problem import Form, Kind, Problem
from .steps import Mark, Step, first_wrong, mark_solution

__all__ = [
    "Form",
    "Grade",
    "Kind",
    "Mark",
    "Problem",
    "Reason",
    "Step",
    "first_wrong",
    "grade",
    "mark_solution",
    "score",
]
