"""A buggy program as the repair search sees it: statements, and the donors that stand around them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rpsdg.mutators.judging.coverage import statement_lines
from rpsdg.mutators.syntax import parse_tree

__all__ = ["File", "Scope", "Statement", "Unit", "Words", "is_atom", "kind_of", "slots_of"]

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
Unit = ast.stmt | ast.ExceptHandler

_DONOR_LINES = 4
"""A donor statement is no longer than this."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement, or the head of a compound one, with what is around it."""

    node: Unit
    scope: Scope
    block: Sequence[ast.stmt]
    """The statements it stands among; empty for an `except`."""
    parent: ast.AST

    @property
    def at(self) -> int:
        """Its place in the block."""
        return next(i for i, other in enumerate(self.block) if other is self.node)


class File:
    """One parsed file of the buggy program."""

    def __init__(self, path: str, data: bytes) -> None:
        """Parse it; raises what `parse_tree` raises."""
        self.path = path
        self.data = data
        self.tree = parse_tree(data)
        self.spans = statement_lines(data)
        self._starts = [0]
        for line in data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement, in source order."""
        found: list[Statement] = []

        def visit(node: ast.AST, scope: Scope) -> None:
            for name in ("body", "handlers", "orelse", "finalbody", "cases"):
                block = getattr(node, name, None)
                if not isinstance(block, list):
                    continue
                for child in block:
                    if isinstance(child, Unit):
                        among = block if isinstance(child, ast.stmt) else ()
                        found.append(Statement(child, scope, among, node))
                    visit(child, child if isinstance(child, Scope) else scope)

        visit(self.tree, self.tree)
        return found

    def lines(self, node: Unit) -> int:
        """Return the lines of a statement, or of its head, as a mask."""
        return self.spans.get(node.lineno, 1 << node.lineno)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.ExceptHandler)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.AST) -> bytes:
        """Return the source of a node."""
        start, end = self.span(node)
        return self.data[start:end]

    def replace(self, node: ast.AST, new: bytes) -> tuple[int, int, bytes]:
        """Return the splice that writes a node anew."""
        return (*self.span(node), new)

    def whole(self, node: ast.stmt) -> tuple[int, int] | None:
        """Return the whole lines of a statement, decorators included; None if it shares them with another."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        start, end = self._starts[first - 1], self._starts[node.end_lineno or first]
        begin, stop = self.span(node)
        rest = self.data[stop:end].strip()
        alone = not self.data[self._starts[node.lineno - 1] : begin].strip()
        return (start, end) if alone and (not rest or rest.startswith(b"#")) else None

    def indent(self, node: Unit) -> bytes:
        """Return the white space before a statement."""
        line = self.data[self._starts[node.lineno - 1] :]
        return line[: len(line) - len(line.lstrip(b" \t"))]

    def moved(self, node: ast.stmt, indent: bytes) -> bytes | None:
        """Return a statement's lines with another indentation; None if that cannot be done safely."""
        around, own = self.whole(node), self.indent(node)
        if around is None or any(
            isinstance(inner, ast.Constant | ast.JoinedStr) and inner.lineno != inner.end_lineno
            for inner in ast.walk(node)
        ):
            return None
        lines = self.data[slice(*around)].splitlines()
        return b"".join(indent + line.removeprefix(own) + b"\n" for line in lines)

    @cached_property
    def words(self) -> Words:
        """What stands anywhere in the file."""
        return Words(self, [self.tree])

    def words_of(self, scope: Scope) -> Words:
        """Return what stands in a function; at the top of a file or class, what stands in it."""
        return self._words.setdefault(id(scope), Words(self, [scope]))

    @cached_property
    def _words(self) -> dict[int, Words]:
        return {id(self.tree): self.words}


