"""Trees of text files, and what is read from them."""

from __future__ import annotations

from rpsdg.sandbox.metadata import Recipe, Stated, read_recipe
from rpsdg.sandbox.tree import Entry, Tree


def tree_of(files: dict[str, str]) -> Tree:
    return Tree({path: Entry(text.encode()) for path, text in files.items()})


def recipe_of(**files: str) -> Recipe:
    """Read a project; in the names of its files `__` stands for a dot and `_in_` for a slash."""
    named = {name.replace("__", ".").replace("_in_", "/"): text for name, text in files.items()}
    return read_recipe(tree_of(named))


def texts(stated: tuple[Stated, ...]) -> list[str]:
    return [one.text for one in stated]
