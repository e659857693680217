"""What a simple repair search may write: templates filled with what stands elsewhere in the same file.

The templates are those of the literature, for any bug: statements inserted, deleted and moved with donors
from the program itself (GenProg, Le Goues and others, 2012), guards, arguments and conditions (PAR, Kim and
others, 2013), and replaced tokens and expressions (TBar, Liu and others, 2019). Nothing here knows how this
package makes bugs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, pairwise

from .repair_program import File, Scope, Statement, Words, is_atom, kind_of, slots_of

__all__ = ["TEMPLATES", "Patch", "Template"]

_ORDERS = ("<", "<=", ">", ">=")
_ALIKE: tuple[tuple[str, ...], ...] = (
    (*_ORDERS, "==", "!="),
    ("is", "is not"),
    ("is", "=="),
    ("is not", "!="),
    ("in", "not in"),
    ("in", "=="),
    ("+", "-"),
    ("+", "*"),
    ("*", "/", "//", "**"),
    ("/", "//", "%"),
    ("&", "|", "^"),
    ("<<", ">>"),
    ("and", "or"),
)
"""Operators that stand for one another."""
_SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.And: "and",
    ast.Or: "or",
}


@dataclass(frozen=True)
class Patch:
    """One place of one file, written anew."""

    path: str
    start: int
    end: int
    new: bytes
    template: str

    def apply(self, data: bytes) -> bytes:
        """Return the file with the patch."""
        return data[: self.start] + self.new + data[self.end :]


@dataclass(frozen=True)
class _Source:
    """Where donors are taken from."""

    words: Words
    without: Words | None
    """Those that were offered already."""

    def of(self, name: str) -> list[bytes]:
        """Return the donors of a kind."""
        known = getattr(self.without, name) if self.without else ()
        return [
            one if isinstance(one, bytes) else one.encode()
            for one in getattr(self.words, name)
            if one not in known
        ]

    def pairs(self, name: str, kind: str) -> list[bytes]:
        """Return the donors of a kind that carry their own kind."""
        known = getattr(self.without, name) if self.without else ()
        return [pair[1] for pair in getattr(self.words, name) if pair[0] == kind and pair not in known]


Splice = tuple[int, int, bytes]
Write = Callable[[File, Statement, _Source], Iterator[Splice]]


@dataclass(frozen=True)
class Template:
    """One way of writing a statement anew."""

    name: str
    cost: int
    """Cheaper ones are tried first."""
    write: Write
    donors: str = "none"
    """Where its donors come from: `function`, `file`, or `none`."""

    def patches(self, file: File, statement: Statement) -> list[Patch]:
        """Return everything that it makes of a statement, each text once."""
        own = file.words_of(statement.scope)
        source = _Source(file.words, own) if self.donors == "file" else _Source(own, None)
        if self.donors == "file" and own is file.words:
            return []
        found: dict[Splice, None] = {}
        for start, end, new in self.write(file, statement, source):
            if file.data[start:end] != new:
                found[start, end, new] = None
        return [Patch(file.path, *splice, self.name) for splice in found]


def _token(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    functions = _functions(statement)
    for node in _expressions(statement):
        match node:
            case ast.Name() | ast.Attribute() if is_atom(node):
                for text in source.of("called" if id(node) in functions else "atoms"):
                    if isinstance(node.ctx, ast.Load) or text.decode().isidentifier():
                        yield file.replace(node, text)
            case ast.Constant(value=value) if not isinstance(value, bytes):
                for text in source.pairs("constants", kind_of(value)):
                    yield file.replace(node, text)
        if isinstance(node, ast.Attribute):
            _, stop = file.span(node)
            for name in source.of("methods" if id(node) in functions else "attributes"):
                yield stop - len(node.attr.encode()), stop, name


def _role(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    for inner in [statement.node, *_expressions(statement)]:
        for role, slot in slots_of(inner):
            for text in source.pairs("slots", role):
                yield file.replace(slot, text)


def _operator(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    for node in [statement.node, *_expressions(statement)]:
        for before, operator, after in _operators(node):
            start, end = file.span(before)[1], file.span(after)[0]
            between, old = file.data[start:end], _SIGNS[type(operator)].encode()
            at = between.find(old)
            if at < 0:
                continue
            for group in _ALIKE:
                if old.decode() in group:
                    for other in group:
                        yield start + at, start + at + len(old), other.encode()
            if isinstance(node, ast.AugAssign):
                yield start + at, start + at + len(old), b""
        match node:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
                end = file.span(target)[1]
                at = file.data.find(b"=", end)
                for sign in (b"+", b"-", b"|"):
                    yield at, at, sign


def _constant(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    for node in _expressions(statement):
        if isinstance(node, ast.Constant):
            match node.value:
                case bool() | None:
                    for text in (b"True", b"False", b"None"):
                        yield file.replace(node, text)
                case int() as number:
                    for other in (number + 1, number - 1, 0, 1):
                        yield file.replace(node, b"%d" % other)


def _condition(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    for node in [statement.node, *_expressions(statement)]:
        match node:
            case ast.BoolOp(values=values):
                for left_out in values:
                    rest = [b"(" + file.text(v) + b")" for v in values if v is not left_out]
                    sign = b" and " if isinstance(node.op, ast.And) else b" or "
                    yield file.replace(node, b"(" + sign.join(rest) + b")")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield file.replace(node, file.text(operand))
        for role, slot in slots_of(node):
            if role == "test":
                yield file.replace(slot, b"not (" + file.text(slot) + b")")
                yield file.replace(slot, b"True")
                yield file.replace(slot, b"False")


def _connective(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    for node in [statement.node, *_expressions(statement)]:
        tests = [slot for role, slot in slots_of(node) if role == "test"]
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp | ast.UnaryOp):
            tests.append(node.value)
        for test in tests:
            for text in source.of("conditions"):
                if text != file.text(test):
                    for sign in (b"and", b"or"):
                        yield file.replace(test, b"(%b) %b (%b)" % (file.text(test), sign, text))
        if isinstance(node, ast.comprehension):
            end = file.span(node.ifs[-1] if node.ifs else node.iter)[1]
            for text in source.of("conditions"):
                yield end, end, b" if (" + text + b")"


def _delete(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    node = statement.node
    if isinstance(node, ast.stmt) and not isinstance(node, Scope):
        around = file.whole(node)
        if around is not None:
            yield (*around, b"" if len(statement.block) > 1 else file.indent(node) + b"pass\n")
            body = getattr(node, "body", None)
            if isinstance(body, list):  # the head alone
                texts = [file.moved(child, file.indent(node)) for child in body]
                if None not in texts:
                    yield (*around, b"".join(text for text in texts if text))


def _move(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    node, block = statement.node, statement.block
    if not isinstance(node, ast.stmt) or (around := file.whole(node)) is None:
        return
    at, indent = statement.at, file.indent(node)
    own = file.data[slice(*around)]
    for place, other in enumerate(block):
        if place > at and (there := file.whole(other)) is not None:
            yield around[0], there[1], file.data[around[1] : there[1]] + own
        if place < at and (there := file.whole(other)) is not None:
            yield there[0], around[1], own + file.data[there[0] : around[0]]
    for place in (at - 1, at + 1):  # into the block beside it
        inner = getattr(block[place], "body", None) if 0 <= place < len(block) else None
        if not isinstance(inner, list) or isinstance(block[place], Scope):
            continue
        target = inner[-1] if place < at else inner[0]
        text, there = file.moved(node, file.indent(target)), file.whole(target)
        if text is not None and there is not None:
            if place < at:
                yield there[1], around[1], text if there[1] == around[0] else b""
            else:
                yield around[0], there[0], file.data[around[1] : there[0]] + text
    outer = statement.parent
    if isinstance(outer, ast.stmt) and not isinstance(outer, Scope):  # out of its block
        end, text = file.span(outer)[1], file.moved(node, file.indent(outer))
        last = file.whole(block[-1])
        if text is not None and last is not None and len(block) > 1:
            if last[1] >= end:
                yield around[0], last[1], file.data[around[1] : last[1]] + text
            if (there := file.whole(outer)) is not None:
                yield there[0], around[1], text + file.data[there[0] : around[0]]
    if indent and isinstance(outer, ast.stmt):  # as an `else` of what stands before it
        before = block[at - 1] if at else None
        if isinstance(before, ast.If) and not before.orelse:
            rest = [file.moved(child, indent + b"    ") for child in block[at:]]
            stop = file.whole(block[-1])
            if None not in rest and stop is not None:
                yield around[0], stop[1], indent + b"else:\n" + b"".join(text for text in rest if text)


def _insert(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    node = statement.node
    if not isinstance(node, ast.stmt) or (around := file.whole(node)) is None:
        return
    indent = file.indent(node)
    known = source.without.statements if source.without else {}
    for text, donor in source.words.statements.items():
        if donor is not node and text not in known and (lines := file.moved(donor, indent)) is not None:
            yield around[0], around[0], lines
            yield around[1], around[1], lines


def _leave(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    node = statement.node
    if not isinstance(node, ast.stmt) or (around := file.whole(node)) is None:
        return
    indent = file.indent(node)
    words = [b"return", b"continue", b"break"]
    words += [b"return " + text for text in chain((b"True", b"False"), source.of("atoms"))]
    for text in words:
        yield around[1], around[1], indent + text + b"\n"
    if isinstance(node, ast.Expr):
        start, end = file.span(node)
        for word in (b"return ", b"yield ", b"raise "):
            yield start, start, word
        for text in source.of("atoms"):
            yield start, end, text + b" = " + file.text(node)
    if isinstance(node, ast.Return) and node.value is not None:
        yield file.replace(node, file.text(node.value))


def _guard(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    node = statement.node
    if not isinstance(node, ast.stmt) or isinstance(node, Scope) or (around := file.whole(node)) is None:
        return
    indent = file.indent(node)
    names = source.of("atoms")
    conditions = [name + b" is None" for name in names] + [b"not " + name for name in names]
    exits = list(dict.fromkeys([b"return", b"continue", *file.words_of(statement.scope).exits]))
    for condition in [*conditions, *source.of("conditions")]:
        for leave in exits:
            if b"\n" not in leave:
                text = indent + b"if " + condition + b":\n" + indent + b"    " + leave + b"\n"
                yield around[0], around[0], text


def _deeper(file: File, statement: Statement) -> tuple[tuple[int, int], bytes, bytes] | None:
    """Return a statement's whole lines, their indentation, and their text one level deeper."""
    node = statement.node
    if not isinstance(node, ast.stmt) or isinstance(node, Scope) or (around := file.whole(node)) is None:
        return None
    indent = file.indent(node)
    inner = file.moved(node, indent + b"    ")
    return None if inner is None else (around, indent, inner)


