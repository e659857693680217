"""Which benchmarks have tasks from a repository: facts in `contamination.json`, with their sources."""

from __future__ import annotations

import functools
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec
from packaging.utils import canonicalize_name

__all__ = ["Benchmark", "benchmarks_with", "known_benchmarks"]


class Benchmark(msgspec.Struct, frozen=True):
    """Where one takes its Python tasks from."""

    repositories: tuple[str, ...]
    """As `owner/name` on GitHub."""
    source: str
    complete: bool
    """Whether all of its repositories are listed; `source` says what is missing."""


class _Facts(msgspec.Struct):
    benchmarks: dict[str, Benchmark]
    distributions: dict[str, tuple[str, ...]]
    date: str
    note: str


@functools.cache
def known_benchmarks() -> dict[str, Benchmark]:
    """Return what is known, by name."""
    return _facts().benchmarks


@functools.lru_cache(maxsize=256)
def benchmarks_with(name: str | None, url: str | None) -> tuple[str, ...]:
    """Return the benchmarks that have tasks from a project.

    A fork, a copy and a release are taken for the project itself: one flag too many does less harm than one
    that is missing.

    Args:
        name: of the project or of its release on PyPI.
        url: where it was fetched from.

    >>> benchmarks_with("Django", None)
    ('SWE-bench', 'SWE-bench Verified')
    >>> benchmarks_with(None, "https://github.com/someone/click.git")
    ('SWE-smith',)
    """
    names = {canonicalize_name(name)} if name else set()
    if url and "pythonhosted.org" not in url:
        names.add(canonicalize_name(urlsplit(url).path.rstrip("/").rpartition("/")[2].removesuffix(".git")))
    return tuple(one for one, taken in _by_name().items() if names & taken)


@functools.cache
def _facts() -> _Facts:
    data = files(__package__).joinpath("contamination.json").read_bytes()
    return msgspec.json.decode(data, type=_Facts)


@functools.cache
def _by_name() -> dict[str, frozenset[str]]:
    distributions = _facts().distributions
    return {
        name: frozenset(
            canonicalize_name(spelling)
            for repository in benchmark.repositories
            for spelling in (repository.partition("/")[2], *distributions.get(repository, ()))
        )
        for name, benchmark in known_benchmarks().items()
    }
