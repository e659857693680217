"""A whole program as project mutators see it: its words, its classes, and the functions only it knows of."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from rpsdg.sandbox.tree import Entry, Tree

from .scope import mutable_files
from .syntax import parse_tree

__all__ = ["Argument", "Function", "Parameter", "ProgramFile", "Project", "Reference", "place"]

_QUOTED = re.compile(rb"(?<![A-Za-z0-9_])([\"'])([A-Za-z_][A-Za-z0-9_]*)\1")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_DEFINED = re.compile(rb"(?<![A-Za-z0-9_])def[ \t]+([A-Za-z_][A-Za-z0-9_]*)")
_TEXTS = (
    *(".py", ".pyi", ".pyx", ".pxd", ".rst", ".md", ".txt", ".toml", ".cfg", ".ini", ".in"),
    *(".json", ".yaml", ".yml", ".ipynb", ".html", ".j2", ".jinja", ".tmpl", ".c", ".h"),
)
_LARGEST = 1_000_000
_HARMLESS_BASES = frozenset({"object", "ABC", "Generic", "Protocol", "Exception", "ValueError", "TypeError"})
_FRAMES = frozenset({"locals", "vars", "eval", "exec", "dir"})
"""Calls to which a name of a variable is more than a name."""


@dataclass(frozen=True)
class Argument:
    """An argument of a call."""

    keyword: str
    """Empty if it is passed by position."""
    start: int
    end: int
    starred: bool
    movable: bool
    """Whether its text means the same in another place of the list."""


@dataclass(frozen=True)
class Reference:
    """A place where a function's name is read or imported."""

    path: str
    start: int
    scope: str
    """Qualified name of the function it is in; empty if it is executed when the file is imported."""
    imported: bool
    """Whether it stands in `from module import name`."""
    through: str = ""
    """For an attribute, the name it is looked up in if that is a plain name, else `?`."""
    arguments: tuple[Argument, ...] | None = None
    """What it is called with there; None if it is not called on the spot."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that can be passed by position or, if it is keyword-only, by keyword alone."""

    name: str
    start: int
    end: int
    """Behind the annotation, if there is one."""
    required: bool
    uses: tuple[int, ...] | None
    """Where the body names it; None where that is not certain."""


@dataclass(frozen=True)
class Function:
    """A function or method that only the program's own code names, and every place that does."""

    name: str
    path: str
    start: int
    """Of its name, where it is defined."""
    owner: str
    """The class of a method; empty for a function."""
    decorators: frozenset[str]
    positional: tuple[Parameter, ...]
    keyword_only: tuple[Parameter, ...]
    is_open: bool
    """Whether it takes any number of arguments or keywords."""
    words: frozenset[str]
    """Every word in its text."""
    references: tuple[Reference, ...] = ()


