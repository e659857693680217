"""The catalogue of mutators as people read it: on a terminal, as JSON, and as `docs/catalogue.md`.

`python -m rpsdg.runs.catalogue FILE` writes the page of the documentation; with `--check` it says whether
FILE is up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from rpsdg.corpora.dataset import Dataset, OutputError
from rpsdg.mutators.diffs import make_diff
from rpsdg.mutators.families import Family
from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators, distribution_of
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError
from rpsdg.traces.generated import write_or_check
from rpsdg.traces.kernel import Reason
from rpsdg.traces.record import Trace

from .terminal import plain

__all__ = [
    "Example",
    "Frequency",
    "Observed",
    "Page",
    "as_markdown",
    "choose_mutators",
    "frequencies",
    "observe",
    "page_of",
    "read_observed",
    "render_page",
    "write_observed",
]

_SECTION = re.compile(r"^(\S.*)\n((?:(?:[ ]+.*)?(?:\n|$))+)", re.MULTILINE)
_NOT_MEASURED = "not measured yet"
_LONGEST_EXAMPLE = 30
"""Lines of a diff that is shown as an example."""


class FiguresError(RpsdgError):
    """A file of observed figures that cannot be read."""

    code = ExitCode.DATA


class Frequency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of a collection of real fixes, and its share there."""

    category: str
    percent: float
    larger: float = 0.0
    """Share of changes of this kind inside of larger ones, on top of `percent`."""
    at_most: float = 0.0
    """Upper end where only a range is known; 0 if it is not one."""

    def __str__(self) -> str:
        if self.at_most:
            return f"{self.category} {self.percent:g}–{self.at_most:g} %"
        return f"{self.category} {self.percent:g} %" + (f" (+{self.larger:g})" if self.larger else "")


class Frequencies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of real fixes a family covers."""

    tssb: tuple[Frequency, ...] = ()
    bugsinpy: tuple[Frequency, ...] = ()

    def lines(self) -> list[str]:
        """Return a line for each collection."""
        found = {"TSSB-3M": self.tssb, "BugsInPy": self.bugsinpy}
        lines = [f"{name}: {', '.join(map(str, listed))}" for name, listed in found.items() if listed]
        return lines or ["no category of its own in TSSB-3M or BugsInPy"]


class Example(msgspec.Struct, frozen=True):
    """A real trace in short."""

    package: str
    trace: str
    """Its id."""
    title: str
    """First line of its statement."""
    diff: str
    """Its answer: what mends the bug."""


class Observed(msgspec.Struct, frozen=True):
    """What became of a mutator's candidates in measured runs."""

    candidates: int
    """Those on lines that a test runs."""
    confirmed: int
    packages: int
    example: Example | None = None

    def __str__(self) -> str:
        share = f", {self.confirmed / self.candidates:.0%}" if self.candidates else ""
        packages = "1 package" if self.packages == 1 else f"{self.packages} packages"
        return f"{self.confirmed} of {self.candidates} candidates confirmed{share}, in {packages}"


class Page(msgspec.Struct, frozen=True):
    """Everything the catalogue says of one mutator."""

    rule: str
    family: str
    title: str
    page: str
    """Its docstring."""
    sample: str
    """Its own example, as the diff that plants the bug."""
    frequencies: Frequencies
    observed: Observed | None
    distribution: str
    """What it comes with."""


def choose_mutators(rules: Sequence[str] = (), family: str | None = None) -> list[type[Mutator]]:
    """Return the mutators of these ids and of this family; every one where nothing is asked for.

    Raises:
        UsageError: there is no such mutator or family.
    """
    known = all_mutators()
    for rule in rules:
        if rule not in known:
            raise UsageError(
                f"there is no mutator `{rule}`",
                hint=_alike(rule, known) or "`rpsdg catalogue` lists them all.",
            )
    if family is not None and family not in set(Family):
        raise UsageError(f"there is no family `{family}`", hint=f"There are {', '.join(Family)}.")
    chosen = [known[rule] for rule in sorted(set(rules))] if rules else list(known.values())
    chosen = [mutator for mutator in chosen if family is None or mutator.family == family]
    if not chosen:
        raise UsageError(f"none of these mutators is of the family `{family}`")
    return chosen


