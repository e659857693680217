"""Mathematics as domains of the kernel: its rules, and a judge that asks the witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from rpsdg.traces.kernel import Domain, Example, Judge, Judged, Move, Outcome, Verdict

from .reading import read
from .registry import all_rules
from .rewriting import Rewrite
from .text import sympy_text
from .trees import Tree
from .witnesses import Holds, judge_tape

__all__ = [
    "Algebra", "DifferentialEquations", "Differentiation", "Integrals", "Limits", "Mathematics", "SameValue",
]  # fmt: skip


@dataclass(frozen=True)
class SameValue(Verdict):
    """Whether a state says the same as the solved one, and whether it is written the same."""

    holds: Holds
    written: str
    """The state, in SymPy's notation."""
    goal: str
    """The solved state."""

    @property
    def solved(self) -> bool:
        """Whether it is the solved state."""
        return self.holds is Holds.YES and self.written == self.goal

    def saw(self) -> dict[str, Any]:
        """Return what was seen."""
        return {"holds": self.holds.value, "state": self.written}


class Mathematics(Domain[Tree]):
    """What the topics share: a step is visible when the form changes and the value does not."""

    topic: ClassVar[str]

    def rules(self) -> Mapping[str, type[Move[Tree]]]:
        """Return every rule of the topic by its id."""
        return all_rules(self.topic)

    def example(self, rule: type[Move[Tree]]) -> Example[Tree]:
        """Return a rule's sample, and the move that leads away from it."""
        if not issubclass(rule, Rewrite):
            raise TypeError(f"{rule.__name__} is no rule of mathematics")
        near, far = map(read, rule.sample)
        for move in rule.find(near):
            if move.apply(near) == far:
                return Example(near, move)
        raise LookupError(f"{rule.rule}: none of its moves makes {rule.sample[1]} of {rule.sample[0]}")

    @contextmanager
    def judging(self, solved: Tree) -> Iterator[Judge[Tree]]:
        """Yield a judge that compares states with the solved one."""

        def judge(state: Tree) -> Outcome:
            (finding,) = judge_tape([state, solved])
            return Judged(SameValue(finding.holds, sympy_text(state), sympy_text(solved)))

        yield judge

    def visible(self, near: Verdict, far: Verdict) -> bool:
        """A step is visible when the form changes and the value does not."""
        if not isinstance(near, SameValue) or not isinstance(far, SameValue):
            raise TypeError("verdicts of another domain")
        return near.holds is far.holds is Holds.YES and near.written != far.written


class Algebra(Mathematics):
    """Equations, simplification and identities."""

    name = "math/algebra"
    topic = "algebra"


class Differentiation(Mathematics):
    """Derivatives."""

    name = "math/derivatives"
    topic = "differentiation"


class Integrals(Mathematics):
    """Antiderivatives."""

    name = "math/integrals"
    topic = "integrals"


class Limits(Mathematics):
    """Limits."""

    name = "math/limits"
    topic = "limits"


class DifferentialEquations(Mathematics):
    """Differential equations of the first and the second order."""

    name = "math/differential-equations"
    topic = "differential_equations"
