"""The grader as one file, which a container needs nothing but Python to run."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from importlib.resources import files

__all__ = ["OLDEST_PYTHON", "grader"]

OLDEST_PYTHON = (3, 10)
"""The interpreter that it needs."""
_MODULES = {
    "": (),
    "traces": ("errors",),
    "sandbox": (
        "contract",
        "crosscheck",
        "glimpse",
        "lease",
        "process_connection",
        "report",
        "session",
        "tree",
    ),
    "mutators": ("scope", "syntax"),
    "mutators.grading": ("in_container", "marking", "reach", "submission"),
}
"""By package; besides, all that runs inside sandboxes. As they are: tasks are marked by the code that
every other verdict comes from."""
_START = "import sys\nfrom rpsdg.mutators.grading.in_container import main\n\nsys.exit(main())\n"


@cache
def grader() -> bytes:
    """Return a zip archive that Python runs; the same bytes every time."""
    sources = {"__main__.py": _START}
    for package, modules in _MODULES.items():
        folder = "/".join(["rpsdg", *package.split(".")]).rstrip("/")
        sources[f"{folder}/__init__.py"] = ""
        home = files("rpsdg").joinpath(*package.split(".")) if package else files("rpsdg")
        for name in modules:
            sources[f"{folder}/{name}.py"] = home.joinpath(f"{name}.py").read_text("utf-8")
    for entry in files("rpsdg").joinpath("sandbox", "inside").iterdir():
        if entry.name.endswith(".py"):
            sources[f"rpsdg/sandbox/inside/{entry.name}"] = entry.read_text("utf-8")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, source in sorted(sources.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), source, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