def page_of(mutator: type[Mutator], observed: dict[str, Observed]) -> Page:
    """Return the page of a mutator."""
    text = inspect.getdoc(mutator) or ""
    sample = mutator.sample
    before, after = (Tree({"program.py": Entry(text.encode())}) for text in (sample.before, sample.after))
    return Page(
        rule=mutator.rule,
        family=str(mutator.family),
        title=text.partition("\n")[0],
        page=text,
        sample=make_diff(before, after),
        frequencies=frequencies()[Family(mutator.family)],
        observed=observed.get(mutator.rule),
        distribution=distribution_of(mutator),
    )


def frequencies() -> dict[Family, Frequencies]:
    """Return what of real fixes each family covers."""
    text = (files("rpsdg.mutators") / "frequencies.toml").read_text()
    return msgspec.convert(tomllib.loads(text), dict[Family, Frequencies])


def read_observed(path: Path | None = None) -> dict[str, Observed]:
    """Return what was measured, by id of the mutator.

    Args:
        path: where it was written; None reads what comes with the package, if anything does.

    Raises:
        FiguresError: the file is missing or damaged.
    """
    source = files("rpsdg.mutators") / "observed.json" if path is None else path
    if path is None and not source.is_file():
        return {}
    try:
        return msgspec.json.decode(source.read_bytes(), type=dict[str, Observed])
    except OSError as error:
        raise FiguresError(f"`{source}` cannot be read: {error.strerror or error}") from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise FiguresError(
            f"`{source}` holds no observed figures: {error}",
            hint="`rpsdg catalogue --observe DIR…` writes them.",
        ) from error


def observe(datasets: Iterable[Dataset]) -> dict[str, Observed]:
    """Return what became of each mutator's candidates in some data sets.

    Only traces of one bug count: in the others a candidate is not one mutator's. A candidate on a line that
    no test runs says nothing about the mutator.
    """
    candidates: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    packages: defaultdict[str, set[str]] = defaultdict(set)
    examples: dict[str, tuple[int, str, Example]] = {}
    for data in datasets:
        plan = data.plan()
        package = _package(plan.source) if plan is not None else data.folder.name
        for decision in data.decisions():
            if not decision.bugs and decision.outcome != Reason.NOT_COVERED:
                candidates[decision.rule] += 1
                confirmed[decision.rule] += decision.outcome in {"confirmed", Reason.OTHER_LEVEL}
                packages[decision.rule].add(package)
        for trace in data.traces():
            if len(trace.steps) == 1:
                rule, lines = trace.steps[0].rule, trace.answer.text.count("\n")
                better = (lines, trace.id, _example(trace, package))
                if lines <= _LONGEST_EXAMPLE and better[:2] < examples.get(rule, (lines + 1, ""))[:2]:
                    examples[rule] = better
    return {
        rule: Observed(
            number, confirmed[rule], len(packages[rule]), examples[rule][2] if rule in examples else None
        )
        for rule, number in sorted(candidates.items())
    }


