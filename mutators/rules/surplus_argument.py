"""Calls that pass one argument too many."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function, functions
from rpsdg.mutators.reading.signatures import callables
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SurplusArgument"]

_ALTERNATIVES = 2
_OPPOSITE = {"True": "False", "False": "True"}


class SurplusArgument(Mutator):
    """Pass a surplus argument: a call sets an option that it should have left at its default.

    Plants
        A flag that is on where it must be off, or a value handed down to where it does not belong.
    Shows as
        The callee works, but for another case than this one.
    Seldom caught
        An option is often set to what it would have done anyway for the inputs of the tests.
    """

    family = "arguments"
    sample = Sample(
        before="def names(people, reverse=False):\n    return sorted(people, reverse=reverse)\n\n\n"
        "def first(people):\n    return names(people)[0]\n",
        after="def names(people, reverse=False):\n    return sorted(people, reverse=reverse)\n\n\n"
        "def first(people):\n    return names(people, reverse=True)[0]\n",
        test="def test_first():\n    assert first(['b', 'a']) == 'a'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = callables(source)
        around = {function.node: function for function in functions(source)}
        for call in source.nodes(cst.Call):
            definition = source.enclosing(call, cst.FunctionDef)
            meant = known.meant(source, call) if definition is not None else None
            if meant is None or definition is None:
                continue
            free = meant.free(call) or []
            values = [(p, _value(source, around[definition], call, p)) for p in free]
            found = [
                _added(source, call, f"{p.name.value}={value}") for p, value in values if value is not None
            ]
            yield from [site for site in found if site is not None][:_ALTERNATIVES]

    def explain(self) -> str:
        return f"The call passes too much: write {shown(self.old)}, not {shown(self.new)}."


def _value(source: Source, function: Function, call: cst.Call, parameter: cst.Param) -> str | None:
    """Return what one might pass for a parameter: the other truth, or the local variable of the same name."""
    name = parameter.name.value
    if name.startswith("_") or any(source.text(arg.value) == name.encode() for arg in call.args):
        return None
    if any(b.name == name for b in function.visible(source.span(call)[0])):
        return name
    match parameter.default:
        case cst.Name(value) if value in _OPPOSITE:
            return _OPPOSITE[value]
        case _:
            return None


def _added(source: Source, call: cst.Call, argument: str) -> Site | None:
    """Return the site that adds an argument behind the others."""
    if not call.args:
        start = source.span(call.whitespace_before_args)[0] - len(b"(")
        end = source.span(call)[1]
        return source.splice(start, end, f"({argument})".encode()) if end - start == len(b"()") else None
    last = call.args[-1]
    if last.star or (isinstance(last.value, cst.GeneratorExp) and not last.value.lpar):
        return None
    start, end = source.span(last)
    text = source.text(last)
    if b"\n" in text or source.data[end : end + 1] != b")":
        return None
    line = source.data[source.line_start(start) : start]
    glue = b", " if line.strip() else b",\n" + line
    return source.splice(start, end, text + glue + argument.encode())
