"""Grading of answers in plain text and LaTeX: nothing evaluated, all work counted and capped.

>>> from rpsdg.math_domains.grading import Kind, Problem, score
>>> problem = Problem(Kind.ANTIDERIVATIVE, integrand=("*", ("sin", "x"), ("cos", "x")))
>>> score(problem, r"So the integral is $-\\frac{1}{4}\\cos 2x + C$.")
1.0
>>> score(problem, r"\\int \\sin x \\cos x \\, dx")
0.0
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
