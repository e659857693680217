"""Text as small tokens: every digit, letter and sign one, every command of LaTeX and every word one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["END", "GO", "PAD", "STEP", "WRONG", "Tokenizer"]

PAD, GO, STEP, WRONG, END = range(5)
"""Fills up a batch; ends what is asked; ends a step; says that the step before is wrong; ends a solution."""
_MARKS = ("<pad>", "<go>", "<step>", "<wrong>", "<end>")
_PIECE = re.compile(r"\\[A-Za-z]+|\\[^A-Za-z]|[A-Za-z]{2,}|\n|\S")
_SIGNS = [chr(code) for code in range(33, 127) if chr(code) != "\\"]


class Tokenizer:
    """Knows the single signs of ASCII, and the words and commands that it was shown.

    A word that it was not shown is spelled. Spaces are not kept: they are put where two letters would run
    together, which is where LaTeX needs them.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        found = {piece for text in texts for piece in _PIECE.findall(text)}
        self.pieces = [*_MARKS, "\n", *_SIGNS, *sorted(found - {"\n", *_SIGNS, *_MARKS})]
        self._ids = {piece: number for number, piece in enumerate(self.pieces)}

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text; what cannot even be spelled is left out."""
        ids = []
        for piece in _PIECE.findall(text):
            known = [piece] if piece in self._ids else list(piece)
            ids += [self._ids[part] for part in known if part in self._ids]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of tokens, marks left out. Encoding it again gives the same tokens."""
        text = ""
        for number in ids:
            if number < len(_MARKS):
                continue
            piece = self.pieces[number]
            if text and piece[0].isalpha() and _LETTERS_LAST.search(text):
                text += " "
            text += piece
        return text


_LETTERS_LAST = re.compile(r"[A-Za-z]$")
