"""Names that a solver gives to what was asked, which stand in front of an equals sign: F(x), A⁻¹, |A|, AB."""

from __future__ import annotations

from rpsdg.math_domains.trees import Tree, first_place, free_names
from rpsdg.math_domains.witnesses.matrices import is_matrix

__all__ = ["without_name"]


def without_name(states: tuple[Tree, ...], asked: Tree, variable: str) -> tuple[Tree, ...]:
    """Return the states of a line without a name for what was asked in front.

    Args:
        states: what stands between the equals signs of a line.
        asked: the expression whose value is looked for.
        variable: what it depends on, if it depends on anything.

    Returns:
        The states without a name of the whole; all of them, the name too, where it is one of something else,
        such as of a matrix that is given or of a constant to be found.
    """
    if len(states) < 2:
        return states
    name, rest = states[0], states[1:]
    if type(asked) is tuple and first_place(asked, "matrix") is not None:
        whole = _is_letter(name) and asked[0] == "det" and not is_matrix(rest[0])
        return rest if whole or _names_all(name, asked, {}) else states
    match name:
        case str() if name.isupper():  # a number is no value of what has letters
            return states if free_names(asked) and not any(map(free_names, rest)) else rest
        case ("*", str(_), inner) if inner == variable:
            return rest
    return states


def _is_letter(tree: Tree) -> bool:
    return type(tree) is str and tree.isupper()


def _names_all(name: Tree, asked: Tree, known: dict[str, Tree]) -> bool:
    """Whether an expression in capital letters is what was asked, with a letter for each matrix in it."""
    match name, asked:
        case str(), ("matrix", *_):
            return name.isupper() and known.setdefault(name, asked) == asked
        case (("^", inner, -1), ("inv", matrix)) | (("abs", inner), ("det", matrix)):
            return _names_all(inner, matrix, known)
        case (str(head), *parts), (str(other), *more) if head == other and len(parts) == len(more):
            return all(_names_all(part, meant, known) for part, meant in zip(parts, more, strict=True))
    return name == asked