def write_observed(observed: dict[str, Observed], path: Path) -> None:
    """Write what was measured.

    Raises:
        OutputError: the file cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(observed), indent=1) + b"\n"
    try:
        path.write_bytes(text)
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror or error}") from error


def render_page(page: Page) -> RenderableType:
    """Return the page of a mutator laid out for a terminal."""
    heading = Text.assemble((plain(page.rule), "bold cyan"), "  ", (plain(page.family), "dim"))
    if page.distribution != "rpsdg":
        heading.append(f"  from {plain(page.distribution)}", "yellow")
    parts: list[RenderableType] = [
        Panel(heading, border_style="cyan"),
        Padding(Text(plain(page.page)), (0, 2)),
        Rule("Example", align="left"),
        _diff(page.sample),
        Rule(f"Real fixes of the family {page.family}", align="left"),
        *(Padding(Text(line), (0, 2)) for line in page.frequencies.lines()),
        Rule("Observed", align="left"),
        Padding(Text(str(page.observed or _NOT_MEASURED)), (0, 2)),
    ]
    if page.observed is not None and page.observed.example is not None:
        example = page.observed.example
        about = f"{example.title} ({example.package}, trace {example.trace[:12]}); mended by"
        parts += [Padding(Text(plain(about), style="italic"), (1, 2, 0, 2)), _diff(example.diff)]
    return Group(*parts)


def as_markdown(pages: Sequence[Page]) -> str:
    """Return the catalogue as a page of the documentation."""
    by_family = {family: [page for page in pages if page.family == family] for family in Family}
    lines = [
        "# The catalogue",
        "",
        f"{len(pages)} mutators, by the kind of real fix they invert. `rpsdg catalogue --rule ID` shows the",
        "same on a terminal, `rpsdg preview FILE` what they would do to a file. `make docs` makes this page",
        "of their docstrings and samples, `mutators/frequencies.toml` and `mutators/observed.json`.",
        "",
        "| family | mutators |",
        "|---|---|",
    ]
    for family, listed in by_family.items():
        if listed:
            lines.append(f"| [{family}](#{family}) | {', '.join(f'[{p.rule}](#{p.rule})' for p in listed)} |")
    for family, listed in by_family.items():
        if listed:
            lines += ["", f"## {family}", "", *_listed(frequencies()[family].lines())]
            lines += [line for page in listed for line in _section(page)]
    return "\n".join(lines) + "\n"


def _section(page: Page) -> Iterator[str]:
    sections = _SECTION.findall(page.page.partition("\n\n")[2])
    yield from ("", f"### {page.rule}", "", page.title, "")
    yield from _listed(
        [
            *(f"{heading}: {_flat(text)}" for heading, text in sections),
            f"Observed: {page.observed or _NOT_MEASURED}",
        ]
    )
    yield from ("", *_fenced(page.sample))
    if page.observed is not None and page.observed.example is not None:
        example = page.observed.example
        yield from (
            "",
            f"{_escaped(example.title)} ({example.package}), mended by:",
            "",
            *_fenced(example.diff),
        )


def _listed(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _fenced(diff: str) -> list[str]:
    lines = [
        line
        for line in diff.splitlines()
        if not line.startswith(("diff --git", "--- a/program.py", "+++ b/program.py"))
    ]
    fence = "````" if "```" in diff else "```"
    return [f"{fence}diff", *(line.encode("utf-8", "replace").decode() for line in lines), fence]


def _flat(text: str) -> str:
    return " ".join(textwrap.dedent(text).split())


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*")


def _diff(text: str) -> RenderableType:
    return Padding(Syntax(plain(text), "diff", background_color="default"), (0, 2))


def _example(trace: Trace, package: str) -> Example:
    title = next(iter(trace.problem.statement.splitlines()), "").lstrip("# ")
    return Example(package, trace.id, title, trace.answer.text)


def _package(source: dict[str, Any]) -> str:
    return " ".join(str(source[key]) for key in ("name", "version") if source.get(key))


def _alike(rule: str, known: Iterable[str]) -> str:
    close = get_close_matches(rule, list(known), n=3)
    return f"Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""


def _whole_catalogue() -> str:
    observed = read_observed()
    own = [mutator for mutator in all_mutators().values() if distribution_of(mutator) == "rpsdg"]
    return as_markdown([page_of(mutator, observed) for mutator in own])


if __name__ == "__main__":
    sys.exit(write_or_check("Write the catalogue of mutators as Markdown.", _whole_catalogue))
