"""The search for a recipe finds what is missing, keeps nothing that does no good, and cleans up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rpsdg.sandbox.contract import EnvironmentFailedError, Executed, Place
from rpsdg.sandbox.environment import Environment
from rpsdg.sandbox.installing import InstallationFailedError
from rpsdg.sandbox.metadata import Recipe, Stated
from rpsdg.sandbox.report import Failure, TestReport
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.settling import Attempt, Settled, settle
from rpsdg.sandbox.tree import Tree

FIXTURES = {
    "mocker": "pytest-mock",
    "benchmark": "pytest-benchmark",
    "httpbin": "pytest-httpbin",
    "fs": "pyfakefs",
}


@dataclass
class World:
    """A suite whose tests need some fixtures, of which one is only seen when the one before it is there."""

    needs: Sequence[str]
    chained: bool = False
    broken_on: str | None = None
    """A requirement with which no test passes."""
    unresolvable: frozenset[str] = frozenset()
    has_system_packages: bool = False
    places: list[str] = field(default_factory=list)
    runs: int = 0

    def attempt(self, recipe: Recipe) -> Attempt:
        self.runs += 1
        texts = [one.text for one in recipe.test_dependencies]
        refused = self.unresolvable & {*texts, *(["dated"] if recipe.exclude_newer else [])}
        if refused:
            said = (
                f"Because there is no {' and no '.join(sorted(refused))} the requirements are unsatisfiable."
            )
            failure = InstallationFailedError("resolve", Executed(1, said, None, 0.0), Settings())
            return Attempt(recipe, failure=failure)
        name = " ".join([str(self.runs), *texts])
        self.places.append(name)
        environment = Environment(
            id=name, python="3.11", tree="", project=None, roots=(".",), lock="pytest==9.0.0", recipe=recipe
        )
        return Attempt(recipe, "pytest==9.0.0", environment, Place(name, "3.11.1"))

    def forget(self, attempt: Attempt) -> None:
        assert attempt.place is not None
        self.places.remove(attempt.place.name)

    @contextmanager
    def open(self, place: Place, limits: object) -> Iterator[Any]:
        world = self

        class Session:
            def load(self, tree: Tree) -> None:
                pass

            def test(self, arguments: Sequence[str], **more: object) -> TestReport:
                return world.report(place.name.split()[1:])

        yield Session()

    def report(self, installed: Sequence[str]) -> TestReport:
        missing = [need for need in self.needs if FIXTURES[need] not in installed]
        if self.broken_on in installed:
            missing = list(self.needs)
        seen = missing[:1] if self.chained else missing
        failures = {f"test_{need}": Failure(f"fixture '{need}' not found") for need in seen}
        outcomes: dict[str, Any] = dict.fromkeys(failures, "error")
        if not (self.chained and missing):
            outcomes |= {f"test_{need}": "passed" for need in self.needs if need not in missing} | {
                "ok": "passed"
            }
        return TestReport(outcomes=outcomes, failures=failures, returncode=1 if missing else 0)

    def settled(self, recipe: Recipe = Recipe()) -> tuple[Settled, Attempt]:  # noqa: B008 - frozen
        sandbox: Any = self
        return settle(
            recipe,
            Tree({}),
            sandbox,
            Settings(),
            self.attempt,
            self.forget,
            timeout=1,
            progress=lambda _: None,
        )


NEEDS = st.lists(st.sampled_from(sorted(FIXTURES)), unique=True)


@hypothesis_settings(deadline=None, max_examples=40)
@given(NEEDS, st.booleans())
def test_what_is_missing_is_found_and_nothing_else(needs: list[str], chained: bool) -> None:
    world = World(needs, chained)
    found, best = world.settled()
    assert sorted(one.text for one in found.recipe.test_dependencies) == sorted(FIXTURES[n] for n in needs)
    assert [repair.because for repair in found.recipe.repairs] == [f"fixture '{n}' not found" for n in needs]
    assert (found.passed, found.counted) == (len(needs) + 1, len(needs) + 1)
    assert best.place is not None
    assert world.places == [best.place.name]


@hypothesis_settings(deadline=None, max_examples=20)
@given(NEEDS.filter(bool))
def test_a_recipe_that_was_found_needs_no_search(needs: list[str]) -> None:
    found, _ = World(needs).settled()
    again = World(needs)
    assert again.settled(found.recipe)[0].recipe == found.recipe
    assert again.runs == 1


def test_what_does_harm_is_not_kept() -> None:
    world = World(["mocker", "fs"], broken_on="pyfakefs")
    found, best = world.settled()
    assert found.recipe == Recipe()
    assert best.place is not None
    assert world.places == [best.place.name]


def test_what_cannot_be_had_is_left_out() -> None:
    recipe = Recipe(
        exclude_newer="2020-01-01T00:00:00Z",
        test_dependencies=(Stated("pytest-mock", "x"), Stated("gone", "x")),
    )
    world = World(["mocker"], unresolvable=frozenset({"gone"}))
    found, _ = world.settled(recipe)
    assert [one.text for one in found.recipe.test_dependencies] == ["pytest-mock"]
    assert found.recipe.exclude_newer == recipe.exclude_newer
    world = World(["mocker"], unresolvable=frozenset({"dated"}))
    found, _ = world.settled(
        Recipe(exclude_newer=recipe.exclude_newer, test_dependencies=recipe.test_dependencies[:1])
    )
    assert found.recipe.exclude_newer is None
    assert [one.text for one in found.recipe.test_dependencies] == ["pytest-mock"]


def test_where_nothing_helps_it_is_said_in_the_installers_words() -> None:
    def attempt(recipe: Recipe) -> Attempt:
        done = Executed(1, "Because gone is gone. fatal error: ffi.h: No such file", None, 0.0)
        return Attempt(recipe, failure=InstallationFailedError("resolve", done, Settings()))

    world: Any = World([])
    with pytest.raises(EnvironmentFailedError, match=r"Because gone is gone[^$]*`libffi-dev`"):
        settle(Recipe(), Tree({}), world, Settings(), attempt, world.forget, timeout=1)
