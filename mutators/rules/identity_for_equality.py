"""`is` where `==` was meant."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.numeric import Numbers
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["IdentityForEquality"]

_SHARED = {"len", "type", "ord", "id", "count", "index", "find", "bool", "isinstance", "callable", "getattr"}
"""Calls whose results are usually one and the same object when they are equal."""


class IdentityForEquality(Mutator):
    """Ask for identity instead of equality: `is` stands where `==` was meant.

    Plants
        Two equal values count as different unless they are one object.
    Shows as
        Works with small numbers and names written in the code, fails with values that were read or computed.
    Seldom caught
        CPython keeps one object of each small number, short name and constant of a file, so the
        very values that tests write down are identical where they are equal.
    """

    family = "conditions"
    sample = Sample(
        before="def is_palindrome(word):\n    return word == word[::-1]\n",
        after="def is_palindrome(word):\n    return word is word[::-1]\n",
        test="def test_palindrome():\n    assert is_palindrome('level')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        numbers = Numbers(source)
        for comparison in source.nodes(cst.Comparison):
            match comparison:
                case cst.Comparison(
                    left=left,
                    comparisons=[
                        cst.ComparisonTarget(
                            operator=cst.Equal() | cst.NotEqual() as operator, comparator=right
                        )
                    ],
                ):
                    sides = (left, right)
                    if any(map(numbers.has, sides)) or isinstance(
                        source.parent(comparison), cst.UnaryOperation
                    ):
                        continue  # small numbers are one object, and `not a is b` is not what people write
                    if all(map(_may_be_built, sides)) and runs_when_called(source, comparison):
                        yield _as_word(source, operator)

    def explain(self) -> str:
        return f"Equal values need not be one object: write {shown(self.old)}, not {shown(self.new)}."


def _as_word(source: Source, operator: cst.Equal | cst.NotEqual) -> Site:
    """Return the site that writes the operator as a word, apart from what stands close to it: `a==b`."""
    start, end = source.span(operator)
    before = b"" if source.data[start - 1 : start].isspace() else b" "
    after = b"" if source.data[end : end + 1].isspace() else b" "
    return source.splice(
        start, end, before + (b"is" if isinstance(operator, cst.Equal) else b"is not") + after
    )


def _may_be_built(node: cst.BaseExpression) -> bool:
    """Say whether two equal values of this kind may be two objects: no literals, constants or classes."""
    match node:
        case cst.Name(name):
            return name.islower() and name != "cls"
        case cst.Attribute(value=owner, attr=cst.Name(name)):
            is_constant = isinstance(owner, cst.Name) and owner.value[:1].isupper()
            return (
                name.islower() and not is_constant and name not in {"__class__", "__name__", "type", "kind"}
            )
        case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
            return name not in _SHARED and not name.startswith(("get_type", "is"))
        case _:
            return isinstance(node, cst.Subscript) and not isinstance(node.value, cst.BaseString)