class Words:
    """What can be taken from a piece of a program: donors, each text once, in source order."""

    def __init__(self, file: File, roots: Iterable[ast.AST]) -> None:
        """Collect from some nodes and all that is in them."""
        self.atoms: dict[bytes, None] = {}
        self.called: dict[bytes, None] = {}
        self.attributes: dict[str, None] = {}
        self.methods: dict[str, None] = {}
        self.constants: dict[tuple[str, bytes], None] = {}
        self.conditions: dict[bytes, None] = {}
        self.slots: dict[tuple[str, bytes], None] = {}
        self.wrappers: dict[bytes, None] = {}
        """Functions called with one argument."""
        self.tails: dict[bytes, None] = {}
        """What is written behind an expression: `.x`, `.x()`, `[0]`."""
        self.keywords: dict[bytes, None] = {}
        self.entries: dict[bytes, None] = {}
        """Of dictionaries: `key: value`."""
        self.statements: dict[bytes, ast.stmt] = {}
        self.exits: dict[bytes, None] = {}
        """Statements that leave: `return`, `raise`, `continue`, `break`."""
        self.handlers: dict[bytes, None] = {}
        nodes = [node for root in roots for node in ast.walk(root)]
        functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            self._take(file, node, functions)

    def _take(self, file: File, node: ast.AST, functions: set[int]) -> None:
        match node:
            case ast.Name() | ast.Attribute() if is_atom(node):
                (self.called if id(node) in functions else self.atoms)[file.text(node)] = None
            case ast.arg(arg=name):
                self.atoms[name.encode()] = None
            case ast.Constant():
                if node.lineno == node.end_lineno:
                    self.constants[kind_of(node.value), file.text(node)] = None
        match node:
            case ast.Attribute(attr=name):
                (self.methods if id(node) in functions else self.attributes)[name] = None
                if id(node) not in functions:
                    self.tails[f".{name}".encode()] = None
            case ast.Call(func=function, args=args, keywords=keywords):
                if len(args) == 1 and not keywords and is_atom(function):
                    self.wrappers[file.text(function)] = None
                if not args and not keywords and isinstance(function, ast.Attribute):
                    self.tails[f".{function.attr}()".encode()] = None
                for keyword in keywords:
                    self.keywords[file.text(keyword)] = None
            case ast.Subscript(slice=index) if isinstance(index, ast.Constant | ast.UnaryOp):
                self.tails[b"[" + file.text(index) + b"]"] = None
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key is not None:
                        self.entries[file.text(key) + b": " + file.text(value)] = None
            case ast.ExceptHandler(type=kind) if kind is not None:
                self.handlers[file.text(kind)] = None
        for role, slot in slots_of(node):
            text = file.text(slot)
            if b"\n" not in text:
                self.slots[role, text] = None
                if role == "test":
                    self.conditions[text] = None
        if isinstance(node, ast.stmt) and not isinstance(node, Scope) and not _is_docstring(node):
            text = file.text(node)
            if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
                self.exits[text] = None
            if (node.end_lineno or 0) - node.lineno < _DONOR_LINES:
                self.statements.setdefault(text, node)


def is_atom(node: ast.AST) -> bool:
    """Say whether a node is a name, or attributes of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def kind_of(value: object) -> str:
    """Return which constants may stand for one another: those of one type, and the truths."""
    return "truth" if value is None or isinstance(value, bool) else type(value).__name__


def slots_of(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the whole expressions of a node by the role they play in it."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            yield "test", test
        case ast.comprehension(ifs=ifs, iter=iterated):
            yield from (("test", test) for test in ifs)
            yield "iter", iterated
        case ast.For(iter=iterated):
            yield "iter", iterated
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            yield "value", value
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            yield "value", value
        case ast.Call(args=args, keywords=keywords):
            yield from (("argument", arg) for arg in args if not isinstance(arg, ast.Starred))
            yield from (("argument", keyword.value) for keyword in keywords)
        case ast.Subscript(slice=index) if not isinstance(index, ast.Tuple):
            yield "index", index
