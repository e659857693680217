"""The adversarial suite of the grader: answers that graders get wrong, kept as data beside the tests."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rpsdg.math_domains.grading import Form, Kind, Problem
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.trees import Tree

__all__ = ["SUITE", "Case", "cases"]

SUITE = Path(__file__).parents[1] / "tests" / "math_domains" / "adversarial.toml"


@dataclass(frozen=True)
class Case:
    """One answer to one problem."""

    problem: Problem
    answer: str
    right: bool
    why: str
    source: str
    """Where the case was first seen; empty for our own."""


def cases(path: Path = SUITE) -> list[Case]:
    """Return the cases of a suite, in the order in which they are written."""
    found = []
    for entry in tomllib.loads(path.read_text())["problem"]:
        answers = [
            (answer, right)
            for right in (True, False)
            for answer in entry.pop("right" if right else "wrong", ())
        ]
        problem = _problem(entry)
        for (text, why, *source), right in answers:
            found.append(Case(problem, text, right, why, source[0] if source else ""))
    return found


def _problem(entry: dict[str, Any]) -> Problem:
    fields = dict(entry)
    fields["kind"] = Kind(fields["kind"])
    if "gold" in fields:
        fields["gold"] = _gold(fields["gold"])
    if "form" in fields:
        fields["form"] = Form(fields["form"])
    for name in ("integrand", "question"):
        if name in fields:
            fields[name] = read(fields[name])
    if "assuming" in fields:
        fields["assuming"] = tuple(_relation(text) for text in fields["assuming"])
    if "tolerance" in fields:
        fields["tolerance"] = Fraction(fields["tolerance"])
    if "unknowns" in fields:
        fields["unknowns"] = tuple(fields["unknowns"])
    return Problem(**fields)


def _gold(gold: str | list[Any]) -> Tree:
    if isinstance(gold, str):
        return read(gold)
    if isinstance(gold[0], list):
        return ("matrix", *(("row", *map(read, row)) for row in gold))
    return ("list", *(item if item == "..." else read(item) for item in gold))


def _relation(text: str) -> Tree:
    name, sign, number = text.split()
    return (sign, name, read(number))
