"""Files in docs/ that are made from the code: one command line for all of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["write_or_check"]


def write_or_check(what: str, make: Callable[[], str]) -> int:
    """Write a generated file, or with `--check` say whether it is up to date; returns the exit status.

    Args:
        what: said in the help, such as `Write the catalogue of mutators as Markdown.`
        make: returns what the file is to hold.
    """
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if FILE is not up to date"
    )
    options = parser.parse_args()
    text = make()
    if not options.check:
        options.file.write_text(text)
    elif not options.file.exists() or options.file.read_text() != text:
        print(f"{options.file} is not up to date: run `make docs`", file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0
