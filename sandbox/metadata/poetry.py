"""`[tool.poetry]` of pyproject.toml: its groups, and its constraints in the words of PEP 440."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement

from ..tree import Tree
from .files import known, strings, table, toml
from .reading import Purpose, Reading, Wanted, purpose_of

__all__ = ["read_poetry", "specifier_of"]

_POETRY = "pyproject.toml [tool.poetry"
_NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)(.*)")


def read_poetry(tree: Tree) -> Reading:
    """Read name, Python bounds, extras and groups. The program's own dependencies are its build's to say."""
    poetry = table(toml(tree, "pyproject.toml"), "tool", "poetry")
    wanted: list[Wanted] = []
    unread: list[str] = []
    groups = {name: table(group, "dependencies") for name, group in table(poetry, "group").items()}
    groups |= {"dev-dependencies": table(poetry, "dev-dependencies")}
    for name, packages in groups.items():
        purpose: Purpose = "dev" if name == "dev-dependencies" else purpose_of(name)
        where = f"{_POETRY}.group.{name}]"
        for package, value in packages.items():
            found = list(_requirements(package, value))
            wanted += [Wanted(text, where, purpose) for text in found]
            if not found:
                unread.append(f"{where}: `{package}` is not taken from a package index")
    for name in table(poetry, "extras"):
        if purpose_of(name) != "other":
            wanted.append(Wanted(f".[{name}]", f"{_POETRY}.extras] {name}", purpose_of(name)))
    for package, value in table(poetry, "dependencies").items():
        if package != "python" and not (isinstance(value, dict) and value.get("optional")):
            where = f"{_POETRY}.dependencies]"
            wanted += [Wanted(text, where, "runtime") for text in _requirements(package, value)]
    python = table(poetry, "dependencies").get("python")
    return Reading(
        name=known(poetry.get("name")),
        version=known(poetry.get("version")),
        requires_python=(specifier_of(python) or None) if isinstance(python, str) else None,
        classifiers=strings(poetry.get("classifiers")),
        wanted=tuple(wanted),
        unread=tuple(unread),
    )


def specifier_of(constraint: str) -> str | None:
    """Return a constraint of poetry as a PEP 440 specifier, which has no `or`: of alternatives the last.

    Returns None for what is no constraint.

    >>> [specifier_of(text) for text in ("^1.2.3", "~1.2", "^0.0.3", "1.4", "*", ">=2 <3", "<2 || ^3.1")]
    ['>=1.2.3,<2.0.0', '>=1.2,<1.3', '>=0.0.3,<0.0.4', '==1.4', '', '>=2,<3', '>=3.1,<4.0']
    """
    last = re.split(r"\|\|?", constraint)[-1]
    last = re.sub(r"([~^<>=!]+)\s+", r"\1", last.strip())
    if not last:
        return None
    parts: list[str] = []
    for part in re.split(r"\s*,\s*|\s+", last):
        found = re.fullmatch(r"(\^|~=|~|===|==|!=|<=|>=|<|>|=)?([\w.*+!-]+)", part)
        if found is None:
            return None
        sign, number = found[1] or "", found[2]
        if number == "*":
            continue
        if sign in {"^", "~"}:
            bounds = _bounds(number, caret=sign == "^")
            if bounds is None:
                return None
            parts.append(bounds)
        else:
            parts.append(f"{'==' if sign in {'', '='} else sign}{number}")
    return ",".join(parts)


def _bounds(number: str, *, caret: bool) -> str | None:
    found = _NUMBER.fullmatch(number)
    if found is None:
        return None
    release = [int(part) for part in found[1].split(".")]
    if caret:
        # The first part that is not zero may not change; of zeros alone, the last that was written.
        at = next((index for index, part in enumerate(release) if part), len(release) - 1)
    else:
        at = min(1, len(release) - 1)
    upper = [*release[:at], release[at] + 1, *([0] * (len(release) - at - 1) if caret else [])]
    return f">={number},<{'.'.join(map(str, upper))}"


def _requirements(package: str, value: object) -> Iterator[str]:
    """Yield a dependency as PEP 508 requirements, one for each of its alternatives."""
    for one in value if isinstance(value, list) else [value]:
        details = {"version": one} if isinstance(one, str) else one
        if not isinstance(details, dict) or not isinstance(details.get("version"), str):
            continue  # a path, an address, a repository
        specifier = specifier_of(details["version"])
        extras = strings(details.get("extras"))
        markers = [f"({details['markers']})"] if isinstance(details.get("markers"), str) else []
        if isinstance(details.get("python"), str):
            bounds = specifier_of(details["python"]) or ""
            markers += [_as_marker(bound) for bound in bounds.split(",") if bound]
        chosen = f"[{','.join(extras)}]" if extras else ""
        text = f"{package}{chosen}{specifier or ''}"
        text += f" ; {' and '.join(markers)}" if markers else ""
        try:
            yield str(Requirement(text))
        except InvalidRequirement:
            continue


def _as_marker(bound: str) -> str:
    sign, number = re.fullmatch(r"([^\d]*)(.*)", bound).groups()  # type: ignore[union-attr]  # matches all
    return f"python_full_version {sign} '{number}'"