class Project:
    """What has to be known of all files before a name in one of them may change.

    Nothing large is kept: the files are read again by those who want more of them.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.files = list(mutable_files(tree))
        set_of_files = frozenset(self.files)
        self._inside: Counter[bytes] = Counter()
        self._outside: set[bytes] = set()
        self.quoted: Counter[str] = Counter()
        """How often each word stands alone in quotes in the program's own files."""
        self.quoted_outside: set[str] = set()
        """The words that stand alone in quotes in tests, documentation and settings."""
        for path, entry in tree.items():
            if path in set_of_files or entry.kind == "link" or len(entry.data) > _LARGEST:
                continue
            if path.endswith(_TEXTS):
                self._outside.update(_WORD.findall(entry.data))
                self.quoted_outside.update(_quoted(entry.data))
        for path in self.files:
            self._inside.update(_WORD.findall(tree[path].data))
            self.quoted.update(_quoted(tree[path].data))
        self._bases: defaultdict[str, set[str]] = defaultdict(set)
        self.functions = self._functions()

    @classmethod
    def of(cls, tree: Tree) -> Project:
        """Return the project of a tree; the last one is remembered, because several rules ask for it."""
        return _project(tree)

    def is_taken(self, name: str) -> bool:
        """Say whether a word occurs anywhere in the tree."""
        return name.encode() in self._inside or name.encode() in self._outside

    def count(self, name: str) -> int:
        """Return how often a word occurs in the program's own files; 0 if anything else names it."""
        return 0 if name.encode() in self._outside else self._inside[name.encode()]

    def is_own(self, name: str) -> bool:
        """Say whether all bases of a class are known, so that nothing foreign looks into it."""
        todo, seen = [name], set[str]()
        while todo:
            name = todo.pop()
            if name in seen or name in _HARMLESS_BASES:
                continue
            if name not in self._bases:
                return False
            seen.add(name)
            todo.extend(self._bases[name])
        return True

    def data(self, path: str) -> bytes:
        """Return the content of a file."""
        return self._tree[path].data

    def read(self) -> Iterator[ProgramFile]:
        """Yield the program's files one by one, parsed; those that cannot be are left out."""
        for path in self.files:
            file = ProgramFile.read(path, self._tree[path])
            if file is not None:
                yield file

    def _functions(self) -> tuple[Function, ...]:
        defined = Counter(name for path in self.files for name in _DEFINED.findall(self._tree[path].data))
        wanted = frozenset(
            name.decode()
            for name, number in defined.items()
            if number == 1 and self._inside[name] >= 3 and name not in self._outside and not _is_special(name)
        )
        functions: list[Function] = []
        references: defaultdict[str, list[Reference]] = defaultdict(list)
        for file in self.read():
            for found in file.names(wanted, self._bases):
                if isinstance(found, Function):
                    functions.append(found)
                else:
                    references[found[0]].append(found[1])
        return tuple(
            Function(**{**vars(function), "references": tuple(sorted(references[function.name], key=_where))})
            for function in sorted(functions, key=lambda function: (function.path, function.start))
            if self._is_certain(function, references[function.name])
        )

    def _is_certain(self, function: Function, references: list[Reference]) -> bool:
        """Say whether every word that spells the function's name means it."""
        if len({_where(one) for one in references}) + 1 != self._inside[function.name.encode()]:
            return False
        if not function.name.startswith("_") and (function.owner or any(one.through for one in references)):
            return False  # `.update` may be anyone's
        return not function.owner or self.is_own(function.owner)


@lru_cache(maxsize=1)
def _project(tree: Tree) -> Project:
    return Project(tree)


def place(scope: str, path: str) -> str:
    """Return how a sentence names a function of a file."""
    return f"`{scope}` in `{path}`"


