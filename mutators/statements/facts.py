"""What a statement is made from: one failing run, looked at closely, and nothing else."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.syntax import parse_expression, tree_of
from rpsdg.sandbox.report import UNSHOWN, Call, Failure, TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import mask

from .needed import Needed, needed_names

__all__ = ["Differing", "Facts", "Frame", "Problem", "Result", "differing_calls", "gather", "telling_tests"]

SHOWN = 3
"""How many failing tests are run before the eyes of the reader."""
LONGEST = 160
"""Characters of a call, and of its result, that a sentence can bear."""
_PLAIN = re.compile(r"^[\w./-]+\.py(::\w+)+(\[[\w.,+-]*\])?$")
_TYPE = re.compile(r"^(?:[\w.]*\.)?([A-Z]\w*|[a-z_]\w*(?:Error|Exception|Warning))(?=:|$)")
_LINES = (
    (re.compile(r"(\.py):\d+"), r"\1"),
    (re.compile(r"(\.py\"?),? \(?line \d+\)?"), r"\1"),
    (re.compile(r"(\b[Ll]ine) \d+\b"), r"\1 …"),
)
_OPERATORS = {
    "__init__": "{type}({arguments})",
    "__call__": "{object}({arguments})",
    "__len__": "len({object})",
    "__bool__": "bool({object})",
    "__str__": "str({object})",
    "__repr__": "repr({object})",
    "__hash__": "hash({object})",
    "__getitem__": "{object}[{arguments}]",
    "__contains__": "{arguments} in {object}",
    "__eq__": "{object} == {arguments}",
    "__ne__": "{object} != {arguments}",
    "__lt__": "{object} < {arguments}",
    "__le__": "{object} <= {arguments}",
    "__gt__": "{object} > {arguments}",
    "__ge__": "{object} >= {arguments}",
    "__add__": "{object} + {arguments}",
    "__sub__": "{object} - {arguments}",
    "__mul__": "{object} * {arguments}",
    "__truediv__": "{object} / {arguments}",
}


@dataclass(frozen=True)
class Result:
    """What came of a call."""

    ended: str
    """`returned`, `yielded` or `raised`."""
    value: str
    """As `Call.value`."""

    @property
    def type(self) -> str:
        """Name of the exception that was raised."""
        return self.value.partition(":")[0]

    @property
    def shown(self) -> bool:
        """Whether the value can be told."""
        return UNSHOWN not in self.value and "\n" not in self.value and len(self.value) <= LONGEST


@dataclass(frozen=True)
class Differing:
    """A call that ends in one way on the program with the bug and in another on the one without."""

    node: str
    """The test that makes it."""
    call: str
    """The call as an expression; in the test's own words, where its arguments cannot be written down."""
    imported: str
    """The line that imports what is called."""
    name: str
    """What is called, such as `clamp` or `Box.grown`."""
    got: Result
    expected: Result
    complete: bool
    """Whether the call and its import are all there is to it: no other names and no state."""

    @property
    def snippet(self) -> str:
        """The call as a piece of code."""
        return f"{self.imported}\n\n{self.call}" if self.complete else f"# as in {self.node}\n{self.call}"


@dataclass(frozen=True)
class Frame:
    """One level of a traceback inside the tree. Lines have no numbers: one of them may be the faulty one."""

    path: str
    function: str
    """The function's name, or `<module>`."""
    source: str | None
    """The line, where it is a test's."""


@dataclass(frozen=True)
class Problem:
    """Why one test fails."""

    kind: str
    """`wrong` (a check did not hold), `silent` (an error was expected and none came), `raises` or `broken`
    (nothing could be loaded)."""
    type: str
    """Name of the exception, or ``."""
    message: str
    """All that was said, line numbers left out."""

    @property
    def headline(self) -> str:
        """The line that says most."""
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        errors = [line[1:].strip() for line in lines if line.startswith("E ")]
        if self.kind == "broken" and errors:
            return errors[-1]
        return lines[0] if lines else ""


