"""Reading trees from text in SymPy's notation, without evaluating anything."""

from __future__ import annotations

import ast

from .memory import Memory
from .text import INFINITE, sympy_text
from .trees import FUNCTIONS, RELATIONS, BadTreeError, Tree, mul, neg

__all__ = ["read", "reads_back"]

_LONGEST = 4000
_OPERATIONS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "+", ast.Mult: "*", ast.Div: "/", ast.Pow: "^",
}  # fmt: skip
_CALLS = {
    "Abs": ("abs", 1), "Integral": ("int", 2), "Derivative": ("diff", 2),
    "Limit": ("lim", None), "Subs": ("subs", 3), "Sum": ("sum", 2), "Determinant": ("det", 1),
    "Inverse": ("inv", 1), "Or": ("or", None), "And": ("and", None),
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
        case ast.Call(func=ast.Name(id="Matrix"), args=[ast.List(elts=rows)], keywords=[]) if rows:
            return _matrix(rows)
        case ast.Call(func=ast.Name(id="y"), args=[argument], keywords=[]):
            return ("fn", "y", _tree(argument))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _CALLS:
            head, arity = _CALLS[name]
            match name, arguments:
                case (("Integral" | "Sum"), [inside, ast.Tuple(elts=[ast.Name(id=by), low, high])]):
                    return (head, _tree(inside), by, _tree(low), _tree(high))
                case "Limit", [inside, ast.Name(id=by), to, *side]:
                    return (head, _tree(inside), by, *_limit(_tree(to), side))
                case "Limit", _:
                    raise BadTreeError("Limit takes an expression, a name, where it goes and a direction")
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


def _matrix(rows: list[ast.expr]) -> Tree:
    """Return a matrix whose rows are as long as each other."""
    found = [tuple(map(_tree, row.elts)) if isinstance(row, ast.List) else () for row in rows]
    if {len(row) for row in found} != {len(found[0])} or not found[0]:
        raise BadTreeError("a matrix is written as a list of rows of the same length")
    return ("matrix", *[("row", *row) for row in found])


def reads_back(tree: Tree) -> bool:
    """Say whether a tree is well-formed: what it is printed as is read as the same tree.

    >>> reads_back(("*", -2, "x")), reads_back(("neg", ("*", 2, "x")))
    (True, False)
    """
    text = sympy_text(tree)
    if len(text) <= _LONGEST and _surely[tree]:
        return True
    return read(text) == tree


def _no_doubt(tree: Tree) -> bool:
    """Say that a tree is well-formed by a look at its nodes; False where only reading it would tell."""
    if type(tree) is not tuple:
        return type(tree) is int or tree not in _CALLS
    head, parts = tree[0], tree[1:]
    if not all(map(_surely.__getitem__, parts)):
        return False
    first = parts[0] if parts else 0
    inside = first[0] if type(first) is tuple else None
    if head == "+":
        return len(parts) > 1 and inside != "+" and not any(_starts_oddly(part) for part in parts[1:])
    if head == "*":
        return len(parts) > 1 and inside not in {"*", "neg"} and 0 not in parts and 1 not in parts
    if head == "neg":
        return type(first) is str or inside in {"+", "/", "^"} or inside in FUNCTIONS
    if head == "int" or head == "diff":
        return type(parts[1]) is str
    if head == "lim":
        return type(parts[1]) is str and (len(parts) == 3 or parts[2] not in INFINITE)
    return head in {"/", "^", "fn", "subs", "or", "and"} or head in RELATIONS or head in FUNCTIONS


def _starts_oddly(term: Tree) -> bool:
    """Say whether a later term of a sum has a number in front whose sign might become the sum's."""
    return type(term) is tuple and term[0] == "*" and term[1] == -1


_surely = Memory(_no_doubt)
