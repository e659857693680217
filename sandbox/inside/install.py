"""Runs once inside a building sandbox, after the project was installed into the virtual environment.

The tests must import the tree they were given and nothing else. So the installed copy of the
project is taken out of site-packages again (its metadata and scripts stay), what the build generated
is put aside as an overlay for the tree, and the folders that must be on the search path are printed.

Usage: python install.py LISTING PREFIX NAME
where LISTING is a JSON file with the paths of the tree as it was before the build.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib import metadata
from typing import Any, Dict, List, Set


def main(listing: str, prefix: str, name: str) -> None:
    """Take the project's modules out of the environment and put its generated files aside."""
    with open(listing) as stream:
        known = set(json.load(stream))
    overlay = os.path.join(prefix, "overlay")
    os.makedirs(overlay, exist_ok=True)
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        answer(roots=guess_roots(known), version=None)
        return
    modules: List[str] = []
    for file in distribution.files or ():
        path = file.as_posix()
        if path.startswith("..") or ".dist-info/" in path or ".egg-info/" in path or "__pycache__" in path:
            continue
        modules.append(path)
    roots: Dict[str, str] = {}
    for path in modules:
        top = path.split("/")[0]
        for known_path in sorted(known, key=lambda p: (p.count("/"), p)):
            if known_path == path or known_path.endswith("/" + path):
                roots.setdefault(top, known_path[: -len(path)].rstrip("/") or ".")
                break
    generated: List[str] = []
    for path in modules:
        installed = str(distribution.locate_file(path))
        root = roots.get(path.split("/")[0], next(iter(roots.values()), "."))
        target = os.path.normpath(os.path.join(root, path))
        if target not in known and os.path.isfile(installed) and not target.startswith(".."):
            os.makedirs(os.path.dirname(os.path.join(overlay, target)), exist_ok=True)
            shutil.copy(installed, os.path.join(overlay, target))
            generated.append(target)
    for path in modules:
        installed = str(distribution.locate_file(path))
        if os.path.lexists(installed):
            os.unlink(installed)
        folder = os.path.dirname(installed)
        cache = os.path.join(folder, "__pycache__")
        if os.path.isdir(cache):
            shutil.rmtree(cache)
        while os.path.basename(folder) not in ("site-packages", "dist-packages"):
            if os.path.isdir(folder):
                if os.listdir(folder):
                    break
                os.rmdir(folder)
            folder = os.path.dirname(folder)
    # The folder a project was installed from is this sandbox's business.
    origin = [f for f in distribution.files or () if f.name == "direct_url.json"]
    for file in origin:
        os.unlink(str(distribution.locate_file(file)))
    found = sorted(set(roots.values())) or guess_roots(known)
    answer(roots=found, version=distribution.version, generated=generated)


def answer(**about: Any) -> None:
    """Print what the host is to know, as the last line."""
    sys.stdout.write(json.dumps(about) + "\n")


def guess_roots(known: Set[str]) -> List[str]:
    """Return the search path of a project that was not installed."""
    return ["src", "."] if any(path.startswith("src/") for path in known) else ["."]


if __name__ == "__main__":
    main(*sys.argv[1:])
