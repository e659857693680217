"""Small packages that bring mathematics to loops of reinforcement learning, graded by rpsdg."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.metadata import version
from importlib.resources import files
from typing import ClassVar

from msgspec import structs

from rpsdg.corpora.exports import templates
from rpsdg.corpora.exports.answers import is_code
from rpsdg.corpora.exports.base import Export, Job
from rpsdg.math_domains.grading import Problem, score
from rpsdg.math_domains.trees import BadTreeError
from rpsdg.traces import jsonl
from rpsdg.traces.errors import UsageError
from rpsdg.traces.record import Trace

__all__ = ["ReasoningGym", "Verifiers"]


class _Package(Export):
    """A folder that pip installs: a package of the folder's own name, and the problems in it."""

    kind = "folder"
    library: ClassVar[str]
    """What the package is for, as its template is named."""

    def write(self, job: Job) -> None:
        """Write the package; problems whose own answer the grader does not take are left out."""
        name = re.sub(r"\W+", "_", job.out.name.lower())
        if not name.isidentifier() or keyword.iskeyword(name) or name in sys.stdlib_module_names:
            raise UsageError(
                f"the folder `{job.out.name}` gives its name to a Python package, and `{name}` cannot be one",
                hint="Name another folder with `--out`, such as `rpsdg_mathematics`.",
            )
        package = job.out / name
        package.mkdir(parents=True)
        with (package / "traces.jsonl").open("xb") as file:
            for trace in job.traces():
                reason = _unfit(trace)
                if reason:
                    job.dropped(reason)
                else:
                    # What is only read by people would make each copy of a task ten times as large.
                    file.write(jsonl.encode(structs.replace(trace, steps=(), negatives=())))
                    job.wrote()
        words = {
            "@NAME@": name,
            "@CLASS@": "".join(part.capitalize() for part in name.split("_")),
            "@SIZE@": str(job.summary.records),
            "@VERSION@": version("rpsdg"),
            "@LIBRARY@": self.library,
        }
        for place, template in (
            (package / "__init__.py", self.library),
            (job.out / "pyproject.toml", "project"),
        ):
            text = (files(templates) / f"{template}.txt").read_text()
            place.write_text(re.sub("|".join(words), lambda found: words[found[0]], text))


def _unfit(trace: Trace) -> str:
    if is_code(trace):
        return "a program, not formulas"
    try:
        right = score(Problem.of(trace), trace.answer.text) == 1.0
    except BadTreeError:
        return "no formulas"
    return "" if right else "an answer that the grader does not take"


class ReasoningGym(_Package):
    """reasoning-gym: a package that registers the problems as a data set, scored by rpsdg's grader."""

    name: ClassVar[str] = "reasoning-gym"
    library = "reasoning-gym"


class Verifiers(_Package):
    """verifiers: a package with the problems as a taskset, rewarded by rpsdg's grader."""

    name: ClassVar[str] = "verifiers"
    library = "verifiers"
