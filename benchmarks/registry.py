"""Which benchmarks there are. The folder is the registry: every module with a function `run` is one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .figure import Figure

__all__ = ["Benchmark", "find_benchmarks"]


@dataclass(frozen=True)
class Benchmark:
    """One question and the way to answer it."""

    name: str
    """Name of its module."""
    question: str
    """First line of its docstring."""
    run: Callable[[bool], Iterator[Figure]]
    """Called with whether to be quick; yields each figure as soon as it is known."""
    command: Callable[[Sequence[str]], int] | None = None
    """A command of its own, for arguments that the others do not have; returns the exit status."""


def find_benchmarks() -> dict[str, Benchmark]:
    """Return the benchmarks of this folder by name."""
    found = {}
    for module_info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module_info.name.startswith("_"):
            continue  # `__main__` is the command itself
        module = importlib.import_module(f"{__package__}.{module_info.name}")
        run = getattr(module, "run", None)
        if inspect.isfunction(run):
            question = (module.__doc__ or "").strip().partition("\n")[0]
            found[module_info.name] = Benchmark(
                module_info.name, question, run, getattr(module, "command", None)
            )
    return found
