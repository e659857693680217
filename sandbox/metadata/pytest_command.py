"""The way a project calls pytest itself, taken over as far as it says what the suite is."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections import deque
from collections.abc import Sequence

from ..tree import Tree

__all__ = ["arguments_of"]

_WITH_VALUE = {
    "-m",
    "-k",
    "-p",
    "-o",
    "--override-ini",
    "--import-mode",
    "--ignore",
    "--ignore-glob",
    "--deselect",
    "--doctest-glob",
}
"""Options that say which tests there are and how they are imported. All others are about output, coverage or
the number of processes, which is not the project's business here."""
_FLAGS = {"--doctest-modules", "--doctest-continue-on-failure"}
_OTHERS_WITH_VALUE = {
    "-c",
    "-n",
    "-r",
    "-W",
    "--color",
    "--cov",
    "--cov-config",
    "--cov-report",
    "--durations",
    "--junitxml",
    "--maxfail",
    "--numprocesses",
    "--rootdir",
    "--tb",
    "--timeout",
    "--verbosity",
}
_DEFAULT = re.compile(r"\{(?:posargs|args)(?::([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}|\[\]")
_ROOT = re.compile(r"\{(?:toxinidir|tox_root|root)\}/?")


def arguments_of(command: str | Sequence[str], tree: Tree) -> tuple[str, ...]:
    """Return the arguments of a pytest command that say what the suite is; none if it is another command.

    Which files are collected is put so that a caller can still name others: as `-o testpaths=…`. What tools
    would put in place of braces counts as far as a default stands there.

    Args:
        command: a line as for a shell, or its words.
        tree: paths that are not in it are left out.
    """
    words = _words(command)
    names = [word.rpartition("/")[2] for word in words]
    start = next((i + 1 for i, name in enumerate(names) if name in {"pytest", "py.test"}), None)
    if start is None or any(name in {"pip", "install"} for name in names[:start]):
        return ()
    kept: list[str] = []
    paths: list[str] = []
    rest = deque(words[start:])
    while rest:
        word = rest.popleft()
        option, equals, value = word.partition("=")
        short = re.fullmatch(r"(-[mkpo])(.+)", word)
        if option in _WITH_VALUE or short is not None:
            if short is not None:
                option, value = short[1], short[2]
            elif not equals:
                value = rest.popleft() if rest else ""
            if value and "{" not in value:
                kept.append(_option(option, posixpath.normpath(value) if "ignore" in option else value))
        elif option in _FLAGS:
            kept.append(option)
        elif option in _OTHERS_WITH_VALUE and not equals:
            if rest and not (option == "--cov" and rest[0].startswith("-")):  # its value may be left out
                rest.popleft()
        elif not word.startswith("-") and "{" not in word:
            path = posixpath.normpath(word)
            if path == "." or path in tree or any(name.startswith(f"{path}/") for name in tree):
                paths.append(path)
    if paths and "." not in paths:
        kept.append(_option("-o", f"testpaths={' '.join(shlex.quote(path) for path in paths)}"))
    return tuple(dict.fromkeys(kept))


def _option(name: str, value: str) -> str:
    return shlex.join([f"{name}={value}"] if name.startswith("--") else [name, value])


def _words(command: str | Sequence[str]) -> list[str]:
    if not isinstance(command, str):
        return [_filled(word) for word in command if word]
    try:
        return shlex.split(_filled(command), comments=True)
    except ValueError:
        return []


def _filled(text: str) -> str:
    return _ROOT.sub("", _DEFAULT.sub(lambda found: found[1] or "", text))
