"""setup.cfg, as setuptools reads it."""

from __future__ import annotations

from ..tree import Tree
from .files import ini, known, lines_of
from .pep621 import extras_wanted
from .reading import Reading, Wanted
from .requirements import read_lines

__all__ = ["read_setup_cfg"]


def read_setup_cfg(tree: Tree) -> Reading:
    """Read name, version, Python bounds, classifiers, extras and `tests_require`."""
    content = ini(tree, "setup.cfg")
    about, options = content.get("metadata", {}), content.get("options", {})
    version = known(about.get("version"))
    extras = content.get("options.extras_require", {})
    wanted: list[Wanted] = []
    for name, texts in extras.items():
        wanted += extras_wanted(name, tuple(lines_of(texts)), "setup.cfg [options.extras_require]")
    needed = lines_of(options.get("install_requires"))
    wanted += [Wanted(text, "setup.cfg [options] install_requires", "runtime") for text in needed]
    tests = read_lines(
        tree, lines_of(options.get("tests_require")), "setup.cfg [options] tests_require", "test"
    )
    return Reading(
        name=known(about.get("name")),
        version=None if version is None or version.startswith(("attr:", "file:")) else version,
        requires_python=known(options.get("python_requires")),
        classifiers=tuple(lines_of(about.get("classifiers") or about.get("classifier"))),
        wanted=(*wanted, *tests.wanted),
        unread=tests.unread,
    )
