"""Cutting a formula into tokens, plain text and LaTeX alike.

Every alternative of the one regular expression repeats a single class of characters and, but for the sign of
a derivative, which is looked for first, starts with characters of its own; so the cutting is linear in the
length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from .lexicon import (
    COMMANDS,
    CONSTANTS,
    EMPTY_SPACE,
    FUNCTION_WORDS,
    GREEK,
    IGNORED,
    QUESTION_WORDS,
    RAISED,
    TYPES,
    UNICODE,
    WORDS,
)
from .limits import LONGEST_FORMULA, MOST_DIGITS, Reason, RefusedError, Work
from .sayings import said_in_words

__all__ = ["END", "Token", "tokenize"]


class Token(NamedTuple):
    """One piece of a formula."""

    kind: str
    """number, name, euler, function, root, frac, operator, power, relation, open, close, comma, semicolon,
    or, and, bar, left-bar, right-bar, postfix, below, differential, derivative, question, empty, reals,
    dots, about, then, such, prime, statement, matrix, end-matrix, cell, break or end."""
    value: str


END = Token("end", "")

_SIGNS_AND_WORDS = (
    r"(?P<space>[ \t\r\n~$]+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+|[eE][+-][0-9]+)?|\.[0-9]+)"
    r"|\\(?P<command>[A-Za-z]+)"
    r"|\\(?P<escaped>.)"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<arrow>->)"
    r"|(?P<relation>[<>]=|!=|==|[=<>])"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<dots>\.\.\.)"
    r"|(?P<either>\+/-|\+-(?=\s*\\sqrt|\s*sqrt))"
    r"|(?P<sign>.)"
)
_D = r"(?:\\(?:mathrm|text)\{d\}|d)"
_DERIVATIVE = (
    rf"(?P<derivative>\\[dt]?frac ?\{{ ?{_D} ?\}} ?\{{ ?{_D} ?(?:(?P<by>[A-Za-z])|\\(?P<greek>[a-z]+)) ?\}}"
    r"|(?<![A-Za-z])d/d(?P<plain>[A-Za-z])(?![A-Za-z]))"
)
_SPLIT = re.compile(f"{_DERIVATIVE}|{_SIGNS_AND_WORDS}", re.DOTALL)
_SPLIT_WHERE_D_IS_A_NAME = re.compile(_SIGNS_AND_WORDS, re.DOTALL)
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_THIN = re.compile(r"(?<=[0-9])(?:\\,|\{,\})(?=[0-9]{3}(?![0-9]))")
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+")
_SCIENTIFIC = re.compile(r"[eE]")
_MATRICES = frozenset({"pmatrix", "bmatrix", "matrix", "smallmatrix", "Bmatrix", "vmatrix", "array"})
_SIGNS: dict[str, Token] = {
    "+": Token("operator", "+"), "-": Token("operator", "-"), "*": Token("operator", "*"),
    "/": Token("operator", "/"), "(": Token("open", "("), ")": Token("close", ")"),
    "[": Token("open", "["), "]": Token("close", "]"), "{": Token("open", "{"), "}": Token("close", "}"),
    ",": Token("comma", ","), ";": Token("semicolon", ";"), "|": Token("bar", "|"), "_": Token("below", "_"),
    "!": Token("postfix", "!"), "%": Token("postfix", "percent"), ":": Token("such", ":"),
    "&": Token("cell", "&"), "'": Token("prime", "'"),
}  # fmt: skip
_GREEK_WORDS = GREEK - {"iota", "nu", "mu", "xi", "chi", "eta"}  # as plain words these are too like products
_ALWAYS = {
    **{word: Token("function", value) for word, value in FUNCTION_WORDS.items()},
    **{word: Token("name", value) for word, value in CONSTANTS.items()},
    **{word: Token(*token) for word, token in WORDS.items()},
    **{word: Token("name", word) for word in _GREEK_WORDS},
}
_LONGEST_WORD = 12
_COMMAND_TOKENS = {name: Token(*token) for name, token in COMMANDS.items()}
_PLAIN_RELATIONS = {"==": "="}


def tokenize(formula: str, names: Collection[str], work: Work, *, thousands: bool = True) -> list[Token]:
    """Return the tokens of a formula, an `END` after them.

    Args:
        formula: LaTeX or plain text.
        names: those that the problem uses: they decide how letters without a space between them are parted.
        work: pays for it.
        thousands: read `1,234` as one number and not as two.

    Raises:
        RefusedError: there is something in it that no formula has, or it is too long.
    """
    if len(formula) > LONGEST_FORMULA:
        raise RefusedError(Reason.TOO_LARGE, "a formula that long")
    work.spend(len(formula) // 4)
    if not formula.isascii():
        formula = _RAISED_RUN.sub(lambda run: f"^{{{run[0].translate(RAISED)}}}", formula).translate(UNICODE)
    formula = _THIN.sub("", formula)
    if thousands:
        formula = _THOUSANDS.sub(lambda number: number[0].replace(",", ""), formula)
    return _Cutter(formula, names).tokens()


class _Cutter:
    def __init__(self, formula: str, names: Collection[str]) -> None:
        self._formula = formula
        self._names = names
        self._tokens: list[Token] = []
        self._place = 0
        self._integral = False
        self._split = _SPLIT_WHERE_D_IS_A_NAME if "d" in names else _SPLIT

    def tokens(self) -> list[Token]:
        formula, out = self._formula, self._tokens
        length = len(formula)
        while self._place < length:
            found = self._split.match(formula, self._place)
            assert found is not None  # the last alternative takes any character
            self._place = found.end()
            kind, text = found.lastgroup, found[found.lastgroup or 0]
            if kind == "space":
                continue
            if kind == "sign":
                if text not in _SIGNS:
                    if text == "." and self._place >= length:
                        continue  # the end of a sentence
                    raise RefusedError(Reason.UNREADABLE, text)
                out.append(_SIGNS[text])
            elif kind == "number":
                self._number(text)
            elif kind == "derivative":
                out.append(Token(kind, found["by"] or found["greek"] or found["plain"]))
            elif kind == "word":
                self._word(text)
            elif kind == "command":
                self._command(text)
            elif kind == "escaped":
                if text in ",;:! \n()[]":  # spaces, and the dollars of displayed formulas
                    continue
                if text not in _COMMAND_TOKENS:
                    raise RefusedError(Reason.UNREADABLE, f"\\{text}")
                out.append(_COMMAND_TOKENS[text])
            elif kind == "relation":
                out.append(Token("relation", _PLAIN_RELATIONS.get(text, text)))
            elif kind == "arrow":
                out.append(Token("then", text))
            elif kind == "either":
                out.append(Token("operator", "pm"))
            else:
                out.append(Token(str(kind), text))
        out.append(END)
        return out

    def _number(self, text: str) -> None:
        if len(text) > MOST_DIGITS:
            raise RefusedError(Reason.TOO_LARGE, "a number of that many digits")
        mantissa, *exponent = _SCIENTIFIC.split(text)
        if exponent and "." not in mantissa and exponent[0][0] in "+-":
            # `2e-3` is two e minus three on paper; only `2.0e-3` and `2e3` are surely what computers write.
            self._tokens += [Token("number", mantissa), self._letter("e"), _SIGNS[exponent[0][0]]]
            self._tokens.append(Token("number", exponent[0][1:]))
            return
        self._tokens.append(Token("number", text))

    def _command(self, name: str) -> None:
        token = _COMMAND_TOKENS.get(name)
        if self._integral and name in GREEK and self._tokens[-1] == Token("name", "d"):
            self._tokens[-1] = Token("differential", name)
        elif token is not None:
            self._tokens.append(token)
        elif name == "left" or name == "right":
            self._delimiter(name)
        elif name in TYPES:
            self._marked(name)
        elif name == "begin" or name == "end":
            self._matrix(name)
        elif name == "boxed" or name in IGNORED:
            pass
        elif name in EMPTY_SPACE:
            self._group()
        elif name in QUESTION_WORDS:
            self._question(name)
        else:
            raise RefusedError(Reason.UNREADABLE, f"\\{name}")

    def _delimiter(self, side: str) -> None:
        formula = self._formula
        while formula[self._place : self._place + 1] == " ":
            self._place += 1
        if formula[self._place : self._place + 1] == ".":
            self._place += 1
        for bar in ("|", "\\vert", "\\lvert", "\\rvert"):
            if formula.startswith(bar, self._place):
                self._place += len(bar)
                self._tokens.append(Token(f"{side}-bar", "|"))
                return

    def _group(self) -> str:
        """Return the text in the braces that come next, or the next character."""
        formula = self._formula
        while formula[self._place : self._place + 1] == " ":
            self._place += 1
        if formula[self._place : self._place + 1] != "{":
            self._place += 1
            return formula[self._place - 1 : self._place]
        end = formula.find("}", self._place)
        if end < 0:
            raise RefusedError(Reason.UNREADABLE, "a brace that is never closed")
        inner = formula[self._place + 1 : end]
        self._place = end + 1
        return inner

    def _marked(self, name: str) -> None:
        """Read what a command sets in another type: a word between formulas, or a name or number in it."""
        words = self._group().strip()
        if name == "mathbb":
            if words != "R":
                raise RefusedError(Reason.UNREADABLE, f"\\mathbb{{{words}}}")
            self._tokens.append(Token("reals", "R"))
            return
        if not words or words in {"if", "for", "when", "where", "with"}:
            return
        if words == "d" and self._integral and self._formula[self._place : self._place + 1].isalpha():
            self._place += 1
            self._tokens.append(Token("differential", self._formula[self._place - 1]))
            return
        if (said := said_in_words(words)) is not None and type(said) is tuple:
            self._tokens.append(Token("empty" if said == ("{}",) else "reals", words))
            return
        if words in _ALWAYS:
            self._tokens.append(_ALWAYS[words])
        elif words.startswith("\\"):
            self._command(words[1:])
        elif (words.isalpha() and words.isascii() and len(words) == 1) or words in self._names:
            self._tokens.append(self._letter(words))
        elif words.isascii() and words.isdigit():
            self._number(words)
        elif words in QUESTION_WORDS:
            self._question(words)
        elif not words.isalpha() and any(sign.isdigit() for sign in words):  # a formula set as text
            self._tokens += _Cutter(words, self._names).tokens()[:-1]
        else:
            raise RefusedError(Reason.UNREADABLE, words[:40])

    def _matrix(self, name: str) -> None:
        kind = self._group()
        if kind not in _MATRICES:
            raise RefusedError(Reason.UNREADABLE, kind[:20])
        if kind == "array" and name == "begin":  # a line between columns is told by how these are set
            columns = "".join(self._group().split())
            kind = "vmatrix" if columns[:1] == columns[-1:] == "|" else columns
        self._tokens.append(Token("matrix" if name == "begin" else "end-matrix", kind))

    def _question(self, word: str) -> None:
        self._integral |= word == "int"
        self._tokens.append(Token("question", word))

    def _letter(self, letter: str) -> Token:
        """Return the token of a name, which e is only in a problem that has an e of its own."""
        return Token("euler" if letter == "e" and letter not in self._names else "name", letter)

    def _word(self, word: str) -> None:
        """Part a run of letters into names and functions, the longest known first."""
        out, names = self._tokens, self._names
        if word == "U" and word not in names and out and out[-1].kind == "close":
            out.append(_ALWAYS["union"])
            return
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + _LONGEST_WORD), start, -1):
                piece = word[start:end]
                if piece in names:
                    out.append(Token("name", piece))
                    break
                if end - start > 1 and (piece in _ALWAYS or piece in QUESTION_WORDS):
                    if piece in QUESTION_WORDS:
                        self._question(piece)
                    else:
                        out.append(_ALWAYS[piece])
                    break
                if end - start == 2 and piece[0] == "d" and (piece[1] in names or self._integral):
                    out.append(Token("differential", piece[1]))
                    break
            else:
                # A letter that the problem does not know is a name where it stands for itself, or between
                # those that are known; anything longer is a word of the language.
                piece, end = word[start], start + 1
                if len(word) > 3 and piece != "e":
                    raise RefusedError(Reason.UNREADABLE, word[:40])
                out.append(self._letter(piece))
            start = end
