"""`[project]` of pyproject.toml (PEP 621), and what flit called the same before."""

from __future__ import annotations

from ..tree import Tree
from .files import known, strings, table, toml
from .reading import Reading, Wanted, purpose_of

__all__ = ["extras_wanted", "read_pep621"]

_PYPROJECT = "pyproject.toml"


def read_pep621(tree: Tree) -> Reading:
    """Read name, Python bounds, classifiers and extras."""
    content = toml(tree, _PYPROJECT)
    project, flit = table(content, "project"), table(content, "tool", "flit", "metadata")
    extras = table(project, "optional-dependencies") or table(flit, "requires-extra")
    needed = project.get("dependencies") or flit.get("requires")
    where = f"{_PYPROJECT} [project.optional-dependencies]"
    return Reading(
        name=known(project.get("name")) or known(flit.get("dist-name")) or known(flit.get("module")),
        version=known(project.get("version")),
        requires_python=known(project.get("requires-python")) or known(flit.get("requires-python")),
        classifiers=strings(project.get("classifiers")) or strings(flit.get("classifiers")),
        installable="build-system" in content or "project" in content,
        wanted=(
            *(Wanted(text, f"{_PYPROJECT} [project] dependencies", "runtime") for text in strings(needed)),
            *(one for name, texts in extras.items() for one in extras_wanted(name, strings(texts), where)),
        ),
    )


def extras_wanted(name: str, texts: tuple[str, ...], where: str) -> list[Wanted]:
    """Return an extra as it is asked for by name, and its requirements for repairs to look up."""
    purpose, origin = purpose_of(name), f"{where} {name}"
    spare = [Wanted(text, origin, "other") for text in texts]
    return spare if purpose == "other" else [Wanted(f".[{name}]", origin, purpose), *spare]
