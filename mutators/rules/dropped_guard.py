"""Early exits that are forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.endings import is_guard
from rpsdg.mutators.reading.lines import is_alone, statement_lines
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["DroppedGuard"]


class DroppedGuard(Mutator):
    """Drop a guard: an `if` that leaves the function or the loop turn early is not there.

    Plants
        A case that the rest of the code was never meant to see reaches it.
    Shows as
        Ordinary inputs work; the special one raises far from the cause, or comes back wrong.
    """

    family = "branches"
    sample = Sample(
        before="def mean(xs):\n    if not xs:\n        return 0.0\n    return sum(xs) / len(xs)\n",
        after="def mean(xs):\n    return sum(xs) / len(xs)\n",
        test="def test_mean_of_nothing():\n    assert mean([]) == 0.0\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for guard in source.nodes(cst.If):
            block = source.parent(guard)
            if isinstance(block, cst.IndentedBlock) and is_guard(guard) and _may_go(source, guard, block):
                yield source.cut(*statement_lines(source, guard, block))

    def explain(self) -> str:
        return f"A case slips through that must be caught early: put the guard {shown(self.old)} back."


def _may_go(source: Source, guard: cst.If, block: cst.IndentedBlock) -> bool:
    """Say whether the code without the guard is still whole, and does something else than before."""
    if is_alone(guard, block) or source.enclosing(guard, cst.FunctionDef) is None:
        return False
    if any(isinstance(node, cst.NamedExpr | cst.Yield | cst.Await) for node in descendants(guard)):
        return False  # later code needs the name, or the function would stop being a generator
    owner = source.parent(block)
    leaves_anyway = (
        isinstance(owner, cst.FunctionDef | cst.For | cst.While)
        and owner.body is block
        and guard is block.body[-1]
        and source.text(guard.body) in {b"return", b"return None", b"continue"}
    )
    return not leaves_anyway
