"""Words that a statement shares with the tests that fail: a test names what it is about."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterable, Set

from .columns import Columns, place_shares, relative
from .views import Statement, View

__all__ = ["lexical_columns", "words_in"]

_WORD = re.compile(r"[A-Za-z]+|\d+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMMON = frozenset(
    _WORD.findall(
        "self cls test tests assert assertionerror equal equals true false none not in is and or if else for "
        "def return import from raise error result expected actual where with as the of to"
    )
)
"""Words that tests and programs have whatever they are about."""
_LONGEST = 200
"""Characters of a constant that are read."""


def words_in(text: str) -> set[str]:
    """Return the words of a text, names taken apart, without those that any test has.

    >>> sorted(words_in("assert parse_date('ISO8601') == camelCase"))
    ['8601', 'camel', 'case', 'date', 'iso', 'parse']
    """
    found = (word.lower() for word in _WORD.findall(_HUMP.sub(" ", text)))
    return {word for word in found if word not in _COMMON and (len(word) > 1 or word.isdigit())}


def lexical_columns(view: View) -> Columns:
    """Return how much of a statement, and of the name of its function, failing tests and messages say."""
    statements = [_words(statement) for statement in view.statements]
    names = [words_in(statement.function.name) for statement in view.statements]
    rarity = _rarity(statements)
    tests = [words_in(test.text) for test in view.failing]
    titles = [words_in(test.node.rpartition("::")[2]) for test in view.failing]
    messages = [words_in(test.message) for test in view.failing]
    called = [set(re.findall(r"\w+", test.text)) for test in view.failing]
    columns: Columns = {}
    for name, said in (("test", tests), ("title", titles), ("message", messages)):
        everywhere = Counter(word for words in said for word in words)
        share = {word: times / len(said) for word, times in everywhere.items()}
        shared = [sum(share[w] * rarity[w] for w in words & share.keys()) for words in statements]
        columns[f"words shared with the {name}"] = relative(shared)
        columns[f"words shared with the {name}, rank"] = place_shares(shared)
        columns[f"part of it that the {name} says"] = [
            value / (1 + sum(rarity[w] for w in words))
            for value, words in zip(shared, statements, strict=True)
        ]
        columns[f"part of its function's name in the {name}"] = [
            sum(share.get(w, 0.0) for w in words) / len(words) if words else 0.0 for words in names
        ]
    last = [statement.function.name.rpartition(".")[2] for statement in view.statements]
    columns["share of tests that name its function"] = [
        sum(name in words for words in called) / len(called) if name else 0.0 for name in last
    ]
    return columns


def _words(statement: Statement) -> set[str]:
    found: set[str] = set()
    for node in statement.parts():
        for text in _texts(node):
            found |= words_in(text)
    return found


def _texts(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            yield name
        case ast.Constant(value=str() | int() | float() as value):
            yield str(value)[:_LONGEST] if not isinstance(value, int) or abs(value) < 10**9 else ""
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name


def _rarity(statements: Iterable[Set[str]]) -> dict[str, float]:
    """Return how much a word tells: much if few statements have it."""
    listed = list(statements)
    among = Counter(word for words in listed for word in words)
    return {word: math.log((1 + len(listed)) / times) for word, times in among.items()}
