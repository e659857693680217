"""One Python file, parsed once, with byte positions; what a mutator looks at."""

from __future__ import annotations

import ast
import codecs
import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper

from rpsdg.mutators.syntax import parse_tree

__all__ = ["Site", "Source", "UnreadableSourceError", "descendants", "parse"]

N = TypeVar("N", bound=cst.CSTNode)

_LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER", "warnings"})
_LOG_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_METADATA = re.compile(
    r"__(all|author|copyright|date|doc|docformat|license|version|version_info)__|version(_info)?",
    re.IGNORECASE,
)
_LONGEST_CHAIN = 200


class UnreadableSourceError(ValueError):
    """The bytes are Python, but not such that byte positions in them can be trusted."""


@dataclass(frozen=True)
class Site:
    """A place in one file and what a mutator writes there: a splice of bytes."""

    start: int
    """Byte offset of the replaced text."""
    old: bytes
    """The text there now."""
    new: bytes
    """What replaces it; never equal to `old`."""


class Source:
    """A parsed file. Positions are byte offsets into `data`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        _refuse_depth(data)
        wrapper = MetadataWrapper(cst.parse_module(data), unsafe_skip_copy=True)
        self.module = wrapper.module
        if codecs.lookup(self.module.encoding).name != "utf-8":
            raise UnreadableSourceError(f"written in {self.module.encoding}; positions are counted in UTF-8")
        if self.module.bytes != data:
            raise UnreadableSourceError("LibCST loses a character of it")  # the blank in `except (A, B) :`
        if re.search(rb"\r(?!\n)", data):
            raise UnreadableSourceError("a line ends in a lone carriage return")
        self._spans: Mapping[cst.CSTNode, CodeSpan] = wrapper.resolve(ByteSpanPositionProvider)
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._by_kind: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        self._index()

    def _index(self) -> None:
        """Note every node's parent, and file what may be mutated under its class: one walk for all rules."""
        stack: list[tuple[cst.CSTNode, bool]] = [(self.module, False)]
        while stack:
            node, protected = stack.pop()
            protected = protected or _is_protected(node)
            if not protected:
                self._by_kind.setdefault(type(node), []).append(node)
            for child in _children(node):
                self._parents[child] = node
                stack.append((child, protected))
        for nodes in self._by_kind.values():
            nodes.sort(key=self.span)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the byte offsets where `node` starts and ends, its own parentheses left out."""
        span = self._spans[node]
        return span.start, span.start + span.length

    def outer(self, node: cst.BaseExpression) -> tuple[int, int]:
        """Return the byte offsets where `node` starts and ends, its own parentheses counted in."""
        if not node.lpar:
            return self.span(node)
        return self.span(node.lpar[0])[0], self.span(node.rpar[-1])[1]

    def text(self, node: cst.CSTNode) -> bytes:
        """Return the text of `node`, its own parentheses left out."""
        start, end = self.span(node)
        return self.data[start:end]

    def outer_text(self, node: cst.BaseExpression) -> bytes:
        """Return the text of `node`, its own parentheses counted in."""
        start, end = self.outer(node)
        return self.data[start:end]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node that holds `node`; None for the module."""
        return self._parents.get(node)

    def enclosing(self, node: cst.CSTNode, kind: type[N]) -> N | None:
        """Return the nearest node of `kind` around `node`."""
        around = self.parent(node)
        while around is not None and not isinstance(around, kind):
            around = self.parent(around)
        return around

    def nodes(self, *kinds: type[N]) -> Iterator[N]:
        """Yield the nodes of exactly these classes that may be mutated, in source order.

        Docstrings, annotations, `__all__`, versions, logging calls and what only type checkers or
        `python file.py` run are left out: no test sees them.
        """
        found = [node for kind in kinds for node in self._by_kind.get(kind, ()) if isinstance(node, kind)]
        if len(kinds) > 1:
            found.sort(key=self.span)
        yield from found

    def every(self, kind: type[N]) -> Iterator[N]:
        """Yield every node of a kind, also where nothing may be mutated, in no particular order."""
        return (node for node in self._parents if isinstance(node, kind))

    def holder(self, node: cst.CSTNode) -> tuple[cst.CSTNode, cst.CSTNode | None]:
        """Climb out of the tuples and lists that may make `node` a part of a target.

        Return the outermost of them and what holds it: for `b` in `for a, (b, c) in pairs`, the tuple
        `a, (b, c)` and the loop.
        """
        around = self.parent(node)
        while isinstance(around, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
            node, around = around, self.parent(around)
        return node, around

    def is_target(self, node: cst.CSTNode) -> bool:
        """Say whether `node` is written to or deleted where it stands, not read."""
        whole, around = self.holder(node)
        match around:
            case cst.AssignTarget() | cst.Del() | cst.AsName():
                return True
            case cst.For() | cst.CompFor() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
                return around.target is whole
            case _:
                return False

    def line_start(self, position: int) -> int:
        """Return the offset of the first byte of the line that holds `position`."""
        return self.data.rfind(b"\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """Return the offset behind the line end of the line that holds `position`."""
        found = self.data.find(b"\n", position)
        return len(self.data) if found < 0 else found + 1

    def is_blank(self, position: int) -> bool:
        """Say whether the line that holds `position` is empty; at the end of the file it is."""
        return not self.data[self.line_start(position) : self.line_end(position)].strip()

    def replace(self, node: cst.CSTNode, new: bytes) -> Site:
        """Return the site that writes `new` in place of `node`."""
        return self.splice(*self.span(node), new)

    def splice(self, start: int, end: int, new: bytes) -> Site:
        """Return the site that writes `new` in place of the bytes from `start` to `end`."""
        return Site(start, self.data[start:end], new)

    def cut(self, start: int, end: int) -> Site:
        """Return the site that removes the bytes from `start` to `end`."""
        return self.splice(start, end, b"")


@lru_cache(maxsize=8)  # about 8 MB for 1,000 lines
def parse(data: bytes) -> Source | None:
    """Return the parsed file, or None when it cannot be read."""
    try:
        return Source(data)
    except (cst.ParserSyntaxError, SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return None  # LibCST also raises KeyError where the recursion got too deep


def _refuse_depth(data: bytes) -> None:
    """Let Python read the file first: LibCST's parser ends the whole process on code nested too deeply."""
    for node in ast.walk(parse_tree(data)):
        if isinstance(node, ast.BoolOp) and len(node.values) > _LONGEST_CHAIN:
            raise UnreadableSourceError(
                "an endless chain of `and` or `or`"
            )  # flat for Python, deep for LibCST


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield `node` and everything inside it, whitespace and comments left out, in no particular order."""
    stack = [node]
    while stack:  # not recursive: sources may nest deeper than Python's stack
        current = stack.pop()
        yield current
        stack.extend(_children(current))


def _children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for name in _child_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, list | tuple):
            yield from value


@cache
def _child_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields that hold code; whitespace is half of all nodes, and no rule asks for it."""
    whitespace = ("whitespace", "leading_lines", "lines_after", "trailing_whitespace", "header", "footer")
    names = (field.name for field in dataclasses.fields(kind))
    return tuple(name for name in names if not name.startswith(whitespace))


def _is_protected(node: cst.CSTNode) -> bool:
    match node:
        case cst.Annotation() | cst.TypeAlias() | cst.TypeParameters():
            return True
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
            return True  # a docstring, or a string that does nothing
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return _METADATA.fullmatch(name) is not None
        case cst.AugAssign(target=cst.Name(name)) | cst.AnnAssign(target=cst.Name(name)):
            return _METADATA.fullmatch(name) is not None
        case cst.Call(func=cst.Attribute(value=cst.Name(owner), attr=cst.Name(method))):
            return owner in _LOGGERS and method in _LOG_METHODS
        case cst.Call(func=cst.Attribute(value=cst.Attribute(attr=cst.Name(owner)), attr=cst.Name(method))):
            return owner in _LOGGERS and method in _LOG_METHODS
        case cst.If(test=cst.Name("TYPE_CHECKING") | cst.Attribute(attr=cst.Name("TYPE_CHECKING"))):
            return True
        case cst.If(test=cst.Comparison(left=cst.Name("__name__"))):
            return True
        case _:
            return False
