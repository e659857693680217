"""Values without the substitute for when there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import callee, depends_on_platform
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.parentheses import in_place_of
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["DroppedFallback"]

_CONDITIONS = cst.Comparison | cst.UnaryOperation | cst.BooleanOperation | cst.Lambda
_ATOMS = (
    *(cst.Name, cst.Attribute, cst.Call, cst.Subscript),
    *(cst.BaseList, cst.BaseSet, cst.BaseDict),
)
_QUESTION = re.compile(r"_*(is|has|can|should|any|all|starts|ends|match|search|callable|exists|needs)[a-z_]*")


class DroppedFallback(Mutator):
    """Drop a fallback: the value is taken as it comes, without `or default` or `if … else …`.

    Plants
        `None`, an empty text or a value that cannot be used goes on as if it were an ordinary one.
    Shows as
        Everything works until a value is missing; then it raises, or `None` turns up in the result.
    """

    family = "branches"
    sample = Sample(
        before="def greet(name=None):\n    return 'Hello ' + (name or 'you')\n",
        after="def greet(name=None):\n    return 'Hello ' + name\n",
        test="def test_nobody():\n    assert greet() == 'Hello you'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        values: Iterator[cst.BooleanOperation | cst.IfExp] = source.nodes(cst.BooleanOperation, cst.IfExp)
        for value in values:
            if source.enclosing(value, cst.FunctionDef) is None or not _is_value(source, value):
                continue
            kept = _ordinary(source, value)
            if kept is None or _is_literal(kept) or _is_idle(source, value, kept):
                continue
            if _can_lose(source, value, kept):
                yield _alone(source, value, kept)

    def explain(self) -> str:
        return f"A fallback is missing: write {shown(self.old)}, not {shown(self.new)}."


def _is_value(source: Source, node: cst.BaseExpression) -> bool:
    """Say whether the expression is there for its value, not for its truth."""
    match source.parent(node):
        case cst.Assign() | cst.AugAssign() | cst.AnnAssign() | cst.Arg() | cst.Return() | cst.Yield():
            return True
        case cst.Element() | cst.DictElement() | cst.BinaryOperation() | cst.Index() | cst.CompFor():
            return True
        case cst.Attribute() | cst.FormattedStringExpression() | cst.For():
            return True
        case _:
            return False


def _ordinary(source: Source, node: cst.BooleanOperation | cst.IfExp) -> cst.BaseExpression | None:
    """Return what is left when only the usual case is thought of."""
    if isinstance(node, cst.IfExp):
        if depends_on_platform(source.text(node.test)):
            return None
        tested = {source.text(part) for part in descendants(node.test) if isinstance(part, cst.Name)}
        body, orelse = (
            len(tested & {source.text(part) for part in descendants(arm) if isinstance(part, cst.Name)})
            for arm in (node.body, node.orelse)
        )
        return node.orelse if orelse > body else node.body
    if not isinstance(node.operator, cst.Or) or _asks(node.right) or _asks(node.left):
        return None
    return node.left


def _asks(node: cst.BaseExpression) -> bool:
    """Say whether an operand is a condition itself."""
    match node:
        case cst.BooleanOperation(operator=cst.Or(), left=left, right=right):
            return _asks(left) or _asks(right)
        case cst.UnaryOperation(operator=operator):
            return isinstance(operator, cst.Not)
        case cst.Call():
            return _QUESTION.fullmatch(callee(node)) is not None
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return _QUESTION.fullmatch(name) is not None or name in {"True", "False"}
        case _:
            return isinstance(node, _CONDITIONS)


def _is_literal(node: cst.BaseExpression) -> bool:
    """Say whether the value would be the same ever after, so that nobody would think it a usual one."""
    match node:
        case cst.Name("None" | "True" | "False") | cst.List([]) | cst.Dict([]) | cst.Tuple([]):
            return True
        case _:
            return isinstance(node, cst.BaseNumber | cst.SimpleString)


def _is_idle(source: Source, value: cst.BaseExpression, kept: cst.BaseExpression) -> bool:
    """Say whether the code would catch the eye without its fallback: `x = x`."""
    around = source.parent(value)
    return isinstance(around, cst.Assign) and any(
        source.text(target.target) == source.text(kept) for target in around.targets
    )


def _can_lose(source: Source, value: cst.BaseExpression, kept: cst.BaseExpression) -> bool:
    """Say whether what goes is code of its own, with nothing around that speaks of it."""
    first, last = source.outer(value)
    start, end = source.outer(kept)
    dropped = ((first, start), (end, last))
    if any(b"#" in source.data[a:b] for a, b in dropped) or _is_commented(source, last):
        return False
    return all(can_go(source, value, a, b) for a, b in dropped)


def _is_commented(source: Source, end: int) -> bool:
    return b"#" in source.data[end : source.line_end(end)]


def _alone(source: Source, value: cst.BaseExpression, kept: cst.BaseExpression) -> Site:
    text = source.outer_text(kept)
    if kept.lpar or isinstance(kept, _ATOMS):
        return in_place_of(source, value, text)
    return source.replace(value, text)  # what is around it may bind more tightly
