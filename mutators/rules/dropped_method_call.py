"""Values that are used without the last step that prepares them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.attributes import Members, members
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedMethodCall"]

_KEEPING = {
    # method: with how many arguments it gives back a value of the same kind
    **dict.fromkeys(("strip", "lstrip", "rstrip"), range(2)),
    **dict.fromkeys(("lower", "upper", "casefold", "title", "capitalize", "swapcase", "copy"), range(1)),
    **dict.fromkeys(("resolve", "absolute", "expanduser", "expandtabs", "as_posix", "isoformat"), range(1)),
    **dict.fromkeys(("encode", "decode"), range(3)),
    **dict.fromkeys(("removeprefix", "removesuffix", "zfill", "translate", "with_suffix"), range(1, 2)),
    **dict.fromkeys(("replace", "ljust", "rjust", "center"), range(1, 3)),
    **dict.fromkeys(("total_seconds", "read", "getvalue", "hexdigest", "tolist", "toarray"), range(1)),
    **dict.fromkeys(("normalize", "flatten", "reset_index", "sort_index", "astimezone", "dedent"), range(2)),
}
_LOOPED = {**dict.fromkeys(("items", "values"), range(1)), **dict.fromkeys(("split", "splitlines"), range(2))}
"""Methods whose lack Python does not mind where a loop goes over the result."""


class DroppedMethodCall(Mutator):
    """Drop a method call: a value is used without the `.strip()`, `.lower()` or `.copy()` it needs.

    Plants
        Text with blanks or capitals left in, the original where a copy was meant, keys in place of values.
    Shows as
        Tidy inputs work; untidy ones are not recognised, or a caller's object changes in place.
    """

    family = "calls"
    sample = Sample(
        before="def words(line):\n    return [word.lower() for word in line.split()]\n",
        after="def words(line):\n    return [word for word in line.split()]\n",
        test="def test_capitals_do_not_count():\n    assert words('A b') == ['a', 'b']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = members(source)
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name())):
                    start, end = source.outer(receiver)[1], source.span(call)[1]
                    if _may_go(source, known, call, receiver) and _is_tidy(source, receiver, start, end):
                        yield source.cut(start, end)

    def explain(self) -> str:
        return f"The value is used without a step that it needs: put {shown(self.old)} back."


def _may_go(source: Source, known: Members, call: cst.Call, receiver: cst.BaseExpression) -> bool:
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    if any(arg.star for arg in call.args):
        return False
    if isinstance(receiver, cst.Name) and (known.is_module(receiver.value) or receiver.value[:1].isupper()):
        return False  # a function of a module or class
    if isinstance(receiver, cst.Call) and source.text(receiver.func) == b"super":
        return False
    if isinstance(receiver, cst.BaseString | cst.BaseNumber):
        return False
    around = source.parent(call)
    if isinstance(around, cst.Expr | cst.Await | cst.WithItem | cst.Decorator):
        return False
    if name in _LOOPED and isinstance(around, cst.For | cst.CompFor):
        return around.iter is call and len(call.args) in _LOOPED[name]
    arity = _KEEPING.get(name, range(0))
    is_link = _is_repeated(source, call, name)
    return (len(call.args) in arity or is_link) and not repeats(source, call, source.outer_text(receiver))


def _is_repeated(source: Source, call: cst.Call, name: str) -> bool:
    """Say whether the call is a link of a chain that calls the same method next, as in `.set(1).set(2)`."""
    around = source.parent(call)
    if not isinstance(around, cst.Attribute) or around.attr.value != name:
        return False
    return isinstance(source.parent(around), cst.Call)


def _is_tidy(source: Source, receiver: cst.BaseExpression, start: int, end: int) -> bool:
    """Say whether nothing is left behind, and nothing runs together, when the text goes."""
    behind, before = source.data[end : end + 1], source.data[start - 1 : start]
    if b"#" in source.data[start:end] and b"\n" in source.data[start:end]:
        return False
    if receiver.lpar and isinstance(receiver, cst.Name | cst.Attribute | cst.Call):
        return False  # parentheses that only the call needed
    return not (behind.isalnum() or behind == b"_") or before in {b")", b"]"}
