"""What of a source tree a build can depend on: trees that agree in it share one environment.

An environment holds what a project needs, its metadata, its scripts, and files that its build generated; its
own modules are taken out again, and every session brings its tree. So an edit to a module or to a page of the
documentation changes nothing of it, and need not build it anew. What counts is every other file, and of
modules those that builds read versions from, and in which folders there are any. Where a build compiles or
generates from modules, or runs code of the project's own, everything counts.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from rpsdg.traces.identity import digest

from .tree import Tree

__all__ = ["built_from"]

_VERSIONED = re.compile(
    r"(^|/)(__init__|setup|_?versioneer|_?version|__version__|_?version_info|__about__|about|_?release|"
    r"_?meta|_?metadata|__meta__|__metadata__|__pkginfo__|_?info|conanfile|hatch_build|build)\.pyi?$"
)
"""Modules that builds read, above all for the version."""
_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "meson.build", "CMakeLists.txt")
_GENERATES = re.compile(
    rb"mypyc|cython|ext_modules|cffi_modules|pybind11|nanobind|backend-path|build\.hooks\.custom|"
    rb"(?<!get_)cmdclass(?!\s*=\s*versioneer\.)|build_py|\[tool\.poetry\.build\]|f2py|"
    rb"meson-python|scikit-build|maturin|setuptools-rust",
    re.IGNORECASE,
)
"""Signs that a build makes more of modules than a copy."""
_PROSE = frozenset({".md", ".rst"})
_NO_BUILD = re.compile(r"(^|/)(tests?|docs?|examples?|benchmarks?|\.[^/]+)/")
"""Folders that no build reads; what lies in them may be installed, and is taken out again."""


def built_from(tree: Tree) -> str:
    """Return the digest of what a build of a tree can depend on; the tree's own where that may be all."""
    if any(path in tree and _GENERATES.search(tree[path].data) for path in _BUILD_FILES):
        return tree.digest
    read: list[str] = []
    names: set[str] = set()
    for path, entry in tree.items():
        place = PurePosixPath(path)
        module = place.suffix in {".py", ".pyi"}
        top = len(place.parts) == 1
        if _NO_BUILD.search(path):
            continue
        if module and not _VERSIONED.search(path):
            names.add(path if top else str(place.parent))
        elif place.suffix.lower() in _PROSE:
            names |= {path} if top else set()  # a build may ask that a README is there
        else:
            read.append(f"{entry.kind} {entry.digest} {path}")
    return digest(["built from", sorted(read), sorted(names)])
