"""What no statement may say: where the edit is, what the fix looks like, what the rule is called."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from rpsdg.mutators.diffs import ends_alike
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Move

from .needed import Needed

__all__ = ["in_code", "leaks", "vocabulary"]

SHORTEST = 3
"""Characters of a word that can give anything away."""
PHRASE = 5
"""Words of an explanation in a row that no statement has by chance."""
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"(`+)(?:.|\n)*?\1|^(?: {4}|\t).*$", re.MULTILINE)
_LANGUAGE = re.compile(r"^```+\w*")
_LITERAL = re.compile(r"^[A-Za-z]{0,2}('''|\"\"\"|'|\")")


def leaks(
    text: str, moves: Sequence[Move[Tree]], buggy: Tree, fixed: Tree, needed: Iterable[Needed] = ()
) -> list[str]:
    """Return what a statement gives away, in sentences; none if it is fit for a solver.

    Args:
        text: the statement.
        moves: the moves that made the bug.
        buggy, fixed: the program with and without it.
        needed: names that may be told although only the fix has them, because the tests need them.
    """
    allowed = {word for one in needed for word in _WORD.findall(one.shown)}
    hunks = list(_hunks(buggy, fixed))
    found = [*_places(text, hunks), *_rules(text, moves)]
    # What stands in the program as it is handed out, tests and documents included, gives nothing away.
    known = _known(buggy)
    for hunk in hunks:
        found += _fix(text, hunk, known, allowed)
    found += _explanations(text, moves, known)
    return sorted(set(found))


def in_code(text: str) -> str:
    """Return what stands in the code spans and blocks of some Markdown."""
    return "\n".join(_LANGUAGE.sub("", match.group()) for match in _CODE.finditer(text))


class _Hunk:
    """One changed region of a file."""

    def __init__(self, path: str, right: Sequence[str], rows: Sequence[int]) -> None:
        i1, i2, j1, j2 = rows
        self.path = path
        self.right = right[j1:j2]
        self.numbers = {*range(i1 + 1, max(i1 + 1, i2) + 1), *range(j1 + 1, max(j1 + 1, j2) + 1)}


def _hunks(buggy: Tree, fixed: Tree) -> Iterator[_Hunk]:
    for path in buggy.changed(fixed):
        wrong, right = (
            tree[path].data.decode("utf-8", "replace").splitlines() if path in tree else []
            for tree in (buggy, fixed)
        )
        head, tail = ends_alike(
            wrong, right
        )  # comparing what is around the edits would take most of the time
        matcher = SequenceMatcher(
            None, wrong[head : len(wrong) - tail], right[head : len(right) - tail], autojunk=False
        )
        for tag, *rows in matcher.get_opcodes():
            if tag != "equal":
                yield _Hunk(path, right, [head + row for row in rows])


class _Known:
    """The words and the text of a tree."""

    def __init__(self, tree: Tree) -> None:
        texts = [entry.data for entry in tree.values() if b"\0" not in entry.data]
        self.text = b"\n".join(texts).decode("utf-8", "replace")
        self.words = set(_WORD.findall(self.text))

    def __contains__(self, text: str) -> bool:
        return text in self.words or text in self.text


@lru_cache(maxsize=4)
def _known(tree: Tree) -> _Known:
    return _Known(tree)


def _places(text: str, hunks: Sequence[_Hunk]) -> Iterator[str]:
    for hunk in hunks:
        name = re.escape(hunk.path.rpartition("/")[2])
        for match in re.finditer(rf"{name}[\"'`]?(?:[:,( ]+|#L)(?:at )?(?:line )?(\d+)", text, re.IGNORECASE):
            if int(match.group(1)) in hunk.numbers:
                yield f"it names a line of the edit: `{match.group()}`"
        for match in re.finditer(r"\b(?:lines?\s+|L)(\d+)\b", text, re.IGNORECASE):
            if int(match.group(1)) in hunk.numbers:
                yield f"it names a line of the edit: `{match.group()}`"


def _rules(text: str, moves: Sequence[Move[Tree]]) -> Iterator[str]:
    plain = " ".join(_WORD.findall(text.replace("_", " ").lower()))
    for move in moves:
        name = type(move).__name__
        if re.search(rf"\b{re.escape(name)}\b", text) or move.rule.replace("-", " ") in plain:
            yield f"it names the rule: {move.rule}"


def _explanations(text: str, moves: Sequence[Move[Tree]], known: _Known) -> Iterator[str]:
    plain = " ".join(_WORD.findall(text.lower()))
    for move in moves:
        said = move.explain()
        words = _WORD.findall(re.sub(r"`+[^`]*`+", " · ", said).lower())
        for first in range(len(words) - PHRASE + 1):
            phrase = " ".join(words[first : first + PHRASE])
            if f" {phrase} " in f" {plain} ":
                yield f"it explains the edit: “{phrase}”"
        for _, code in re.findall(r"(`+) ?(.+?) ?\1(?!`)", said):
            if len(code) >= PHRASE and code in text and code not in known:
                yield f"it quotes the fix: `{code}`"


def _fix(text: str, hunk: _Hunk, known: _Known, allowed: Collection[str]) -> Iterator[str]:
    coded, everywhere = set(_WORD.findall(in_code(text))), set(_WORD.findall(text))
    lines = "\n".join(hunk.right)
    for word in sorted(set(_WORD.findall(lines))):
        if len(word) < SHORTEST or word in known.words or word in allowed:
            continue
        # A word that this package writes into every other statement says nothing where it stands in prose.
        if word in coded or (word in everywhere and word not in vocabulary()):
            yield f"it has a word that only the fix has: `{word}`"
    for value in _strings(lines):
        if len(value) >= SHORTEST and value in text and value not in known and value not in allowed:
            yield f"it has a text that only the fix has: {value!r}"
    for line in hunk.right:
        bare = line.strip()
        if len(bare) > 2 * SHORTEST and bare in text and bare not in known:
            yield f"it quotes a line of the fix: `{bare}`"


def _strings(code: str) -> Iterator[str]:
    """Yield the contents of the string literals of some lines, which need not be whole statements."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            quotes = _LITERAL.match(token.string) if token.type == tokenize.STRING else None
            if quotes:
                yield token.string[quotes.end() : -len(quotes.group(1))]
            elif tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
                yield token.string
    except (tokenize.TokenError, SyntaxError):
        return


@cache
def vocabulary() -> frozenset[str]:
    """Return every word of the texts that the styles themselves write, and no other."""
    return frozenset(_words_of(files(__package__)))


def _words_of(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name == "styles":
            yield from _words_of(entry)
        elif entry.name == "writing.py" or (entry.name.endswith(".py") and folder.name == "styles"):
            for token in tokenize.generate_tokens(io.StringIO(entry.read_text("utf-8")).readline):
                if tokenize.tok_name[token.type] in {"STRING", "FSTRING_MIDDLE"}:
                    yield from _WORD.findall(token.string)
