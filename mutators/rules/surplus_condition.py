"""Conditions that ask for more than they should."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function, functions
from rpsdg.mutators.reading.chains import chains, mentions, operands
from rpsdg.mutators.reading.endings import always_leaves
from rpsdg.mutators.reading.parentheses import strength
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["SurplusCondition"]

_AND = strength(cst.BooleanOperation(cst.Name("a"), cst.And(), cst.Name("b")))
_ACTING = (cst.NamedExpr, cst.Await, cst.Yield, cst.Lambda, cst.GeneratorExp, cst.BaseComp, cst.Subscript)
_CONSTANT = {b"True", b"False", b"None", b"TYPE_CHECKING", b"__debug__"}
_FAR = 800
"""Bytes between a condition and its neighbour, at most."""
_HARMLESS = {
    "isinstance",
    "len",
    "callable",
    "hasattr",
    "startswith",
    "endswith",
    "isdigit",
    "isalpha",
    "islower",
}


class SurplusCondition(Mutator):
    """Ask for too much: an `if` also demands what only its neighbour should demand.

    Plants
        The branch is not taken in a case in which it should be.
    Shows as
        Right whenever the extra demand happens to be met, and skipped without a word when it is not.
    """

    family = "clauses"
    sample = Sample(
        before=(
            "def tags(n, loud):\n    found = []\n    if n < 0 and loud:\n        found.append('minus')\n"
            "    if n == 0:\n        found.append('zero')\n    return found\n"
        ),
        after=(
            "def tags(n, loud):\n    found = []\n    if n < 0 and loud:\n        found.append('minus')\n"
            "    if n == 0 and loud:\n        found.append('zero')\n    return found\n"
        ),
        test="def test_zero_is_tagged():\n    assert tags(0, False) == ['zero']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        conjuncts = _conjuncts(source)
        if not conjuncts:
            return
        local = {function.node: function for function in functions(source)}
        for branch in source.nodes(cst.If):
            around = source.enclosing(branch, cst.FunctionDef)
            if around is None or around not in conjuncts or not _may_grow(source, branch.test):
                continue
            position = source.span(branch.test)[0]
            near = sorted(conjuncts[around], key=lambda other: abs(source.span(other)[0] - position))
            for conjunct in near:
                if _fits(source, local[around], branch, conjunct):
                    yield _narrowed(source, branch.test, conjunct)
                    break

    def explain(self) -> str:
        return f"The condition asks too much: write {shown(self.old)}, not {shown(self.new)}."


def _conjuncts(source: Source) -> dict[cst.FunctionDef, list[cst.BaseExpression]]:
    """Return what the `if`s of each function ask besides something else."""
    found: defaultdict[cst.FunctionDef, list[cst.BaseExpression]] = defaultdict(list)
    for chain in chains(source, cst.And):
        branch = source.parent(chain)
        function = source.enclosing(chain, cst.FunctionDef)
        if isinstance(branch, cst.If) and branch.test is chain and function is not None:
            found[function].extend(part for part in operands(chain) if _may_be_copied(source, part))
    return found


def _may_be_copied(source: Source, part: cst.BaseExpression) -> bool:
    for node in descendants(part):
        if isinstance(node, _ACTING):
            return False
        if isinstance(node, cst.Call):
            match node.func:
                case cst.Name(name) | cst.Attribute(attr=cst.Name(name)) if name in _HARMLESS:
                    continue
                case _:
                    return False
    return b"\n" not in source.outer_text(part) and strength(part) > _AND


def _may_grow(source: Source, test: cst.BaseExpression) -> bool:
    plain = not isinstance(test, cst.BaseNumber | cst.BaseString) and source.text(test) not in _CONSTANT
    return plain and (bool(test.lpar) or strength(test) > 0) and b"\n" not in source.outer_text(test)


def _fits(source: Source, function: Function, branch: cst.If, conjunct: cst.BaseExpression) -> bool:
    """Say whether the condition makes sense at the branch, and is neither settled nor ruled out there."""
    position = source.span(branch.test)[0]
    if abs(source.span(conjunct)[0] - position) > _FAR:
        return False
    visible = {binding.name for binding in function.visible(position)}
    if not all(name in visible or not name.islower() for name in _names(source, conjunct)):
        return False
    subject = _subject(source, conjunct)
    return not any(mentions(asked, subject) for asked in _asked_before(source, branch))


def _names(source: Source, conjunct: cst.BaseExpression) -> Iterator[str]:
    for node in descendants(conjunct):
        if isinstance(node, cst.Name):
            match source.parent(node):
                case cst.Call():
                    continue  # a built-in function: nothing else may be called
                case cst.Attribute(attr=attribute) if attribute is node:
                    continue
                case cst.Arg() if hasattr(builtins, node.value):
                    continue
                case _:
                    yield node.value


def _subject(source: Source, conjunct: cst.BaseExpression) -> bytes:
    """Return what the condition is about: `x` in `x > 0`, in `not x` and in `isinstance(x, int)`."""
    match conjunct:
        case cst.Comparison(left=left):
            return source.text(left)
        case cst.UnaryOperation(expression=inner):
            return _subject(source, inner)
        case cst.Call(func=cst.Attribute(value=owner)):
            return source.text(owner)
        case cst.Call(args=[cst.Arg(value=value), *_]):
            return source.text(value)
        case _:
            return source.text(conjunct)


def _asked_before(source: Source, branch: cst.If) -> Iterator[bytes]:
    """Yield the conditions that were asked on the way to the branch, its own among them."""
    inner: cst.CSTNode = branch
    around: cst.CSTNode | None = branch
    while around is not None and not isinstance(around, cst.FunctionDef):
        if isinstance(around, cst.If | cst.While):
            yield source.outer_text(around.test)
        elif isinstance(around, cst.IndentedBlock):
            for statement in around.body:
                if statement is inner:
                    break
                if isinstance(statement, cst.If) and always_leaves(statement.body):
                    yield source.outer_text(statement.test)
        inner, around = around, source.parent(around)


def _narrowed(source: Source, test: cst.BaseExpression, conjunct: cst.BaseExpression) -> Site:
    added = b" and " + source.outer_text(conjunct)
    if test.lpar and strength(test.with_changes(lpar=[], rpar=[])) >= _AND:
        return source.replace(test, source.text(test) + added)
    start, end = source.outer(test)
    if strength(test) < _AND:
        return source.splice(start, end, b"(" + source.text(test) + b")" + added)
    return source.splice(start, end, source.outer_text(test) + added)
