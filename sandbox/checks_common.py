"""What the checks of the conformance suite share."""

from __future__ import annotations

import json
from typing import Any

from .contract import Executed, Limits, Place, Sandbox, Session
from .tree import Entry, Tree

__all__ = [
    "TINY",
    "UnmetError",
    "admitted",
    "expect",
    "expect_unaffected",
    "run_python",
    "told",
    "tree_of",
]

TINY = Tree(
    {
        "pyproject.toml": Entry(
            b'[project]\nname = "rpsdg-conformance"\nversion = "1"\nrequires-python = ">=3.8"\n\n'
            b'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n'
            b'[tool.setuptools]\npackages = ["answers"]\n'
        ),
        "answers/__init__.py": Entry(b'"""A project as small as they get."""\n\nANSWER = 42\n'),
        "test_answers.py": Entry(
            b"import answers\n\n\ndef test_answer():\n    assert answers.ANSWER == 42\n"
        ),
    }
)
"""The project whose environment the checks run in."""


class UnmetError(AssertionError):
    """A promise of the contract that a sandbox does not keep."""


def expect(holds: object, otherwise: str) -> None:
    """Raise UnmetError with the text `otherwise` unless something holds."""
    if not holds:
        raise UnmetError(otherwise)


def admitted(sandbox: Sandbox, words: str) -> str | None:
    """Return the caveat with these words, if the sandbox has it: what it admits need not hold."""
    return next((f"not enforced here: {text}" for text in sandbox.caveats() if words in text), None)


def tree_of(files: dict[str, str]) -> Tree:
    """Return a tree of text files."""
    return Tree.from_entries({path: Entry(text.encode()) for path, text in files.items()})


def run_python(session: Session, code: str, *arguments: str, timeout: float = 30.0) -> Executed:
    """Run some Python in the environment, with nothing of the tree on its search path."""
    python = f"{session.prefix}/env/bin/python"
    return session.execute([python, "-I", "-c", code, *arguments], timeout=timeout)


def told(session: Session, code: str, *arguments: str, timeout: float = 30.0) -> Any:
    """Run some Python that must end well, and return the JSON value in the last line that it prints."""
    done = run_python(session, code, *arguments, timeout=timeout)
    expect(done.returncode == 0 and done.stopped is None, f"a probe ended with {done}")
    return json.loads(done.output.strip().splitlines()[-1])


def expect_unaffected(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Raise UnmetError unless a fresh session judges as ever: what is green is green, a bug is red."""
    node = "test_answers.py::test_answer"
    with sandbox.open(place, limits) as session:
        session.load(TINY)
        green = session.test(["-q"], timeout=60)
        session.write("answers/__init__.py", b"ANSWER = 41\n")
        red = session.test(["-q"], timeout=60)
    expect(green.complete and green.outcomes == {node: "passed"}, f"the next candidate: {green}")
    expect(red.complete and red.outcomes == {node: "failed"}, f"the next bug: {red}")
