"""Parsing in several threads at once, which CPython's own parser does not survive."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rpsdg.mutators.bytecode import same_bytecode
from rpsdg.mutators.syntax import is_expression, parse_tree


def test_many_threads_may_parse_at_once() -> None:
    source = Path(ast.__file__).read_bytes()
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda n: len(parse_tree(source + b"\nx = %d" % n).body) > 10, range(40)))
        assert not any(pool.map(lambda n: same_bytecode(source, source + b"\nx = %d" % n), range(40)))


@pytest.mark.parametrize(
    ("text", "expected"), [(b"a + b", True), (b"a\n+ b", False), (b"(a\n+ b)", True), (b"x = 1", False)]
)
def test_is_expression(text: bytes, expected: bool) -> None:
    assert is_expression(text) is expected


def test_warnings_of_the_source_are_not_ours(recwarn: pytest.WarningsRecorder) -> None:
    parse_tree(b'x = "\\d"\n')

    assert not recwarn.list
