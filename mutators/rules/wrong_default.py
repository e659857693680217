"""Parameters that start out with the wrong value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import functions
from rpsdg.mutators.reading.kinds import kinds
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["WrongDefault"]

_ALTERNATIVES = 2
_OPPOSITE = {"True": b"False", "False": b"True"}
_EMPTY_OF = {
    "int": b"0",
    "float": b"0",
    "str": b"''",
    "text": b"''",
    "list": b"()",
    "tuple": b"()",
    "dict": b"()",
}
_EMPTY = {"''", '""', "0", "()", "[]", "{}", "0.0", "b''", 'b""'}


class WrongDefault(Mutator):
    """Change a default: a parameter that the caller leaves out takes another value than it should.

    Plants
        An option that is on unless switched off, an empty text where nothing was meant, or the reverse.
    Shows as
        Every call that passes the argument works; those that rely on the default do not.
    """

    family = "arguments"
    sample = Sample(
        before="def names(people, reverse=False):\n    return sorted(people, reverse=reverse)\n",
        after="def names(people, reverse=True):\n    return sorted(people, reverse=reverse)\n",
        test="def test_order():\n    assert names(['b', 'a']) == ['a', 'b']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        around = {function.node: function for function in functions(source)}
        for function in source.nodes(cst.FunctionDef):
            parameters = function.params
            optional = [
                p
                for p in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
                if p.default is not None
            ]
            if not optional or _is_stub(function):
                continue
            compared = _compared(source, function)
            types = kinds(source, around[function])
            for parameter in optional:
                for other in _alternatives(source, parameter, compared[parameter.name.value], types):
                    if parameter.default is not None:
                        yield source.replace(parameter.default, other)

    def explain(self) -> str:
        return f"The parameter has the wrong default: write {shown(self.old)}, not {shown(self.new)}."


def _is_stub(function: cst.FunctionDef) -> bool:
    """Say whether nothing runs when the function is called."""
    body = function.body.body
    lines = [small for line in body if isinstance(line, cst.SimpleStatementLine) for small in line.body]
    if len(lines) < len(body) and isinstance(function.body, cst.IndentedBlock):
        return False
    return not any(
        not isinstance(small, cst.Pass | cst.Raise)
        and not (isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString | cst.Ellipsis))
        for small in lines or [small for small in body if isinstance(small, cst.BaseSmallStatement)]
    )


def _compared(source: Source, function: cst.FunctionDef) -> defaultdict[str, list[bytes]]:
    """Return what the function compares each name with."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for node in descendants(function.body):
        if isinstance(node, cst.Comparison) and isinstance(node.left, cst.Name):
            for target in node.comparisons:
                if isinstance(target.comparator, cst.SimpleString | cst.Name):
                    found[node.left.value].append(source.text(target.comparator))
    return found


def _alternatives(
    source: Source, parameter: cst.Param, compared: list[bytes], types: dict[str, str]
) -> list[bytes]:
    if parameter.default is None:
        return []
    text = source.text(parameter.default)
    match parameter.default:
        case cst.Name("True" | "False" as value):
            return [_OPPOSITE[value]]
        case cst.Name("None"):
            kind = types.get(parameter.name.value, "")
            other = b"False" if kind in {"", "bool"} and parameter.annotation is None else _EMPTY_OF.get(kind)
            return [other] if other and b"None" in compared else []
        case cst.SimpleString():
            others = {other for other in compared if other[:1] == text[:1] and other[:1] in b"'\""} - {text}
            texts = sorted(others)[:_ALTERNATIVES]
            return texts or ([b"None"] if text.decode() in _EMPTY or b"None" in compared else [])
        case _:
            return [b"None"] if text.decode() in _EMPTY else []
