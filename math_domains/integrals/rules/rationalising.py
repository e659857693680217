"""A substitution that takes a root of a linear term away: the root itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import Number, split, term, terms, whole
from rpsdg.math_domains.trees import Tree, add, mul, names, neg, places, power

__all__ = ["SubstituteRoot", "factors_of", "fraction_of"]


def factors_of(tree: Tree) -> tuple[Tree, ...]:
    """Return the factors of a product; one has none, and anything else is the only one."""
    if type(tree) is tuple and tree[0] == "*":
        return tree[1:]
    return () if tree == 1 else (tree,)


def fraction_of(tree: Tree) -> tuple[Number, Tree, Tree]:
    """Return the number in front, what is above the line without it, and what is below."""
    front, body = split(tree)
    match body:
        case ("/", above, below):
            number, above = split(above)
            return whole(Fraction(front) * number), above, below
    return front, body, 1


class SubstituteRoot(Working):
    """Substitute u for a root of a linear term; then the variable is a square less a number."""

    heads = frozenset({"int"})
    law = ("Integral(x*sqrt(x + 1), x)", "Subs(Integral(2*u**2*(u**2 - 1), u), u, sqrt(x + 1))")
    brief = ("Substitute $u = {_root}$.",)
    step = (
        "Substitute $u = {_root}$, so that $x = {_back}$ and $dx = 2u\\,du$: {near}.",
        "With $u = {_root}$ the root is gone: $x = {_back}$ and $dx = 2u\\,du$ give {near}.",
    )
    reason = ("Squaring $u$ gives a linear term, which can be solved for the variable.",)
    sample = (
        "Subs(Integral(2*u**2*(u**2 - 1), u), u, sqrt(x + 1))",
        "Integral(x*sqrt(x + 1), x)",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Write everything by u, twice u in front."""
        match of:
            case ("int", inside, "x"):
                root = _root_of_line(inside)
                if root is None:
                    return None
                height = root[1][2] if type(root[1]) is tuple else 0  # type: ignore[index]
                back = add(("^", "u", 2), neg(height))
                if (values.get("root", root), values.get("back", back)) != (root, back):
                    return None
                front, above, below = fraction_of(inside)
                over = _written(above, root, back)
                under = _written(below, root, back)
                if over is None or under is None:
                    return None
                # Powers of u are counted, those from the root and the one of dx.
                degree = 1 + over[0] - under[0]
                top = mul(power("u", degree), *over[1]) if degree > 0 else mul(*over[1])
                bottom = mul(power("u", -degree), *under[1]) if degree < 0 else mul(*under[1])
                shown = term(2 * front, top) if bottom == 1 else ("/", term(2 * front, top), bottom)
                return ("subs", ("int", shown, "u"), "u", root)
        return None

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Name the root, and the variable by u."""
        near = cls.work(far, {})
        if near is not None:
            root: Tree = near[3]  # type: ignore[index]
            height = root[1][2] if type(root[1]) is tuple else 0  # type: ignore[index]
            yield {"of": far, "root": root, "back": add(("^", "u", 2), neg(height))}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise the root times the variable."""
        match near:
            case ("subs", ("int", _, "u"), "u", ("sqrt", ("+", "x", int())) as root):
                of = ("int", ("*", "x", root), "x")
                if cls.work(of, {}) == near:
                    yield from cls.ways_on(of)


def _root_of_line(inside: Tree) -> Tree | None:
    """Return the one root of the variable, or of it plus a number, that there is."""
    found = {part for _, part in places(inside) if type(part) is tuple and part[0] == "sqrt"}
    if len(found) != 1:
        return None
    (root,) = found
    match root:
        case ("sqrt", "x") | ("sqrt", ("+", "x", int())):
            return root
    return None


def _written(tree: Tree, root: Tree, back: Tree) -> tuple[int, list[Tree]] | None:
    """Return the power of u and the other factors of a product; None if something cannot be written by u."""
    degree, others = 0, list[Tree]()
    for factor in factors_of(tree):
        match factor:
            case _ if factor == root:
                degree += 1
            case "x" if back == ("^", "u", 2):
                degree += 2
            case "x":
                others.append(back)
            case ("^", "x", int(n)) if back == ("^", "u", 2):
                degree += 2 * n
            case ("^", "x", int(n)):
                others.append(("^", back, n))
            case ("+", *parts):
                # Numbers and the root, or numbers and the variable.
                shown = [_summand(part, root, back) for part in parts]
                others.append(add(*[one for part in shown for one in terms(part)]))
            case int():
                others.append(factor)
            case _:
                return None
    if any("x" in names(other) for other in others):
        return None
    return degree, others


def _summand(part: Tree, root: Tree, back: Tree) -> Tree:
    """Return a number, or a multiple of the root or the variable, by u; anything else as it is."""
    value, body = split(part)
    match body:
        case _ if body == root:
            return term(value, "u")
        case "x" if type(back) is tuple and back[0] == "^":
            return term(value, back)
    return part
