"""Reading trees from text in SymPy's notation, without evaluating anything."""

from __future__ import annotations

import ast

from .text import INFINITE
from .trees import FUNCTIONS, BadTreeError, Tree, mul, neg

__all__ = ["read"]

_LONGEST = 4000
_OPERATIONS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "+", ast.Mult: "*", ast.Div: "/", ast.Pow: "^",
}  # fmt: skip
_CALLS = {
    "Abs": ("abs", 1), "Integral": ("int", 2), "Derivative": ("diff", 2), "Limit": ("lim", None),
    "y": ("fn", 1), "Subs": ("subs", 3), "Or": ("or", None), "And": ("and", None),
    "Eq": ("=", 2), "Ne": ("!=", 2), "Lt": ("<", 2), "Le": ("<=", 2), "Gt": (">", 2), "Ge": (">=", 2),
    **{name: (name, 1) for name in FUNCTIONS},
}  # fmt: skip


def read(text: str) -> Tree:
    """Return the tree that a text in SymPy's notation stands for, as written.

    Only Python's parser looks at the text, and only numbers, names, arithmetic and known functions are let
    through; nothing in it is ever run.

    >>> read("3*x**2 - 1")
    ('+', ('*', 3, ('^', 'x', 2)), -1)

    Raises:
        BadTreeError: the text is no such expression; says what was found instead.
    """
    if len(text) > _LONGEST:
        raise BadTreeError(f"an expression of at most {_LONGEST} characters was expected, not of {len(text)}")
    try:
        return _tree(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadTreeError(f"an expression was expected, not {text[:80]!r}: {error}") from error


def _tree(node: ast.expr) -> Tree:
    match node:
        case ast.Constant(value=int() as number) if type(number) is int:
            return number
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return neg(_tree(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            sign = _OPERATIONS[type(op)]
            first, second = _tree(left), _tree(right)
            if isinstance(op, ast.Sub):
                second = neg(second)
            if sign == "*" and type(first) is tuple and first[0] == "neg":
                return neg(mul(first[1], second))
            if sign in "+*" and type(first) is tuple and first[0] == sign:
                return (*first, second)
            return (sign, first, second)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _CALLS:
            head, arity = _CALLS[name]
            match name, arguments:
                case "Integral", [inside, ast.Tuple(elts=[ast.Name(id=by), low, high])]:
                    return (head, _tree(inside), by, _tree(low), _tree(high))
                case "Limit", [inside, ast.Name(id=by), to, *side]:
                    return (head, _tree(inside), by, *_limit(_tree(to), side))
                case "Limit", _:
                    raise BadTreeError("Limit takes an expression, a name, where it goes and a direction")
                case "y", [argument]:
                    return (head, "y", _tree(argument))
            if arity is not None and len(arguments) != arity:
                raise BadTreeError(f"{name} takes {arity} arguments, not {len(arguments)}")
            return (head, *map(_tree, arguments))
    raise BadTreeError(f"no expression is written `{ast.unparse(node)[:80]}`")


def _limit(to: Tree, side: list[ast.expr]) -> tuple[Tree, ...]:
    """Return where a limit goes, and 1 or -1 if from one side; SymPy's are from above by default."""
    said = ast.unparse(side[0]).strip("'") if side else "+"
    if len(side) > 1 or said not in _SIDES:
        raise BadTreeError("the direction of a limit is '+', '-' or '+-'")
    return (to,) if to in INFINITE or said == "+-" else (to, _SIDES[said])


_SIDES = {"+": 1, "-": -1, "+-": 0}
