"""Which family a change inside one expression belongs to."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from rpsdg.mutators.families import Family

from .treediff import Place, Step, differing, path_to, same, same_in_another_order, same_lists

__all__ = ["PRESENCE", "Rule", "family_of_expressions", "family_of_fields", "family_of_nodes"]

Rule = Callable[[Any, Any, Place], Family]
"""Decides about two things that differ and stand in the same place."""


def _by_slot(slots: Mapping[Family, str]) -> dict[str, Family]:
    return {slot: family for family, names in slots.items() for slot in names.split()}


PRESENCE = _by_slot(
    {
        Family.BRANCHES: "If.orelse For.orelse AsyncFor.orelse While.orelse Match.cases",
        Family.CLAUSES: "comprehension.ifs match_case.guard",
        Family.ARGUMENTS: "Call.args Call.keywords keyword.arg",
        Family.MEMBERS: "Attribute.attr",
        Family.ELEMENTS: "List.elts Tuple.elts Set.elts",
        Family.LITERALS: "Constant.value JoinedStr.values FormattedValue.conversion Assert.msg "
        "Slice.lower Slice.upper Slice.step",
        Family.RETURNS: "Return.value Yield.value",
        Family.EXCEPTIONS: "Raise.exc ExceptHandler.name Try.handlers Try.orelse Try.finalbody "
        "TryStar.handlers TryStar.orelse TryStar.finalbody",
        Family.STATEMENTS: "Assign.targets AnnAssign.value Delete.targets Global.names Nonlocal.names",
        Family.CONTEXTS: "With.items AsyncWith.items withitem.optional_vars comprehension.is_async",
    }
)
"""What it means that something is there or not, or, if it is no node, that it is another."""

_WHOLE = _by_slot(
    {
        Family.ARGUMENTS: "FunctionDef.args AsyncFunctionDef.args Lambda.args",
        Family.LITERALS: "FormattedValue.format_spec",
        Family.EXCEPTIONS: "ExceptHandler.type Raise.cause",
        Family.DEFINITIONS: "FunctionDef.name FunctionDef.decorator_list FunctionDef.returns "
        "AsyncFunctionDef.name AsyncFunctionDef.decorator_list AsyncFunctionDef.returns "
        "ClassDef.name ClassDef.bases ClassDef.keywords ClassDef.decorator_list "
        "Import.names ImportFrom.module ImportFrom.names ImportFrom.level AnnAssign.annotation",
    }
)
"""What every change there means, however deep inside it is."""

_PURPOSE = _by_slot(
    {
        Family.BRANCHES: "IfExp.body IfExp.orelse",
        Family.CLAUSES: "BoolOp.values",
        Family.CONDITIONS: "Compare.left Compare.comparators",
        Family.ARGUMENTS: "Call.args keyword.value",
        Family.NAMES: "BinOp.left BinOp.right Subscript.slice",
        Family.MEMBERS: "Call.func Attribute.value",
        Family.ELEMENTS: "List.elts Tuple.elts Set.elts Dict.keys Dict.values",
        Family.RETURNS: "Return.value Yield.value YieldFrom.value",
        Family.EXCEPTIONS: "Raise.exc",
        Family.CONTEXTS: "withitem.context_expr",
    }
)
"""What an expression is for: decides where it was replaced by an altogether different one."""


def family_of_nodes(one: Any, other: Any, place: Place, rule: Rule | None = None) -> Family:
    """Return the family of two values of one field that differ: nodes, lists of nodes, or plain values.

    Args:
        one: the value in the one version.
        other: in the other.
        place: the field.
        rule: decides about the nodes inside; without it, they are those of an expression.
    """
    if place.slot in _WHOLE:
        return _WHOLE[place.slot]
    if isinstance(one, list) and isinstance(other, list):
        return _family_of_lists(one, other, place, rule or family_of_nodes)
    if isinstance(one, ast.expr) and isinstance(other, ast.expr):
        return family_of_expressions(one, other, place)
    if isinstance(one, ast.AST) and type(one) is type(other):
        return family_of_fields(one, other, place, rule or family_of_nodes)
    if isinstance(one, ast.pattern) or isinstance(other, ast.pattern):
        return Family.BRANCHES
    return PRESENCE.get(place.slot, Family.REWRITES)


def family_of_fields(one: ast.AST, other: ast.AST, place: Place, rule: Rule) -> Family:
    """Return the family of two nodes of one class, from the fields in which they differ."""
    kinds = {
        rule(getattr(one, name), getattr(other, name), place.down(one, name))
        for name in differing(one, other)
    }
    return kinds.pop() if len(kinds) == 1 else _purpose(place)


def _family_of_lists(xs: list[Any], ys: list[Any], place: Place, rule: Rule) -> Family:
    """Return the family of two lists that differ: of entries, operands, handlers, cases."""
    default = PRESENCE.get(place.slot, _purpose(place))
    if len(xs) != len(ys) or same_in_another_order(xs, ys):
        return default
    kinds = {rule(x, y, place) for x, y in zip(xs, ys, strict=True) if not same(x, y)}
    return kinds.pop() if len(kinds) == 1 else default


def _purpose(place: Place) -> Family:
    return Family.CONDITIONS if place.is_condition else _PURPOSE.get(place.slot, Family.REWRITES)


# --- one expression in place of another


def family_of_expressions(one: ast.expr, other: ast.expr, place: Place) -> Family:
    """Return the family of two expressions that differ and stand in the same place."""
    for inner, outer in ((one, other), (other, one)):
        path = path_to(inner, outer)
        if path is not None and (kind := _wrapped(inner, path, place)) is not None:
            return kind
    if type(one) is not type(other):
        return _replaced(one, other, place)
    rule = _SAME_CLASS.get(type(one))
    if rule is None:
        return family_of_fields(one, other, place, family_of_nodes)
    return rule(one, other, place)


def _wrapped(inner: ast.expr, path: list[Step], place: Place) -> Family | None:
    """Return what it means to put an expression into another one; None if it only occurs there, too."""
    wrapper, field = path[0]
    if isinstance(inner, ast.Constant) and (
        len(path) > 1 or isinstance(wrapper, ast.Subscript | ast.Compare | ast.Slice)
    ):
        return None
    match wrapper:
        case ast.Await():
            return Family.CONTEXTS
        case ast.UnaryOp(op=op):
            if isinstance(op, ast.Not):
                return Family.CONDITIONS
            return Family.OPERATORS
        case ast.BoolOp():
            return _clause(wrapper, place)
        case ast.IfExp():
            return Family.BRANCHES
        case ast.Compare():
            return Family.CONDITIONS
        case ast.BinOp(left=left, right=right):
            return Family.LITERALS if _is_literal(right if field == "left" else left) else Family.OPERATORS
        case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            return Family.ELEMENTS
        case ast.Starred():
            return PRESENCE.get(place.slot, Family.ELEMENTS)
        case ast.Yield() | ast.YieldFrom():
            return Family.RETURNS
        case ast.Call(func=ast.Name("isinstance" | "issubclass" | "callable" | "hasattr")) if field == "args":
            return Family.CONDITIONS
        case ast.NamedExpr():
            return Family.STATEMENTS
        case ast.Slice():
            return None
        case _:
            return Family.CALLS


def _clause(chain: ast.BoolOp, place: Place) -> Family:
    """Tell `x or default` from conditions."""
    is_fallback = isinstance(chain.op, ast.Or) and not place.is_condition
    return Family.BRANCHES if is_fallback and not any(map(_is_boolean, chain.values)) else Family.CLAUSES


def _replaced(one: ast.expr, other: ast.expr, place: Place) -> Family:
    """Return the kind of two expressions of different classes, neither of which holds the other."""
    pair = (one, other)
    if all(map(_is_literal, pair)):
        return Family.LITERALS
    if all(isinstance(x, ast.ListComp | ast.SetComp | ast.GeneratorExp) for x in pair):
        return Family.CALLS  # another type of collection, as `list(...)` around it would make
    if all(isinstance(x, ast.List | ast.Tuple | ast.Set) for x in pair):
        return Family.LITERALS
    if all(isinstance(x, ast.Yield | ast.YieldFrom) for x in pair):
        return Family.RETURNS
    if any(isinstance(x, ast.Slice) for x in pair):
        return (
            Family.LITERALS if all(_is_literal(x) or isinstance(x, ast.Slice) for x in pair) else Family.NAMES
        )
    if all(isinstance(x, ast.Name | ast.Attribute) for x in pair):
        return _name(one, other, place)
    if _share_an_object(one, other):
        return Family.CALLS
    if any(map(_is_boolean, pair)) and (
        place.is_condition or all(map(_is_boolean, pair)) or place.slot == "Return.value"
    ):
        return Family.CONDITIONS
    purpose = _purpose(place)
    if all(isinstance(x, ast.Name | ast.Attribute) or _is_literal(x) for x in pair) and (
        purpose is Family.REWRITES or place.slot.startswith("Compare.")
    ):
        return Family.NAMES
    return purpose


def _share_an_object(one: ast.expr, other: ast.expr) -> bool:
    """Say whether both ask the same object, in different ways: `d[k]` and `d.get(k)`."""
    return any(same(x, y) for x in _objects(one) for y in _objects(other))


def _objects(node: ast.expr) -> list[ast.expr]:
    found: list[ast.expr] = []
    while True:
        match node:
            case ast.Call(func=around) | ast.Attribute(value=around) | ast.Subscript(value=around):
                node = around
            case ast.Name("self" | "cls"):
                return found
            case _:
                return [*found, node]
        if not isinstance(node, ast.Name):
            found.append(node)


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_boolean(node: ast.AST) -> bool:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return any(map(_is_boolean, values))
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)):
            return (
                re.match(r"_*(is|has|can|should|any$|all$|callable$|startswith$|endswith$)", name) is not None
            )
        case _:
            return False


def _is_literal(node: ast.AST) -> bool:
    match node:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case _:
            return False


def _name(_one: ast.expr, _other: ast.expr, place: Place) -> Family:
    if place.slot == "Return.value":
        return Family.RETURNS
    return Family.MEMBERS if place.is_called or place.is_receiver else Family.NAMES


def _attribute(one: ast.Attribute, other: ast.Attribute, place: Place) -> Family:
    if same(one.value, other.value) or one.attr != other.attr:
        return Family.MEMBERS
    return family_of_expressions(one.value, other.value, place.down(one, "value"))


def _call(one: ast.Call, other: ast.Call, place: Place) -> Family:
    if not same(one.func, other.func):
        if same_lists(one.args, other.args) and same_lists(one.keywords, other.keywords):
            return family_of_expressions(one.func, other.func, place.down(one, "func"))
        return family_of_fields(one, other, place, family_of_nodes)
    match one.func:
        case ast.Name("isinstance" | "issubclass") if same_lists(one.args[:1], other.args[:1]):
            return Family.CONDITIONS
    names = [[keyword.arg for keyword in call.keywords] for call in (one, other)]
    if len(one.args) != len(other.args) or names[0] != names[1]:
        return Family.ARGUMENTS
    pairs = [
        (x, y, place.down(*step))
        for x, y, step in (
            *((x, y, (one, "args")) for x, y in zip(one.args, other.args, strict=True)),
            *((x.value, y.value, (x, "value")) for x, y in zip(one.keywords, other.keywords, strict=True)),
        )
        if not same(x, y)
    ]
    if len(pairs) > 1 and same_in_another_order([x for x, _, _ in pairs], [y for _, y, _ in pairs]):
        return Family.ARGUMENTS
    kinds = {family_of_expressions(*pair) for pair in pairs}
    return kinds.pop() if len(kinds) == 1 else Family.ARGUMENTS


def _compare(one: ast.Compare, other: ast.Compare, place: Place) -> Family:
    left, right = [one.left, *one.comparators], [other.left, *other.comparators]
    pairs = [(i, x, y) for i, (x, y) in enumerate(zip(left, right, strict=False)) if not same(x, y)]
    if not same_lists(one.ops, other.ops) or len(pairs) > 1:
        return Family.CONDITIONS
    ((index, x, y),) = pairs
    if index and isinstance(one.ops[index - 1], ast.Is | ast.IsNot):
        return Family.CONDITIONS
    return family_of_expressions(x, y, place.down(one, "comparators" if index else "left"))


def _bool_op(one: ast.BoolOp, other: ast.BoolOp, place: Place) -> Family:
    if not same(one.op, other.op) or same_in_another_order(one.values, other.values):
        return Family.CLAUSES
    if len(one.values) != len(other.values):
        return _clause(max(one, other, key=lambda chain: len(chain.values)), place)
    return _family_of_lists(one.values, other.values, place.down(one, "values"), family_of_nodes)


def _unary_op(one: ast.UnaryOp, other: ast.UnaryOp, place: Place) -> Family:
    if same(one.op, other.op):
        return family_of_expressions(one.operand, other.operand, place.down(one, "operand"))
    return Family.CONDITIONS if _is_not(one) or _is_not(other) else Family.OPERATORS


def _bin_op(one: ast.BinOp, other: ast.BinOp, place: Place) -> Family:
    if not same(one.op, other.op) or same_in_another_order([one.left, one.right], [other.left, other.right]):
        return Family.OPERATORS
    return family_of_fields(one, other, place, family_of_nodes)


def _if_exp(one: ast.IfExp, other: ast.IfExp, place: Place) -> Family:
    swapped = len(differing(one, other)) > 1
    return Family.BRANCHES if swapped else family_of_fields(one, other, place, family_of_nodes)


def _dict(one: ast.Dict, other: ast.Dict, place: Place) -> Family:
    if len(one.keys) != len(other.keys) or same_in_another_order(one.values, other.values):
        return Family.ELEMENTS
    pairs = [
        (x, y, place.down(one, field))
        for field in ("keys", "values")
        for x, y in zip(getattr(one, field), getattr(other, field), strict=True)
        if not same(x, y)
    ]
    kinds = {family_of_nodes(*pair) for pair in pairs}
    return kinds.pop() if len(kinds) == 1 else Family.ELEMENTS


def _joined(one: ast.JoinedStr, other: ast.JoinedStr, place: Place) -> Family:
    if len(one.values) != len(other.values):
        return Family.LITERALS
    return _family_of_lists(one.values, other.values, place.down(one, "values"), family_of_nodes)


_SAME_CLASS: dict[type[ast.expr], Rule] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.BinOp: _bin_op,
    ast.IfExp: _if_exp,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
}
