"""To SymPy and back, nothing evaluated on the way, so that what was written stays as it was written.

Names become real symbols: that is the convention of every problem here, and what makes ln|x| differentiable.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from .trees import BadTreeError, Tree, neg

__all__ = ["from_sympy", "symbol", "to_sympy"]

_FUNCTIONS: dict[str, Any] = {
    name: getattr(sympy, {"abs": "Abs"}.get(name, name))
    for name in "sin cos tan sec csc cot asin acos atan sinh cosh tanh exp log sqrt abs".split()  # noqa: SIM905 - a list of words
}
_RELATIONS: dict[str, Any] = {
    "=": sympy.Eq, "!=": sympy.Ne, "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge,
}  # fmt: skip
_CONSTANTS = {"pi": sympy.pi, "oo": sympy.oo}
_SIDES = {(1,): "+", (-1,): "-", (): "+-"}
_HEADS = {
    **{function: name for name, function in _FUNCTIONS.items() if name != "sqrt"},
    **{relation: name for name, relation in _RELATIONS.items()},
    sympy.Determinant: "det",
    sympy.Inverse: "inv",
    sympy.MatAdd: "+",
    sympy.MatMul: "*",
    sympy.MatPow: "^",
    sympy.Or: "or",
    sympy.And: "and",
}


@cache
def symbol(name: str) -> Any:
    """Return the SymPy symbol (or constant) that a name stands for."""
    return _CONSTANTS[name] if name in _CONSTANTS else sympy.Symbol(name, real=True)


def to_sympy(tree: Tree, *, evaluate: bool = False) -> Any:
    """Return the SymPy object of a tree.

    Args:
        tree: any well-formed tree.
        evaluate: let SymPy reorder and merge while building; otherwise it is as written.
    """
    if type(tree) is int:
        return sympy.Integer(tree)
    if type(tree) is str:
        return symbol(tree)
    assert type(tree) is tuple
    head = tree[0]
    if head in {"int", "diff"}:
        kind = sympy.Integral if head == "int" else sympy.Derivative
        bounds = [to_sympy(bound, evaluate=evaluate) for bound in tree[3:]]
        by = (symbol(tree[2]), *bounds) if bounds else symbol(tree[2])
        return kind(to_sympy(tree[1], evaluate=evaluate), by)
    if head == "lim":
        inside, to = (to_sympy(part, evaluate=evaluate) for part in (tree[1], tree[3]))
        side = "+" if to.is_infinite else _SIDES[tree[4:]]
        return sympy.Limit(inside, symbol(tree[2]), to, side)
    if head == "fn":
        return sympy.Function(tree[1])(to_sympy(tree[2], evaluate=evaluate))
    if head == "subs":
        return sympy.Subs(
            to_sympy(tree[1], evaluate=evaluate), symbol(tree[2]), to_sympy(tree[3], evaluate=evaluate)
        )
    if head == "sum":
        low, high = (to_sympy(bound, evaluate=evaluate) for bound in tree[3:])
        return sympy.Sum(to_sympy(tree[1], evaluate=evaluate), (symbol(tree[2]), low, high))
    if head == "matrix":
        return sympy.ImmutableMatrix([[to_sympy(a, evaluate=evaluate) for a in row[1:]] for row in tree[1:]])
    parts = [to_sympy(part, evaluate=evaluate) for part in tree[1:]]
    if head in {"det", "inv"} or any(isinstance(part, _MATRICES) for part in parts):
        return _of_matrices(head, parts)
    if head == "+":
        return sympy.Add(*parts, evaluate=evaluate)
    if head == "*":
        return sympy.Mul(*parts, evaluate=evaluate)
    if head == "/":
        inverse = sympy.Pow(parts[1], sympy.Integer(-1), evaluate=evaluate)
        return sympy.Mul(parts[0], inverse, evaluate=evaluate)
    if head == "^":
        return sympy.Pow(*parts, evaluate=evaluate)
    if head == "neg" and tree[1] == "oo":
        return -sympy.oo
    if head == "neg":
        return sympy.Mul(sympy.Integer(-1), parts[0], evaluate=evaluate)
    if head == "sqrt":
        return sympy.Pow(parts[0], sympy.Rational(1, 2), evaluate=evaluate)
    if head in {"or", "and"}:
        return (sympy.Or if head == "or" else sympy.And)(*parts, evaluate=evaluate)
    if head in _RELATIONS:
        return _RELATIONS[head](*parts, evaluate=evaluate)
    return _FUNCTIONS[head](parts[0], evaluate=evaluate)


_MATRICES = (sympy.MatrixBase, sympy.MatrixExpr)


def _of_matrices(head: str, parts: list[Any]) -> Any:
    """Return an expression of matrices, which SymPy keeps as written."""
    if head == "neg":
        return sympy.MatMul(sympy.Integer(-1), parts[0])
    if head == "/":
        return sympy.MatMul(sympy.Pow(parts[1], -1), parts[0])
    known = {"+": sympy.MatAdd, "*": sympy.MatMul, "^": sympy.MatPow}
    return (known | {"det": sympy.Determinant, "inv": sympy.Inverse})[head](*parts)


def from_sympy(value: Any) -> Tree:
    """Return the tree of a SymPy object: for what `to_sympy` made, one of the same value and structure.

    Raises:
        BadTreeError: trees have no word for something in it.
    """
    if value.is_Integer:
        return int(value)
    if value.is_Rational:
        return (
            ("/", int(value.p), int(value.q)) if value.p > 0 else ("neg", ("/", -int(value.p), int(value.q)))
        )
    if value is sympy.pi:
        return "pi"
    if value in {sympy.oo, -sympy.oo}:
        return "oo" if value == sympy.oo else ("neg", "oo")
    if value is sympy.E:
        return ("exp", 1)
    if value.is_Symbol:
        return str(value.name)
    if value.is_Add:
        return ("+", *map(from_sympy, value.args))
    if value.is_Mul:
        return _product(value.args)
    if value.is_Pow and value.exp == sympy.Rational(1, 2):
        return ("sqrt", from_sympy(value.base))
    if value.is_Pow:
        if value.exp.is_Integer and value.exp < 0:
            return ("/", 1, from_sympy(sympy.Pow(value.base, -value.exp, evaluate=False)))
        return ("^", from_sympy(value.base), from_sympy(value.exp))
    if isinstance(value, sympy.Integral) and len(value.limits) == 1 and len(value.limits[0]) != 2:
        return ("int", from_sympy(value.function), *map(from_sympy, value.limits[0]))
    if isinstance(value, sympy.Derivative) and len(set(value.variables)) == 1:
        inner = from_sympy(value.expr)
        for by in value.variables:
            inner = ("diff", inner, from_sympy(by))
        return inner
    if isinstance(value, sympy.Limit):
        inside, by, to, side = value.args
        return ("lim", from_sympy(inside), from_sympy(by), from_sympy(to), *_side(to, str(side)))
    if isinstance(value, AppliedUndef):
        return ("fn", str(value.func), from_sympy(value.args[0]))
    if isinstance(value, sympy.Subs) and len(value.variables) == 1:
        return ("subs", from_sympy(value.expr), from_sympy(value.variables[0]), from_sympy(value.point[0]))
    if isinstance(value, sympy.Sum) and len(value.limits) == 1:
        return ("sum", from_sympy(value.function), *map(from_sympy, value.limits[0]))
    if isinstance(value, sympy.MatrixBase):
        return ("matrix", *[("row", *map(from_sympy, row)) for row in value.tolist()])
    head = _HEADS.get(value.func)
    if head is None:
        raise BadTreeError(f"no tree is known for SymPy's {value.func.__name__} in {value}")
    return (head, *map(from_sympy, value.args))


def _side(to: Any, side: str) -> tuple[int, ...]:
    return () if to.is_infinite or side == "+-" else (1 if side == "+" else -1,)


def _product(arguments: tuple[Any, ...]) -> Tree:
    above: list[Tree] = []
    below: list[Tree] = []
    for argument in arguments:
        if argument.is_Pow and argument.exp.is_Integer and argument.exp < 0:
            base = from_sympy(argument.base)
            below.append(base if argument.exp == -1 else ("^", base, -int(argument.exp)))
        else:
            above.append(from_sympy(argument))
    negative = bool(above) and above[0] == -1 and len(above) > 1
    numerator = _times(above[1:] if negative else above)
    whole: Tree = ("/", numerator, _times(below)) if below else numerator
    return neg(whole) if negative else whole


def _times(factors: list[Tree]) -> Tree:
    if len(factors) < 2:
        return factors[0] if factors else 1
    return ("*", *factors)
