"""From a source tree to an environment its tests run in: read, resolve, lock, install, repair, keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from rpsdg.traces.identity import digest

from .built_from import built_from
from .contract import EnvironmentFailedError, Place, Sandbox
from .environment import Environment
from .installing import InstallationFailedError, inside, install, resolve
from .keeping import About, Shelf, alone, write
from .metadata import Recipe, read_recipe
from .pythons import require_python
from .repairs import foreign_imports
from .settings import Settings
from .settling import Attempt, Settled, settle
from .tree import Tree

__all__ = ["Environment", "prepare"]

SEARCH = 1
"""Changes when the search for a recipe does, so that recipes found by an older one are looked for anew."""


def prepare(
    tree: Tree,
    sandbox: Sandbox,
    settings: Settings,
    *,
    version: str | None = None,
    released: datetime | None = None,
    source: str = "",
    recorded: Environment | None = None,
    fresh: bool = False,
    timeout: float = 300.0,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Environment, Place]:
    """Return the environment of a tree, built if the sandbox does not have it yet.

    The environment is in use, and will not be evicted, for as long as the returned place is held.

    Args:
        tree: the project, with the files its metadata lies in.
        sandbox: where it is built and will run.
        settings: index, certificates, limits.
        version: the project's version, for builds that would ask git for it.
        released: when this state of the project was published: what came out later is not taken, unless
            that does not work, or RPSDG_EXCLUDE_NEWER says another date.
        source: what the user called the source, for lists of environments.
        recorded: an environment to build again exactly, instead of looking for a recipe.
        fresh: look for a recipe even if one was found earlier.
        timeout: seconds one run of the untouched tests may take while a recipe is looked for.
        progress: told in a few words what is being done.

    Raises:
        EnvironmentFailedError: the Python version does not fit, or resolving or installing failed.
    """
    maker = _Maker(tree, sandbox, settings, version, source, progress)
    if recorded is not None:
        if recorded.python != maker.python:
            raise EnvironmentFailedError(
                f"the environment was made with Python {recorded.python}; this sandbox has {maker.python}",
                hint=f"Use `--python {recorded.python}` or a base image that has it.",
            )
        # Environments of before there were recipes have what the files say.
        recipe = recorded.recipe or read_recipe(tree)
        require_python(recipe, sandbox.python())
        return maker.make(recipe, recorded.lock)
    recipe = read_recipe(tree, released)
    if settings.exclude_newer is not None:
        recipe = msgspec.structs.replace(recipe, exclude_newer=settings.exclude_newer)
    require_python(recipe, sandbox.python())
    return maker.settled(recipe, timeout, fresh=fresh)


@dataclass(frozen=True)
class _Maker:
    """Makes environments of one tree in one sandbox."""

    tree: Tree
    sandbox: Sandbox
    settings: Settings
    version: str | None
    source: str
    progress: Callable[[str], None]
    locks: dict[str, str] = field(default_factory=dict)
    """Of attempts of this search."""

    @property
    def python(self) -> str:
        """The sandbox's minor version."""
        return ".".join(self.sandbox.python().split(".")[:2])

    def settled(self, recipe: Recipe, timeout: float, *, fresh: bool) -> tuple[Environment, Place]:
        """Return the environment of the recipe that a search ends with, or that an earlier one ended with."""
        # One recipe and lock for every sandbox of this machine, so that their verdicts can be compared.
        plain = _is_plain(recipe, self.tree)
        subject = "pytest alone" if plain else self.tree.digest
        key = digest([SEARCH, subject, recipe, self.python, self.settings.index_url])
        path = self.settings.cache / "locks" / f"{key[:24]}.json"
        best: Attempt | None = None
        with alone(path):
            found = None if fresh else _read(path)
            if found is None and plain:
                lock, failure = self._resolved(recipe)
                if failure is not None:
                    raise failure
                found = Settled(recipe=recipe, lock=lock)
                write(path, msgspec.json.encode(found))
            elif found is None:
                found, best = settle(
                    recipe,
                    self.tree,
                    self.sandbox,
                    self.settings,
                    self._attempt,
                    self._forget,
                    timeout=timeout,
                    progress=self.progress,
                )
                write(path, msgspec.json.encode(found))
        made = self.make(found.recipe, found.lock, found)
        del best  # until now its place kept the environment from being evicted
        return made

    def make(self, recipe: Recipe, lock: str, settled: Settled | None = None) -> tuple[Environment, Place]:
        """Return the environment of a recipe and its lock, built if the sandbox does not have it.

        What is known of the search for it is written down with it.
        """
        base = self.sandbox.base(_packages(recipe))
        key = digest([self._made_from(recipe, lock), base, sha256(inside("install.py")).hexdigest()])
        shelf = Shelf(self.sandbox, self.settings)
        with shelf.building(key):
            place, about = self.sandbox.find(key), shelf.about(key)
            if place is None or about is None:
                self.progress("installing the environment")
                with self.sandbox.build(key, _packages(recipe)) as session:
                    name, roots = install(session, self.tree, recipe, lock, self.settings, self.version)
                environment = self._environment(recipe, lock, name, roots)
                shelf.put(key, About(environment=environment, source=self.source, runner=self.sandbox.name))
                place, about = self.sandbox.find(key), shelf.about(key)
            if place is None or about is None:
                raise EnvironmentFailedError("the environment was built and is gone again")
            # The arguments of pytest and the story are the caller's own: the same place serves others.
            environment = self._environment(recipe, lock, about.environment.project, about.environment.roots)
            if settled is not None:
                shelf.put(key, _noted(about, environment, settled, self.source))
            lease = shelf.use(key)
        shelf.make_room()
        return environment, replace(place, lease=lease)

    def _environment(
        self, recipe: Recipe, lock: str, name: str | None, roots: tuple[str, ...]
    ) -> Environment:
        return Environment(
            id=digest([self._made_from(recipe, lock), recipe.arguments(), name, roots]),
            python=self.python,
            tree=self._subject(recipe),
            project=name,
            roots=roots,
            lock=lock,
            recipe=recipe,
        )

    def _made_from(self, recipe: Recipe, lock: str) -> dict[str, object]:
        """Return everything that what is installed depends on, the sandbox aside."""
        about: dict[str, object] = {
            "tree": self._subject(recipe),
            "python": self.python,
            "lock": lock,
            "exclude_newer": recipe.exclude_newer if recipe.installable else None,
            "system_packages": _packages(recipe),
            "build_dependencies": [stated.text for stated in recipe.build_dependencies],
            "build_constraints": [stated.text for stated in recipe.build_constraints],
        }
        return {name: value for name, value in about.items() if value}

    def _subject(self, recipe: Recipe) -> str:
        if recipe.installable:
            return built_from(self.tree)
        return digest(["not built", any(path.startswith("src/") for path in self.tree)])

    def _resolved(self, recipe: Recipe) -> tuple[str, InstallationFailedError | None]:
        self.progress("resolving the dependencies")
        try:
            with self.sandbox.build(None, _packages(recipe)) as session:
                return resolve(session, self.tree, recipe, self.settings, self.version), None
        except InstallationFailedError as error:
            return "", error

    def _attempt(self, recipe: Recipe) -> Attempt:
        # What pytest is told changes nothing about what is installed.
        key = digest(msgspec.structs.replace(recipe, pytest_arguments=(), repairs=()))
        if key not in self.locks:
            lock, failure = self._resolved(recipe)
            if failure is not None:
                return Attempt(recipe, failure=failure)
            self.locks[key] = lock
        lock = self.locks[key]
        try:
            environment, place = self.make(recipe, lock)
        except InstallationFailedError as error:
            return Attempt(recipe, lock, failure=error)
        return Attempt(recipe, lock, environment, place)

    def _forget(self, attempt: Attempt) -> None:
        if attempt.place is not None and (lease := attempt.place.lease) is not None:
            lease.give_back()
            Shelf(self.sandbox, self.settings).remove(lease.key)


def _noted(about: About, environment: Environment, settled: Settled, source: str) -> About:
    return msgspec.structs.replace(
        about,
        environment=environment,
        source=source or about.source,
        hints=settled.hints,
        passed=settled.passed if settled.counted else None,
        counted=settled.counted or None,
    )


def _packages(recipe: Recipe) -> tuple[str, ...]:
    return tuple(sorted({stated.text for stated in recipe.system_packages}))


def _is_plain(recipe: Recipe, tree: Tree) -> bool:
    """Say whether a project can need nothing but pytest: it states and builds nothing, and imports itself."""
    stated = (recipe.dependencies, recipe.test_dependencies, recipe.pytest_arguments, recipe.constraints)
    if recipe.installable or any(stated):
        return False
    return not frozenset.union(*foreign_imports(tree)) - {"pytest"}


def _read(path: Path) -> Settled | None:
    """Return what an earlier search came to, or None if it is not, or not any more, readable."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settled)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
