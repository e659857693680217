"""The laws that every mutator is held to, beyond those that hold for the rules of all domains."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.conformance import BrokenLawError, check_rule

from .bytecode import same_bytecode
from .domain import BugFix
from .families import Family
from .mutator import Mutator
from .syntax import parse_tree
from .wording import shown

__all__ = ["check_mutator"]

_PAGE = re.compile(r"[A-Z].*\.\n\nPlants\n    .*\nShows as\n    .*(?:\nSeldom caught\n    .*)?", re.DOTALL)


def check_mutator(mutator: type[Mutator]) -> None:
    """Hold one mutator to every law that needs no sandbox. Its sample is executed in this process.

    Raises:
        BrokenLawError: names the mutator, the law, and what was found.
    """
    for law in (
        _has_a_whole_page,
        _finds_its_sample,
        _explains_what_it_does,
        _sample_test_tells_the_two_apart,
    ):
        for found in law(mutator):
            raise BrokenLawError(
                f"{mutator.__name__} breaks the law `{law.__name__[1:].replace('_', ' ')}`: {found}"
            )
    check_rule(BugFix(), mutator)


def _has_a_whole_page(mutator: type[Mutator]) -> Iterator[str]:
    page = inspect.cleandoc(mutator.__doc__ or "")  # its own: `getdoc` would take a base's
    if _PAGE.fullmatch(page) is None:
        yield "its docstring is not a sentence, a blank line, and the sections `Plants` and `Shows as`"
    if mutator.family not in set(Family):
        yield f"`{mutator.family}` is no family; there are {', '.join(Family)}"


def _finds_its_sample(mutator: type[Mutator]) -> Iterator[str]:
    before = _program(mutator.sample.before)
    found = [move for move in mutator.find(before) if move.apply(before) == _program(mutator.sample.after)]
    if len(found) != 1:
        yield f"{len(found)} of its moves, not one, turn its sample's `before` into its `after`"
    if same_bytecode(mutator.sample.before.encode(), mutator.sample.after.encode()):
        yield "Python runs the same in both versions of its sample"


def _explains_what_it_does(mutator: type[Mutator]) -> Iterator[str]:
    before = _program(mutator.sample.before)
    for move in mutator.find(before):
        text = move.explain()
        if not text[:1].isupper() or not text.endswith(".") or "\n" in text:
            yield f"its explanation is not a sentence on one line: {text!r}"
        if move.new and not (shown(move.old) in text and shown(move.new) in text):
            yield f"its explanation does not name both texts: {text!r}"
        for path in {edit.path for edit in move.edits}:
            try:
                parse_tree(move.apply(before)[path].data)
            except (SyntaxError, ValueError) as error:
                yield f"{move} leaves what Python does not read: {error}"


def _sample_test_tells_the_two_apart(mutator: type[Mutator]) -> Iterator[str]:
    failure = _failure(mutator.sample.before, mutator.sample.test)
    if failure is not None:
        yield f"its sample's test fails without the bug: {failure!r}"
    if _failure(mutator.sample.after, mutator.sample.test) is None:
        yield "its sample's test passes in spite of the bug"


def _program(text: str) -> Tree:
    return Tree({"program.py": Entry(text.encode())})


def _failure(program: str, test: str) -> Exception | None:
    """Run a program and its tests; return what a test raised."""
    namespace: dict[str, object] = {}
    try:
        for text in (program, test):
            exec(compile(text, "<sample>", "exec", dont_inherit=True), namespace)  # noqa: S102 our own catalogue's
        for name, value in list(namespace.items()):
            if name.startswith("test_") and callable(value):
                value()
    except Exception as error:  # noqa: BLE001 - a bug may show as any exception
        return error
    return None
