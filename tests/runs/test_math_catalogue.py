"""The page of mathematics names everything there is, and its examples are real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpsdg.cli import cli
from rpsdg.corpora.dataset import Dataset
from rpsdg.math_domains.registry import all_families, all_mistakes, all_rules
from rpsdg.runs.math_catalogue import LEVEL, SEED, as_markdown


@pytest.fixture(scope="module")
def page() -> str:
    return as_markdown()


def test_everything_has_its_place(page: str) -> None:
    found = set(re.findall(r"^### ([a-z][a-z-]+)$", page, re.MULTILINE))
    assert set(all_families()) <= found
    named = re.findall(r"^\*\*([a-z-]+)\*\*", page, re.MULTILINE)
    assert sorted(named) == sorted([*all_rules(), *all_mistakes()])


def test_examples_are_what_the_command_makes(page: str, tmp_path: Path) -> None:
    family = "linear-equation"
    arguments = ["math", family, "--count", "1", "--level", str(LEVEL), "--seed", str(SEED)]
    done = CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    (trace,) = Dataset(tmp_path / "out").traces()
    _, _, section = page.partition(f"### {family}\n")
    shown = section.partition("\n### ")[0]
    assert f"> {trace.problem.statement}" in shown
    assert f"Answer: {trace.answer.text}" in shown
    assert all(f". {step.explanation}" in shown for step in trace.steps)
