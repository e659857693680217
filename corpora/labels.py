"""What a data set says of each trace beside the trace: level, family, repository, licence, who else has it.

All of it follows from the trace and from where its run cut the levels. It has columns of its own so that
whoever opens a shard can choose and split without knowing how it is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import accumulate
from urllib.parse import urlsplit

import msgspec
from packaging.utils import canonicalize_name

from rpsdg.traces.levels import Cuts, level_of

from .contamination import benchmarks_with

__all__ = ["Labels", "changed_lines", "labels_of", "repository_name"]


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a data set that are no part of a trace."""

    level: int | None = None
    """Difficulty, 1 to 5: as it was asked for, or cut from the score as the run's plan says."""
    family: str | None = None
    """Of mathematics: the kind of problem."""
    repository: str | None = None
    """Of code: the project's name, spelled in one way, from wherever it came."""
    paths: tuple[str, ...] = ()
    """Of code: the files that the bugs are in."""
    licence: str | None = None
    """Of the source, as an SPDX expression where it could be told."""
    near_duplicates: tuple[str, ...] = ()
    """Traces that share one of these are near-duplicates. Of code: digests of the original lines that bugs
    change, with their neighbours, wherever they are; of mathematics: the skeleton."""
    contamination: tuple[str, ...] = ()
    """Benchmarks and training sets with tasks from the same repository."""


class _Place(msgspec.Struct):
    path: str = ""


class _Source(msgspec.Struct):
    """What is looked at of `provenance.source`, which is open."""

    family: str | None = None
    level: int | None = None
    skeleton: str | None = None
    name: str | None = None
    url: str | None = None
    licence: str | None = None
    places: tuple[_Place, ...] = ()


class _CodeState(msgspec.Struct):
    diff: str = ""


class _Features(msgspec.Struct):
    level: float | None = None


_FEATURES = msgspec.json.Decoder(_Features)
_SOURCE = msgspec.json.Decoder(_Source)
_STATE = msgspec.json.Decoder(_CodeState)


def labels_of(
    domain: str,
    state: bytes,
    source: bytes,
    score: float | None,
    cuts: Cuts | None,
    features: bytes = b"{}",
) -> Labels:
    """Return the labels of a trace.

    Args:
        domain: of the trace.
        state: the problem's, as JSON.
        source: what the trace's provenance says of it, as JSON.
        score: its difficulty.
        cuts: where its run cut scores into levels; None where levels are asked for.
        features: of the trace, as JSON: the level is among those of some that others made.
    """
    try:
        about = _SOURCE.decode(source)
    except msgspec.ValidationError:  # of a domain that means something else by these names
        about = _Source()
    level = about.level
    if level is None and cuts is not None and score is not None:
        level = level_of(score, cuts)
    if level is None and (told := _FEATURES.decode(features).level) is not None:
        level = int(told)
    if not domain.startswith("code/"):
        same = () if about.skeleton is None else (about.skeleton,)
        return Labels(level=level, family=about.family, licence=about.licence, near_duplicates=same)
    diff = _STATE.decode(state).diff
    named = about.name or about.url
    return Labels(
        level=level,
        repository=repository_name(named) if named else None,
        paths=tuple(dict.fromkeys(place.path for place in about.places)),
        licence=about.licence,
        near_duplicates=tuple(dict.fromkeys(changed_lines(diff))),
        contamination=benchmarks_with(about.name, about.url),
    )


def repository_name(named: str) -> str:
    """Return the one spelling of a project's name or address.

    >>> repository_name("https://github.com/pallets/Click.git"), repository_name("zope.interface")
    ('click', 'zope-interface')
    """
    last = urlsplit(named).path.rstrip("/").rpartition("/")[2] if "/" in named else named
    return str(canonicalize_name(last.removesuffix(".git")))


def changed_lines(diff: str) -> Iterator[str]:
    """Yield a digest of every original line that a bug changes, with the two lines on either side.

    Indentation is left out, so that code that was moved is still the same. Where lines are only added, those
    around them count as changed.
    """
    for hunk in _hunks(diff):
        original = [line[1:].strip() for line in hunk if line[0] != "+"]
        places = list(accumulate((line[0] != "+" for line in hunk), initial=0))
        removed = [place for line, place in zip(hunk, places, strict=False) if line[0] == "-"]
        beside = [place for line, place in zip(hunk, places, strict=False) if line[0] == "+"]
        for number in removed or sorted({n for place in beside for n in (place - 1, place)}):
            if 0 <= number < len(original):
                around = "\n".join(original[max(0, number - 2) : number + 3])
                yield hashlib.blake2b(f"{original[number]}\0{around}".encode(), digest_size=6).hexdigest()


def _hunks(diff: str) -> Iterator[list[str]]:
    hunk: list[str] = []
    inside = False
    for line in diff.split("\n"):
        if line.startswith("@@ "):
            if hunk:
                yield hunk
            hunk, inside = [], True
        elif line.startswith("diff --git "):
            inside = False
        elif inside and line[:1] in {" ", "-", "+"}:
            hunk.append(line)
    if hunk:
        yield hunk