@dataclass(frozen=True)
class Facts:
    """Everything that any style may tell. Two honest runs of the same tests give facts that read the same."""

    project: str
    """Name and version of the program."""
    failing: tuple[str, ...]
    """Every failing test, sorted."""
    told: tuple[str, ...]
    """Those that were run for the solver, most telling first; never empty."""
    report: TestReport
    """A run of at least the told tests on the program with the bug."""
    command: str
    """The command that runs the told tests."""
    steady: int
    """How many tests pass when the program is right."""
    differing: tuple[Differing, ...] = ()
    """At most one call a test, the best example first."""
    public: tuple[str, ...] = ()
    """Names that the told tests call of the program: those of the lines that failed first, then by uses."""
    frames: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)
    """Tracebacks of the told tests, outermost level first."""
    asserted: Mapping[str, str] = field(default_factory=dict)
    """What a told test asserted when it failed, as an expression."""
    needed: tuple[Needed, ...] = ()
    """Names that the tests need and the program with the bug lacks."""

    def problem(self, node: str) -> Problem:
        """Return why a test fails."""
        failure = self.report.failures.get(node) or self._of_file(node)
        message = without_lines(failure.message.strip()) if failure else ""
        if self.report.outcomes.get(node) not in {"failed", "error"} and failure:
            found = [m for line in message.splitlines() if (m := _TYPE.match(line.removeprefix("E").strip()))]
            return Problem("broken", found[-1].group(1) if found else "", message)
        kind = _TYPE.match(message)
        name = kind.group(1) if kind else ""
        if "DID NOT RAISE" in message or re.search(r"\bError not raised\b", message):
            return Problem("silent", name, message)
        if message.startswith("assert ") or name in {"AssertionError", "Failed", ""}:
            return Problem("wrong", "AssertionError", message)
        return Problem("raises", name, message)

    def _of_file(self, node: str) -> Failure | None:
        failures = self.report.failures
        return next((failures[path] for path in sorted(failures) if path and node.startswith(path)), None)


def telling_tests(failing: Sequence[str], report: TestReport) -> list[str]:
    """Choose the failing tests that say most in few words, the same ones every time."""

    def key(node: str) -> tuple[bool, bool, int, str]:
        failure = report.failures.get(node)
        return (
            _PLAIN.match(node) is None,  # can be named on a command line without trouble
            report.outcomes.get(node) != "failed",  # says what was expected, not that nothing could be loaded
            len(mask(failure.message)) if failure else 10_000,
            node,
        )

    return sorted(failing, key=key)[:SHOWN]


def without_lines(text: str) -> str:
    """Return a text without line numbers.

    >>> without_lines('a.py:3: in f, File "b.py", line 4, SyntaxError: invalid (c.py, line 5)')
    'a.py: in f, File "b.py", SyntaxError: invalid (c.py'
    """
    for pattern, replacement in _LINES:
        text = pattern.sub(replacement, text)
    return text


def gather(
    *,
    project: str,
    failing: Sequence[str],
    told: Sequence[str],
    report: TestReport,
    command: str,
    steady: int,
    buggy: Tree,
    fixed: Tree,
    calls_buggy: TestReport | None = None,
    calls_fixed: TestReport | None = None,
) -> Facts:
    """Look at a failing run.

    Args:
        project: name and version of the program.
        failing: every failing test.
        told: those that are run for the solver, most telling first.
        report: a run on the buggy tree.
        command: the command that runs `told`.
        steady: how many tests pass when the program is right.
        buggy, fixed: the two trees.
        calls_buggy, calls_fixed: runs of `told` on them that recorded calls; without both, no calls are told.
    """
    frames = {node: _frames(report.failures[node], buggy) for node in told if node in report.failures}
    differing: list[Differing] = []
    public: Counter[str] = Counter()
    if calls_buggy is not None and calls_fixed is not None:
        for node in told:
            # A test that goes another way when it is watched tells nothing.
            right = calls_fixed.outcomes.get(node) == "passed"
            if right and calls_buggy.outcomes.get(node) in {"failed", "error"}:
                differing += differing_calls(
                    node, calls_buggy.calls.get(node, ()), calls_fixed.calls.get(node, ()), buggy
                )
            public.update(name for call in calls_fixed.calls.get(node, ()) if (name := _public(call)))
    order = {node: number for number, node in enumerate(told)}
    sources = [frame.source for found in frames.values() for frame in found[::-1] if frame.source]
    there = set(re.findall(r"\w+", " ".join(sources)))
    return Facts(
        project=project,
        failing=tuple(sorted(failing)),
        told=tuple(told),
        report=report,
        command=command,
        steady=steady,
        differing=tuple(
            sorted(
                differing, key=lambda d: (not d.complete, _loose(d), len(mask(d.call)) > 80, order[d.node])
            )
        ),
        public=tuple(sorted(public, key=lambda n: (n.rpartition(".")[2] not in there, -public[n], n))),
        frames={node: found for node, found in frames.items() if found},
        asserted={
            node: text for node in told if (text := _asserted(report.failures.get(node), buggy)) is not None
        },
        needed=needed_names(buggy, fixed, {node.split("::")[0] for node in failing}),
    )


