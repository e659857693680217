"""A family: one kind of problem, of which there are as many as one asks for."""

from __future__ import annotations

from abc import ABC, abstractmethod
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
    """Ways to put the task into words; `{problem}` is the problem in LaTeX."""
    assuming: ClassVar[tuple[Tree, ...]] = ()
    """Conditions on the names under which the steps are claimed; the task says so."""
    form: ClassVar[Form] = Form.ANY
    """The form that the task asks for; an answer that is right in another one is not accepted."""

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
