"""Lists and dictionaries that all objects of a class share."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import indent_of
from rpsdg.mutators.reading.changes import is_changed
from rpsdg.mutators.reading.definitions import defines, mentions
from rpsdg.mutators.reading.lines import is_alone, single, statement_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SharedClassState"]

_MAKERS = {"list", "dict", "set", "deque", "OrderedDict", "Counter", "defaultdict"}


class SharedClassState(Mutator):
    """Share state through the class: a container is made once for the class, not for each object.

    Plants
        What one object puts in, every other object finds there.
    Shows as
        A single object works; with a second one, both hold the items of both.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "class Basket:\n    def __init__(self, owner):\n        self.owner = owner\n"
            "        self.items = []\n\n    def add(self, item):\n        self.items.append(item)\n"
        ),
        after=(
            "class Basket:\n    items = []\n\n    def __init__(self, owner):\n        self.owner = owner\n\n"
            "    def add(self, item):\n        self.items.append(item)\n"
        ),
        test=("def test_baskets_are_apart():\n    Basket('a').add(1)\n    assert Basket('b').items == []\n"),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for function in source.nodes(cst.FunctionDef):
            block = source.parent(function)
            owner = source.parent(block) if block is not None else None
            if function.name.value != "__init__" or not isinstance(owner, cst.ClassDef):
                continue
            if function.decorators or not isinstance(function.body, cst.IndentedBlock):
                continue
            if b"__slots__" in source.text(owner) or owner.decorators:
                continue  # a dataclass refuses such a default, and slots leave no room for it
            for line in function.body.body:
                match line:
                    case cst.SimpleStatementLine(
                        body=[
                            cst.Assign(
                                [cst.AssignTarget(cst.Attribute(cst.Name("self"), cst.Name(name)))], value
                            )
                        ]
                    ) if _is_container(value) and not is_alone(line, function.body):
                        site = _lifted(source, owner, function, line, name)
                        if site is not None:
                            yield site

    def explain(self) -> str:
        return f"All objects share one container: write {shown(self.old)}, not {shown(self.new)}."


def _lifted(
    source: Source,
    owner: cst.ClassDef,
    function: cst.FunctionDef,
    line: cst.SimpleStatementLine,
    name: str,
) -> Site | None:
    """Return the site that moves a line of `__init__` to the class, in front of `__init__`."""
    attribute = b"self." + name.encode()
    if any(defines(other, name) for other in owner.body.body) or single(source, line.body[0]) is None:
        return None
    if not isinstance(function.body, cst.IndentedBlock) or not is_changed(source.text(owner), attribute):
        return None
    if (
        sum(
            source.is_target(a)
            for n in mentions(source, name)
            if isinstance(a := source.parent(n), cst.Attribute)
        )
        > 1
    ):
        return None  # the object gets a container of its own later
    start, end = statement_lines(source, line, function.body)
    eol = b"\r\n" if source.data[:end].endswith(b"\r\n") else b"\n"
    declared = next((other for other in owner.body.body if _declares(other, name)), None)
    if declared is not None:
        first, behind = source.span(declared)
        made = source.data[first:behind] + b" =" + source.text(line).partition(b"=")[2]
        return source.splice(first, end, made + source.data[behind:start])
    first, gap = _place(source, owner, function)
    made = indent_of(source, function) + source.text(line)[len("self.") :] + eol + eol * gap
    return source.splice(first, end, made + source.data[first:start])


def _declares(statement: cst.CSTNode, name: str) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(declared), value=None)]):
            return declared == name
        case _:
            return False


def _place(source: Source, owner: cst.ClassDef, function: cst.FunctionDef) -> tuple[int, bool]:
    """Return where a new line of the class belongs, and whether a blank line belongs below it."""
    before = list(owner.body.body[: owner.body.body.index(function)])
    match before:
        case [*_, cst.SimpleStatementLine(body=[cst.Assign() | cst.AnnAssign()]) as attribute]:
            return source.line_end(source.span(attribute)[1]), False
    first = source.line_start(source.span(function)[0])
    for above in reversed(function.leading_lines):
        if above.comment is None:
            break
        first = source.line_start(source.span(above)[0])
    return first, True


def _is_container(value: cst.BaseExpression) -> bool:
    match value:
        case cst.List(elements=[]) | cst.Dict(elements=[]):
            return True
        case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name)), args=args):
            return name in _MAKERS and all(isinstance(arg.value, cst.Name | cst.Integer) for arg in args)
        case _:
            return False