# --- calls


def differing_calls(node: str, buggy: Iterable[Call], fixed: Iterable[Call], tree: Tree) -> list[Differing]:
    """Return the first call of a test that ends differently on the two programs, in a list of one or none.

    Args:
        node: the test.
        buggy, fixed: its calls on the two programs.
        tree: where its source is looked up, for calls whose arguments cannot be written down.
    """
    right: dict[object, list[Call]] = {}
    for call in fixed:
        right.setdefault(_key(call), []).append(call)
    for call in buggy:
        same = right.get(_key(call))
        if not same:
            continue
        other = same.pop(0)
        got, expected = Result(call.ended, call.value), Result(other.ended, other.value)
        if not call.path or not is_mutable(call.path) or _same(got, expected):
            continue
        shown = _shown(call) or _as_written(call, tree)
        if shown is None or not (got.shown and expected.shown and _told(got) and _told(expected)):
            continue
        text, imported, complete = shown
        return [Differing(node, text, imported, _public(call) or call.name, got, expected, complete)]
    return []


def _key(call: Call) -> object:
    receiver = None if call.name.endswith(".__init__") else call.receiver  # not yet anything to see
    return (call.path, call.kind, call.name, *(_canonical(t) for t in (receiver or "", *call.arguments)))


def _same(one: Result, other: Result) -> bool:
    return one.ended == other.ended and _canonical(one.value) == _canonical(other.value)


def _canonical(text: str) -> str:
    """Return a text that two displays of the same value share, whatever the order of the sets in it."""
    tree = _expression(text)
    if tree is None:
        return mask(text)
    try:
        for node in ast.walk(tree):
            if isinstance(node, ast.Set):
                node.elts.sort(key=ast.dump)
        return ast.dump(tree)
    except RecursionError:
        return mask(text)


def _told(result: Result) -> bool:
    return result.ended == "raised" or _expression(result.value) is not None


def _expression(text: str) -> ast.expr | None:
    try:
        return parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _shown(call: Call) -> tuple[str, str, bool] | None:
    """Return a call as an expression, its import, and whether that is all; None if it cannot be written."""
    cls, _, short = call.name.rpartition(".")
    arguments = ", ".join(call.arguments)
    receiver = call.receiver or ""
    made = _expression(receiver)
    constructed = isinstance(made, ast.Call) and _last_name(made.func) == cls
    form, whole = "{object}.{name}({arguments})", constructed
    match call.kind:
        case "function":
            form, whole = "{name}({arguments})", True
        case "classmethod":
            form, whole, receiver = "{type}.{name}({arguments})", True, cls
        case "attribute":
            form = "{object}.{name}"
    if short.startswith("__"):
        if short not in _OPERATORS or (short != "__init__" and not constructed):
            return None
        form, whole = _OPERATORS[short], True
    if not whole:
        form = form.replace("{object}", "{type}")  # how the object came to be is not known
    text = form.format(object=receiver, type=cls, name=short, arguments=arguments)
    tree = _expression(text)
    if tree is None or UNSHOWN in text or "\n" in text or len(text) > LONGEST:
        return None
    target = cls or short
    imported = f"from {call.module} import {target}" if call.module not in {"", "__main__"} else ""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return text, imported, whole and bool(imported) and names <= {target, *_BUILTINS}