class ProgramFile:
    """One parsed file; positions are byte offsets."""

    def __init__(self, path: str, data: bytes, tree: ast.Module) -> None:
        self.path = path
        self.data = data
        self.tree = tree
        self._lines = list(
            accumulate((len(line) for line in data.split(b"\n")), lambda a, b: a + b + 1, initial=0)
        )

    @classmethod
    def read(cls, path: str, entry: Entry) -> ProgramFile | None:
        """Return the parsed file, or None where positions could not be trusted."""
        if entry.data.startswith(b"\xef\xbb\xbf") or re.search(
            rb"\r(?!\n)|coding[:=][ \t]*(?!utf-?8)", entry.data[:2000]
        ):
            return None
        try:
            entry.data.decode()
            return cls(path, entry.data, parse_tree(entry.data))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> int:
        """Return the offset where a node starts."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> int:
        """Return the offset behind a node."""
        return self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def line(self, position: int) -> int:
        """Return the number of the line that holds an offset, from 1."""
        return bisect_right(self._lines, position)

    def holds(self, position: int, text: str) -> bool:
        """Say whether `text` stands at an offset."""
        return self.data.startswith(text.encode(), position)

    def walk(self) -> Iterator[tuple[ast.AST, str, str, bool]]:
        """Yield every node with the qualified name around it, the class around it, and whether it runs later.

        What is inside an f-string is left out: before Python 3.12 its positions are wrong.
        """
        stack: list[tuple[ast.AST, str, str, bool]] = [(self.tree, "", "", False)]
        while stack:
            node, scope, owner, later = stack.pop()
            yield node, scope, owner, later
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    inner = f"{scope}.{node.name}".lstrip(".")
                    body = set(map(id, node.body))
                    for child in ast.iter_child_nodes(node):
                        is_body = id(child) in body
                        stack.append((child, inner, owner, True) if is_body else (child, scope, owner, later))
                case ast.ClassDef():
                    inner = f"{scope}.{node.name}".lstrip(".")
                    stack.extend((child, inner, node.name, later) for child in ast.iter_child_nodes(node))
                case ast.JoinedStr():
                    pass
                case _:
                    stack.extend((child, scope, owner, later) for child in ast.iter_child_nodes(node))

    def names(
        self, wanted: frozenset[str], bases: defaultdict[str, set[str]]
    ) -> Iterator[Function | tuple[str, Reference]]:
        """Yield the definitions of some functions and every reference to one; note the bases of classes."""
        called: dict[int, ast.Call] = {}
        for node, scope, owner, later in self.walk():
            where = scope if later else ""
            match node:
                case ast.Call():
                    called[id(node.func)] = node
                case ast.ClassDef():
                    bases[node.name].update(map(_last_name, node.bases))
                    bases[node.name].update("?" for k in node.keywords if _last_name(k.value) != "ABCMeta")
                case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name in wanted and not later:
                    function = self._function(node, owner if scope else "")
                    if function is not None:
                        yield function
                case ast.Name(id=name, ctx=ast.Load()) if name in wanted and self.holds(
                    self.start(node), name
                ):
                    yield name, self._reference(self.start(node), where, "", called.get(id(node)))
                case ast.Attribute(attr=name, ctx=ast.Load(), value=value) if name in wanted:
                    position = self.end(node) - len(name)
                    if self.holds(position, name):
                        through = value.id if isinstance(value, ast.Name) else "?"
                        yield name, self._reference(position, where, through, called.get(id(node)))
                case ast.ImportFrom():
                    for alias in node.names:
                        if alias.name in wanted and self.holds(self.start(alias), alias.name):
                            yield alias.name, Reference(self.path, self.start(alias), where, imported=True)

    def _reference(self, start: int, scope: str, through: str, call: ast.Call | None) -> Reference:
        arguments = None
        if call is not None:
            values = [
                Argument("", self.start(a), self.end(a), isinstance(a, ast.Starred), _is_movable(a))
                for a in call.args
            ]
            values += [
                Argument(k.arg or "", self.start(k), self.end(k), k.arg is None, False) for k in call.keywords
            ]
            arguments = tuple(values)
        return Reference(self.path, start, scope, False, through, arguments)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> Function | None:
        start, end = self.start(node), self.end(node)
        head = re.compile(rb"(?:async[ \t]+)?def[ \t]+(?=%b\b)" % node.name.encode()).match(self.data, start)
        if head is None:
            return None
        words = Counter(_WORD.findall(self.data[start:end]))
        bare = node.args.posonlyargs + node.args.args
        required = len(bare) - len(node.args.defaults)
        inside = [n for statement in node.body for n in _plain_nodes(statement)]
        is_frame = any(isinstance(n, ast.Name) and n.id in _FRAMES for n in inside)

        def parameter(arg: ast.arg, *, needed: bool) -> Parameter:
            uses = None if is_frame else self._uses(arg.arg, inside, words[arg.arg.encode()])
            return Parameter(arg.arg, self.start(arg), self.end(arg), needed, uses)

        return Function(
            name=node.name,
            path=self.path,
            start=head.end(),
            owner=owner,
            decorators=frozenset(
                _last_name(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list
            ),
            positional=tuple(parameter(arg, needed=i < required) for i, arg in enumerate(bare)),
            keyword_only=tuple(
                parameter(arg, needed=default is None)
                for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            ),
            is_open=bool(node.args.vararg or node.args.kwarg),
            words=frozenset(word.decode() for word in words),
        )

    def _uses(self, name: str, inside: Iterable[ast.AST], count: int) -> tuple[int, ...] | None:
        """Return where a parameter is named, if the count says that nothing else in the function is."""
        uses, others = set[int](), 0
        for node in inside:
            match node:
                case ast.Name(id=found) if found == name and self.holds(self.start(node), name):
                    uses.add(self.start(node))
                case ast.Attribute(attr=found) if found == name:
                    others += 1
                case ast.keyword(arg=found) if found == name:
                    others += 1
        return tuple(sorted(uses)) if len(uses) + others + 1 == count else None


def _quoted(data: bytes) -> Iterator[str]:
    return (word.decode() for _, word in _QUOTED.findall(data))


def _plain_nodes(root: ast.AST) -> Iterator[ast.AST]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.JoinedStr):
            stack.extend(ast.iter_child_nodes(node))


def _is_movable(node: ast.expr) -> bool:
    return not isinstance(node, ast.Starred | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.GeneratorExp)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _last_name(value)
        case _:
            return "?"


def _is_special(name: bytes) -> bool:
    return name.startswith(b"__") and name.endswith(b"__")


def _where(reference: Reference) -> tuple[str, int]:
    return reference.path, reference.start
