"""The manifest of a corpus, `corpus.toml`: which sources it is made of, and what is made of each.

::

    [corpus]
    out = "data"                  # the data set, relative to this file
    budget = "2h"                 # optional: the time that one refresh may take

    [defaults]                    # optional: any key of a source, for all of them
    count = 40

    [[source]]
    git = "https://example.com/team/project.git"
    ref = "main"

    [[source]]
    pypi = "toolz"
    versions = ">=1,<2"           # the newest that fits; `==1.0.0` stays at one

    [[mathematics]]
    families = ["linear-equation"]
    count = 200

Reading it touches neither the network nor another file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from rpsdg.traces.errors import RpsdgError, UsageError
from rpsdg.traces.identity import digest

from .durations import seconds_in
from .globs import check_glob
from .manifest_tables import (
    CorpusTable,
    MathematicsTable,
    SourceTable,
    Whole,
    address_of,
    name_of,
    specifiers,
)
from .spec import GitSpec, Spec
from .toml_lines import line_of, lines_by_path

__all__ = ["CorpusTable", "Manifest", "ManifestError", "MathematicsTable", "SourceTable"]

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SOURCES = ("git", "pypi", "path")


class ManifestError(UsageError):
    """A manifest that is not there, is not TOML, or says what cannot be meant; the message has the line."""


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read and holds together."""

    path: Path
    corpus: CorpusTable
    sources: tuple[SourceTable, ...]
    """With their defaults, names and seeds filled in."""
    mathematics: tuple[MathematicsTable, ...]
    lines: Mapping[str, int] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest.

        Raises:
            ManifestError: it is not there, or cannot be meant.
        """
        try:
            text = path.read_bytes().decode()
        except OSError as error:
            raise ManifestError(
                f"the manifest `{path}` cannot be read: {error.strerror or error}",
                hint="Name another file, or write one with `rpsdg init`.",
            ) from error
        except UnicodeDecodeError as error:
            raise ManifestError(f"the manifest `{path}` is not UTF-8: {error}") from error
        return cls.parsed(path, text)

    @classmethod
    def parsed(cls, path: Path, text: str) -> Manifest:
        """Return the manifest that a text is.

        Args:
            path: where it lies; what it names is relative to its folder.
            text: TOML.

        Raises:
            ManifestError: it cannot be meant.
        """
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"\(at line (\d+)", str(error))
            raise ManifestError(f"{path}:{at[1] if at else 1}: this is not TOML: {error}") from error
        return _Reading(path, dict(lines_by_path(text))).manifest(found)

    def at(self, place: str) -> str:
        """Return where something stands, such as `corpus.toml:12`, for the path `source[1].count`."""
        return f"{self.path}:{line_of(dict(self.lines), place)}"

    def checked(self, place: str, make: Callable[[], T]) -> T:
        """Return what is made of a value, and say where it stands if it cannot be meant.

        Raises:
            ManifestError: `make` raised a UsageError.
        """
        return _checked(self.at(place), make)

    @property
    def names(self) -> list[str]:
        """Of sources and mathematics, in their order."""
        return [*(one.name for one in self.sources), *(one.name for one in self.mathematics)]

    @property
    def out(self) -> Path:
        """The folder of the data set."""
        return self.path.parent / self.corpus.out

    @property
    def digest(self) -> str:
        """Of all that it says; of neither comments nor formatting nor defaults that are written out."""
        return digest([msgspec.to_builtins(part) for part in (self.corpus, self.sources, self.mathematics)])

    def spec(self, source: SourceTable) -> Spec:
        """Return the address of a source; of a release without its version."""
        return address_of(source, self.path.parent)


@dataclass(frozen=True)
class _Reading:
    """One manifest that is being read."""

    path: Path
    lines: dict[str, int]

    def manifest(self, found: dict[str, Any]) -> Manifest:
        whole = self.converted(self.with_defaults(found))
        sources = tuple(self.source(n, one, whole.corpus) for n, one in enumerate(whole.source))
        mathematics = tuple(
            msgspec.structs.replace(
                one,
                name=one.name or "-".join(["math", *one.families[:1]]),
                seed=whole.corpus.seed if one.seed is None else one.seed,
            )
            for one in whole.mathematics
        )
        manifest = Manifest(self.path, whole.corpus, sources, mathematics, self.lines)
        self.check_corpus(whole.corpus)
        self.check_names(manifest)
        if not sources and not mathematics:
            raise ManifestError(
                f"{self.path}:1: the manifest names nothing to make data of",
                hint="Add a [[source]] or a [[mathematics]] table.",
            )
        return manifest

    def with_defaults(self, found: dict[str, Any]) -> dict[str, Any]:
        defaults, sources = found.get("defaults", {}), found.get("source", [])
        if not isinstance(defaults, dict) or not isinstance(sources, list):
            return found  # what is wrong is said by whoever converts it
        for name in ("name", "ref", "versions", *_SOURCES):
            if name in defaults:
                raise self.wrong(f"defaults.{name}", f"`{name}` belongs to one source, not to all of them")
        checked = {"source": [{"git": "https://example.com/x.git", **defaults}]}
        self.converted(checked, "defaults")  # so that a mistake in them is told where it stands
        return found | {"source": [defaults | one for one in sources if isinstance(one, dict)]}

    def converted(self, found: dict[str, Any], instead: str = "") -> Whole:
        try:
            return msgspec.convert(found, Whole)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at ")
            place = place.strip("`").removeprefix("$").removeprefix(".")
            unknown = re.search(r"unknown field `(.*)`", message)
            if unknown is not None:
                place, message = f"{place}.{unknown[1]}".lstrip("."), f"there is no key `{unknown[1]}` here"
            place = re.sub(r"^source\[0\]", instead, place) if instead else place
            raise self.wrong(place, message[0].lower() + message[1:]) from error

    def source(self, number: int, found: SourceTable, corpus: CorpusTable) -> SourceTable:
        place = f"source[{number}]"
        kinds = [kind for kind in _SOURCES if getattr(found, kind) is not None]
        if len(kinds) != 1:
            have = " and ".join(f"`{kind}`" for kind in kinds) or "none of them"
            raise self.wrong(place, f"a source has one of `git`, `pypi` and `path`; this one has {have}")
        for key, kind in (("ref", "git"), ("versions", "pypi")):
            if getattr(found, key) is not None and kinds != [kind]:
                raise self.wrong(f"{place}.{key}", f"`{key}` goes with `{kind}`, and this is a `{kinds[0]}`")
        spec = _checked(self.at(f"{place}.{kinds[0]}"), lambda: address_of(found, self.path.parent))
        if isinstance(spec, GitSpec) and (spec.user or spec.password):
            raise self.wrong(
                f"{place}.git",
                "an address with a user or a password in it does not belong in a manifest",
                hint='Write `git_credentials = "askpass"`, or an ssh address and `"ssh-agent"`.',
            )
        if found.versions is not None:
            self.checked(f"{place}.versions", lambda: specifiers(str(found.versions)))
        if found.budget is not None:
            self.checked(f"{place}.budget", lambda: seconds_in(str(found.budget)))
        if found.levels is not None and found.level_mix is not None:
            raise self.wrong(f"{place}.level_mix", "either `levels` or `level_mix` was expected, not both")
        for key in ("include", "exclude"):
            for glob in getattr(found, key):
                self.checked(f"{place}.{key}", partial(check_glob, glob))
        return msgspec.structs.replace(
            found,
            name=found.name or name_of(spec),
            seed=corpus.seed if found.seed is None else found.seed,
        )

    def check_corpus(self, corpus: CorpusTable) -> None:
        if corpus.budget is not None:
            self.checked("corpus.budget", lambda: seconds_in(str(corpus.budget)))
        if corpus.python is not None and not re.fullmatch(r"3\.\d+", corpus.python):
            raise self.wrong(
                "corpus.python", f"a minor version such as `3.12` was expected, not `{corpus.python}`"
            )
        if corpus.max_cost is not None and corpus.price_per_hour is None:
            raise self.wrong("corpus.max_cost", "a cost needs a `price_per_hour`, and [corpus] has none")
        out = Path(corpus.out)
        if not corpus.out or out in (Path(), Path("..")) or ".rpsdg" in out.parts:
            raise self.wrong("corpus.out", f"a folder for the data set was expected, not `{corpus.out}`")

    def check_names(self, manifest: Manifest) -> None:
        taken: dict[str, str] = {}
        tables: dict[str, SourceTable | MathematicsTable] = {
            **{f"source[{n}]": one for n, one in enumerate(manifest.sources)},
            **{f"mathematics[{n}]": one for n, one in enumerate(manifest.mathematics)},
        }
        for place, one in tables.items():
            if not _NAME.fullmatch(one.name):
                raise self.wrong(
                    f"{place}.name",
                    f"`{one.name}` is no name: it has letters a to z, digits, dots, dashes and underscores",
                    hint='Give it another one: `name = "…"`.',
                )
            if one.name in taken:
                raise self.wrong(
                    f"{place}.name",
                    f"`{one.name}` is the name of the table in line {line_of(self.lines, taken[one.name])}",
                    hint='Give one of the two another: `name = "…"`.',
                )
            taken[one.name] = place

    def at(self, place: str) -> str:
        return f"{self.path}:{line_of(self.lines, place)}"

    def wrong(self, place: str, message: str, *, hint: str = "") -> ManifestError:
        key = re.sub(r"\[\d+\]$", "", place.rpartition(".")[2])
        told = message if not key or f"`{key}`" in message else f"`{key}`: {message}"
        return ManifestError(f"{self.at(place)}: {told}", hint=hint)

    def checked(self, place: str, make: Callable[[], T]) -> T:
        return _checked(self.at(place), make)


def _checked(at: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except RpsdgError as error:
        raise ManifestError(f"{at}: {error}", hint=error.hint) from error
