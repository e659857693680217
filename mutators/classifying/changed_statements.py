"""Which family a change of statements belongs to."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rpsdg.mutators.families import Family

from .changed_expressions import PRESENCE, family_of_fields, family_of_nodes
from .treediff import Place, align, beyond, children, differing, path_to, same, same_lists

__all__ = ["family_of_blocks"]

_MOST_LINES = 200

_ASYNC = ({"FunctionDef", "AsyncFunctionDef"}, {"For", "AsyncFor"}, {"With", "AsyncWith"})
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def family_of_blocks(xs: Sequence[ast.stmt], ys: Sequence[ast.stmt], place: Place) -> Family:
    """Return the family of two blocks of statements that differ.

    Args:
        xs: the block in the one version.
        ys: in the other.
        place: the field that holds them; none for the statements of a module.
    """
    if (not xs or not ys) and place.slot in PRESENCE:
        return PRESENCE[place.slot]
    runs = align(xs, ys)
    old = [node for run, _ in runs for node in run]
    new = [node for _, run in runs for node in run]
    if len(runs) > 1:
        return _rearranged(old, new, place, Family.REWRITES)
    for some, others in ((old, new), (new, old)):
        if others and all(isinstance(node, ast.Pass) for node in some):
            return _together(_presence(node, place) for node in others)
    if len(old) != len(new):
        return _rearranged(old, new, place, Family.REWRITES)
    if len(old) == 1:
        return _statement(old[0], new[0], place)
    families = {_statement(x, y, place) for x, y in zip(old, new, strict=True)}
    is_one_place = len(families) == 1 and not any(map(_is_compound, old))
    return _rearranged(old, new, place, families.pop() if is_one_place else Family.REWRITES)


def _presence(node: ast.AST, place: Place) -> Family:
    """Return what it means that a statement is there or not."""
    match node:
        case ast.If() | ast.Match() | ast.match_case():
            return Family.BRANCHES
        case ast.Return() | ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            return Family.RETURNS
        case ast.Try() | ast.TryStar() | ast.ExceptHandler() | ast.Raise():
            return Family.EXCEPTIONS
        case ast.With() | ast.AsyncWith():
            return Family.CONTEXTS
        case ast.Assign() | ast.AnnAssign() if place.slot == "ClassDef.body":
            return Family.DEFINITIONS
        case _:
            return Family.DEFINITIONS if isinstance(node, _DEFINITIONS) else Family.STATEMENTS


def _together(parts: Iterable[Family]) -> Family:
    """Return the family of several statements at once.

    Plain ones only prepare the others, and a branch is there for what it leads to.
    """
    families = set(parts)
    if len(families) > 1:
        families.discard(Family.STATEMENTS)
    if Family.BRANCHES in families:
        families -= {Family.RETURNS, Family.EXCEPTIONS}
    if Family.EXCEPTIONS in families:
        families.discard(Family.RETURNS)
    return families.pop() if len(families) == 1 else Family.REWRITES


# --- one statement in place of another


def _nodes(one: Any, other: Any, place: Place) -> Family:
    """Decide about what stands in a field of a statement."""
    if isinstance(one, list) and any(isinstance(node, ast.stmt) for node in [*one, *other]):
        return family_of_blocks(one, other, place)
    return family_of_nodes(one, other, place, _nodes)


def _statement(one: ast.stmt, other: ast.stmt, place: Place) -> Family:
    if type(one) is not type(other):
        return _rearranged([one], [other], place, _another_statement(one, other, place))
    match one, other:
        case ast.If(), ast.If():
            if path_to(one, other) or path_to(other, one):
                return Family.BRANCHES  # a branch before or after it
            if same_lists(one.body, other.orelse) and same_lists(one.orelse, other.body):
                return Family.BRANCHES if same(one.test, other.test) else Family.CONDITIONS
        case ast.Raise(exc=ast.Call() as call), ast.Raise(exc=ast.Call() as another):
            if not same(call.func, another.func) or not same(one.cause, other.cause):
                return Family.EXCEPTIONS
        case ast.Raise(), ast.Raise():
            return Family.EXCEPTIONS
        case ast.AugAssign(), ast.AugAssign() if not same(one.op, other.op):
            return Family.OPERATORS
        case _:
            pass
    if len(differing(one, other)) > 1 and _is_compound(one):
        return _rearranged([one], [other], place, Family.REWRITES)
    return family_of_fields(one, other, place, _nodes)


def _another_statement(one: ast.stmt, other: ast.stmt, place: Place) -> Family:
    """Return the family of two statements of different classes."""
    for some, another in ((one, other), (other, one)):
        match some, another:
            case ast.AugAssign(value=value), ast.Assign(value=same_value) if same(value, same_value):
                return Family.OPERATORS  # `=` for `+=`
    classes = {type(one).__name__, type(other).__name__}
    if classes in _ASYNC:
        return Family.CONTEXTS
    if classes == {"If", "While"}:
        return Family.BRANCHES
    families = {_presence(one, place), _presence(other, place)}
    if _is_compound(one) or _is_compound(other):
        return Family.REWRITES
    preferred = (Family.EXCEPTIONS, Family.RETURNS, Family.DEFINITIONS)
    return next((family for family in preferred if family in families), Family.STATEMENTS)


def _is_compound(node: ast.AST) -> bool:
    return any(hasattr(node, name) for name in ("body", "cases"))


# --- statements that were moved, or put under others


_Around = tuple[tuple[Family, list[Any]], ...]


class _Line(NamedTuple):
    """A statement without those inside it."""

    family: Family
    """What it means that it is there."""
    text: list[Any]
    """The statement, or of a compound one its class and header."""
    around: _Around
    """What it stands in, from the outside: the same of each."""

    @property
    def families(self) -> Counter[Family]:
        """What it means to stand in all that."""
        return Counter(family for family, _ in self.around)


def _rearranged(old: Sequence[ast.stmt], new: Sequence[ast.stmt], place: Place, otherwise: Family) -> Family:
    """Return the family of statements that were moved, or put under others; `otherwise` if it is neither."""
    before = [line for node in old for line in _lines(node, place)]
    after = [line for node in new for line in _lines(node, place)]
    if max(len(before), len(after)) > _MOST_LINES:
        return otherwise
    gone, come = _left(before, after), _left(after, before)
    if gone and come:
        return otherwise
    if gone or come:
        extra = gone or come
        if len(extra) == max(len(before), len(after)):
            return otherwise
        under = [id(line.text) for line in extra]  # what stands in something new needs no mention
        return _together(
            line.family for line in extra if not any(id(text) in under for _, text in line.around)
        )
    moves = [
        (line.family, (now - then) + (then - now))
        for line, there in zip(before, _in_the_order_of(before, after), strict=True)
        for then, now in [(line.families, there.families)]
        if [family for family, _ in line.around] != [family for family, _ in there.around]
    ]
    if moves:
        into = _together(family for _, families in moves for family in families or [Family.BRANCHES])
        is_exit = any(family is Family.RETURNS for family, _ in moves)
        return Family.RETURNS if is_exit and into not in {Family.EXCEPTIONS, Family.CONTEXTS} else into
    kinds = {line.family for line in before}
    if Family.RETURNS in kinds:
        return Family.RETURNS
    return kinds.pop() if len(kinds) == 1 else Family.STATEMENTS


def _left(lines: list[_Line], others: list[_Line]) -> list[_Line]:
    texts = beyond([line.text for line in lines], [line.text for line in others])
    return [line for line in lines if any(line.text is text for text in texts)]


def _in_the_order_of(lines: list[_Line], others: list[_Line]) -> Iterator[_Line]:
    """Yield for each of some lines the equal one of the others, each once."""
    left = list(others)
    for line in lines:
        at = next(i for i, there in enumerate(left) if same(there.text, line.text))
        yield left.pop(at)


def _lines(node: ast.AST, place: Place, around: _Around = ()) -> Iterator[_Line]:
    """Yield a statement and those inside it, from top to bottom."""
    family = _presence(node, place)
    if not _is_compound(node):
        if not isinstance(node, ast.Pass):
            yield _Line(family, [node], around)
        return
    fields: dict[str, Any] = dict(children(node))
    blocks = {name: fields.pop(name) for name in _BLOCKS if name in fields}
    line = _Line(family, [type(node).__name__, *fields.values()], around)
    yield line
    for name, block in blocks.items():
        inside = (*around, (family, line.text))
        if name in {"orelse", "finalbody"} and block:
            is_elif = isinstance(node, ast.If) and len(block) == 1 and isinstance(block[0], ast.If)
            slot = place.down(node, name).slot
            other = _Line(PRESENCE[slot], [slot], around)
            inside = (*inside, (other.family, other.text))
            if not is_elif:  # else it is the line of the `if` in it
                yield other
        for child in block:
            yield from _lines(child, place.down(node, name), inside)


_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
