"""Functions made in a loop that all see its last turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import callee
from rpsdg.mutators.reading.leftovers import strands_import
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["LateBinding"]

_AT_ONCE = {"key", "default", "func", "function"}
"""Keywords that take a function which is done with before the next turn."""
_CONSUMERS = {"sorted", "map", "filter", "min", "max", "sort", "reduce", "sub"}


class LateBinding(Mutator):
    """Bind a name too late: a function made in a loop reads the loop's variable when it is called.

    Plants
        A callback that should have kept the value of its own turn.
    Shows as
        All of the functions do what the last of them was meant to do.
    """

    family = "definitions"
    sample = Sample(
        before="def adders(numbers):\n    return [lambda x, n=n: x + n for n in numbers]\n",
        after="def adders(numbers):\n    return [lambda x: x + n for n in numbers]\n",
        test="def test_each_adds_its_own():\n    assert [f(1) for f in adders([1, 2])] == [2, 3]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        makers: Iterator[cst.Lambda | cst.FunctionDef | cst.Call] = source.nodes(
            cst.Lambda, cst.FunctionDef, cst.Call
        )
        for maker in makers:
            if isinstance(maker, cst.Call):
                if callee(maker) == "partial" and not _is_used_at_once(source, maker):
                    yield from _unfolded(source, maker)
            elif not _is_used_at_once(source, maker):
                yield from _unbound(source, maker)

    def explain(self) -> str:
        return f"Each turn of the loop needs its own value: write {shown(self.old)}, not {shown(self.new)}."


def _loop_names(source: Source, node: cst.CSTNode) -> set[str]:
    """Return the names that the loops around `node`, in the same function, give another value each turn."""
    found: set[str] = set()
    inner, around = node, source.parent(node)
    while around is not None and not isinstance(around, cst.FunctionDef | cst.Lambda | cst.ClassDef):
        if isinstance(around, cst.For) and inner is around.body:
            found |= _names(around.target)
            found |= {
                name
                for line in descendants(around.body)
                if isinstance(line, cst.AssignTarget)
                for name in _names(line.target)
            }
        elif isinstance(around, cst.ListComp | cst.DictComp | cst.SetComp):
            clause: cst.CompFor | None = around.for_in
            while clause is not None:
                found |= _names(clause.target)
                clause = clause.inner_for_in
        inner, around = around, source.parent(around)
    return found


def _names(target: cst.CSTNode) -> set[str]:
    match target:
        case cst.Name(name):
            return {name}
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return {name for element in elements for name in _names(element.value)}
        case _:
            return set()


def _is_used_at_once(source: Source, node: cst.CSTNode) -> bool:
    match source.parent(node):
        case cst.Arg(keyword=cst.Name(keyword)):
            return keyword in _AT_ONCE
        case cst.Arg() as arg:
            match source.parent(arg):
                case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
                    return name in _CONSUMERS
        case cst.Call():
            return True
    return False


def _unbound(source: Source, maker: cst.Lambda | cst.FunctionDef) -> Iterator[Site]:
    """Yield the sites that take a parameter `x=x` away, or `y=x`, and then write `x` for `y` in the body."""
    start, end = source.span(maker)
    for index, parameter in enumerate(maker.params.params):
        match parameter:
            case cst.Param(name=cst.Name(name), default=cst.Name(value), annotation=None):
                if value not in _loop_names(source, maker):
                    continue
                cut = _without(source, maker, index)
                if cut is None or (name != value and isinstance(maker, cst.FunctionDef)):
                    continue
                behind = cut.start + len(cut.old)
                body = source.data[behind:end]
                if name != value:
                    body = re.sub(rb"(?<![\w.])%b(?!\w)" % name.encode(), value.encode(), body)
                if isinstance(maker, cst.FunctionDef):
                    body = source.data[behind : source.span(maker.body)[0]].partition(b"\n")[0].rstrip()
                    end = behind + len(body)
                yield source.splice(start, end, source.data[start : cut.start] + body)


def _without(source: Source, maker: cst.Lambda | cst.FunctionDef, index: int) -> Site | None:
    """Return the site that removes one parameter with its default."""
    parameters = maker.params
    parameter = parameters.params[index]
    start, default = source.span(parameter)[0], parameter.default
    assert default is not None
    end = source.outer(default)[1]
    if index > 0:
        before = parameters.params[index - 1]
        start = source.span(before)[1] if before.default is None else source.outer(before.default)[1]
        return source.cut(start, end)
    if isinstance(parameter.comma, cst.Comma):
        return None
    return source.cut(start - isinstance(maker, cst.Lambda), end)


def _unfolded(source: Source, call: cst.Call) -> Iterator[Site]:
    """Yield the site that writes `lambda *args: f(x, *args)` for `partial(f, x)`."""
    if any(arg.star or arg.keyword for arg in call.args) or len(call.args) < 2:
        return
    used = {node.value for arg in call.args for node in descendants(arg) if isinstance(node, cst.Name)}
    start, end = source.span(call)
    function, given = call.args[0].value, source.span(call.args[1])[0]
    text = source.data[given : source.span(call.args[-1])[1]]
    if re.search(rb"[\n#(]", text) or not isinstance(function, cst.Name | cst.Attribute):
        return
    if isinstance(source.parent(call), cst.BinaryOperation | cst.Comparison | cst.BooleanOperation):
        return
    if used & _loop_names(source, call) and not strands_import(source, start, source.span(function)[0]):
        yield source.splice(start, end, b"lambda *args: %b(%b, *args)" % (source.text(function), text))
