"""Conditions that say the opposite."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.chains import is_asked_again
from rpsdg.mutators.reading.parentheses import strength
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["InvertedCondition"]

_NOT = strength(cst.UnaryOperation(cst.Not(), cst.Name("a")))
_CONSTANT = {b"True", b"False", b"None", b"TYPE_CHECKING", b"__debug__"}

Branch = cst.If | cst.While | cst.IfExp | cst.CompIf


class InvertedCondition(Mutator):
    """Invert a condition: a `not` is missing, or there is one too many.

    Plants
        The branch is taken exactly when it should not be.
    Shows as
        Every input takes the wrong way, and what one case should return comes back for the other.
    """

    family = "conditions"
    sample = Sample(
        before="def greeting(name):\n    if not name:\n        return 'Hello'\n    return 'Hello ' + name\n",
        after="def greeting(name):\n    if name:\n        return 'Hello'\n    return 'Hello ' + name\n",
        test="def test_name_is_called():\n    assert greeting('Ada') == 'Hello Ada'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        found = [
            _without_not(source, node) for node in source.nodes(cst.UnaryOperation) if _may_go(source, node)
        ]
        branches: Iterator[Branch] = source.nodes(cst.If, cst.While, cst.IfExp, cst.CompIf)
        for branch in branches:
            if runs_when_called(source, branch):
                found.extend(
                    source.replace(part, b"not " + source.text(part))
                    for part in _parts(branch.test)
                    if _may_be_negated(source, part)
                )
        yield from sorted(found, key=lambda site: (site.start, site.old))

    def explain(self) -> str:
        return f"The condition is the wrong way round: write {shown(self.old)}, not {shown(self.new)}."


def _may_go(source: Source, node: cst.UnaryOperation) -> bool:
    if not isinstance(node.operator, cst.Not) or not runs_when_called(source, node):
        return False
    around = source.parent(node)
    while isinstance(around, cst.BooleanOperation | cst.UnaryOperation):
        around = source.parent(around)
    return not isinstance(around, cst.Assert)  # which would fail wherever it stands


def _without_not(source: Source, node: cst.UnaryOperation) -> Site:
    """Drop `not`, and the parentheses that were there because of it."""
    inner = node.expression
    text = source.outer_text(inner)
    if inner.lpar and b"\n" not in text:
        bare = inner.with_changes(lpar=[], rpar=[])
        roomy = (
            isinstance(source.parent(node), cst.If | cst.While | cst.Return | cst.Assign)
            and strength(bare) > 0
        )
        if roomy or strength(bare) >= _NOT:
            text = source.text(inner)
    return source.replace(node, text)


def _parts(condition: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield what a condition is made of, joined by `and` and `or`."""
    if isinstance(condition, cst.BooleanOperation):
        yield from _parts(condition.left)
        yield from _parts(condition.right)
    else:
        yield condition


def _may_be_negated(source: Source, part: cst.BaseExpression) -> bool:
    """Say whether `part` is plainly true or false; a comparison is not negated but turned round."""
    plain = isinstance(part, cst.Name | cst.Attribute | cst.Call | cst.Subscript) and not part.lpar
    return plain and source.text(part) not in _CONSTANT and not is_asked_again(source, part, part)