def _as_written(call: Call, tree: Tree) -> tuple[str, str, bool] | None:
    """Return a call as the test writes it, if it can be told which one of its line it is."""
    cls, _, short = call.name.rpartition(".")
    wanted = cls if short == "__init__" else short
    entry = tree.get(call.caller)
    data = entry.data if entry else b""
    found = {
        _source_of(data, node)
        for node in _nodes(data)
        if isinstance(node, ast.Call)
        and node.lineno <= call.line <= (node.end_lineno or node.lineno)
        and _last_name(node.func) == wanted
    }
    written = found.pop() if len(found) == 1 else ""
    return (written, "", False) if 0 < len(written) <= LONGEST and "#" not in written else None


_BUILTINS = {
    "len",
    "bool",
    "str",
    "repr",
    "hash",
    "int",
    "float",
    "list",
    "dict",
    "set",
    "tuple",
    "frozenset",
    "range",
}


def _loose(differing: Differing) -> bool:
    return differing.got.ended == "raised" and differing.expected.ended == "raised"


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _public(call: Call) -> str | None:
    """Return what a reader would call what is called; None for what is nobody's business."""
    cls, _, short = call.name.rpartition(".")
    name = cls if short.startswith("__") and cls else call.name
    private = not is_mutable(call.path) or any(part.startswith("_") for part in name.split("."))
    return None if private or UNSHOWN in name else name


# --- tracebacks


def _frames(failure: Failure, tree: Tree) -> tuple[Frame, ...]:
    return tuple(_frames_in(failure, tree))


def _frames_in(failure: Failure, tree: Tree) -> Iterator[Frame]:
    for path, line in failure.frames:
        entry = tree.get(path)
        if entry is None or not path.endswith(".py"):
            continue
        source = b"" if is_mutable(path) else b"".join(_lines(entry.data)[line - 1 : line]).strip()
        yield Frame(path, _function_at(entry.data, line), source.decode("utf-8", "replace") or None)


def _function_at(data: bytes, line: int) -> str:
    best, size = "<module>", float("inf")
    for node in _nodes(data):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            if node.lineno <= line <= last and last - node.lineno < size:
                best, size = node.name, last - node.lineno
    return best


def _asserted(failure: Failure | None, tree: Tree) -> str | None:
    """Return the condition of the `assert` at which a test failed."""
    for path, line in reversed(failure.frames if failure else ()):
        entry = tree.get(path)
        if entry is None or is_mutable(path):
            continue
        for node in _nodes(entry.data):
            if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or node.lineno):
                shown = _source_of(entry.data, node.test)
                return shown if 0 < len(shown) <= LONGEST and "#" not in shown else None
        return None
    return None


@lru_cache(maxsize=32)  # every frame of every failure asks, and a file of tests may have 5,000 lines
def _nodes(data: bytes) -> Sequence[ast.AST]:
    """Return the functions, assertions and calls of a file."""
    try:
        return [node for node in ast.walk(tree_of(data)) if isinstance(node, _ASKED_FOR)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _source_of(data: bytes, node: ast.expr) -> str:
    """Return an expression as it is written, with single blanks."""
    last, end = node.end_lineno or node.lineno, node.end_col_offset
    lines = _lines(data)[node.lineno - 1 : last]  # `ast.get_source_segment` reads the whole file anew
    lines[-1] = lines[-1][:end]  # first, for where it begins on the same line
    lines[0] = lines[0][node.col_offset :]
    return " ".join(b"".join(lines).decode("utf-8", "replace").split())


@lru_cache(maxsize=32)
def _lines(data: bytes) -> list[bytes]:
    """Return the lines of a file as Python counts them."""
    return data.splitlines(keepends=True)


_ASKED_FOR = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Assert, ast.Call)