def _enclose(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    held = _deeper(file, statement)
    if held is None:
        return
    around, indent, inner = held
    names = source.of("atoms")
    conditions = [*names, *(b"not " + n for n in names), *(n + b" is not None" for n in names)]
    for condition in dict.fromkeys([*conditions, *source.of("conditions")]):
        yield (*around, indent + b"if " + condition + b":\n" + inner)


def _catch(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    held = _deeper(file, statement)
    if held is None:
        return
    around, indent, inner = held
    for kind in source.of("handlers"):
        for leave in [b"pass", *source.of("exits")]:
            if b"\n" not in leave:
                handler = indent + b"except " + kind + b":\n" + indent + b"    " + leave + b"\n"
                yield (*around, indent + b"try:\n" + inner + handler)


def _wrap(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    functions = _functions(statement)
    for node in _expressions(statement):
        if not isinstance(node, ast.expr) or id(node) in functions or isinstance(node, ast.Starred):
            continue
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            continue
        start, end = file.span(node)
        for function in source.of("wrappers"):
            yield start, end, function + b"(" + file.text(node) + b")"
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            for tail in source.of("tails"):
                yield end, end, tail


def _nudge(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    functions = _functions(statement)
    for node in _expressions(statement):
        match node:
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) | ast.Call() if (
                id(node) not in functions
            ):
                text = file.text(node)
                for new in (b"(%b + 1)", b"(%b - 1)", b"(-%b)", b"(not %b)"):
                    yield file.replace(node, new % text)


def _simplify(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    for node in _expressions(statement):
        parts: list[ast.expr] = []
        match node:
            case ast.Call(func=function, args=args):
                parts = [*args, *([function.value] if isinstance(function, ast.Attribute) else [])]
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.IfExp(body=body, orelse=orelse):
                parts = [body, orelse]
            case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Await(value=value):
                parts = [value]
            case ast.UnaryOp(operand=operand):
                parts = [operand]
        for part in parts:
            if not isinstance(part, ast.Starred):
                yield file.replace(node, b"(" + file.text(part) + b")")
        items = _items(node)
        for number, item in enumerate(items):
            start, end = file.span(item)
            if number + 1 < len(items):
                yield start, file.span(items[number + 1])[0], b""
            elif number:
                yield file.span(items[number - 1])[1], end, b""
            else:
                yield start, end, b""


def _swap(file: File, statement: Statement, _: _Source) -> Iterator[Splice]:
    for node in _expressions(statement):
        pairs: Iterable[tuple[ast.AST, ast.AST]] = combinations(_items(node), 2)
        match node:
            case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
                pairs = [(left, right)]
            case ast.IfExp(body=body, orelse=orelse):
                pairs = [(body, orelse)]
        for one, other in pairs:
            (start, stop), (begin, end) = file.span(one), file.span(other)
            yield start, end, file.text(other) + file.data[stop:begin] + file.text(one)


def _argument(file: File, statement: Statement, source: _Source) -> Iterator[Splice]:
    for node in _expressions(statement):
        items = _items(node)
        match node:
            case ast.Call():
                texts = [*source.of("atoms"), *source.of("keywords")]
                end = file.span(node)[1] - 1
            case ast.List() | ast.Set() | ast.Tuple():
                texts = [*source.of("atoms"), *(text for _, text in source.words.constants)]
                end = file.span(node)[1] - (file.data[file.span(node)[1] - 1 :][:1] in b")]}")
            case ast.Dict():
                texts = source.of("entries")
                end = file.span(node)[1] - 1
            case _:
                continue
        for text in texts:
            for item in items:
                start = file.span(item)[0]
                yield start, start, text + b", "
            last = file.span(items[-1])[1] if items else end
            yield last, last, (b", " if items else b"") + text


TEMPLATES: tuple[Template, ...] = (
    Template("token", 1, _token, "function"),
    Template("operator", 1, _operator),
    Template("constant", 1, _constant),
    Template("condition", 1, _condition),
    Template("delete", 1, _delete),
    Template("simplify", 1, _simplify),
    Template("swap", 1, _swap),
    Template("move", 2, _move),
    Template("expression", 2, _role, "function"),
    Template("insert", 2, _insert, "function"),
    Template("argument", 2, _argument, "function"),
    Template("connective", 2, _connective, "function"),
    Template("wrap", 2, _wrap, "function"),
    Template("leave", 2, _leave, "function"),
    Template("nudge", 3, _nudge),
    Template("enclose", 3, _enclose, "function"),
    Template("guard", 3, _guard, "function"),
    Template("token from file", 3, _token, "file"),
    Template("argument from file", 4, _argument, "file"),
    Template("connective from file", 4, _connective, "file"),
    Template("expression from file", 4, _role, "file"),
    Template("insert from file", 4, _insert, "file"),
    Template("wrap from file", 4, _wrap, "file"),
    Template("enclose from file", 5, _enclose, "file"),
    Template("guard from file", 5, _guard, "file"),
    Template("catch", 5, _catch, "file"),
)
"""The cheap ones first."""


def _expressions(statement: Statement) -> list[ast.AST]:
    """Return the expressions of a statement or of its head, and the clauses of comprehensions."""
    found: list[ast.AST] = []
    todo: list[ast.AST] = [statement.node]
    while todo:
        node = todo.pop()
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case | ast.JoinedStr):
                todo.append(child)
                if isinstance(child, ast.expr | ast.comprehension):
                    found.append(child)
    return found


def _functions(statement: Statement) -> set[int]:
    return {id(node.func) for node in _expressions(statement) if isinstance(node, ast.Call)}


def _operators(node: ast.AST) -> Iterator[tuple[ast.expr, ast.AST, ast.expr]]:
    """Yield each operator with what stands before and behind it."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=rights):
            yield from zip([left, *rights[:-1]], ops, rights, strict=True)
        case ast.BinOp(left=left, op=op, right=right):
            yield left, op, right
        case ast.BoolOp(values=values, op=op):
            yield from ((before, op, after) for before, after in pairwise(values))
        case ast.AugAssign(target=target, op=op, value=value):
            yield target, op, value


def _items(node: ast.AST) -> list[ast.AST]:
    """Return the arguments of a call, or the elements of a display."""
    match node:
        case ast.Call(args=args, keywords=keywords):
            items: list[ast.expr | ast.keyword] = [*args, *keywords]
            return [*sorted(items, key=lambda item: (item.lineno, item.col_offset))]
        case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
            return list(elts)
    return []
