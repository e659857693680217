"""A family: one kind of problem, of which there are as many as one asks for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from random import Random
from typing import ClassVar

from rpsdg.traces.kernel import rule_id

from .forms import Form
from .tape import Tape
from .trees import Tree

__all__ = ["DrawAgainError", "Family"]


class DrawAgainError(Exception):
    """What was drawn makes no good problem: too easy, too large, or trivial."""


class Family(ABC):
    """One kind of problem. Its docstring is its page; the first line says what a solver is asked to do."""

    name: ClassVar[str]
    """Derived from the class name, such as `linear-equation`."""
    topic: ClassVar[str]
    """What its traces are about, such as `math/algebra/equation`."""
    asks: ClassVar[tuple[str, ...]]
    """Ways to put the task into words; names in braces stand for what is `told`, as in wordings of rules."""
    assuming: ClassVar[tuple[Tree, ...]] = ()
    """Conditions on the names under which the steps are claimed; the task says so."""
    form: ClassVar[Form] = Form.ANY
    """The form that the task asks for; an answer that is right in another one is not accepted."""
    unit: ClassVar[str] = ""
    """The unit of the answer as it is typed, such as `m/s`; other spellings after a bar: `s|seconds`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = rule_id(cls)

    @abstractmethod
    def lay(self, rng: Random, level: int) -> Tape:
        """Return a problem with its worked solution, built from a solved state.

        Args:
            rng: the only source of chance.
            level: difficulty, from 1 to 5.

        Raises:
            DrawAgainError, MisplacedError: what was drawn makes no good problem; draw again.
        """

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Return what the task tells, by the names that it has in `asks`.

        A wording is for the problems of which just that is told which it names, so a word problem cannot
        leave a quantity out. By default the problem as a whole is told, as `problem`.

        Args:
            problem: the first state of a solution; there is nothing else to know it from.

        Raises:
            BadTreeError: it is no problem of this family.
        """
        return {"problem": problem}
