"""The tables of a manifest, as they are written; what they mean together is for `manifest.py` to say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from rpsdg.traces.errors import UsageError

from .redact import redact
from .settings import GitCredentials
from .spec import GitSpec, LocalSpec, PyPISpec, Spec, parse

__all__ = ["CorpusTable", "MathematicsTable", "SourceTable", "Whole", "address_of", "name_of", "specifiers"]

Positive = Annotated[int, msgspec.Meta(ge=1)]
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, msgspec.Meta(ge=1)]
Amount = Annotated[float, msgspec.Meta(gt=0)]


_TERMS = ("count", "walks", "mix", "levels", "level_mix", "confirm", "include", "exclude", "seed")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all tables share: they are strict about names."""


class CorpusTable(Table, frozen=True, kw_only=True):
    """`[corpus]`: what holds for the corpus as a whole."""

    seed: Natural = 0
    """Of sources and mathematics that name none."""
    out: str = "data"
    """Folder of the data set, relative to the manifest."""
    budget: str | None = None
    """Time that one refresh may take."""
    python: str | None = None
    """Python minor version for the tests."""
    max_cost: Amount | None = None
    """What one refresh may cost, in the currency of `price_per_hour`."""
    price_per_hour: Amount | None = None
    """Of the machine that works."""


class SourceTable(Table, frozen=True, kw_only=True):
    """`[[source]]`: a program, and what is made of it."""

    name: str = ""
    git: str | None = None
    ref: str | None = None
    pypi: str | None = None
    versions: str | None = None
    path: str | None = None
    git_credentials: GitCredentials = "none"
    count: Natural = 20
    """Traces of one bug that are wanted."""
    walks: Natural = 0
    """Traces of two to four bugs, wanted besides."""
    mix: str = "realistic"
    """Name of a mixture, or a file relative to the manifest."""
    levels: str | None = None
    level_mix: str | None = None
    confirm: str = "full"
    timeout: Seconds = 300.0
    """Seconds one run of the untouched tests may take."""
    include: tuple[str, ...] = ()
    """Globs of the files that bugs may be put into; all that are the program's own where there is none."""
    exclude: tuple[str, ...] = ()
    """Globs of files that they may not be put into."""
    budget: str | None = None
    """Time that one refresh may take for this source."""
    seed: Natural | None = None

    @property
    def terms(self) -> dict[str, Any]:
        """What is asked of the source, as JSON: neither where it is from nor what that may take."""
        about: dict[str, Any] = msgspec.to_builtins(self)
        return {name: about[name] for name in _TERMS}

    @property
    def address(self) -> dict[str, Any]:
        """Where it is from, as JSON."""
        about: dict[str, Any] = msgspec.to_builtins(self)
        return {name: about[name] for name in ("git", "ref", "pypi", "versions", "path")}


class MathematicsTable(Table, frozen=True, kw_only=True):
    """`[[mathematics]]`: families of problems, and how many of each."""

    families: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    count: Positive = 100
    """Of each family."""
    level: str | None = None
    wrong_steps: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    detail: Annotated[int, msgspec.Meta(ge=1, le=3)] = 2
    split: str | None = None
    seed: Natural | None = None
    name: str = ""


class Whole(Table, frozen=True, kw_only=True):
    """A manifest as it is written; defaults are filled in later."""

    corpus: CorpusTable = CorpusTable()
    defaults: dict[str, Any] = {}
    source: tuple[SourceTable, ...] = ()
    mathematics: tuple[MathematicsTable, ...] = ()


def address_of(source: SourceTable, folder: Path) -> Spec:
    """Return the address of a source; of a release without its version.

    Args:
        source: the table.
        folder: that its `path` is relative to.

    Raises:
        UsageError: it is none.
    """
    if source.pypi is not None:
        spec = parse(f"pypi:{source.pypi}")
        if not isinstance(spec, PyPISpec) or spec.version is not None:
            raise UsageError(
                f"the name of a project was expected, not `{source.pypi}`",
                hint='A version goes into a line of its own: `versions = "==1.0.0"`.',
            )
        return spec
    if source.path is not None:
        return LocalSpec(folder / source.path)
    address = str(source.git)
    written = address if address.startswith("git+") or "://" not in address else f"git+{address}"
    spec = parse(f"{written}@{source.ref}" if source.ref is not None else written)
    if not isinstance(spec, GitSpec):
        raise UsageError(f"`{redact(address)}` is not a git address")
    if source.ref is None and spec.ref is not None:
        raise UsageError(
            f"a git address without a ref was expected, not `{redact(address)}`",
            hint=f'The ref goes into a line of its own: `ref = "{spec.ref}"`.',
        )
    return spec


def specifiers(text: str) -> SpecifierSet:
    """Return versions such as `>=1,<2`.

    Raises:
        UsageError: they are none.
    """
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        raise UsageError(f"versions such as `>=1,<2` or `==1.0.0` were expected, not `{text}`") from None


def name_of(spec: Spec) -> str:
    """Return what a source is called that was given no name."""
    match spec:
        case PyPISpec(name=name):
            return canonicalize_name(name)
        case GitSpec():
            return spec.name.lower()
        case LocalSpec(path=path):
            return path.resolve().name.lower()
