"""PKG-INFO: what the build of an sdist found out about itself."""

from __future__ import annotations

import re

from packaging.requirements import InvalidRequirement, Requirement

from ..tree import Tree
from .files import headers, known
from .reading import Reading, Wanted, purpose_of

__all__ = ["read_pkg_info"]


def read_pkg_info(tree: Tree) -> Reading:
    """Read name, version, Python bounds, classifiers, extras and their requirements."""
    fields = headers(tree, "PKG-INFO")
    wanted = [
        Wanted(f".[{name}]", f"PKG-INFO Provides-Extra {name}", purpose_of(name))
        for name in map(str, fields.get_all("Provides-Extra") or ())
        if purpose_of(name) != "other"
    ]
    for line in map(str, fields.get_all("Requires-Dist") or ()):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or "extra" not in str(requirement.marker):
            wanted.append(Wanted(str(requirement), "PKG-INFO Requires-Dist", "runtime"))
            continue
        named = re.search(r"extra\s*==\s*['\"]([\w.-]+)['\"]", str(requirement.marker))
        requirement.marker = None
        origin = f"PKG-INFO Provides-Extra {named[1]}" if named is not None else "PKG-INFO Requires-Dist"
        wanted.append(Wanted(str(requirement), origin, "other"))
    return Reading(
        name=known(fields.get("Name")),
        version=known(fields.get("Version")),
        requires_python=known(fields.get("Requires-Python")),
        classifiers=tuple(str(value).strip() for value in fields.get_all("Classifier") or ()),
        wanted=tuple(wanted),
    )
