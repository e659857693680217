"""Which Python a project is tried with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.metadata import Recipe
from rpsdg.sandbox.pythons import MINORS, fitting, fitting_minors
from rpsdg.sandbox.settings import Settings


class Box:
    """A sandbox with one version of Python, and others to be had."""

    def __init__(self, minor: str, others: tuple[str, ...]) -> None:
        self.minor, self.others = minor, others

    def python(self) -> str:
        return f"{self.minor}.4"

    def with_python(self, minor: str) -> Box | None:
        return Box(minor, ()) if minor in self.others else None


def chosen(recipe: Recipe, minor: str, *others: str, python: str | None = None) -> str:
    box: Any = Box(minor, others)
    found: Any = fitting(box, recipe, Settings(python=python))
    return str(found.minor)


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe(), "3.12"),
        (Recipe(requires_python=">=3.8"), "3.12"),
        (Recipe(requires_python="<3.12"), "3.10"),
        (Recipe(requires_python=">=3.13"), "3.14"),
        (Recipe(requires_python=">=3.99"), "3.12"),  # said later, with the reason
        (Recipe(requires_python="nonsense"), "3.12"),
        (Recipe(pythons=("3.8", "3.11")), "3.12"),  # classifiers come late
        (Recipe(pythons=("3.6", "3.8")), "3.8"),
        (Recipe(pythons=("3.13", "3.14")), "3.14"),
        (Recipe(pythons=("3.3", "3.4")), "3.8"),  # the nearest
    ],
)
def test_the_sandboxes_own_unless_another_is_meant(recipe: Recipe, expected: str) -> None:
    assert chosen(recipe, "3.12", "3.8", "3.10", "3.14") == expected
    assert chosen(recipe, "3.12") == "3.12"
    assert chosen(recipe, "3.12", "3.8", python="3.12") == "3.12"


@hypothesis_settings(deadline=None)
@given(st.sets(st.sampled_from(MINORS)), st.sampled_from(MINORS), st.sampled_from(MINORS))
def test_what_is_named_comes_first_and_nothing_out_of_bounds(named: set[str], low: str, high: str) -> None:
    pythons = tuple(sorted(named, key=lambda minor: int(minor[2:])))
    found = fitting_minors(Recipe(requires_python=f">={low},<={high}.99", pythons=pythons))
    inside = {minor for minor in MINORS if int(low[2:]) <= int(minor[2:]) <= int(high[2:])}
    assert set(found) == inside
    assert set(found[: len(inside & named)]) == inside & named


def test_an_interpreter_that_is_not_there(settings: Settings) -> None:
    sandbox = LocalSandbox(settings)
    assert sandbox.with_python("3.99") is None
    own = ".".join(sandbox.python().split(".")[:2])
    other = sandbox.with_python(own)
    assert other is not None
    assert other.python() == sandbox.python()
    sandbox.close()
