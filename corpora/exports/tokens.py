"""A limit of tokens, counted by a tokenizer that the user names."""

from __future__ import annotations

from pathlib import Path

from rpsdg.traces.errors import UsageError

from .base import TokenLimit

__all__ = ["token_limit"]


def token_limit(limit: int, tokenizer: str) -> TokenLimit:
    """Return a limit counted by a tokenizer: a file `tokenizer.json`, or the name of a model of the Hub.

    Raises:
        UsageError: the library `tokenizers` is not installed, or has no such tokenizer.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError(
            "a limit of tokens needs the library `tokenizers`, which is not installed",
            hint="Install rpsdg with its extra `hub`.",
        ) from error
    try:
        found = (
            Tokenizer.from_file(tokenizer)
            if Path(tokenizer).is_file()
            else Tokenizer.from_pretrained(tokenizer)
        )
    except Exception as error:  # the library raises bare exceptions, whatever went wrong
        raise UsageError(
            f"the tokenizer `{tokenizer}` cannot be loaded: {error}",
            hint="Name a file `tokenizer.json`, or a model of the Hub that has one.",
        ) from error
    return TokenLimit(limit, tokenizer, lambda text: len(found.encode(text, add_special_tokens=False).ids))
