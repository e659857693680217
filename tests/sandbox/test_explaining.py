"""What pytest is told of a file's statements is what it would find itself."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from random import Random

import pytest
from _pytest._code.source import Source, getstatementrange_ast

from rpsdg.sandbox.inside.explaining import around, statements

MODULES = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


@pytest.mark.parametrize("path", Random(0).sample(MODULES, 20), ids=lambda path: path.stem)
def test_statements_are_where_pytest_finds_them(path: Path) -> None:
    text = path.read_text()
    source, tree = Source(text), statements(text)
    whole = getstatementrange_ast(0, source)[0]
    for line in range(0, len(source.lines), 7):
        known = getstatementrange_ast(line, source, astnode=around(tree, line))
        assert known[1:] == getstatementrange_ast(line, source, astnode=whole)[1:]


def test_what_cannot_be_parsed_is_no_file() -> None:
    with pytest.raises(SyntaxError):
        statements("def (:")
